"""SIGKILL does not empty the page cache, so that no kill test shows a missing sync. The system calls do.

Between the request's bytes and the answer's the log is written and ``fdatasync`` returns, whichever process does it.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.shop import open_shop
from tests.postgres import Server
from tests.process import Program

CALLS = "read,recvfrom,recvmsg,readv,write,pwrite64,pwritev,writev,sendto,sendmsg,fdatasync,fsync"
STRACE = ["strace", "-f", "-y", "-ttt", "-T", "-s", "20000", "-e", f"trace={CALLS}"]
MARKER = "the-event-that-is-watched"
_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
_CALL = re.compile(r"^(\w+)\(\d+<([^>]*)>(.*)$", re.DOTALL)
_TOOK = re.compile(r"<(\d+\.\d+)>$")


class Call(NamedTuple):
    """One system call: instants in seconds, the file it was about, its arguments and result as strace writes them."""

    name: str
    path: str
    began: float
    ended: float
    text: str


@pytest.mark.xdist_group("faults-sqlite")
def test_an_answer_leaves_after_the_sync_on_sqlite(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "data")
    program = Program(tmp_path)
    trace = tmp_path / "trace"
    try:
        program.start()
        with traced(pids_of(program), trace):
            send(program, shop.write_key)
    finally:
        program.kill()
    calls = read_trace(trace)
    received = the_request(calls)
    synced = synced_after(calls, received, "log.db-wal")
    assert synced.ended < the_answer(calls, received).began


@pytest.mark.xdist_group("faults-postgresql")
def test_an_answer_leaves_after_the_sync_on_postgresql(tmp_path: Path) -> None:
    server = Server(durable=True)
    try:
        url = server.create("durable")
        shop = open_shop(tmp_path / "data", url)
        program = Program(tmp_path, state_url=url)
        ours, theirs = tmp_path / "trace", tmp_path / "trace-of-the-database"
        try:
            program.start()
            # Once unwatched, so that the log's writer has its connection, and with it its process of the server.
            send(program, shop.write_key, "first")
            with traced(pids_of(program), ours), traced(server.pids(), theirs):
                send(program, shop.write_key)
        finally:
            program.kill()
    finally:
        server.remove()
    calls = read_trace(ours)
    received = the_request(calls)
    synced = synced_after(read_trace(theirs), received, "/pg_wal/")
    assert synced.ended < the_answer(calls, received).began


def send(program: Program, key: str, message_id: str = MARKER) -> None:
    event = {"type": "track", "event": "Product Viewed", "userId": "u1", "messageId": message_id}
    program.call("POST", "/v1/batch", {"batch": [event]}, f"basic:{key}")


def the_request(calls: list[Call]) -> Call:
    """The read that brought the event: a request may come in two pieces."""
    reads = [each for each in calls if each.name.startswith(("read", "recv"))]
    asked = {each.path for each in reads if "POST" in each.text}
    found = [each for each in reads if each.path in asked and MARKER in each.text]
    assert found, "the request was not seen"
    return found[0]


def the_answer(calls: list[Call], received: Call) -> Call:
    """The write of the answer, on the connection of the request."""
    later = [each for each in calls if each.path == received.path and each.began > received.began]
    found = [each for each in later if each.name in {"write", "writev", "sendto", "sendmsg"} and "HTTP/1.1 200" in each.text]
    assert found, "the answer was not seen"
    return found[0]


def synced_after(calls: list[Call], received: Call, path: str) -> Call:
    """The sync of the log after the event was written there, both after it was received."""
    written = [each for each in calls if "write" in each.name and path in each.path and each.began > received.began]
    written = [each for each in written if MARKER in each.text]
    assert written, f"the event was not written to {path}"
    later = [each for each in calls if each.path == written[0].path and each.began > written[0].ended]
    found = [each for each in later if each.name in {"fdatasync", "fsync"} and "= 0" in each.text]
    assert found, f"{written[0].path} was never synced"
    return found[0]


def pids_of(program: Program) -> list[int]:
    assert program.process is not None
    return [program.process.pid, *(each.pid for each in program.workers())]


@contextmanager
def traced(pids: list[int], output: Path) -> Iterator[None]:
    """Watch running processes and all their threads."""
    command = [*STRACE, "-o", str(output), *(part for pid in pids for part in ("-p", str(pid)))]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert strace.stderr is not None
    seen = b""
    while seen.count(b"attached") < len(pids):
        line = strace.stderr.readline()
        assert line, f"strace cannot watch: {seen.decode()}"
        seen += line
    time.sleep(0.2)
    try:
        yield
        time.sleep(0.5)
    finally:
        strace.send_signal(signal.SIGINT)
        strace.communicate(timeout=120)


def read_trace(file: Path) -> list[Call]:
    """The calls in order of their beginning; those cut in two by another thread's are put together."""
    begun: dict[str, tuple[float, str]] = {}
    calls = []
    for line in file.read_text(errors="replace").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        pid, instant, text = found[1], float(found[2]), found[3]
        if text.endswith("<unfinished ...>"):
            begun[pid] = (instant, text.removesuffix("<unfinished ...>"))
            continue
        began, ended = instant, instant
        if text.startswith("<... "):
            began, before = begun.pop(pid, (instant, ""))
            text = before + text.partition("resumed>")[2]
        else:
            took = _TOOK.search(text)
            ended = instant + float(took[1]) if took else instant
        call = _CALL.match(text)
        if call is not None:
            calls.append(Call(call[1], call[2], began, ended, call[3]))
    return sorted(calls, key=lambda each: each.began)
