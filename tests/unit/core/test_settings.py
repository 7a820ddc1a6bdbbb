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
