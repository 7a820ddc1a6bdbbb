"""HTTP is tested on one database: what a store does on the other is tested below, in ``tests/store`` and ``tests/service``."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """SQLite; a test of what is different on PostgreSQL says so (``tests.both_databases``)."""
    return str(request.param)
