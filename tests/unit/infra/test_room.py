"""A full disk is known by any store's error, told by the disk that is full, and not seen in what somebody sent."""

from __future__ import annotations

import errno
import json
import logging
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
import structlog

from relance.cli.logs import set_up_logs
from relance.infra.errors import unavailable
from relance.infra.room import full_sentence, says_full

FULL: dict[str, Exception] = {
    "the system": OSError(errno.ENOSPC, "No space left on device"),
    "a quota": OSError(errno.EDQUOT, "Disk quota exceeded"),
    "SQLite": sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full")),
    "DuckDB": RuntimeError("IO Error: Could not write file: No space left on device"),
    "PostgreSQL": sa.exc.OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file")),
    "ClickHouse": RuntimeError("Code: 243. DB::Exception: Cannot reserve 1.00 MiB (NOT_ENOUGH_SPACE)"),
}


@pytest.mark.parametrize("store", FULL)
def test_a_full_disk_is_known_by_each_stores_error(store: str) -> None:
    error = FULL[store]
    assert says_full(error)
    of_server = store in {"PostgreSQL", "ClickHouse"}
    assert ("database server" in full_sentence(Path("data"), error)) == of_server
    assert ("data folder" in full_sentence(Path("data"), error)) != of_server
    assert unavailable(error).message == full_sentence(None, error)


@pytest.mark.parametrize(
    "error",
    [
        sa.exc.IntegrityError("INSERT", {"name": "no space left"}, Exception("UNIQUE constraint failed")),
        sa.exc.DataError("INSERT", {}, psycopg.errors.NotNullViolation("Failing row contains (disk full).")),
        ValueError("The value is wrong."),
    ],
)
def test_what_somebody_sent_is_not_taken_for_a_full_disk(error: Exception) -> None:
    assert not says_full(error)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_tells_a_full_disk_in_a_sentence_and_other_faults_whole(
    form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    before = structlog.get_config()
    try:
        set_up_logs("info", form, Path("data"))
        for error in (FULL["SQLite"], ValueError("odd")):
            try:
                raise error
            except Exception:
                structlog.get_logger().exception("tick_failed")
                logging.getLogger("a library").exception("it failed")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().err
    assert said.count("There is no room left on the disk of") == 2
    assert said.count("Traceback") == 2
    assert said.count("ValueError: odd") == 2
    if form == "json":
        assert all(json.loads(line) for line in said.splitlines())
