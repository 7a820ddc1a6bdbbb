"""One server for all stories of a run (one for each xdist worker that tells some), and an app for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.shop import Server, Shop
from tests.providers.certificates import make_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(What vouches for providers that stand in for real ones, such a one's key and certificate)."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Path]) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("stories"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority[0]))
        try:
            made.start()
            yield made
        finally:
            made.program.kill()


@pytest.fixture
def shop(server: Server, request: pytest.FixtureRequest) -> Shop:
    return server.new_shop(request.node.name[:100])
