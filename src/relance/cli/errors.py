"""Errors between the command line and a server."""

from __future__ import annotations

from relance.core.errors import RelanceError


class ServerError(RelanceError):
    """The server did not answer, or refused a command."""

    code = "server"
