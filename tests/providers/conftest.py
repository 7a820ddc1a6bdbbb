"""What providers' tests share: an authority that clients trust, and servers that it vouches for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.providers.certificates import make_authority, server_context
from tests.providers.http2_server import Answering, Http2Server

StartServer = Callable[[Answering], Awaitable[Http2Server]]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(What vouches, a server's key and certificate)."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def start_server(authority: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartServer]:
    """Starts servers whose certificates this process trusts."""
    trusted, server_file = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with AsyncExitStack() as stack:

        async def start(answering: Answering) -> Http2Server:
            server = Http2Server(answering)
            await server.start(server_context(server_file, "h2"))
            stack.push_async_callback(server.stop)
            return server

        yield start
