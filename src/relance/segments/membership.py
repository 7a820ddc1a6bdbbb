"""The door to live membership, and to previews over history: what only the worker needs, and what brings numpy along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.segments import store
from relance.segments.definition.evidence import names_of
from relance.segments.live.engine import Live, ReadProfiles
from relance.segments.model import Cost, Preview
from relance.segments.query.cost import cost, counts_query, leaves_of
from relance.segments.query.preview import Past, asks_for_traits, preview
from relance.segments.rule.meaning import Find, meaning
from relance.segments.rule.tree import Rule, parse_rule

__all__ = ["Live", "ReadProfiles", "cost_of_rule", "named_rules", "preview_rule", "written_rule"]


class Counting(Protocol):
    """History, as far as the cost of a rule needs it."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...


def named_rules(app_id: int, connection: Connection) -> Find:
    """The rules of an app's segments, as they stand now, by id."""
    return {number: each.rule for number, each in store.active_segments(connection, app_id).items()}.get


def written_rule(rule: Any, app_id: int, connection: Connection) -> Rule:
    """A rule (decoded JSON) with other segments and all shorthand written out. Raises ``RuleError``."""
    return meaning(parse_rule(rule), named_rules(app_id, connection))


def cost_of_rule(rule: Any, app_id: int, connection: Connection, history: Counting, people: int) -> Cost:
    """What keeping a rule (decoded JSON) live would cost in an app of so many people. Raises ``RuleError``."""
    leaves = leaves_of(written_rule(rule, app_id, connection))
    live = {key for each in store.active_definitions(connection, app_id) for key in leaves_of(each.rule)}
    names = {name for key, leaf in leaves.items() if key not in live for name in names_of(leaf)}
    counts = {str(name): int(count) for name, count in history.run(counts_query(app_id, names))} if names else {}
    return cost(leaves, live, counts, people)


def preview_rule(
    rule: Any,
    app_id: int,
    connection: Connection,
    history: Past,
    read_profiles: ReadProfiles,
    read_ids: Callable[[Connection, int], Iterable[int]],
    now: int,
) -> Preview:
    """Who a rule (decoded JSON) would hold at ``now``; profiles are read only where it asks for traits. Raises ``RuleError``."""
    written = written_rule(rule, app_id, connection)
    everybody = (
        read_profiles(connection, app_id) if asks_for_traits(written) else ((each, {}) for each in read_ids(connection, app_id))
    )
    return preview(written, app_id, history, everybody, now)
