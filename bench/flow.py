"""The program as a whole under load: answers, memberships and pushes, each timed from outside."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.row import Row
from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.journeys.service import Journeys
from relance.messaging.service import Messages
from relance.segments.service import Segments
from tests.process import Program

PHONES = 100
_PAUSE = 0.005  # seconds between two requests of one who asks


class Rig:
    """A running program with an app, some segments, and a journey that sends a push at once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        settings = Settings(data=str(program.folder / "data"))
        settings.folder.mkdir(parents=True)
        state, log = open_stores(settings)
        now = time.time_ns() // 1_000_000
        made = Accounts(state).create_app("Bench", now)
        self.app, self.write_key, self.api_key = made.app.id, made.write_key.text, made.api_key.text
        self.probe = Segments(state).create(self.app, "Probed", _seen("Probe", "1d"), now).id
        for number in range(9):
            Segments(state).create(self.app, f"Viewed in {number + 1} h", _seen("Product Viewed", f"{number + 1}h"), now)
        push = Messages(state).create(self.app, "Ping", "web_push", {"title": "{{ event.ping }}", "body": "now"}, now)
        graph = {
            "entry": {"event": "Ping", "key": "ping", "where": [], "reentry": "always"},
            "exits": [],
            "nodes": [{"id": "send", "kind": "message", "message": push.id, "next": "over"}, {"id": "over", "kind": "exit"}],
            "start": "send",
        }
        journeys = Journeys(state)
        journeys.publish(self.app, journeys.create(self.app, "Ping", graph, now).id, now)
        state.dispose()
        log.dispose()

    def subscribe_phones(self) -> None:
        """Give each of the people who get pushes a phone of the built-in sandbox."""
        batch = []
        for number in range(PHONES):
            phone = self.program.call("POST", "/sandbox/phones", {"name": f"phone-{number:02d}"})
            context = {"device": {"type": "web", "push": phone}}
            batch.append({"type": "identify", "userId": f"phone-{number:02d}", "traits": {}, "context": context})
        self.program.call("POST", "/v1/batch", {"batch": batch}, f"basic:{self.write_key}")

    def load(self, rate: int, seconds: int, size: int, starts: int = 0) -> dict[str, Any]:
        """Run the load process to its end."""
        command = [sys.executable, "-m", "bench.flow_load", str(self.program.port), self.write_key]
        command += map(str, (rate, seconds, size, starts))
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def wait_until_settled(self, within: float = 300.0) -> float:
        """Seconds until the log has settled."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            if self.program.get("/health").get("behind") == 0:
                return time.monotonic() - began
            time.sleep(0.1)
        raise TimeoutError("the log did not settle")

    def cpu(self) -> float:
        """CPU-seconds of the program's processes so far."""
        assert self.program.process is not None
        family = [psutil.Process(self.program.process.pid)]
        family += family[0].children(recursive=True)
        return float(sum(sum(each.cpu_times()[:2]) for each in family))


def _seen(event: str, last: str) -> dict[str, Any]:
    return {"kind": "behaviour", "event": event, "aggregate": "count", "compare": ">=", "value": 1, "window": {"last": last}}


@contextmanager
def running(module: str = "relance serve", **settings: object) -> Iterator[Rig]:
    """A fresh program; ``module`` may name another entry (``bench.threaded_server``)."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), **settings)
        rig = Rig(program)
        if module != "relance serve":
            program.command = [sys.executable, "-m", module]
        program.start()
        try:
            yield rig
        finally:
            program.stop()


def answers_row(rate: int = 20_000, seconds: int = 10) -> Row:
    """p99 of the answers to an open loop, the tick running."""
    with running() as rig:
        cpu = rig.cpu()
        found = rig.load(rate, seconds, 100)
        behind = rig.wait_until_settled()
        cpu = rig.cpu() - cpu
    return Row(
        name=f"answer, open loop of {rate:,} events/s with the tick running",
        value=round(found["p99_ms"], 1),
        unit="ms p99",
        bar="<= 100",
        ratio=round(found["p99_ms"] / 100, 2),
        cpu_seconds=round(cpu, 2),
        ok=found["p99_ms"] <= 100,
        note=f"p50 {found['p50_ms']:.1f} ms; {found['events'] / found['seconds']:.0f} events/s; settled {behind:.1f} s later",
    )


def membership_row(rate: int = 2_000, seconds: int = 15) -> Row:
    """From the acceptance of one event to the membership being visible by API, under load."""
    with running() as rig:
        rig.load(rate, 2, 100)
        loading = threading.Thread(target=rig.load, args=(rate, seconds, 100))
        cpu = rig.cpu()
        loading.start()
        waits = sorted(_probe(rig, number) for number in range(100))
        loading.join()
        cpu = rig.cpu() - cpu
    p99 = waits[int(len(waits) * 0.99)] * 1000
    return Row(
        name=f"event to membership by API, open loop of {rate:,} events/s",
        value=round(p99, 1),
        unit="ms p99",
        bar="<= 500",
        ratio=round(p99 / 500, 2),
        cpu_seconds=round(cpu, 2),
        ok=p99 <= 500,
        note=f"p50 {waits[len(waits) // 2] * 1000:.1f} ms, of {len(waits)} probes",
    )


def memberships_row(rate: int = 1_000, asked: int = 1_000) -> Row:
    """The segments of one person by API, one request after the other, under light load; in turns with ``/health``."""
    with running() as rig:
        rig.load(rate, 2, 100)
        rig.wait_until_settled()
        found = rig.program.get(f"/api/v1/apps/{rig.app}/people?limit=200", rig.api_key)["items"]
        paths = [f"/api/v1/apps/{rig.app}/people/{each['id']}/memberships" for each in found]
        loading = threading.Thread(target=rig.load, args=(rate, 15, 100))
        cpu = rig.cpu()
        loading.start()
        connection = http.client.HTTPConnection("127.0.0.1", rig.program.port)
        waits, beside = [], []
        for number in range(asked):
            beside.append(_timed(connection, rig, "/health")[0])
            seconds, answer = _timed(connection, rig, paths[number % len(paths)])
            waits.append(seconds)
            assert answer["items"], answer
        connection.close()
        loading.join()
        cpu = rig.cpu() - cpu
    p50, p99 = _spread(waits)
    health50, health99 = _spread(beside)
    return Row(
        name=f"memberships of one person by API, {rate:,} events/s arriving",
        value=round(p99, 2),
        unit="ms p99",
        bar="<= 5",
        ratio=round(p99 / 5, 2),
        cpu_seconds=round(cpu, 2),
        ok=p99 <= 5,
        note=(
            f"p50 {p50:.2f} ms, worst {max(waits) * 1000:.1f} ms, of {len(waits):,} requests;"
            f" /health in turns with them p50 {health50:.2f}, p99 {health99:.2f} ms"
        ),
    )


def _timed(connection: http.client.HTTPConnection, rig: Rig, path: str) -> tuple[float, Any]:
    """Seconds until the answer, and the answer; a pause follows."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {rig.api_key}"})
    text = connection.getresponse().read()
    seconds = time.perf_counter() - began
    time.sleep(_PAUSE)
    return seconds, json.loads(text)


