"""What several commands are given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Config = Annotated[Path | None, Parameter(help="A TOML file with settings; the environment (RELANCE_…) wins over it.")]
