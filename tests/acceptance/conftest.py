"""One server for all stories of a run (one for each xdist worker that tells some), and an app for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.shop import Server, Shop


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("stories"))
    try:
        made.start()
        yield made
    finally:
        made.program.kill()


@pytest.fixture
def shop(server: Server, request: pytest.FixtureRequest) -> Shop:
    return server.new_shop(request.node.name[:100])
