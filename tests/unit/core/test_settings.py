"""Settings from defaults, a file, the environment and the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from relance.core.configuration import read_settings
from relance.core.errors import InvalidError


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    file.write_text('host = "0.0.0.0"\nport = 1\ndata = "from-file"\n')
    settings = read_settings(file, {"RELANCE_PORT": "2", "RELANCE_DATA": "from-environment"}, data="given", host=None)
    assert (settings.host, settings.port, settings.data) == ("0.0.0.0", 2, "given")


def test_settings_of_the_sandbox_are_read_by_their_former_names(tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    file.write_text("inbox = false\ninbox_smtp_port = 99\n")
    settings = read_settings(file, {"RELANCE_INBOX_SMTP_PORT": "98"})
    assert (settings.sandbox, settings.sandbox_smtp_port) == (False, 98)
    assert read_settings(file, {"RELANCE_INBOX": "false", "RELANCE_SANDBOX": "true"}).sandbox


def test_other_variables_of_the_environment_are_left_alone() -> None:
    assert read_settings(None, {"RELANCE_UNHEARD_OF": "1", "PORT": "9"}).port == 8400


@pytest.mark.parametrize("text", ["port = 'many'", "port = 70000", "unheard_of = 1"])
def test_a_wrong_setting_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "relance.toml"
    file.write_text(text)
    with pytest.raises(InvalidError, match=r"port|unheard_of"):
        read_settings(file, {})


def test_the_public_address_has_no_slash_at_its_end() -> None:
    assert read_settings(None, {"RELANCE_BASE_URL": "https://r.example.com/"}).url == "https://r.example.com"


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfport = 8798\n", "port = 8798\n".encode("utf-16"), b"port = 8798\r\n"])
def test_a_file_is_read_as_editors_write_it(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "relance.toml"
    file.write_bytes(raw)
    assert read_settings(file, {}).port == 8798


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"port 8798", "are not valid TOML: .*line 1"),
        (b'host = "a\nport = 1', "are not valid TOML: .*line 1"),
        (b"port = 1\nport = 2", "are not valid TOML"),
        (b"host = '\xff'", "is no text in UTF-8: line 1"),
        (b"\x00", "NUL"),
        (b"a = " + b"[" * 50_000, "are not valid TOML"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_fault_in_the_file_is_a_sentence(tmp_path: Path, raw: bytes | None, says: str) -> None:
    file = tmp_path / "relance.toml"
    if raw is not None:
        file.write_bytes(raw)
    with pytest.raises(InvalidError, match=says) as caught:
        read_settings(file, {})
    assert "--encoding" not in str(caught.value)  # no command that reads settings has it


def test_a_folder_is_no_file_of_settings(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="cannot be read: Is a directory"):
        read_settings(tmp_path, {})
