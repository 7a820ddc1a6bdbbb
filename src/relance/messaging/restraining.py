"""What holds claimed deliveries back: the app's caps and quiet hours, and the slots their people have taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from relance.accounts.model import App
from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.infra.database import hold_people
from relance.messaging.decision import MaySend, Restraints, Usage
from relance.messaging.model import Message, MessageClass
from relance.messaging.usage_store import uses_of
from relance.restraint.caps import Limit, Request, Use, reaches_back
from relance.restraint.country_hours import rules_of_country
from relance.restraint.holding import Terms, is_held_out
from relance.restraint.own import own_limit, own_rule
from relance.restraint.quiet import QuietRule, rules_of
from relance.restraint.service import Restraint, restraint_of
from relance.users.model import NO_PREFERENCES, Subscription
from relance.users.reach import PersonReach

_NOBODY: frozenset[int] = frozenset()


#: Asks segments about people: (connection, app, segments, people) → person → those of the segments that they are in.
Members: TypeAlias = Callable[[Connection, int, Collection[int], Collection[int]], Mapping[int, frozenset[int]]]


def nobody(
    _connection: Connection, _app_id: int, _segments: Collection[int], _persons: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """For whoever has no segments at hand: everybody has the limit of those in none."""
    return {}


class Usages:
    """The slots of the people of some claimed deliveries, read once and kept up as slots are taken. For one transaction."""

    def __init__(
        self,
        connection: Connection,
        rows: Sequence[Mapping[str, Any]],
        messages: Mapping[int, Message],
        people: Mapping[int, Mapping[int, PersonReach]],
        now: int,
        members: Members,
    ) -> None:
        self._restraints = restraint_of(connection, (row["app_id"] for row in rows))
        self.grounds = Grounds(self._restraints)
        self._used: dict[tuple[int, int], list[Use]] = {}
        self._segments: dict[tuple[int, int], frozenset[int]] = {}
        self._own = {
            (app_id, person): own_limit(each.preferences.limit)
            for app_id, those in people.items()
            for person, each in those.items()
            if each.preferences.limit is not None
        }
        counting: dict[int, set[int]] = {}
        counted = {number for number, each in messages.items() if each.switches.obeys_caps or each.switches.counts_toward_caps}
        for row in rows:
            app_id, person = row["app_id"], row["person_id"]
            is_limited = self._restraints[app_id].limits or (app_id, person) in self._own
            if is_limited and (row["message_id"] in counted or (app_id, person) in self._own) and not row["is_test"]:
                counting.setdefault(app_id, set()).add(person)
        # Whoever decides about one of them meanwhile has taken their slots before these are read.
        hold_people(connection, {(app_id, person) for app_id, those in counting.items() for person in those})
        for app_id, those in counting.items():
            self._read(connection, app_id, those, now, members)

    def _read(self, connection: Connection, app_id: int, persons: set[int], now: int, members: Members) -> None:
        restraint = self._restraints[app_id]
        limits = [*restraint.limits, *(self._own[app_id, each] for each in persons if (app_id, each) in self._own)]
        for person, uses in uses_of(connection, app_id, persons, now - reaches_back(limits)).items():
            self._used[app_id, person] = uses
        if restraint.segments:
            for person, inside in members(connection, app_id, restraint.segments, persons).items():
                self._segments[app_id, person] = inside

    def of(self, row: Mapping[str, Any]) -> Usage:
        person = (row["app_id"], row["person_id"])
        return Usage(self._used.get(person, ()), self._segments.get(person, _NOBODY))

    def reserve(self, row: dict[str, Any], decision: MaySend, now: int) -> None:
        """The delivery takes a slot: those decided after it see it, and the claim writes it."""
        if row["reserved_at"] is None:
            row["reserved_at"] = now
            row["tiers"] = to_json({str(cap): segment for cap, segment in decision.tiers.items()}) if decision.tiers else ""
        use = Use(row["reserved_at"], *(row[name] for name in ("dispatch", "channel", "message_class", "topic", "lane")))
        self._used.setdefault((row["app_id"], row["person_id"]), []).append(use)


class _Ground(NamedTuple):
    """What all deliveries of a message to people in one zone have in common."""

    rules: tuple[QuietRule, ...]
    limits: tuple[Limit, ...]
    counts: bool
    longest_wait: int


class Grounds:
    """What holds deliveries back by their messages and by where people are. For one transaction."""

    def __init__(self, restraints: Mapping[int, Restraint]) -> None:
        self._restraints = restraints
        self._known: dict[tuple[int, str], _Ground] = {}

    def of(
        self,
        row: Mapping[str, Any],
        message: Message,
        person: PersonReach | None,
        subscription: Subscription | None,
        app: App,
        valid_until: int | None,
    ) -> Restraints:
        """What a delivery is held back by, as its message says."""
        kind, address = KINDS[message.channel], subscription.address if subscription else ""
        zone = _zone(
            *(_device_zone(subscription), person.timezone if person else None, kind.zone_of(address), app.settings.timezone)
        )
        ground = self._known.get((message.id, zone.key))
        if ground is None:
            ground = self._known[message.id, zone.key] = self._ground(message, self._restraints[app.id], zone)
        is_marketing = message.message_class is MessageClass.MARKETING
        rules, limits = ground.rules, ground.limits
        own = NO_PREFERENCES if person is None else person.preferences
        if own.quiet_hours is not None and (is_marketing or message.switches.obeys_quiet_hours):
            rules += (own_rule(own.quiet_hours, zone),)
        if own.limit is not None and is_marketing:
            limits = (*limits, own_limit(own.limit))
        if is_marketing and kind.keeps_country_hours:  # the law asks no switch
            shown = kind.country_of(address) if address else None
            rules += tuple(rules_of_country(shown or (person.country if person else None) or app.settings.country, zone))
        terms = Terms(
            Request(row["channel"], row["message_class"], row["topic"], row["lane"]),
            zone,
            rules,
            limits,
            message.when_held,
            ground.longest_wait,
            row["held_since"],
            valid_until,
        )
        held_out = is_marketing and is_held_out(app.id, row["person_id"], app.settings.hold_out_percent)
        counts = ground.counts or (is_marketing and own.limit is not None)  # what a person limits is all of it
        return Restraints(terms, row["dispatch"], counts, held_out)

    def _ground(self, message: Message, restraint: Restraint, zone: ZoneInfo) -> _Ground:
        switches = message.switches
        rules = rules_of(restraint.quiet_hours, message.channel.value, zone) if switches.obeys_quiet_hours else ()
        limits = restraint.limits if switches.obeys_caps else ()
        return _Ground(tuple(rules), limits, switches.counts_toward_caps, message.longest_wait)


def _device_zone(subscription: Subscription | None) -> str | None:
    zone = subscription.device.get("timezone") if subscription else None
    return zone if isinstance(zone, str) else None


def _zone(*names: str | None) -> ZoneInfo:
    """The first that is one."""
    return next((zone for zone in map(_zone_named, filter(None, names)) if zone is not None), _UTC)


@lru_cache(maxsize=1_000)
def _zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):
        return None


_UTC = ZoneInfo("UTC")
