"""What the preference page posts: read into choices, and what has to be recorded for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec

from relance.core.encoding import to_json
from relance.core.ids import stable_id
from relance.events.model import Event, Kind, Name
from relance.messaging.model import Delivery
from relance.users.model import GENERAL, OwnLimit, OwnQuietHours
from relance.web.preferences.standing import SOURCE, Choices
from relance.web.tracking.engagement import engagement

MOST_FIELDS = 400
KEEP = "keep"  # the limit as it is, where it is none of those offered
LIMITS: Mapping[str, OwnLimit | None] = {
    "": None,
    "3/7d": OwnLimit(3, "7d"),
    "1/7d": OwnLimit(1, "7d"),
    "1/30d": OwnLimit(1, "30d"),
}


class Form(msgspec.Struct, frozen=True):
    """The fields of a post, each with its values in order."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> frozenset[str]:
        return frozenset(self.fields.get(name, ()))


def read_form(body: bytes) -> Form:
    """What was posted; nothing where that is no form. Raises ``ValueError`` for more fields than the page has."""
    return Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))


def wanted(form: Form, now: Choices) -> Choices:
    """The choices that a post makes. What the page had not shown stays: of that nothing was said."""
    shown, channels, topics = form.all("shown"), form.all("channel"), form.all("topic")
    return Choices(
        channels=tuple(
            each._replace(is_on=each.name in channels) if f"channel:{each.name}" in shown and not each.is_locked else each
            for each in now.channels
        ),
        topics=tuple(each._replace(is_on=each.name in topics) if f"topic:{each.name}" in shown else each for each in now.topics),
        quiet_hours=OwnQuietHours(form.one("quiet_start"), form.one("quiet_end")) if form.one("quiet") else None,
        limit=_limit(form, now),
        language=_language(form, now),
    )


def _limit(form: Form, now: Choices) -> OwnLimit | None:
    if "limit" not in form.fields:
        return now.limit
    chosen, most, rolling = (form.one(name) for name in ("limit", "most", "rolling"))
    if chosen == KEEP and most.isascii() and most.isdigit() and len(most) < 6 and rolling:
        return OwnLimit(int(most), rolling)
    return LIMITS.get(chosen, now.limit)


def _language(form: Form, now: Choices) -> str:
    chosen = form.one("language")
    return chosen if chosen in ("en", "fr") else "" if chosen == "none" else now.language


def without_all(now: Choices) -> Choices:
    """Unsubscribed from everything: no channel is on."""
    return msgspec.structs.replace(now, channels=tuple(each._replace(is_on=False) for each in now.channels))


class Wordings(msgspec.Struct, frozen=True):
    """What the page put beside its boxes, which is what was agreed to: channel → words, topic → words."""

    channels: Mapping[str, str]
    topics: Mapping[str, str]


def recorded(delivery: Delivery, person: int, was: Choices, becomes: Choices, wordings: Wordings, now: int) -> list[Event]:
    """What to write so that ``becomes`` holds: one edit of the person, and that they unsubscribed, where they did."""
    statements = [*_of_channels(was, becomes, wordings), *_of_topics(was, becomes, wordings)]
    change: dict[str, Any] = {}
    if statements:
        change["consent"] = [_with_proof(each, delivery) for each in statements]
    if _decided(was) != _decided(becomes):
        change["preferences"] = _decided(becomes) | {"source": SOURCE}
    if not change:
        return []
    body = to_json(change)
    edit = Event(
        app_id=delivery.app_id,
        kind=Kind.EDIT,
        name="",
        message_id=stable_id("preferences", delivery.id, now, body),
        occurred_at=now,
        received_at=now,
        body=body.encode(),
        person_id=person,
    )
    has_left = delivery.channel in was.on - becomes.on
    return [engagement(Name.MESSAGE_UNSUBSCRIBED, delivery, now), edit] if has_left else [edit]


def _decided(choices: Choices) -> dict[str, Any]:
    about = {"quiet_hours": choices.quiet_hours, "limit": choices.limit}
    return {**{name: msgspec.to_builtins(value) for name, value in about.items()}, "language": choices.language}


def _of_channels(was: Choices, becomes: Choices, wordings: Wordings) -> list[dict[str, Any]]:
    return [
        {"channel": new.name, "topic": GENERAL, "granted": new.is_on, "wording": wordings.channels[new.name]}
        for old, new in zip(was.channels, becomes.channels, strict=True)
        if old.is_on is not new.is_on
    ]


def _of_topics(was: Choices, becomes: Choices, wordings: Wordings) -> list[dict[str, Any]]:
    """A no is said on every channel that the page shows. A yes only on those that are on: it is no leave to use another."""
    everywhere = frozenset(each.name for each in becomes.channels)
    statements = []
    for old, new in zip(was.topics, becomes.topics, strict=True):
        if old.is_on and not new.is_on:
            channels = everywhere - old.off_on
        elif new.is_on:
            channels = old.off_on & (becomes.on - was.on if old.is_on else becomes.on)
        else:
            channels = frozenset()
        statements += [
            {"channel": each, "topic": new.name, "granted": new.is_on, "wording": wordings.topics[new.name]}
            for each in sorted(channels)
        ]
    return statements


def _with_proof(statement: dict[str, Any], delivery: Delivery) -> dict[str, Any]:
    proof = {"delivery": delivery.id, "message": delivery.message_id, "by": "page"}
    found = {**statement, "source": SOURCE, "proof": proof}
    if delivery.address and statement["channel"] == delivery.channel:
        found["address"] = delivery.address
    return found
