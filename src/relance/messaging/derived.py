"""The events that deliveries give rise to. Pure: each id is computed from its cause, so that a replay repeats it."""

from __future__ import annotations

from typing import Any

from relance.core.encoding import to_json
from relance.core.ids import stable_id
from relance.events.causes import NO_CAUSES, Causes, from_text
from relance.events.model import Event, Flag, Kind, Name
from relance.users.model import GENERAL

OPTED_OUT = "opted_out"  # the source of a no that a provider told
TESTED_PREFIX = "message_"  # what an event of a test says under ``what`` is the name without it


def about_delivery(
    name: Name,
    cause: str,
    app_id: int,
    person_id: int,
    occurred_at: int,
    *,
    is_test: bool = False,
    causes: Causes = NO_CAUSES,
    **body: Any,
) -> Event:
    """What happened to a delivery. Members of the body that are empty are left out.

    Of a test it is told under a name of its own, so that no rule and no journey can take it for the other.
    """
    if is_test:
        body["what"] = name.value.removeprefix(TESTED_PREFIX)
    return Event(
        app_id=app_id,
        kind=Kind.DERIVED,
        name=(Name.MESSAGE_TESTED if is_test else name).value,
        message_id=stable_id(name.value, cause),
        occurred_at=occurred_at,
        received_at=occurred_at,
        body=to_json({key: value for key, value in body.items() if value is not None and value != ""}).encode(),
        context=causes.context(),
        flags=Flag.SYNTHETIC.value if is_test else 0,
        person_id=person_id,
    )


def own_answer(
    cause: str,
    app_id: int,
    person_id: int,
    channel: str,
    address: str,
    occurred_at: int,
    *,
    granted: bool,
    source: str,
    proof: dict[str, Any],
) -> Event:
    """The person's own yes or no on a channel, given at an address: it holds there whoever has the address."""
    consent = {"channel": channel, "topic": GENERAL, "granted": granted, "source": source, "address": address, "proof": proof}
    return Event(
        app_id=app_id,
        kind=Kind.EDIT,
        name="",
        message_id=stable_id("consent", source, cause),
        occurred_at=occurred_at,
        received_at=occurred_at,
        body=to_json({"consent": consent}).encode(),
        person_id=person_id,
    )


def silence(
    cause: str, app_id: int, person_id: int, channel: str, address: str, state: str, occurred_at: int, reason: str = ""
) -> Event:
    """The command that takes an address out of use: ``gone`` or ``suppressed``, and what for."""
    change = {"channel": channel, "address": address, "state": state, **({"reason": reason, "delivery": cause} if reason else {})}
    return Event(
        app_id=app_id,
        kind=Kind.EDIT,
        name="",
        message_id=stable_id("subscription", state, cause, *([reason] if reason else [])),
        occurred_at=occurred_at,
        received_at=occurred_at,
        body=to_json({"subscription": change}).encode(),
        person_id=person_id,
    )


def asked_at(row: dict[str, Any]) -> int | None:
    """When the run's step asked for it: it may come to its node again, and ask for another."""
    return row["created_at"] if row["run_id"] else None


def skipped(row: dict[str, Any], occurred_at: int, *, is_last: bool = False) -> Event:
    """The event that says a delivery was not sent, and why.

    One that was withdrawn may be wanted again, and then be skipped for another reason: that is told as well. ``is_last``: no
    delivery of its dispatch was sent, and none is left that may be.
    """
    return about_delivery(
        Name.MESSAGE_SKIPPED,
        f"{row['id']}\x1f{row['reason']}",
        row["app_id"],
        row["person_id"],
        occurred_at,
        is_test=row["is_test"],
        causes=Causes(from_text(row["caused_by"])),
        delivery=row["id"],
        message=row["message_id"],
        channel=row["channel"],
        journey=row["journey_id"] or None,
        run=row["run_id"],
        node=row["node"],
        asked_at=asked_at(row),
        reason=row["reason"],
        last=is_last or None,
    )
