"""What several commands are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Config = Annotated[Path | None, Parameter(help="A TOML file with settings; the environment (RELANCE_…) wins over it.")]
Url = Annotated[str, Parameter(help="Address of the running server.", env_var="RELANCE_URL")]
ApiKey = Annotated[
    str, Parameter(help="An API key; better in the environment than on the command line.", env_var="RELANCE_API_KEY")
]
Raw = Annotated[
    bool, Parameter(help="Ids as they are: without an apostrophe before those that a spreadsheet would take for a formula.")
]
