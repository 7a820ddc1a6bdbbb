"""Rebuilds the state of a person who lived in another partition."""

from __future__ import annotations

from relance.events.model import Batch
from relance.segments.live.changes.membership_changes import MembershipChanges
from relance.segments.live.shard import Shard
from relance.segments.live.vectorise import Listeners, cut_by_app, take_in


def bring_back(shard: Shard, listeners: Listeners, past: Batch) -> MembershipChanges:
    """Rebuild one person's state from all their events, at least one, as if they had been here and all had arrived late.

    Returns the changes, including other people's: if an event is newer than what is settled here, time passes up to it.
    """
    person = past.persons[0]
    shard.forget(person)
    shard.welcome(person)
    ((_, columns),) = cut_by_app(past, (), {shard.app_id})
    arrivals = take_in(shard, listeners, columns, {}, shard.last)
    return shard.advance(arrivals, {}, max(shard.last, columns.occurred_at.max().item()))
