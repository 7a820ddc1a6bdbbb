"""What must be true of the stores, however often the program was killed."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from relance.core.configuration import Settings
from relance.events.model import heard_name
from relance.infra.clock import RealClock
from relance.infra.database import LOG, STATE, open_engine, writing
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.tick import Tick
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.tree import conditions, parse_rule
from tests.conftest import declare_tables
from tests.faults.books import Books, open_books
from tests.faults.crowd import Crowd
from tests.faults.shop import RULES, WAYS, Shop
from tests.process import Program


def check_history(books: Books, crowd: Crowd) -> None:
    """No acknowledged event lost, none there twice, a batch that was given up there wholly or not at all."""
    twice = books.past("SELECT message_id, count(*) FROM events GROUP BY 1 HAVING count(*) > 1")
    assert not twice, f"in history more than once: {twice[:5]}"
    kept = {row[0] for row in books.past("SELECT message_id FROM events")}
    expected = {message for message, person in crowd.acknowledged.items() if person not in crowd.retired}
    lost = expected - kept
    assert not lost, f"{len(lost)} of {len(expected)} acknowledged events are lost, among them {sorted(lost)[:5]}"
    for sent in crowd.given_up:
        there = {message in kept for message, person in sent.owners.items() if person not in crowd.retired}
        assert len(there) <= 1, f"half of a batch is there: {sent.path}"
    committed = books.positions()
    for partition, newest in books.past("SELECT partition, max(position) FROM events GROUP BY 1"):
        assert newest <= committed[partition], f"history holds more of partition {partition} than was committed"
    positions = books.past("SELECT position, count(*) FROM events GROUP BY 1 HAVING count(*) > 1")
    assert not positions, f"two events at one position: {positions[:5]}"


def check_deletions(books: Books, crowd: Crowd) -> None:
    """Nobody who was deleted has a row anywhere, nor does anybody who does not exist."""
    gone = {person for group in crowd.deleted for person in group}
    assert gone == crowd.retired
    assert gone, "nobody was deleted: the test proves nothing"
    ids = {f"{kind}{person}" for person in gone for kind in "ua"}
    left = {row[0] for row in books.past("SELECT user_id FROM events UNION SELECT anonymous_id FROM events")} & ids
    assert not left, f"history still knows {sorted(left)[:5]}"
    left = {row["value"] for row in books.rows("aliases")} & ids
    assert not left, f"aliases of deleted people: {sorted(left)[:5]}"
    people = {row["id"] for row in books.rows("users")}
    known = people | {row["from_id"] for row in books.rows("merged_users")}
    strangers = {row[0] for row in books.past("SELECT DISTINCT person_id FROM events")} - known
    assert not strangers, f"history has events of people who do not exist: {sorted(strangers)[:5]}"
    for table in ("traits", "subscriptions", "consents", "runs"):
        strangers = {row["person_id"] for row in books.rows(table)} - known
        assert not strangers, f"{table} of people who do not exist: {sorted(strangers)[:5]}"


def check_runs(books: Books, crowd: Crowd, shop: Shop) -> None:
    """One run a cart, each step of it once and along the graph, and the counts what the steps say."""
    runs = {row["id"]: row for row in books.rows("runs")}
    steps: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for row in books.rows("run_steps"):
        steps[row["run_id"]].append((row["seq"], row["node"], row["via"]))
    assert len({row["run_key"] for row in runs.values()}) == len(runs), "two runs of one cart"
    assert steps.keys() <= runs.keys(), "steps of no run"
    for run_id, row in runs.items():
        gone = sorted(steps[run_id])
        assert [seq for seq, _, _ in gone] == list(range(1, row["seq"] + 1)), f"steps of {row}: {gone}"
        way = tuple((node, via) for _, node, via in gone)
        assert any(way == whole[: len(way)] for whole in WAYS), f"no way through the graph: {way}"
        assert row["state"] == "waiting" or way in WAYS, f"ended on the way: {row}, {way}"
    started = {cart for cart, person in crowd.carts.items() if person not in crowd.retired}
    added = {
        msgspec.json.decode(row[0])["cart_id"]
        for row in books.past("SELECT properties FROM events WHERE event = 'Product Added'")
    }
    assert {row["run_key"] for row in runs.values()} == added & started, "carts and runs differ"


def check_counts(books: Books) -> None:
    """The counts of each node never went beside the steps: those of deleted people may be counted, nobody twice."""
    arrived: Counter[str] = Counter(row["node"] for row in books.rows("run_steps") if row["via"] != "exit_event")
    for row in books.rows("node_counts"):
        assert row["arrived"] >= arrived[row["node"]], row
        assert row["arrived"] >= row["departed"] + row["stopped"] - row["stopped"], row
    edges: Counter[str] = Counter()
    for row in books.rows("edge_counts"):
        edges[row["way"]] += row["runs"]
    ways: Counter[str] = Counter(row["via"] for row in books.rows("run_steps"))
    for way, times in ways.items():
        assert edges[way] >= times, (way, times, edges)


def check_deliveries(books: Books, pushes: list[dict[str, Any]]) -> None:
    """One delivery for each intent and address; what is sent was shown, and shown once."""
    deliveries = [row for row in books.rows("deliveries") if row["person_id"]]
    asked: Counter[tuple[Any, ...]] = Counter((r["run_id"], r["node"], r["message_id"], r["subscription_id"]) for r in deliveries)
    assert not [key for key, times in asked.items() if times > 1], "an intent was doubled"
    reminded = {row["run_id"] for row in books.rows("run_steps") if row["node"] == "remind"}
    got = {row["run_id"] for row in deliveries}
    assert reminded <= got, f"runs that came to the message and have no delivery: {sorted(reminded - got)[:5]}"
    recalled = [row for row in deliveries if row["run_id"] not in reminded]  # what came late led the run another way
    assert {row["state"] for row in recalled} <= {"skipped"}, f"sent, and the run says that it was not: {recalled[:3]}"
    for row in deliveries:
        assert row["state"] in {"sent", "skipped", "failed"} or (row["state"] == "pending" and row["attempts"]), row
        assert row["state"] != "skipped" or row["reason"] in {"no_subscription", "journey_stopped", "gone"}, row
        assert row["state"] != "failed" or row["detail"], row  # tried often enough while the sandbox was dead
    shown: Counter[tuple[str, str]] = Counter((each["phone"], each["topic"]) for each in pushes)
    assert not [key for key, times in shown.items() if times > 1], "a push is shown twice"
    by_topic: Counter[str] = Counter(each["topic"] for each in pushes)
    sent = {row["id"] for row in books.rows("deliveries") if row["state"] == "sent"}
    unsent = sum(row["state"] in {"failed", "pending"} for row in deliveries)
    assert len(sent) > unsent, "hardly anything was sent: the test proves nothing"
    assert sent <= by_topic.keys(), f"sent and not shown: {sorted(sent - by_topic.keys())[:5]}"
    assert max(by_topic.values()) == 1, "one delivery came to two phones"


def check_changes(books: Books, members: Mapping[int, tuple[int, int, set[int]]]) -> None:
    """Of each person that was never merged: entering and leaving were told in turns, and the last says who is in."""
    merged = {person for row in books.rows("merged_users") for person in (row["from_id"], row["root_id"], row["into_id"])}
    reported = books.past(
        "SELECT person_id, properties, event FROM events WHERE event IN ('segment_entered', 'segment_left') ORDER BY position"
    )
    inside: dict[int, set[int]] = {segment: set() for segment in members}
    for person, properties, event in reported:
        segment = msgspec.json.decode(properties)["segment"]
        entered = event == "segment_entered"
        if person not in merged:
            assert (person in inside[segment]) != entered, f"person {person} twice {event} {segment}"
        (inside[segment].add if entered else inside[segment].discard)(person)
    for segment, (_, _, found) in members.items():
        differing = (inside[segment] ^ found) - merged
        assert not differing, f"segment {segment}: the last event and the membership of {sorted(differing)[:5]} differ"


class Oracle:
    """Memberships by the definition: every event of history, one person after the other."""

    def __init__(self, books: Books, shop: Shop) -> None:
        self._rules = {shop.segments[name]: parse_rule(rule) for name, rule in RULES.items()}
        root = {row["from_id"]: row["root_id"] for row in books.rows("merged_users")}
        self.traits = {row["person_id"]: msgspec.json.decode(row["traits"]) for row in books.rows("traits")}
        self.events: dict[int, list[RuleEvent]] = {row["id"]: [] for row in books.rows("users")}
        query = f"SELECT person_id, event, occurred_at, position, properties, kind FROM events WHERE app_id = {shop.app}"
        for person, name, occurred_at, position, properties, kind in books.past(query):
            happening = RuleEvent(heard_name(name, kind), occurred_at, position, msgspec.json.decode(properties))
            self.events[root.get(person, person)].append(happening)

    def holds(self, segment: int, person: int, since: int, until: int) -> set[bool]:
        """Every answer of the definition about a person in [since, until]: it changes where a window closes or an event comes."""
        rule, events, traits = self._rules[segment], self.events[person], self.traits.get(person, {})
        lengths = {each.length or 0 for each in conditions(rule) if isinstance(each, Behaviour)} | {0}
        turns = {each.occurred_at + length for each in events for length in lengths}
        instants = {since, until} | {turn for turn in turns if since < turn < until}
        return {evaluate(rule, events, traits, instant) for instant in instants}


def members_now(program: Program, shop: Shop) -> dict[int, tuple[int, int, set[int]]]:
    """Each segment's members as the API tells them, between two instants."""
    found = {}
    for segment in shop.segments.values():
        began = time.time_ns() // 1_000_000
        members: set[int] = set()
        cursor = ""
        while True:
            path = f"/api/v1/apps/{shop.app}/segments/{segment}/members?limit=200{cursor}"
            page = program.get(path, shop.api_key)
            members |= set(page["items"])
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        found[segment] = (began, time.time_ns() // 1_000_000, members)
    return found


def check_members(oracle: Oracle, found: Mapping[int, tuple[int, int, set[int]]], slack: int) -> int:
    """Compare with the oracle where its answer is the same all the time of asking; how many memberships were compared.

    ``slack`` (ms) before the first instant allows for a window that has just closed and is being settled.
    """
    compared = 0
    for segment, (began, ended, members) in found.items():
        for person in oracle.events:
            answers = oracle.holds(segment, person, began - slack, ended)
            if len(answers) == 1:
                compared += 1
                assert answers == {person in members}, f"person {person} in segment {segment}: history says {answers}"
        strangers = members - oracle.events.keys()
        assert not strangers, f"segment {segment} holds people who do not exist: {sorted(strangers)[:5]}"
    return compared


def replayed(books: Books, folder: Path, app_ids: Collection[int]) -> tuple[list[Any], list[Any]]:
    """The people and the clients' events that a program which never failed makes of the same log."""
    declare_tables()
    folder.mkdir(parents=True)
    settings = Settings(data=str(folder), tick_events=1_000)
    state, log = open_engine(settings.state_store), open_engine(settings.log_store)
    STATE.create_all(state)
    LOG.create_all(log)
    with writing(log) as connection:
        rows = books.rows("log")
        connection.execute(sa.insert(LOG.tables["log"]), rows)
    lease = Lease(state, folder, 0, 60)
    cursor = lease.take()
    parts = PartitionContext.open(settings, RealClock(), state, log, 0)
    tick = Tick(parts, lease, cursor)
    while tick.run().more or tick.waiting():
        pass
    parts.history.close()
    lease.release()
    state.dispose()
    log.dispose()
    with open_books(folder) as made:
        return of_the_log(made)


def of_the_log(books: Books) -> tuple[list[Any], list[Any]]:
    """All that must be a function of the log alone: whose is which alias, whose each event, what a profile says."""
    people = sorted((row["app_id"], row["kind"], row["value"], row["person_id"]) for row in books.rows("aliases"))
    profiles = sorted((row["app_id"], row["person_id"], row["traits"]) for row in books.rows("traits"))
    merged = sorted((row["app_id"], row["from_id"], row["root_id"]) for row in books.rows("merged_users"))
    # A row names the person as of the end of its tick, who may have been merged since: where ticks end must not matter.
    root = {(row["app_id"], row["from_id"]): row["root_id"] for row in books.rows("merged_users")}
    rows = books.past("SELECT app_id, message_id, person_id, occurred_at FROM events WHERE kind <> 'derived'")
    said = sorted((app, message, root.get((app, person), person), instant) for app, message, person, instant in rows)
    return [people, profiles, merged], said
