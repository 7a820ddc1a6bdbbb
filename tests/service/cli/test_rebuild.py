"""``relance rebuild figures``: heals a data folder at rest, refuses one at work, and leaves the old where it is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from relance.cli.folder import make_folder
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.command_line import relance
from tests.service.messaging.post import Post
from tests.service.pipeline.rig import Rig

DAMAGE = "UPDATE kept_figures SET deliveries = deliveries + 5; UPDATE deliveries SET opened_at = 1"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A server's data folder, in which something was sent long ago and something lately; still at work."""
    settings = Settings(data=str(tmp_path / "data"))
    (make_folder(settings) / "secret").write_bytes(b"s" * 32)
    state, log = open_stores(settings)
    rig = Rig(settings.folder, state, log)
    post = Post(rig)
    post.person("ada")
    post.call("ada", 0, "long ago")
    post.pass_by(24 * 60)
    post.call("ada", 1, "lately")
    assert post.trim() == (0, 1)
    yield post
    rig.close()
    state.dispose()
    log.dispose()


def at_rest(post: Post) -> Path:
    post.rig.stop()
    post.rig.state.dispose()
    post.rig.log.dispose()
    return post.rig.settings.folder


def counted(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "state.db")) as store:
        kept = store.execute("SELECT figure, deliveries FROM kept_figures ORDER BY figure").fetchall()
        return kept + store.execute("SELECT id, state, opened_at FROM deliveries ORDER BY id").fetchall()


def damage(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "state.db")) as store:
        store.executescript(DAMAGE)


def test_it_heals_what_differs_and_says_so(post: Post) -> None:
    folder = at_rest(post)
    before = counted(folder)
    done = relance("rebuild", "figures", "--data", str(folder), COLUMNS="200")
    assert done.stdout == "History tells of 2 deliveries. All figures are as they were.\n", done.stderr
    damage(folder)
    assert counted(folder) != before
    done = relance("rebuild", "figures", "--data", str(folder), COLUMNS="200")
    assert done.stdout == (
        "History tells of 2 deliveries. 1 of those on the record, and 3 of the 3 figures of others, were otherwise and are right"
        " now.\n"
    ), done.stderr
    assert counted(folder) == before


def test_a_server_at_work_is_not_disturbed(post: Post) -> None:
    damage(post.rig.settings.folder)
    before = counted(post.rig.settings.folder)
    done = relance("rebuild", "figures", "--data", str(post.rig.settings.folder))
    assert done.returncode == 2
    assert "A server is at work on this data" in done.stderr
    assert counted(post.rig.settings.folder) == before


@pytest.mark.parametrize("after", ["counting", "writing"])
def test_killed_midway_it_leaves_the_old_and_can_be_done_again(post: Post, after: str) -> None:
    folder = at_rest(post)
    right = counted(folder)
    damage(folder)
    before = counted(folder)
    stop = {"counting": "figures.rebuilding.store.kept_sums", "writing": "figures.rebuilding.Rebuilt"}[after]
    script = (
        "import time, unittest.mock as mock\n"
        "from relance.cli.rebuild import figures\n"
        "def wait(*_):\n    print('now', flush=True)\n    time.sleep(60)\n"
        f"with mock.patch('relance.messaging.{stop}', wait):\n    figures(data={str(folder)!r})\n"
    )
    command = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    assert command.stdout.readline() == "now\n"
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    command.stdout.close()
    time.sleep(0.1)
    assert counted(folder) == before
    assert relance("rebuild", "figures", "--data", str(folder)).returncode == 0
    assert counted(folder) == right
