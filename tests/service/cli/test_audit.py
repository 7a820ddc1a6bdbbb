"""``relance audit``: who did what, of a data folder, in words and as a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from relance.accounts.model import AppSettings, KeyKind
from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.cli.folder import make_folder, read_secret
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.command_line import relance
from tests.service.cli.shop import NOON, rows

MINUTE = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a server with two apps and an operator, who changed one of them; an API key merged two people."""
    settings = Settings(data=str(tmp_path_factory.mktemp("shop") / "data"))
    make_folder(settings)
    state, log = open_stores(settings)
    accounts = Accounts(state)
    ada, _ = Operators(state, read_secret(settings.folder)).invite("ada@example.org", "Ada", NOON, actor="system")
    shop = accounts.create_app("=Shop", NOON + MINUTE, settings=AppSettings())
    accounts.create_app("Other", NOON + 2 * MINUTE)
    actor = f"operator:{ada.id}"
    made = accounts.create_key(shop.app.id, KeyKind.API, "[Back] office", NOON + 3 * MINUTE, actor=actor)
    accounts.note(shop.app.id, f"key:{made.key.id}", "person.merged", "person:9", {"into": 3}, NOON + 4 * MINUTE)
    accounts.update_app(shop.app.id, NOON + 5 * MINUTE, version=1, link_hosts=["shop.example"], actor=actor)
    accounts.note(shop.app.id, "operator:77", "journey.published", "journey:2", {}, NOON + 6 * MINUTE)
    state.dispose()
    log.dispose()
    return settings.folder


def said(folder: Path, *arguments: str) -> str:
    done = relance("audit", *arguments, "--data", str(folder), COLUMNS="200")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_who_did_what_newest_first(folder: Path) -> None:
    shown = said(folder, "1")
    assert rows(shown) == [
        ["2025-10-09 08:59:20", "operator 77", "Published journey 2", ""],
        ["2025-10-09 08:58:20", "Ada", "Changed the app", 'link_hosts: ["shop.example"]'],
        ["2025-10-09 08:57:20", "API key [Back] office", "Merged person 9 into another", "into: 3"],
        ["2025-10-09 08:56:20", "Ada", "Made key [Back] office", "kind: api, name: [Back] office"],
        ["2025-10-09 08:54:20", "the server", "Made the app", "name: =Shop"],
        ["2025-10-09 08:53:20", "the server", "Invited operator Ada", ""],
    ]
    assert said(folder, "shop") == said(folder, "=Shop") == shown
    fewer = said(folder, "1", "--most", "2")
    assert rows(fewer) == rows(shown)[:2]
    assert "the newest 2" in fewer


def test_a_file_has_all_of_it_and_no_formula(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    said(folder, "1", "--most", "1", "--csv", str(file))
    with file.open(newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert [line["action"] for line in lines] == [
        "journey.published", "app.changed", "person.merged", "key.created", "app.created", "operator.invited",
    ]  # fmt: skip
    first = lines[0]
    assert (first["when"], first["who"], first["actor"]) == ("2025-10-09T08:59:20.000+00:00", "operator 77", "operator:77")
    assert (first["what"], first["target"]) == ("Published journey 2", "journey:2")


def test_an_app_that_is_not_there_and_a_folder_that_is_none_are_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    done = relance("audit", "Shoes", "--data", str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "relance: There is no app 'Shoes': give an id. The apps: 1 (=Shop), 2 (Other).\n"
    done = relance("audit", "1", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "is not a server's data folder" in done.stderr
