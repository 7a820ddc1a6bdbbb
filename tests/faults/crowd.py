"""People who shop, leave and come back over HTTP while the program is killed, and a book of what it answered.

A batch counts as acknowledged on HTTP 200 only. Whatever else comes back, it is sent again under the same ids, as an SDK
does, or given up for good. People who are deleted take no part from the moment before the request to delete them: what
of theirs is still on its way happened before.
"""

from __future__ import annotations

import random
import threading
import time
import urllib.error
from collections import Counter
from http.client import HTTPException
from itertools import count
from typing import Any, NamedTuple

from relance.core.time import to_iso
from tests.faults.shop import Shop
from tests.process import Program

PEOPLE = 200
PHONES = 40
BATCH = 40
TIMEOUT = 10.0
GIVEN_UP = 0.05  # share of failed batches that are never sent again


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Sent(NamedTuple):
    """One request of a client: its events' ids, and whose they are."""

    path: str
    body: dict[str, Any]
    owners: dict[str, int]  # message id → person
    identifies: frozenset[int]
    joins: tuple[int, int] | None = None  # (from, into) of an alias


class Crowd:
    """Who is there, what was sent, what was answered. Methods are safe from any thread."""

    def __init__(self, program: Program, shop: Shop, seed: int) -> None:
        self.program = program
        self.shop = shop
        self.seed = seed
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.turns = threading.Semaphore(0)
        self.statuses: Counter[str] = Counter()
        self.acknowledged: dict[str, int] = {}
        self.given_up: list[Sent] = []
        self.of_person: dict[int, list[Sent]] = {}
        self.phones: dict[int, dict[str, Any]] = {}
        self.carts: dict[str, int] = {}
        self.retired: set[int] = set()
        self.deleted: list[tuple[int, ...]] = []
        self.merged: dict[int, int] = {}
        self._open: dict[int, list[str]] = {}
        self._busy: set[int] = set()
        self._known: set[int] = set()
        self._active = list(range(PEOPLE))
        self._numbers = count(PEOPLE)
        self._messages = count(1)
        self._threads: list[threading.Thread] = []

    # -- running -----------------------------------------------------------------------------------------------------

    def give_phones(self) -> None:
        """Subscribe the first people's phones; the program runs."""
        for person in range(PHONES):
            self.phones[person] = self.program.call("POST", "/sandbox/phones", {"name": f"phone {person}"})

    def go_on(self, batches: int) -> None:
        """Let the senders send so many more: what is sent in all does not depend on how quick the machine is."""
        self.turns.release(batches)

    def start(self, senders: int = 3) -> None:
        work = [(self._send_on, number) for number in range(senders)]
        work.append((self._join_and_delete, senders))
        for target, number in work:
            thread = threading.Thread(target=target, args=(random.Random(f"{self.seed}-{number}"),), daemon=True)
            self._threads.append(thread)
            thread.start()

    def finish(self, within: float) -> None:
        """No more new requests; what is on its way is sent until it is answered."""
        self.over.set()
        deadline = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), f"a client got no answer for {within} s:\n{self.program.log()[-4000:]}"

    def _send_on(self, chance: random.Random) -> None:
        while not self.over.is_set():
            if self.turns.acquire(timeout=0.1):
                self._deliver(self._make_batch(chance), chance)

    def _deliver(self, sent: Sent, chance: random.Random) -> bool:
        """Send until it is answered 200 (true), or given up after a failure (false; never for a merge)."""
        while not self._try(sent):
            if sent.joins is None and chance.random() < GIVEN_UP:
                with self.lock:
                    self.given_up.append(sent)
                return False
            time.sleep(0.1)
        with self.lock:
            self.acknowledged.update(sent.owners)
            self._known |= sent.identifies
        return True

    def _try(self, sent: Sent) -> bool:
        try:
            self.program.call("POST", sent.path, sent.body, f"basic:{self.shop.write_key}", TIMEOUT)
        except urllib.error.HTTPError as error:
            with error:
                self._count(f"{error.code} {sent.path} {error.read()[:200].decode() if error.code != 503 else ''}".strip())
            return False
        except (OSError, HTTPException):
            self._count("no answer")
            return False
        self._count("200")
        return True

    def _count(self, status: str) -> None:
        with self.lock:
            self.statuses[status] += 1

    # -- what clients say --------------------------------------------------------------------------------------------

    def _make_batch(self, chance: random.Random) -> Sent:
        with self.lock:
            owners: dict[str, int] = {}
            identified: set[int] = set()
            events = []
            for _ in range(BATCH):
                person = chance.choice(self._active)
                event = self._event(person, chance)
                if event["type"] == "identify":
                    identified.add(person)
                owners[event["messageId"]] = person
                events.append(event)
            sent = Sent("/v1/batch", {"batch": events}, owners, frozenset(identified))
            for person in set(owners.values()):
                self.of_person.setdefault(person, []).append(sent)
            return sent

    def _event(self, person: int, chance: random.Random) -> dict[str, Any]:
        event: dict[str, Any] = {"messageId": f"m-{self.seed}-{next(self._messages)}", "timestamp": to_iso(now_ms())}
        draw = chance.random()
        if draw < 0.2:
            event |= {"type": "identify", "userId": f"u{person}", "anonymousId": f"a{person}"}
            event["traits"] = {"plan": chance.choice(("gold", "free")), "email": f"u{person}@example.org"}
            if person in self.phones:
                event["context"] = {"device": {"type": "web", "push": self.phones[person]}}
            return event
        event |= {"type": "track"} | chance.choice(({"userId": f"u{person}"}, {"anonymousId": f"a{person}"}))
        if draw < 0.6:
            return event | {"event": "Product Viewed", "properties": {"sku": chance.randrange(100)}}
        mine = self._open.setdefault(person, [])
        if draw < 0.8 or not mine:
            cart = f"cart-{event['messageId']}"
            mine.append(cart)
            self.carts[cart] = person
            return event | {"event": "Product Added", "properties": {"cart_id": cart, "name": "Lamp"}}
        cart = mine.pop(chance.randrange(len(mine)))
        name = "Order Completed" if draw < 0.95 else "Cart Emptied"
        return event | {"event": name, "properties": {"cart_id": cart, "total": 10}}

    def _alias(self, person: int, into: int) -> Sent:
        message_id = f"m-{self.seed}-{next(self._messages)}"
        body = {"type": "alias", "previousId": f"u{person}", "userId": f"u{into}", "messageId": message_id}
        sent = Sent("/v1/alias", body | {"timestamp": to_iso(now_ms())}, {message_id: into}, frozenset(), (person, into))
        for each in (person, into):
            self.of_person.setdefault(each, []).append(sent)
        return sent

    # -- merges and deletions ----------------------------------------------------------------------------------------

    def _join_and_delete(self, chance: random.Random) -> None:
        while not self.over.is_set():
            with self.lock:
                joined = set(self.merged) | set(self.merged.values())
                free = [each for each in self._active if each in self._known and each not in joined]
                pair = chance.sample(free, 2) if len(free) > 1 else []
                sent = self._alias(pair[0], pair[1]) if pair else None
            if sent is not None and self._deliver(sent, chance) and sent.joins is not None:
                with self.lock:
                    self.merged[sent.joins[0]] = sent.joins[1]
            if chance.random() < 0.5:
                self._delete_somebody(chance)
            self.over.wait(0.3)

    def _delete_somebody(self, chance: random.Random) -> None:
        with self.lock:
            ready = [each for each in self._active if each in self._known and each >= PHONES // 2]
            if len(ready) < PEOPLE // 4:
                return
            person = chance.choice(ready)
            root = self.merged.get(person, person)
            group = (root, *(each for each, into in self.merged.items() if into == root))
            if not all(each in self._known for each in group):
                return
            self.retired |= set(group)
            self._active = [each for each in self._active if each not in group]
            self._active += [next(self._numbers) for _ in group]
        self._delete(root)
        with self.lock:
            self.deleted.append(group)

    def _delete(self, person: int) -> None:
        """Through the REST API, until it is done: found nowhere after a request that may have had its effect."""
        asked = False
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                found = self._ask("GET", f"/people?alias=user_id:u{person}")["items"]
                if not found and asked:
                    return
                if found:
                    asked = True
                    self._ask("DELETE", f"/people/{found[0]['id']}")
                    return
            except urllib.error.HTTPError as error:
                with error:
                    self._count(f"{error.code} DELETE {error.read()[:200].decode() if error.code != 503 else ''}".strip())
            except (OSError, HTTPException):
                self._count("no answer")
            time.sleep(0.05)
        raise AssertionError(f"u{person} could not be deleted:\n{self.program.log()[-4000:]}")

    def _ask(self, method: str, path: str) -> Any:
        return self.program.call(method, f"/api/v1/apps/{self.shop.app}{path}", None, self.shop.api_key, TIMEOUT)

    def send_again(self, sent: Sent) -> bool:
        """Once more, under the same ids."""
        return self._try(sent)
