"""The how-to of static lists, followed to the letter against the real program: every command says what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.service.cli.shop import Shop

pytestmark = pytest.mark.xdist_group("program")
PAGE = DOCS / "how-to" / "static-lists.md"
FILES = {"csv": "guests.csv", "yaml": "segments.yaml"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "shop").mkdir()
    shop = Shop(tmp_path / "shop", "lists")
    try:
        for user, email in (("u-7", "lea@example.org"), ("u-1042", None), ("u-9", "noe@example.org")):
            shop.call("POST", "/people", {"user_id": user, "traits": {"email": email} if email else {}})
        yield shop
    finally:
        shop.program.kill()


def test_every_command_says_what_the_page_shows(shop: Shop, tmp_path: Path) -> None:
    relance = f'relance() {{ "{sys.executable}" -m relance "$@"; }}\n'
    given = {"RELANCE_URL": shop.program.url, "RELANCE_API_KEY": shop.key, "COLUMNS": "100"}
    said = ""
    for block in blocks(PAGE, "sh", "text", *FILES):
        if block.language in FILES:
            (tmp_path / FILES[block.language]).write_text(block.text)
        elif block.language == "text":
            assert said == block.text
        else:
            script = relance + re.sub(r"^export .*$", "", block.text, flags=re.MULTILINE)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                env={**os.environ, **given},
                cwd=tmp_path,
                text=True,
                capture_output=True,
                timeout=120,
                check=True,
            )
            said = done.stdout
    assert (tmp_path / "unknown.txt").read_text() == "max@exmaple.org\n"
