"""Mail that waits for a connection outlives a kill of the whole program; only what was on the wire is in doubt."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from typing_extensions import override

from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.journeys.service import Journeys
from relance.messaging.model import MessageClass
from relance.messaging.service import Messages
from tests.faults.books import open_books
from tests.process import Program

PEOPLE = 150


class Relay(socketserver.ThreadingTCPServer):
    """A slow SMTP server that notes which recipients it was told (``addressed``), and of whom it has the whole (``taken``)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.addressed: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.delay = 0.2
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    server: Relay

    @override
    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._answer()

    def _answer(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        recipient = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                found = re.search(rb"<(.+?)>", line)
                recipient = found.group(1).decode() if found else ""
                self.server.addressed[recipient] += 1
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
                if not part:
                    return
                time.sleep(self.server.delay)
                self.server.taken[recipient] += 1
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


def open_welcome(data: Path) -> str:
    """An app that welcomes everybody by e-mail; returns its write key."""
    data.mkdir(parents=True)
    state, log = open_stores(Settings(data=str(data)))
    now = time.time_ns() // 1_000_000
    made = Accounts(state).create_app("Shop", now)
    content = {"subject": "Welcome", "text": "Hello"}
    messages = Messages(state)
    message = messages.create(made.app.id, "Hi", "email", content, now, message_class=MessageClass.TRANSACTIONAL).id
    graph = {
        "entry": {"event": "Signed Up", "where": [], "reentry": "once"},
        "nodes": [{"id": "hello", "kind": "message", "message": message, "next": None}],
        "start": "hello",
    }
    journeys = Journeys(state)
    journeys.publish(made.app.id, journeys.create(made.app.id, "Welcome", graph, now).id, now)
    state.dispose()
    log.dispose()
    return made.write_key.text


@pytest.mark.xdist_group("faults-sqlite")
def test_only_what_was_on_the_wire_is_in_doubt_after_a_kill_and_nobody_is_written_to_twice(tmp_path: Path) -> None:
    key = open_welcome(tmp_path / "data")
    relay = Relay()
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    port = relay.server_address[1]
    program = Program(tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", email_from="Shop <shop@example.org>")
    try:
        program.start()
        people = [f"p{number}" for number in range(PEOPLE)]
        batch = [{"type": "identify", "userId": each, "traits": {"email": f"{each}@example.org"}} for each in people]
        batch += [{"type": "track", "userId": each, "event": "Signed Up"} for each in people]
        program.call("POST", "/v1/batch", {"batch": batch}, f"basic:{key}")
        deadline = time.monotonic() + 60
        while relay.taken.total() < 20:
            assert time.monotonic() < deadline, program.log()[-4000:]
            time.sleep(0.005)
        program.kill()
        time.sleep(2 * relay.delay)  # what the relay had, it has
        addressed, relay.delay = set(relay.addressed), 0.0
        program.start()
        seen, calm = -1, 0
        while calm < 50:  # five seconds in which nothing comes any more
            assert time.monotonic() < deadline + 240, program.log()[-4000:]
            calm = calm + 1 if relay.taken.total() == seen and seen >= PEOPLE - 24 else 0
            seen = relay.taken.total()
            time.sleep(0.1)
        assert program.stop() == 0
    finally:
        program.kill()
        relay.shutdown()
    with open_books(tmp_path / "data") as books:
        deliveries = books.rows("deliveries")
        states = Counter(each["state"] for each in deliveries)
        doubtful = {each["address"] for each in deliveries if each["state"] == "unknown"}
    assert states.total() == PEOPLE == states["sent"] + states["unknown"], states
    assert doubtful <= addressed, "in doubt though the relay had never heard of it"
    assert 1 <= states["unknown"] <= 24  # 8 connections, and what had come back and was not written down yet
    assert max(relay.taken.values()) == 1, "somebody was written to twice"
    assert {each["address"] for each in deliveries if each["state"] == "sent"} <= set(relay.taken)
