"""``relance serve``: the server and its worker, from one command."""

from __future__ import annotations

from pkgutil import resolve_name

from relance.cli.given import Config
from relance.cli.quiet_structlog import load_structlog
from relance.cli.spawn import spawn
from relance.core.configuration import read_settings

SERVER = "relance.cli.server:run"


def serve(*, config: Config = None, data: str | None = None, host: str | None = None, port: int | None = None) -> None:
    """Run the server: ingest, API, dashboard, segments, journeys and sending, from one command.

    Parameters
    ----------
    data
        Folder for everything the program keeps.
    host
        Address to listen on.
    port
        Port to listen on.
    """
    settings = read_settings(config, data=data, host=host, port=port)
    spawned = spawn()  # each side takes a second to load: the worker loads while the server does
    load_structlog()
    resolve_name(SERVER)(settings, spawned)
