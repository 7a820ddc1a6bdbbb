"""Templates that mean harm, over HTTP, several at once: saved, changed, previewed, sent as tests. Another app goes on.

What each costs by itself is held by ``tests/unit/messaging/test_attacks.py``. Here they meet a whole server: its threads, its
worker, its built-in sandbox, and somebody else who goes on working. A machine that is busy with other tests is slow for both,
so what is bounded is the work that the server did, not how long it took.
"""

from __future__ import annotations

import json
import threading
import urllib.error
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from typing_extensions import override

from tests.acceptance.shop import Server, Shop
from tests.unit.messaging.attacks import ATTACKS

AT_ONCE = 4
PATIENCE = 120.0  # seconds for one answer: what hangs is found by it, however slow the machine
MEGABYTES = 300  # that server and worker together may grow by
CPU_SECONDS = 10.0  # of server and worker for one attack, from saving it to its arrival, the neighbour's work with it
PAGES = {
    "tags that never end": "<a " * 45_000,
    "values that never end": "<a href='" * 20_000,
    "drawings within drawings": "<svg><desc>" * 15_000 + "</svg>" * 5_000,
    "comments": "<!--" * 45_000,
    "templates": "<template>" * 19_000,
    "references": "<a href='https://shop.example/?" + "&" * 150_000 + "'>",
    "digits": "<a href='https://shop.example/?&#" + "9" * 150_000 + ";'>",
    "an address of slashes": "<a href='https://shop.example" + "/" * 150_000 + "'>",
    "dots": "<a href='https://shop.example" + "/.." * 60_000 + "'>",
    "links": "<a href=https://shop.example/>" * 6_000,
}
HOSTILE = {**dict(sorted(ATTACKS.items())[::3]), **PAGES}  # of the templates every third: the others are tried without a server
TRAITS = {"name": "x" * 12_000, "list": ["a"] * 3_000}  # as large as one event may be
EVENT = {"n": "9" * 30, "list": ["a"] * 5_000}


class Neighbour(threading.Thread):
    """Goes on with ordinary work in another app: an event that settles, a list, a new message, a test of one."""

    def __init__(self, shop: Shop, message: int, person: int) -> None:
        super().__init__()
        self._shop, self._message, self._person = shop, message, person
        self.rounds = 0
        self.refused: list[str] = []
        self.done = threading.Event()

    @override
    def run(self) -> None:
        while not self.done.is_set():
            try:
                self._ask("POST", "/events", {"event": "Product Viewed", "user_id": "ada"})
                self._ask("GET", "/messages")
                content = {"subject": f"Hello {self.rounds}", "html": "<p>{{ user.id }}</p>"}
                self._ask("POST", "/messages", {"name": f"ordinary {self.rounds}", "channel": "email", "content": content})
                self._ask("POST", f"/messages/{self._message}/test", {"person": self._person})
            except OSError as error:  # a refusal, or no answer at all
                self.refused.append(repr(error))
                return
            self.rounds += 1

    def _ask(self, method: str, path: str, body: Any = None) -> None:
        self._shop.program.call(method, f"{self._shop.api}{path}", body, self._shop.key, timeout=PATIENCE)


def attempt(shop: Shop, person: int, name: str) -> str:
    """Save it, change it, preview it and send it as a test; says how that ended."""
    content = {"subject": "x", "html": HOSTILE[name], "text": HOSTILE[name] if name in ATTACKS else ""}
    try:
        made = shop.post("/messages", {"name": name, "channel": "email", "content": content})
        shop.call("PATCH", f"/messages/{made['id']}", {"version": made["version"], "content": {**content, "preheader": "y"}})
        for way in ("preview", "test"):
            shop.post(f"/messages/{made['id']}/{way}", {"person": person, "event": EVENT})
    except urllib.error.HTTPError as refused:
        return str(json.loads(refused.read())["error"]["code"])
    return "taken"


@pytest.mark.xdist_group("faults-sqlite")
def test_another_app_goes_on_while_one_saves_and_sends_what_means_harm(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        server.start()
        hostile, other = server.new_shop("hostile"), server.new_shop("other")
        hostile.reader("eve", **TRAITS)
        address = other.reader("ada")
        eve, ada = (int(shop.person(user)["id"]) for shop, user in ((hostile, "eve"), (other, "ada")))
        neighbour = Neighbour(other, other.mail("ordinary"), ada)
        processes = running(server)
        memory, work = megabytes(processes), cpu_seconds(processes)
        neighbour.start()
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                ends = Counter(pool.map(lambda name: attempt(hostile, eve, name), HOSTILE))
        finally:
            neighbour.done.set()
            neighbour.join(2 * PATIENCE)
        server.settle()
        assert running(server) == processes  # nobody had to start anything again
        assert set(ends) <= {"taken", "template_invalid", "message_invalid", "invalid", "too_large"}, ends
        assert ends["taken"] > len(HOSTILE) // 2, ends
        assert (neighbour.refused, neighbour.is_alive()) == ([], False)
        assert neighbour.rounds >= 3
        assert megabytes(processes) - memory < MEGABYTES
        assert (cpu_seconds(processes) - work) / len(HOSTILE) < CPU_SECONDS
        states = Counter(each["state"] for each in every(hostile, "/deliveries"))
        assert set(states) <= {"sent", "skipped"}, states
        assert sum(states.values()) == ends["taken"]
        got = server.program.get(f"/sandbox/api/mail?address={address}&limit=200")["items"]
        assert len(got) == min(neighbour.rounds, 200)
        assert server.program.stop() == 0
    finally:
        server.program.kill()


def running(server: Server) -> list[psutil.Process]:
    """The server and its worker."""
    assert server.program.process is not None
    return [psutil.Process(server.program.process.pid), *server.program.workers()]


def megabytes(processes: list[psutil.Process]) -> float:
    return sum(each.memory_info().rss for each in processes) / 1_000_000


def cpu_seconds(processes: list[psutil.Process]) -> float:
    return float(sum(sum(each.cpu_times()[:2]) for each in processes))


def every(shop: Shop, path: str) -> list[Any]:
    """All items of a list, page by page."""
    found, cursor = [], ""
    while True:
        answer = shop.get(f"{path}?limit=200{cursor}")
        found += answer["items"]
        if not answer.get("next"):
            return found
        cursor = f"&cursor={answer['next']}"
