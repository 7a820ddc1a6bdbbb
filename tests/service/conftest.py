"""What stands above the stores is tested on SQLite; what is of a store or a crash, on PostgreSQL too (``both_databases``).

Journeys, messages and accounts have the tests of their stores here. Together, those so marked run every statement that the others
run: one on SQLite alone would find no fault of PostgreSQL's that they do not find.
"""

from __future__ import annotations

import pytest


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """As ``pytest_generate_tests`` chose, or the test itself."""
    return str(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = any(mark.args[0] == "database" for mark in metafunc.definition.iter_markers("parametrize"))
    if "database" in metafunc.fixturenames and not chosen:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("database", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)
