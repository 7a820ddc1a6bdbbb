"""The preference page over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy.engine import Engine

from relance.events.service import LogWriter
from relance.web.limits import RateLimit
from relance.web.preferences import handlers, routes
from tests.http.preferences.place import SECRET, Place, WorkerByHand
from tests.http.sandbox.server import make_app
from tests.http.styled import look_at_styles
from tests.service.pipeline.rig import Rig


@pytest.fixture
def place(tmp_path: Path, state: Engine, log_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    rig = Rig(tmp_path / "data", state, log_engine)
    log = LogWriter(log_engine, clock=rig.clock)
    log.start()
    worker = WorkerByHand(rig)
    monkeypatch.setattr(routes, "_changes", RateLimit(1 / 30, most=30))
    app = make_app(handlers, state=state, log=log, clock=rig.clock, secret=SECRET, worker=worker)
    with TestClient(app, base_url="https://relance.example", raise_server_exceptions=False) as client:
        yield Place(rig, look_at_styles(client), worker)
    log.stop()
    rig.close()
