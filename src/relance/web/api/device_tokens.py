"""The device tokens of apps on phones: reported, replaced and removed by an app's server, for apps that no SDK speaks for."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Request, Router, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.trimming import trimmed
from relance.events.model import Event, Flag, Kind
from relance.messaging.derived import silence
from relance.users.model import SubscriptionState
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.idempotency import message_id_for
from relance.web.api.parameters import AppId, Behind
from relance.web.api.services import Services
from relance.web.api.settling import settle

Token = Annotated[str, Meta(min_length=1, max_length=2_048, description="As APNs or FCM gave it out.")]
SYSTEMS = ("ios", "android")  # those whose phones have such tokens
Id = Annotated[str, Meta(max_length=255)]
System = Annotated[str, Meta(max_length=100)]


class DeviceTokenReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phone's token and whose it is. `replaces`: the token that the phone had before, which ends by it."""

    token: Token
    user_id: Id = ""
    anonymous_id: Id = ""
    type: Annotated[System, Meta(description="`ios` or `android`, by which messages to one phone a kind tell them.")] = ""
    model: System = ""
    replaces: Annotated[str, Meta(max_length=2_048)] = ""


class DeviceTokenRemoval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token that gets nothing more, until a phone reports it again."""

    token: Token


class DeviceTokenAnswer(msgspec.Struct, frozen=True):
    """A token as it is kept, who has it and whether it is used. Both are null where nobody has it."""

    token: str
    person: int | None
    state: SubscriptionState | None


class _Named(NamedTuple):
    """The channel of a token, and its one spelling."""

    channel: str
    address: str


def _named(token: str, path: str) -> _Named:
    """Raises ``InvalidError`` at ``path``."""
    for kind in KINDS.values():
        found = kind.from_device(token) if kind.from_device is not None else None
        if found is not None:
            return _Named(kind.name, found.address)
    raise InvalidError(ErrorText("device_token", "{got!r} is no device token of a phone.", got=token[:100]), path=path)


@post(
    "/device-tokens",
    operation_id="reportDeviceToken",
    summary="Report a phone's device token",
    responses=ERRORS,
    status_code=200,
)
async def report_token(
    request: Request[Any, Caller, Any], app: AppId, data: JSONBody[DeviceTokenReport], services: Behind
) -> DeviceTokenAnswer:
    """Say whose token it is, as `context.device.token` of an event does: whoever had it before has it no more.

    Answers once that has settled. The same again changes nothing; it is no visit of the person.
    """
    named = _named(data.token, "token")
    if data.type and data.type.lower() not in SYSTEMS:
        raise InvalidError(ErrorText("not_one_of", "{got!r} is not one of {values}.", got=data.type, values=SYSTEMS), path="type")
    user, visitor = trimmed(data.user_id), trimmed(data.anonymous_id)
    if not user and not visitor:
        raise InvalidError(ErrorText("token_of_nobody", "Give a user_id or an anonymous_id."), path="user_id")
    events = await sync_to_thread(_replaced, services, app, data, named)
    now = services.context.clock.now()
    device = {name: value for name, value in (("token", data.token), ("type", data.type), ("model", data.model)) if value}
    report = Event(
        app_id=app,
        kind=Kind.IDENTIFY.value,
        name="",
        message_id=message_id_for(request, app),
        user_id=user,
        anonymous_id=visitor,
        occurred_at=now,
        received_at=now,
        body=b"{}",
        context=to_json({"device": device}).encode(),
        flags=Flag.BACKGROUND,
    )
    await settle(services, [*events, report])
    return await sync_to_thread(_answer, services, app, named)


@post(
    "/device-tokens/remove",
    operation_id="removeDeviceToken",
    summary="Remove a phone's device token",
    responses=ERRORS,
    status_code=200,
)
async def remove_token(app: AppId, data: JSONBody[DeviceTokenRemoval], services: Behind) -> DeviceTokenAnswer:
    """Nothing more is sent to it: somebody has signed out, or taken the app off the phone. Removing one that nobody has changes
    nothing.
    """
    named = _named(data.token, "token")
    ended = await sync_to_thread(_ended, services, app, named)
    if ended:
        await settle(services, ended)
    return await sync_to_thread(_answer, services, app, named)


def _replaced(services: Services, app: int, data: DeviceTokenReport, named: _Named) -> list[Event]:
    before = _named(data.replaces, "replaces") if data.replaces else named
    return [] if before == named else _ended(services, app, before)


def _ended(services: Services, app: int, named: _Named) -> list[Event]:
    """The command that ends a token, whoever has it; nothing where nobody does."""
    held = services.directory.at(app, named.channel, named.address)
    if held is None or held.state == SubscriptionState.GONE:
        return []
    now = services.context.clock.now()
    cause = f"{named.channel} {named.address} {now}"
    return [silence(cause, app, held.person_id, named.channel, named.address, SubscriptionState.GONE.value, now)]


def _answer(services: Services, app: int, named: _Named) -> DeviceTokenAnswer:
    held = services.directory.at(app, named.channel, named.address)
    if held is None:
        return DeviceTokenAnswer(named.address, None, None)
    return DeviceTokenAnswer(named.address, held.person_id, SubscriptionState(held.state))


router = Router(path="/apps/{app:int}", route_handlers=[report_token, remove_token], tags=["People"])
