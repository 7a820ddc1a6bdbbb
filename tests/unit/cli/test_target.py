"""Files that commands write: whole or not at all, and a sentence where one cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from relance.cli.errors import ServerError
from relance.cli.target import appearing, check_target, write_text


def break_off(path: Path) -> None:
    with appearing(path) as target:
        target.write(b"half")
        raise KeyError


def test_a_file_takes_anothers_place_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_text(path, "été\n")
    with pytest.raises(KeyError):
        break_off(path)
    assert path.read_text("utf-8") == "été\n"
    with appearing(path) as target:
        target.write("ne")
        target.write(b"w")
        assert path.read_text("utf-8") == "été\n"
    assert path.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "why"), [("", "it is a folder"), ("no/where.csv", "there is no folder"), ("x" * 300, "name too long")]
)
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(ServerError) as caught:
        write_text(tmp_path / name, "text")
    assert "cannot be written" in caught.value.message
    assert why in caught.value.message.lower()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said() -> None:
    with pytest.raises(ServerError, match="/dev/full cannot be written: No space left on device"):
        write_text(Path("/dev/full"), "text" * 10_000)


def test_a_device_is_written_to_and_stays_one() -> None:
    write_text(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()
    check_target(Path("/dev/null"))
