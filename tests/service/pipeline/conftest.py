"""The rig, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.service.pipeline.rig import Rig


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", state, log_engine)
    yield made
    made.close()
