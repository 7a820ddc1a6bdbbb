"""Spawns the worker process, as early as possible: this module imports nothing slow."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import NamedTuple


class Spawned(NamedTuple):
    """A worker that is loading, and our end of the socket pair to it. It exits when that closes."""

    process: subprocess.Popen[bytes]
    end: socket.socket


def spawn() -> Spawned:
    """Start a worker; it waits for its settings."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "relance.cli.work", str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 - our own program
    theirs.close()
    ours.setblocking(False)
    return Spawned(process, ours)
