"""What a message would say to a sample of its audience: what is missing for how many, what fails, sizes and links."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.messaging.checking import MOST_CHECKED, LanguageCheck, MessageCheck
from relance.messaging.model import SkipReason
from relance.messaging.service import SenderSettings
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, MessageId
from relance.web.api.previews import EventGiven, event_body
from relance.web.api.services import Services

_SLICES = 4  # places of a sample: the first people of an app are often its own staff


class MessageCheckRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Over whom a message is checked: members of a segment, such as a journey's entry segment, or people of the app."""

    segment: Annotated[int, Meta(ge=1, le=LARGEST_ID)] | None = None
    people: Annotated[int, Meta(description="How many at most.", ge=1, le=MOST_CHECKED)] = MOST_CHECKED
    event: EventGiven = {}


class SizeAnswer(msgspec.Struct, frozen=True):
    """How large a message gets, and the most that arrives whole."""

    size: int
    most: int
    unit: Annotated[str, Meta(description="`bytes` or `characters`.")]
    is_too_large: bool


class LanguageCheckAnswer(msgspec.Struct, frozen=True):
    """How many of the sample read a language, and the largest message in it, for the person ``example``."""

    language: str | None
    people: int
    largest: SizeAnswer | None
    example: int


class MissingCountAnswer(msgspec.Struct, frozen=True):
    """A variable without a value for so many people, one of them ``example``, and the field that uses it without a `default`."""

    path: str
    variable: str
    people: int
    example: int


class FaultCountAnswer(msgspec.Struct, frozen=True):
    """What would keep the message from so many people, one of them ``example``; as ``unsendable`` of a preview says it."""

    reason: SkipReason
    path: str
    detail: str
    detail_reason: str | None
    detail_parameters: dict[str, object]
    people: int
    example: int


class LinkCountAnswer(msgspec.Struct, frozen=True):
    """An address in the message. ``insecure``: it is no https; ``local``: no reader can open it."""

    url: str
    people: int
    problem: Literal["", "insecure", "local"]


class MessageCheckAnswer(msgspec.Struct, frozen=True):
    """A message filled in for ``people`` of a sample, of whom ``without_address`` have no address on its channel."""

    people: int
    without_address: int
    languages: list[LanguageCheckAnswer]
    missing: list[MissingCountAnswer]
    faults: list[FaultCountAnswer]
    links: list[LinkCountAnswer]


@post("/{message:int}/check", operation_id="checkMessage", summary="Check a message", responses=ERRORS, status_code=200)
async def check_message(
    app: AppId, message: MessageId, data: JSONBody[MessageCheckRequest], services: Behind
) -> MessageCheckAnswer:
    """Fill the message in for a sample of people, as if it were sent now. Nothing is sent, written or counted.

    It takes at most five seconds: of heavy templates fewer people are checked.
    """
    body = await event_body(services, app, data.event)
    persons = await _sample(services, app, data.segment, data.people)
    settings = services.context.settings
    found = await services.desk.run(
        app,
        services.checks.check,
        await sync_to_thread(services.accounts.app, app),
        message,
        persons,
        services.context.clock.now(),
        SenderSettings(settings.url, settings.email_from),
        body,
    )
    return _answer(found)


async def _sample(services: Services, app: int, segment: int | None, most: int) -> list[int]:
    """People from several places of the app, or of a segment, in the order of their ids."""
    each = -(-most // _SLICES)
    largest = await sync_to_thread(services.directory.count, app)
    if segment is not None:
        await sync_to_thread(services.segments.get, app, segment)
    found: set[int] = set()
    for place in range(_SLICES):
        after = largest * place // _SLICES
        if segment is None:
            found.update(one.id for one in await sync_to_thread(services.directory.list, app, after, each))
        else:
            members = await services.context.worker.call("members", app=app, segment=segment, cursor=after, limit=each)
            found.update(members["persons"])
    return sorted(found)[:most]


def _answer(found: MessageCheck) -> MessageCheckAnswer:
    faults = [
        FaultCountAnswer(each.reason, each.path, text["message"], text["reason"], text["parameters"], each.people, each.example)
        for each in found.faults
        for text in (each.detail.plain(),)
    ]
    return MessageCheckAnswer(
        found.people,
        found.without_address,
        [_language(each) for each in found.languages],
        [MissingCountAnswer(each.path, each.variable, each.people, each.example) for each in found.missing],
        faults,
        [msgspec.convert(msgspec.to_builtins(each), LinkCountAnswer) for each in found.links],
    )


def _language(found: LanguageCheck) -> LanguageCheckAnswer:
    largest = found.largest
    size = None if largest is None else SizeAnswer(largest.size, largest.most, largest.unit, largest.size > largest.most)
    return LanguageCheckAnswer(found.language or None, found.people, size, found.example)


router = Router(path="/apps/{app:int}/messages", route_handlers=[check_message], tags=["Messages"])
