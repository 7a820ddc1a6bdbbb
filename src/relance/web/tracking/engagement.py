"""The events caused by people's engagement, and which requests count as such. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.core.ids import stable_id
from relance.events.causes import OWN_ACTS, Causes, from_text
from relance.events.model import Event, Kind, Name
from relance.messaging.derived import about_delivery
from relance.messaging.model import Delivery, DeliveryState
from relance.users.model import GENERAL

# What fetches a page before, or without, a person requesting it.
_PREFETCH_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
# Crawlers, link previews and mail gateways that follow links identify themselves. The list is short on purpose: a missing name
# counts one click too many, a wrong one loses a person's. Gmail's image proxy is not a scanner: it fetches on opening.
_SCANNER = re.compile(
    r"(?<!cu)bot\b|crawler|spider|slurp|facebookexternalhit|whatsapp|skypeuripreview|"
    r"barracuda|proofpoint|mimecast|urldefense|safelinks|messagelabs|trendmicro|virustotal",
    re.IGNORECASE,
)


def counts(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is a person's: not a HEAD, not a prefetch, not a known scanner. Header names in lower case."""
    if method == "HEAD" or any(_PREFETCH.search(headers.get(name, "")) for name in _PREFETCH_HEADERS):
        return False
    return not _SCANNER.search(headers.get("user-agent", ""))


def past_delivery(delivery_id: str, app: int, person: int, message: int, channel: str) -> Delivery:
    """A delivery that is on the record no more, as far as history tells of it: nobody knows at which address it was."""
    nothing: dict[str, Any] = dict.fromkeys(
        (*("sent_at", "delivered_at", "opened_at", "clicked_at", "dismissed_at"), "bounced_at", "unsubscribed_at", "converted_at")
    )
    return Delivery(
        id=delivery_id,
        app_id=app,
        person_id=person,
        subscription_id=0,
        channel=channel,
        address="",
        message_id=message,
        journey_id=0,
        run_id="",
        node="",
        is_test=False,
        state=DeliveryState.SENT,
        reason="",
        detail="",
        created_at=0,
        due_at=0,
        attempts=0,
        conversions=0,
        direct=False,
        **nothing,
    )


def engagement(name: Name, delivery: Delivery, now: int, url: str = "") -> Event:
    """A person's engagement with a delivery at ``now``. Repetitions have the same id, except that each click is separate."""
    cause = (delivery.id, url, str(now)) if name is Name.MESSAGE_CLICKED else (delivery.id,)
    return about_delivery(
        name,
        "\x1f".join(cause),
        delivery.app_id,
        delivery.person_id,
        now,
        is_test=delivery.is_test,
        causes=Causes(() if name in OWN_ACTS else from_text(delivery.caused_by)),
        delivery=delivery.id,
        message=delivery.message_id,
        channel=delivery.channel,
        journey=delivery.journey_id or None,
        run=delivery.run_id,
        node=delivery.node,
        url=url,
    )


def clicks(delivery: Delivery, now: int, url: str = "") -> list[Event]:
    """A click and, where a click opens and none is known yet, the open that it implies, since images are often blocked."""
    events = [engagement(Name.MESSAGE_CLICKED, delivery, now, url)]
    if not KINDS[delivery.channel].click_opens or delivery.opened_at is not None:
        return events
    return [engagement(Name.MESSAGE_OPENED, delivery, now), *events]


def unsubscribed(delivery: Delivery, now: int, *, since: int = 0, by_page: bool = False) -> list[Event]:
    """The effects of an unsubscription: the event, and the person's explicit no to marketing on the delivery's channel and at its
    address.

    The event counts once. The command does not: a person who agreed again and now follows the old link means it. ``since`` is
    when the previous statement was made: of several posts before the first has settled, one takes effect.
    """
    proof = {"delivery": delivery.id, "message": delivery.message_id, "by": "page" if by_page else "one_click"}
    consent = {"channel": delivery.channel, "topic": GENERAL, "granted": False, "source": "unsubscribe", "proof": proof}
    if delivery.address:
        consent["address"] = delivery.address
    taken_back = Event(
        app_id=delivery.app_id,
        kind=Kind.EDIT,
        name="",
        message_id=stable_id("consent", "unsubscribe", delivery.id, since),
        occurred_at=now,
        received_at=now,
        body=to_json({"consent": consent}).encode(),
        person_id=delivery.person_id,
    )
    return [engagement(Name.MESSAGE_UNSUBSCRIBED, delivery, now), taken_back]
