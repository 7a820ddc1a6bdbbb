"""The server's calls about segments: members, explanations, changes over time, and freshness."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.core.ids import random_token
from relance.core.places import read_location
from relance.events.model import heard_name
from relance.events.past import Kind, write_parquet
from relance.events.service import EVENTS, named, resolved_events
from relance.infra.database import reading
from relance.pipeline.lag import standing
from relance.pipeline.partition_context import PartitionContext
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.explain import Decisive, Explained, event_names, explain
from relance.segments.errors import SegmentBuildingError, TooManyEventsError
from relance.segments.membership import cost_of_rule, named_rules, preview_rule
from relance.segments.model import CHANGES
from relance.segments.query.places import has_spot
from relance.segments.rule.conditions import SPOTTED
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule, conditions, parse_rule
from relance.users.service import Directory, PeopleReader, count_reachable
from relance.worker.membership import MembershipReader
from relance.worker.ticking import TickThread

MOST_EVENTS = 50_000  # of one person, per explanation
MOST_LOOKS = 2_000_000  # events times conditions, per explanation
EXPORTS = "exports"  # the folder of exported files awaiting download
MEMBER_COLUMNS: dict[str, Kind] = {"id": "BIGINT", "external_id": "VARCHAR", "email": "VARCHAR"}
_PAGE = 5_000

MemberRow = tuple[int, str | None, str | None]
"""(id, external id, e-mail address)."""


class SegmentCalls:
    """Answers on any thread; writes nothing except export files."""

    def __init__(self, parts: PartitionContext, live: MembershipReader, ticking: TickThread) -> None:
        self.parts = parts
        self.live = live
        self.ticking = ticking
        self.directory = Directory(parts.state)
        self._exports = parts.settings.folder / EXPORTS / str(parts.partition)
        shutil.rmtree(self._exports, ignore_errors=True)  # left behind by a killed worker
        self.known: dict[str, Callable[..., Any]] = {
            "segment_sizes": self.sizes,
            "segments_building": self.building,
            "members": self.members,
            "member_rows": self.member_rows,
            "members_parquet": self.members_parquet,
            "memberships": self.memberships,
            "preview": self.preview,
            "cost": self.cost,
            "explain": self.explain,
            "segment_changes": self.changes,
            "freshness": self.freshness,
        }

    # -- members --------------------------------------------------------------------------------------------------------

    def sizes(self, app: int) -> list[tuple[int, int]]:
        return list(self.live.sizes(app).items())

    def building(self, app: int) -> list[dict[str, Any]]:
        """The segments being built from history, with their progress."""
        found: list[dict[str, Any]] = msgspec.to_builtins(self.live.building(app))
        now = time.time_ns() // 1_000_000
        for each in found:
            spent = now - each["began_at"] if each["began_at"] is not None else 0
            each["expected_at"] = now + round(spent / each["share"] * (1 - each["share"])) if spent and each["share"] else None
        return found

    def members(self, app: int, segment: int, cursor: int = 0, limit: int = 50) -> dict[str, Any]:
        live = self.live
        for each in self.live.building(app):
            if each.segment == segment and each.is_new:
                raise SegmentBuildingError(
                    ErrorText("segment_building", "The segment is being built; who is in is not known yet."),
                    share=round(each.share, 3),
                )
        found = live.members(app, segment, cursor, limit + 1)
        following = found[limit - 1] if len(found) > limit else None
        return {"persons": found[:limit], "next": following, "size": live.size(app, segment)}

    def memberships(self, app: int, person: int) -> list[int]:
        return self.live.memberships(app, person)

    def preview(self, app: int, rule: Any) -> Any:
        with reading(self.parts.state) as connection:
            everybody, now = PeopleReader(connection, app), self.parts.clock.now()
            found = preview_rule(rule, app, connection, self.parts.history, everybody, now, self.live)
            channels = count_reachable(connection, app, found.spread)
        reach = {"of": len(found.spread), "channels": channels}
        return {"count": found.count, "sample": found.sample, "at": found.at, "reach": reach}

    def cost(self, app: int, rule: Any) -> Any:
        """The cost of keeping a rule (decoded JSON) live."""
        with reading(self.parts.state) as connection:
            return msgspec.to_builtins(cost_of_rule(rule, app, connection, self.parts.history, self.directory.count(app)))

    def member_rows(self, app: int, segment: int, cursor: int = 0, limit: int = _PAGE) -> dict[str, Any]:
        """Members with their external ids; ``next`` is the cursor to continue from."""
        found = self.members(app, segment, cursor, limit)
        with reading(self.parts.state) as connection:
            profiles = self.directory.profiles(app, found["persons"], connection)
            addresses = self.directory.addresses(app, found["persons"], "email", connection)
        rows: list[MemberRow] = []
        for person in found["persons"]:
            profile = profiles.get(person)
            if profile is not None:
                kept = [each.address for each in addresses.get(person, ()) if each.state != "gone"]
                email = kept[0] if kept else profile.traits.get("email")
                rows.append((person, profile.external_id, email if isinstance(email, str) else None))
        return {"rows": rows, "next": found["next"], "size": found["size"]}

    def members_parquet(self, app: int, segment: int) -> dict[str, Any]:
        """A Parquet file of all members in the data folder, readable by its owner only; the caller removes it."""
        self._exports.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._exports / f"{random_token('exp', 12)}.parquet"
        count = write_parquet(path, MEMBER_COLUMNS, self._all_rows(app, segment))
        return {"file": f"{self._exports.name}/{path.name}", "count": count}

    def _all_rows(self, app: int, segment: int) -> Iterator[list[MemberRow]]:
        cursor: int | None = 0
        while cursor is not None:
            page = self.member_rows(app, segment, cursor)
            yield page["rows"]
            cursor = page["next"]

    # -- explanations ---------------------------------------------------------------------------------------------------

    def explain(self, app: int, person: int, rule: Any, segment: int | None = None) -> dict[str, Any]:
        """A rule (decoded JSON) broken down for a person; with ``segment``, also whether the person is in it now."""
        now = self.parts.clock.now()
        profile = self.directory.get(app, person)
        parsed = parse_rule(rule)
        with reading(self.parts.state) as connection:
            find = named_rules(app, connection)
        past, message_ids = self._past(app, self.directory.all_ids(app, profile.id), meaning(parsed, find), now)
        explained = explain(parsed, past, self.directory.rule_facts(app, profile.id), now, profile.id, find)
        return {
            "person": profile.id,
            "now": now,
            "member": None if segment is None else self.live.contains(app, segment, profile.id),
            "explanation": msgspec.to_builtins(_with_message_ids(explained, message_ids)),
        }

    def _past(
        self, app: int, persons: tuple[int, ...], rule: Rule, now: int
    ) -> tuple[list[RuleEvent], dict[tuple[int, int], str]]:
        """The events the rule looks at and the person's very first one; and message ids by (instant, position)."""
        table = EVENTS.c
        columns = (table.event, table.occurred_at, table.position, table.properties, table.message_id, table.context, table.kind)
        own = sa.select(*columns).where(table.app_id == app, table.person_id.in_(persons), table.occurred_at <= now)
        first = own.order_by(table.occurred_at, table.position).limit(1)
        names = event_names(rule)
        located = [has_spot(self.parts.history.columns)] if SPOTTED in names else []
        wanted = own.where(sa.or_(named(*sorted(names - {SPOTTED})), *located))
        most = min(MOST_EVENTS, MOST_LOOKS // sum(1 for _ in conditions(rule)))
        rows = self.parts.history.run(wanted.limit(most + 1))
        if len(rows) > most:
            raise TooManyEventsError(
                ErrorText("events_too_many", "The person has more than {most:,} events that this rule looks at.", most=most),
                path="person",
            )
        found = {(row[1], row[2]): row for row in [*self.parts.history.run(first), *rows]}
        return [_happening(row) for row in found.values()], {key: row[4] for key, row in found.items()}

    # -- over time -----------------------------------------------------------------------------------------------------

    def changes(
        self,
        app: int,
        segment: int,
        since: int,
        until: int,
        change: str | None = None,
        before: tuple[int, int, int] | None = None,
        limit: int = 50,
    ) -> list[dict[str, Any]]:
        """Who entered, left and merged in [since, until), newest first; ``before`` is the place of the last one seen."""
        columns = ("event", "person_id", "occurred_at", "partition", "position", "late")
        order = (EVENTS.c.occurred_at, EVENTS.c.partition, EVENTS.c.position)
        body = to_json({"segment": segment})
        conditions = [
            EVENTS.c.app_id == app,
            EVENTS.c.event.in_([name for name, word in CHANGES.items() if change in (word, None)]),
            EVENTS.c.kind == "derived",
            sa.or_(EVENTS.c.properties == body, EVENTS.c.properties.startswith(body[:-1] + ",")),  # or it names the person
            EVENTS.c.occurred_at >= since,
            EVENTS.c.occurred_at < until,
        ]
        if before is not None:
            conditions.append(sa.tuple_(*order) < sa.tuple_(*(sa.literal(part, sa.BigInteger) for part in before)))
        found = resolved_events(*conditions, columns=columns)
        newest = sa.select(found).order_by(*(found.c[column.name].desc() for column in order)).limit(limit)
        return [
            {
                "person": person,
                "change": CHANGES[event],
                "occurred_at": occurred_at,
                "late": bool(late),
                "place": [occurred_at, partition, position],
            }
            for event, person, occurred_at, partition, position, late in self.parts.history.run(newest)
        ]

    def freshness(self, app: int) -> dict[str, Any]:
        """Up to when the app's segments are accurate, and which of them are live."""
        found = standing(self.ticking.round.ticks, self.ticking.next_due, self.parts.clock.now())
        return {
            "now": found.now,
            "columns": [{"property": each.path, "share": each.share} for each in self.parts.history.column_fills()],
            "true_until": found.true_until,
            "waiting": found.waiting,
            "live": [segment for segment, _ in self.sizes(app)],
            "building": self.building(app),
        }


def _with_message_ids(explained: Explained, message_ids: Mapping[tuple[int, int], str]) -> Explained:
    events = [
        Decisive(each.event, each.occurred_at, each.position, message_ids.get((each.occurred_at, each.position), ""))
        for each in explained.events
    ]
    parts = [_with_message_ids(part, message_ids) for part in explained.parts]
    return msgspec.structs.replace(explained, events=events, parts=parts)


def _happening(row: tuple[Any, ...]) -> RuleEvent:
    """(name, instant, position, properties, message id, context, kind) as the definition's event."""
    name, occurred_at, position, properties, _, context, kind = row
    return RuleEvent(
        heard_name(name, kind), occurred_at, position, from_json(properties), read_location(from_json(context).get("location"))
    )
