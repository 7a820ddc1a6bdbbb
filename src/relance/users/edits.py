"""What an edit says about consents, addresses and lists, read from what anybody may have written there."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.users.address_states import is_key
from relance.users.consent import Grant
from relance.users.facts import one_spelling
from relance.users.model import CHANNELS, GENERAL, ProfileEvent
from relance.users.trust import Held
from relance.users.working_set import WorkingSet


def object_of(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def keys_of(change: dict[str, Any]) -> list[tuple[str, str]]:
    """The (channel, address) keys that a change of a subscription may mean."""
    address = change.get("address")
    if not isinstance(address, str) or "\x00" in address:
        return []
    return [(channel, one_spelling(channel, address)) for channel in channels_of(change)]


def changes(edit: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    """One change or a list of them."""
    given = edit.get(name) if edit else None
    entries = given if isinstance(given, list) else [given]
    return [entry for entry in entries if isinstance(entry, dict)]


def channels_of(change: dict[str, Any]) -> tuple[str, ...]:
    """The channels a change concerns: the one it names, or all."""
    channel = change.get("channel")
    if channel is None:
        return CHANNELS
    return (channel,) if channel in CHANNELS else ()


def is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62


def lists_of(edit: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The lists that an edit puts its person on or takes it off."""
    return [each for each in changes(edit, "list") if is_id(each.get("id")) and isinstance(each.get("inside"), bool)]


def grant_of(change: dict[str, Any], event: ProfileEvent | Held) -> Grant | None:
    """When it was said, whether it is a no, and by what source; None where it says nothing."""
    granted, at, source = change.get("granted"), change.get("at"), change.get("source", event.kind)
    if not (isinstance(granted, bool) and is_key(change.get("topic", GENERAL)) and is_key(source)):
        return None
    return min(at, event.occurred_at) if isinstance(at, int) and at > 0 else event.occurred_at, not granted, source


def keep_answers(working_set: WorkingSet, event: ProfileEvent) -> None:
    """What an edit answers at addresses, of somebody who was deleted before it settled: it holds there for whoever comes."""
    for change in changes(object_of(event.body), "consent"):
        grant = grant_of(change, event)
        if grant is not None and change.get("explicit") is not False:
            for key in keys_of(change):
                working_set.grant_address(*key, change.get("topic", GENERAL), grant)
