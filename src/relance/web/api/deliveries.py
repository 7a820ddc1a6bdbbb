"""Deliveries: the fate of each message to each person, and why something was not sent."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter
from msgspec import Meta

from relance.channels.registry import Channel
from relance.messaging.model import Delivery, DeliveryState, SkipReason
from relance.messaging.money import Brought, Money, brought
from relance.messaging.service import SenderSettings
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, Cursor, DeliveryId, Limit, OfPerson, PersonId
from relance.web.api.services import Services


class DeliveryAnswer(msgspec.Struct, frozen=True):
    """One message to one address. ``why`` says in a sentence why it was not sent. Instants are ms; null: not (yet).

    ``held_by`` names the rule by which it waits until ``due_at``, or was skipped: ``cap:3``, ``quiet_hours:5``, ``country:FR``,
    ``own_limit``, ``own_quiet_hours``.
    ``message_class`` and ``topic`` are those it was wanted with, by which caps count it.

    ``revenue`` is the sum of its conversions in ``currency``: the app's, or the only one reported; null if there were several.
    """

    id: str
    person_id: int
    subscription_id: int
    channel: str
    address: str
    message_id: int
    journey_id: int
    run_id: str
    node: str
    is_test: bool
    state: DeliveryState
    reason: str
    why: str
    detail: str
    held_by: str
    message_class: str
    topic: str
    lane: str
    created_at: int
    due_at: int
    attempts: int
    sent_at: int | None
    delivered_at: int | None
    opened_at: int | None
    clicked_at: int | None
    dismissed_at: int | None
    bounced_at: int | None
    bounce_type: Annotated[
        str,
        Meta(
            description="`hard`: there is no such mailbox; `soft`: it may be reached another time; `sender`: the sending domain,"
            " the content or a policy was at fault; empty: it has not come back."
        ),
    ]
    complained_at: int | None
    unsubscribed_at: int | None
    converted_at: int | None
    conversions: int
    direct: bool
    revenue: float | None
    currency: str
    revenues: list[Money]
    language: Annotated[
        str, Meta(description="In which it was written; empty: its message names no language, or it was not written yet.")
    ]
    audience_id: Annotated[int, Meta(description="The audience that it is for a person of; 0: none.")]


class DeliveryContent(msgspec.Struct, frozen=True):
    """What one delivery said. ``content`` has the message's own fields, filled in; ``version`` and ``name`` are as they were."""

    delivery_id: str
    message_id: int
    version: int
    name: str
    channel: Channel
    address: str
    sent_at: int
    content: dict[str, Any]
    language: str | None


State = Annotated[DeliveryState | None, QueryParameter(name="state", description="Only in this state.")]
Reason = Annotated[SkipReason | None, QueryParameter(description="Only skipped for this reason.")]
OfMessage = Annotated[int | None, QueryParameter(description="Only of this message.", ge=1, le=LARGEST_ID)]
OfJourney = Annotated[int | None, QueryParameter(description="Only of this journey.", ge=1, le=LARGEST_ID)]


_MONEY = frozenset(Brought.__struct_fields__)


def as_delivery(delivery: Delivery, currency: str) -> DeliveryAnswer:
    """A delivery in the API's form. ``currency`` is the app's."""
    shown = {name: getattr(delivery, name) for name in DeliveryAnswer.__struct_fields__ if name not in _MONEY}
    money = brought(delivery.revenue, currency)
    return DeliveryAnswer(**shown, revenue=money.revenue, currency=money.currency, revenues=money.revenues)


def find(services: Services, app: int, cursor: str | None, limit: int, filters: dict[str, Any]) -> Page[DeliveryAnswer]:
    """One page of the deliveries that match the filters given."""
    given = {name: value for name, value in filters.items() if value is not None}
    found = services.deliveries.page(app, before=read_cursor(cursor, tuple[int, str]), limit=limit + 1, **given)
    currency = services.accounts.app(app).settings.currency
    return page([as_delivery(one, currency) for one in found], limit, lambda one: (one.created_at, one.id))


@get("/deliveries", operation_id="listDeliveries", summary="List deliveries", responses=ERRORS, sync_to_thread=True)
def list_deliveries(
    app: AppId,
    services: Behind,
    in_state: State = None,
    reason: Reason = None,
    person: OfPerson = None,
    message: OfMessage = None,
    journey: OfJourney = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeliveryAnswer]:
    """What was sent, failed, was skipped or is waiting, newest first. “Why did she not get it?” is this with person and
    message.
    """
    filters = {"reason": reason, "person_id": person, "message_id": message, "journey_id": journey}
    return find(services, app, cursor, limit, {"state": in_state, **filters})


@get(
    "/people/{person:int}/deliveries",
    operation_id="listPersonDeliveries",
    summary="List a person's deliveries",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_person_deliveries(
    app: AppId, person: PersonId, services: Behind, cursor: Cursor = None, limit: Limit = 50
) -> Page[DeliveryAnswer]:
    """Everything sent to a person, or skipped with a reason, newest first."""
    found = services.directory.get(app, person)
    return find(services, app, cursor, limit, {"person_id": found.id})


@get(
    "/deliveries/{delivery:str}/content",
    operation_id="getDeliveryContent",
    summary="Show what was sent",
    responses=ERRORS,
)
async def get_delivery_content(app: AppId, delivery: DeliveryId, services: Behind) -> DeliveryContent:
    """What a delivery said, word for word: the version of its message that was sent, filled in as it was then.

    Links are as they were written and lead through none of ours; the one to unsubscribe leads nowhere. 404 `content_not_kept`
    says why there is nothing: it was never sent, is longer ago than `content_days` (a setting), or was erased with its person.
    """
    settings, now = services.context.settings, services.context.clock.now()
    sending = SenderSettings(settings.url, settings.email_from)
    days = settings.kept_content_days
    found = await services.desk.run(app, services.deliveries.content, app, delivery, days, now, sending)
    return DeliveryContent(
        delivery_id=found.delivery.id,
        message_id=found.message.id,
        version=found.message.version,
        name=found.message.name,
        channel=found.shown.channel,
        address=found.shown.address,
        sent_at=found.delivery.sent_at or 0,
        content=found.shown.content,
        language=found.shown.language or None,
    )


router = Router(
    path="/apps/{app:int}",
    route_handlers=[list_deliveries, list_person_deliveries, get_delivery_content],
    tags=["Deliveries"],
)
