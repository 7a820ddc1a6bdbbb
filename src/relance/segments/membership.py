"""The second public interface of this package, live membership and previews: only for the worker, since it imports numpy."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.events.service import PropertyColumns, PropertyUse
from relance.segments import store
from relance.segments.definition.evidence import names_of
from relance.segments.definition.needs import reads_of
from relance.segments.live.changes.membership_changes import MembershipChanges
from relance.segments.live.commit.reading import CommittedMembers
from relance.segments.live.engine import Live
from relance.segments.live.fill.backfill import Backfill
from relance.segments.live.fill.building import ReadProfiles
from relance.segments.live.snapshot.snapshots import Snapshots, figures_of, newest_of
from relance.segments.live.snapshot.snapshotter import Snapshotter
from relance.segments.model import Cost, Preview
from relance.segments.query.cost import cost, counts_query, leaves_of
from relance.segments.query.preview import PreviewHistory, PreviewPeople, joint_preview, preview
from relance.segments.rule.meaning import Find, meaning
from relance.segments.rule.tree import Rule, conditions, parse_rule

__all__ = [
    "Backfill",
    "CommittedMembers",
    "Live",
    "MembershipChanges",
    "ReadProfiles",
    "Snapshots",
    "Snapshotter",
    "cost_of_rule",
    "figures_of",
    "joint_preview",
    "named_rules",
    "newest_of",
    "preview_rule",
    "properties_read",
    "written_rule",
]

_PAUSES = (0, 0.005, 0.01, 0.02, 0.04, 0.08)  # seconds until a tick pauses work on live state


class LivePreviews(Protocol):
    """Live state of an app's people, as far as a preview needs it."""

    def knows(self, app_id: int, rule: Rule) -> bool:
        """Whether every condition of an expanded rule is live."""
        ...

    def preview(self, app_id: int, rule: Rule, now: int) -> Preview | None:
        """The people matching a rule whose conditions are all live; None while a tick works on them."""
        ...


class Counting(Protocol):
    """History, as far as the cost of a rule needs it."""

    @property
    def columns(self) -> PropertyColumns:
        """Whether locations can be read from columns."""
        ...

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...


def named_rules(app_id: int, connection: Connection) -> Find:
    """The current rules of an app's segments, by id."""
    return {number: each.rule for number, each in store.active_segments(connection, app_id).items()}.get


def properties_read(connection: Connection) -> list[PropertyUse]:
    """The event properties that active segments read; most used first, then by the oldest segment."""
    uses: dict[PropertyUse, None] = {}
    readers: Counter[str] = Counter()
    for each in sorted(store.active_definitions(connection), key=lambda one: one.segment_id):
        read = {PropertyUse(path, each.app_id, event): None for leaf in conditions(each.rule) for event, path in reads_of(leaf)}
        readers.update({use.path for use in read})
        uses |= read
    return sorted(uses, key=lambda use: -readers[use.path])


def written_rule(rule: Any, app_id: int, connection: Connection) -> Rule:
    """A rule (decoded JSON) with other segments and all shorthand expanded. Raises ``RuleError``."""
    return meaning(parse_rule(rule), named_rules(app_id, connection))


def cost_of_rule(rule: Any, app_id: int, connection: Connection, history: Counting, people: int) -> Cost:
    """The cost of keeping a rule (decoded JSON) live in an app with this many people. Raises ``RuleError``."""
    leaves = leaves_of(written_rule(rule, app_id, connection))
    live = {key for each in store.active_definitions(connection, app_id) for key in leaves_of(each.rule)}
    names = {name for key, leaf in leaves.items() if key not in live for name in names_of(leaf)}
    counts = {str(name): int(count) for name, count in history.run(counts_query(app_id, names, history.columns))} if names else {}
    return cost(leaves, live, counts, people)


def preview_rule(
    rule: Any,
    app_id: int,
    connection: Connection,
    history: PreviewHistory,
    everybody: PreviewPeople,
    now: int,
    live: LivePreviews | None = None,
) -> Preview:
    """The people matching a rule (decoded JSON) at ``now``. Raises ``RuleError``.

    If all its conditions are in ``live``, the answer comes from there, and may be as of the last settled instant.
    """
    written = written_rule(rule, app_id, connection)
    for pause in _PAUSES if live is not None and live.knows(app_id, written) else ():
        time.sleep(pause)
        found = None if live is None else live.preview(app_id, written, now)
        if found is not None:
            return found
    return preview(written, app_id, history, everybody, now)
