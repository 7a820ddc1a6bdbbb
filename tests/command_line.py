"""``relance …`` as a process of its own, forked from one that has the program loaded: a new one loads it for most of a second."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import cache
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from typing import Any

from relance.cli.main import COMMANDS, RUN, main

ROOT = Path(__file__).parents[1]
MODULE = "tests.command_line"
SECONDS = 120  # after which a command is ended


def relance(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command says on both its streams, and its exit code; ``given`` is its standard input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_bytes(given)
        order = {"arguments": arguments, "environment": {**os.environ, **environment}, "at": str(Path.cwd()), "folder": name}
        code = _parent().order(order)
        said, faults = ((folder / each).read_text(encoding="utf-8") for each in ("out", "err"))
    return subprocess.CompletedProcess(arguments, code, said, faults)


class Parent:
    """The process that is forked; it ends when this one does, whose pipe it reads."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", MODULE]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def order(self, order: dict[str, Any]) -> int:
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        print(json.dumps(order), file=pipe, flush=True)
        answer = answers.readline()
        assert answer, "the process that commands are forked from has ended"
        return int(answer)


@cache
def _parent() -> Parent:
    return Parent()


def serve() -> None:
    """Fork for each line that comes, and answer with the exit code. In the child this returns, and the command is run."""
    for target in (RUN, *(command.target for command in COMMANDS.values())):
        importlib.import_module(target.partition(":")[0])
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(order: dict[str, Any]) -> None:
    """This process as if it had been started with these arguments, streams and environment, in that folder."""
    folder = Path(order["folder"])
    for number, name, flags in ((0, "in", os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        opened = os.open(folder / name, flags | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = TextIOWrapper(BufferedReader(FileIO(0, closefd=False)), encoding="utf-8")  # the old one has orders in it
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["at"])
    signal.alarm(SECONDS)
    sys.argv = ["relance", *order["arguments"]]


if __name__ == "__main__":
    serve()
    main()
