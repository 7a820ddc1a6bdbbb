"""A server by the real clock, and the clients that must be there: a missing one fails, it never skips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from relance.infra.clock import RealClock
from tests.http.ingest.server import Place, running

JS = Path(__file__).parent / "js"


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """What clients send reaches the same code whatever the store."""
    return str(request.param)


@pytest.fixture
def place(state: Engine, log_engine: Engine) -> Iterator[Place]:
    with running(state, log_engine, RealClock()) as server:
        yield server


@pytest.fixture
def node_modules() -> Path:
    """The folder of the JavaScript clients."""
    folder = JS / "node_modules"
    if not (folder / "@segment").is_dir():
        pytest.fail(f"The JavaScript clients are not installed: run `npm ci` in {JS}")
    return folder
