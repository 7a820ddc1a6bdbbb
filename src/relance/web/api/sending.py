"""Sending by call: a shop's server asks for one message to one person, now."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Request, Router, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.channels.kind import ChannelKind
from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.ids import stable_id
from relance.core.trimming import trimmed
from relance.events.intake import Origin, check
from relance.events.model import Kind, Rejection
from relance.users.errors import PersonNotFoundError
from relance.web.api.deliveries import DeliveryAnswer, as_delivery
from relance.web.api.documentation import ERRORS
from relance.web.api.idempotency import HEADER, message_id_for
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, MessageId
from relance.web.api.people import read_alias
from relance.web.api.previews import EventGiven, event_body
from relance.web.api.services import Services, definitions_changed
from relance.web.api.settling import settle


class SendCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to send a message to (one of ``person``, ``alias`` and ``address``), and what its templates read as ``event``."""

    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)] | None = None
    alias: Annotated[str, Meta(description="As `kind:value`.", max_length=400, examples=["user_id:ada"])] | None = None
    address: (
        Annotated[
            str,
            Meta(
                description=(
                    "An address on the message's channel. Whoever has it gets the message there alone. If nobody has it and a"
                    " trait can hold it (`email`), a person is made who does."
                ),
                min_length=1,
                max_length=2_048,
                examples=["ada@example.com"],
            ),
        ]
        | None
    ) = None
    data: EventGiven = {}


class SendAnswer(msgspec.Struct, frozen=True):
    """The deliveries, one per address; what could not be sent says why. Follow them under deliveries."""

    deliveries: list[DeliveryAnswer]


class _Whom(NamedTuple):
    person: int
    subscription: int = 0  # 0 = at every address of theirs


@post("/{message:int}/send", operation_id="sendMessage", summary="Send a message", responses=ERRORS)
async def send_message(
    request: Request[Any, Any, Any], app: AppId, message: MessageId, data: JSONBody[SendCall], services: Behind
) -> SendAnswer:
    """Send the message to one person now, by the rules of its class: marketing asks for consent, transactional does not.

    With an `Idempotency-Key` the same call sends once, also where its answer was lost and it is made again days later.
    """
    found = await sync_to_thread(services.messages.get, app, message)
    body = await event_body(services, app, data.data, "data")
    whom = await _recipient(request, services, app, data, KINDS[found.channel])
    deliveries = await sync_to_thread(
        services.messages.send,
        app,
        message,
        whom.person,
        services.context.clock.now(),
        key=request.headers.get(HEADER, ""),
        subscription_id=whom.subscription,
        event_body=body,
    )
    await definitions_changed(services)  # wakes the dispatcher
    currency = (await sync_to_thread(services.accounts.app, app)).settings.currency
    return SendAnswer([as_delivery(each, currency) for each in deliveries])


async def _recipient(request: Request[Any, Any, Any], services: Services, app: int, call: SendCall, kind: ChannelKind) -> _Whom:
    """Who is meant. Raises ``PersonNotFoundError``, ``InvalidError``."""
    if sum(each is not None for each in (call.person, call.alias, call.address)) != 1:
        raise InvalidError(
            ErrorText("one_recipient", "Give one of person (an id), alias (as kind:value) and address."), path="person"
        )
    if call.person is not None:
        return _Whom((await sync_to_thread(services.directory.get, app, call.person)).id)
    if call.alias is not None:
        found = await sync_to_thread(services.directory.find, app, *read_alias(call.alias))
        if found is None:
            raise PersonNotFoundError(ErrorText("alias_of_nobody", "Nobody in this app has this alias."), path="alias")
        return _Whom(found.id)
    address = kind.canonical_address(trimmed(call.address or ""))
    if not kind.is_address(address):
        raise InvalidError(
            ErrorText(
                "address_of_no_channel", "{got!r} is not a valid address for {channel}.", got=address[:100], channel=kind.name
            ),
            path="address",
        )
    held = await sync_to_thread(services.directory.at, app, kind.name, address)
    if held is None and kind.trait:
        await _make(request, services, app, kind, address)
        held = await sync_to_thread(services.directory.at, app, kind.name, address)
    if held is None:
        raise PersonNotFoundError(ErrorText("address_of_nobody", "Nobody in this app has this address."), path="address")
    return _Whom(held.person_id, held.id)


async def _make(request: Request[Any, Any, Any], services: Services, app: int, kind: ChannelKind, address: str) -> None:
    """A person who has this address and is known by nothing else yet; the same one however often it is called for."""
    traits = {kind.trait: address}
    told = {"type": Kind.IDENTIFY.value, "anonymousId": stable_id("address", app, kind.name, address), "traits": traits}
    settings, now = services.context.settings, services.context.clock.now()
    origin = Origin(app, now, make_id=lambda: message_id_for(request, app), largest=settings.event_bytes)
    event = check(to_json(told).encode(), origin)
    if not isinstance(event, Rejection):
        await settle(services, [event])


router = Router(path="/apps/{app:int}/messages", route_handlers=[send_message], tags=["Messages"])
