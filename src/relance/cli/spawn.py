"""The worker as a process of its own, begun as early as can be: this module needs nothing that takes long to load."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import NamedTuple


class Spawned(NamedTuple):
    """A worker that is loading, and our end of the socket pair to it. It ends by itself when that is gone."""

    process: subprocess.Popen[bytes]
    end: socket.socket


def spawn() -> Spawned:
    """Start a worker; it waits to be told its settings."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "relance.cli.work", str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 - our own program
    theirs.close()
    ours.setblocking(False)
    return Spawned(process, ours)
