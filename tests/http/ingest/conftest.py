"""A running ingest server on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from tests.http.ingest.server import Place, running


@pytest.fixture
def place(state: Engine, log_engine: Engine) -> Iterator[Place]:
    with running(state, log_engine) as server:
        yield server