def _spread(waits: list[float]) -> tuple[float, float]:
    """p50 and p99 in ms."""
    ordered = sorted(waits)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000


def _probe(rig: Rig, number: int) -> float:
    """Seconds from an event's acceptance to its person's membership."""
    program, name = rig.program, f"probe-{number}"
    event = {"type": "track", "event": "Probe", "userId": name, "messageId": name}
    program.call("POST", "/v1/batch", {"batch": [event]}, f"basic:{rig.write_key}")
    accepted = time.perf_counter()
    people = f"/api/v1/apps/{rig.app}/people"
    while True:
        found = program.get(f"{people}?alias=user_id:{name}", rig.api_key)["items"]
        if found:
            segments = program.get(f"{people}/{found[0]['id']}/memberships", rig.api_key)["items"]
            if any(each["segment_id"] == rig.probe for each in segments):
                return time.perf_counter() - accepted
        time.sleep(0.005)


def push_row(rate: int = 2_000, seconds: int = 15) -> Row:
    """From acceptance to the push's arrival at the receiver, 100 a second among 2,000 events a second."""
    with running() as rig:
        rig.subscribe_phones()
        rig.wait_until_settled()
        cpu = rig.cpu()
        found = rig.load(rate, seconds, 100, starts=5)
        time.sleep(3)
        cpu = rig.cpu() - cpu
        arrived = _arrivals(rig)
    waits = sorted(arrived[ping] - accepted for ping, accepted in found["accepted"].items() if ping in arrived)
    missing = len(found["accepted"]) - len(waits)
    p99 = float(waits[int(len(waits) * 0.99)]) if waits else float("inf")
    return Row(
        name=f"event to web push received, {rate:,} events/s of which 100/s start a journey",
        value=p99,
        unit="ms p99",
        bar="<= 1500",
        ratio=round(p99 / 1500, 2),
        cpu_seconds=round(cpu, 2),
        ok=p99 <= 1500 and not missing,
        note=f"p50 {waits[len(waits) // 2]} ms, {len(waits)} pushes, {missing} missing, answers p99 {found['p99_ms']:.0f} ms",
    )


def _arrivals(rig: Rig) -> dict[str, int]:
    """When each push arrived (real ms), by its title."""
    arrived: dict[str, int] = {}
    after = 0
    while items := rig.program.get(f"/sandbox/api/messages?after={after}&limit=200"):
        arrived.update((each["title"], each["received_real_at"]) for each in items)
        after = max(each["id"] for each in items)
    return arrived


def processes_rows(rate: int = 10_000, seconds: int = 10) -> list[Row]:
    """The worker as a child process beside the worker in a thread: what ADR 0002 rests on."""
    rows = []
    for name, module in (("child process", "relance serve"), ("thread", "bench.threaded_server")):
        with running(module) as rig:
            cpu = rig.cpu()
            found = rig.load(rate, seconds, 100)
            behind = rig.wait_until_settled()
            cpu = rig.cpu() - cpu
        rows.append(
            Row(
                name=f"answer while {rate:,} events/s settle, worker in a {name}",
                value=round(found["p99_ms"], 1),
                unit="ms p99",
                bar="the lower is kept",
                cpu_seconds=round(cpu, 2),
                ok=True,
                note=f"p50 {found['p50_ms']:.1f} ms; settled {behind:.1f} s after the last answer",
            )
        )
    return rows
