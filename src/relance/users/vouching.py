"""Releases held-back calls once someone vouches for their device. Private to this package.

A server, or a browser that proved the user id, vouches for the devices named together with that user id: beside it or by an
alias. An explicit merge vouches for all devices of the two people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy.engine import Connection

from relance.users import held, store
from relance.users.folding import ProfileUpdate, apply_held, note_of_held
from relance.users.identity import ANONYMOUS, USER
from relance.users.loading import Due, Merges, command_body, previous_id
from relance.users.model import ProfileEvent
from relance.users.profile import Profile
from relance.users.voice import UNSIGNED, vouches
from relance.users.working_set import WorkingSet


def devices_named(event: ProfileEvent) -> tuple[str, ...]:
    """The devices that an event names beside a user id."""
    return (event.anonymous_id, previous_id(command_body(event))) if event.kind == "alias" else (event.anonymous_id,)


def fetch_held(
    connection: Connection,
    working_sets: Mapping[int, WorkingSet],
    events: Sequence[ProfileEvent],
    then: Sequence[int],
    notes: Sequence[ProfileUpdate | None],
    merges: Merges,
) -> Due:
    """Load the held-back calls of devices that appear or are vouched for in these events; (person, devices) → what is due now."""
    due: Due = {}
    for app_id in {event.app_id for event in events}.union(join.app_id for joins in merges.values() for join in joins):
        working_set = working_sets[app_id]
        if not working_set.withholding:
            continue
        due_here = [
            (person, device)
            for person, devices in _spoken_for(connection, working_set, events, then, merges)
            for device in devices
        ]
        speaking = {
            event.anonymous_id
            for event, note in zip(events, notes, strict=True)
            if note is not None and event.flags & UNSIGNED and event.app_id == app_id
        }
        wanted = working_set.withholding.intersection(speaking.union(device for _, device in due_here)).difference(
            working_set.withheld
        )
        if wanted:
            working_set.withheld.update(held.read(connection, app_id, wanted))
        for person, device in due_here:
            found = (note_of_held(each, working_set.app_country) for each in working_set.withheld.get(device, ()))
            due.setdefault((app_id, person), []).extend(note for note in found if note is not None)
    return due


def _spoken_for(
    connection: Connection, working_set: WorkingSet, events: Sequence[ProfileEvent], then: Sequence[int], merges: Merges
) -> Iterator[tuple[int, Collection[str]]]:
    """(person, devices) with held-back calls."""
    for event, person in zip(events, then, strict=True):
        if event.app_id == working_set.app_id and vouches(event.flags, event.user_id):
            devices = working_set.withholding.intersection(devices_named(event))
            if devices:
                yield person, devices
    for join in (join for joins in merges.values() for join in joins if join.is_command and join.app_id == working_set.app_id):
        aliases = store.read_aliases_of(connection, working_set.app_id, (join.loser, join.winner))
        yield join.winner, working_set.withholding.intersection(value for kind, value in aliases if kind == ANONYMOUS)


def apply_named(working_set: WorkingSet, profile: Profile, event: ProfileEvent) -> None:
    """An event names the person together with devices: apply their held-back calls."""
    if not vouches(event.flags, event.user_id):
        return
    identity = working_set.identity
    for device in devices_named(event):
        if device in working_set.withheld:
            is_theirs = identity.root(identity.anonymous.get(device, 0)) == identity.root(profile.id)
            apply_held(working_set, profile, device, (event.user_id, "") if is_theirs else (event.user_id,))


def apply_merged(connection: Connection, working_set: WorkingSet, loser: int, profile: Profile) -> None:
    """An explicit merge into this person: apply the held-back calls of both people's devices."""
    if working_set.withheld:
        aliases = store.read_aliases_of(connection, working_set.app_id, (loser, profile.id))
        names = {"", *(value for kind, value in aliases if kind == USER)}
        for device in sorted({value for kind, value in aliases if kind == ANONYMOUS}.intersection(working_set.withheld)):
            apply_held(working_set, profile, device, names)
