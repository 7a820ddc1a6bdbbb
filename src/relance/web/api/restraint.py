"""Frequency caps and quiet hours: how often, and when, an app's people may be written to."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from relance.accounts.audited import AuditAction
from relance.channels.registry import KINDS
from relance.infra.clock import RealClock
from relance.restraint.country_hours import COUNTRY_HOURS
from relance.restraint.model import WEEKDAYS, Calendar, Cap, Lane, MessageClass, QuietHours, Tier, Weekday, time_of_day
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, CapId, QuietHoursId
from relance.web.api.services import Services, definitions_changed

AnyRequest = Request[Any, Caller, Any]
Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Three a week"])]
ChannelNames = Annotated[list[str], Meta(max_length=50, description="Channels it concerns and counts; empty means all.")]
Classes = Annotated[list[MessageClass], Meta(max_length=50, description="Classes it concerns and counts; empty means all.")]
Topics = Annotated[list[str], Meta(max_length=50, description="Topics it concerns and counts; empty means all.")]
Most = Annotated[int, Meta(ge=0, le=1_000, description="Messages in the window; null for a gap alone.")]
Rolling = Annotated[str, Meta(max_length=10, description="A rolling window, up to 31 days.", examples=["24h", "7d"])]
ByCalendar = Annotated[Calendar, Meta(description="Instead: the person's day, or their week from Monday, in their time zone.")]
Gap = Annotated[str, Meta(max_length=10, description="The minimum time between two messages.", examples=["4h"])]
Kept = Annotated[
    dict[Lane, Annotated[int, Meta(ge=0, le=1_000)]],
    Meta(description="Lane → how many of the limit only that lane may use.", examples=[{"journey": 1}]),
]
Tiers = Annotated[
    list[Tier],
    Meta(max_length=50, description="Limits of segments: the first that the person is in replaces `most`."),
]
TimeOfDay = Annotated[str, Meta(min_length=5, max_length=5, examples=["22:00"])]
Weekdays = Annotated[
    list[Weekday], Meta(max_length=7, description="The days on which the quiet hours begin; empty means every day.")
]
QuietChannel = Annotated[str, Meta(max_length=50, description="The channel they hold for; empty: all.")]
Version = Annotated[int, Meta(description="The version that was read; 409 if it is no longer the current one.", ge=1)]


class CapCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new cap: a limit with a window, a gap, or both."""

    name: Name
    channels: ChannelNames = []
    classes: Classes = []
    topics: Topics = []
    most: Most | None = None
    rolling: Rolling | None = None
    calendar: ByCalendar | None = None
    gap: Gap | None = None
    kept: Kept = {}
    tiers: Tiers = []


class CapChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a cap; omitted fields stay as they are, and null clears one."""

    version: Version
    name: Name | UnsetType = UNSET
    channels: ChannelNames | UnsetType = UNSET
    classes: Classes | UnsetType = UNSET
    topics: Topics | UnsetType = UNSET
    most: Most | UnsetType | None = UNSET
    rolling: Rolling | UnsetType | None = UNSET
    calendar: ByCalendar | UnsetType | None = UNSET
    gap: Gap | UnsetType | None = UNSET
    kept: Kept | UnsetType = UNSET
    tiers: Tiers | UnsetType = UNSET


class QuietHoursCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New quiet hours. If `start` and `end` are the same time, they last a whole day."""

    start: TimeOfDay
    end: TimeOfDay
    channel: QuietChannel = ""
    weekdays: Weekdays = []


class QuietHoursChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of quiet hours; omitted fields stay as they are."""

    version: Version
    start: TimeOfDay | UnsetType = UNSET
    end: TimeOfDay | UnsetType = UNSET
    channel: QuietChannel | UnsetType = UNSET
    weekdays: Weekdays | UnsetType = UNSET


class CountryHoursAnswer(msgspec.Struct, frozen=True):
    """The hours at which a country lets marketing be sent, on the channels named, in the local time of whoever gets it.

    Nothing is sent on ``never_on`` and, if ``no_holidays``, on the country's public holidays. ``source`` was read on ``read_on``.
    """

    country: str
    channels: list[str]
    start: str
    end: str
    never_on: list[Weekday]
    no_holidays: bool
    source: str
    read_on: str


def _given(data: msgspec.Struct) -> dict[str, Any]:
    """The fields that were sent, lists as tuples."""
    fields = msgspec.structs.asdict(data)
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if value is not UNSET and name != "version"
    }


def _note(request: AnyRequest, services: Services, app: int, action: AuditAction, thing: str, detail: dict[str, object]) -> None:
    services.accounts.note(app, request.auth.actor, action, thing, detail, RealClock().now())


async def _decide_anew(services: Services, app: int) -> None:
    """What waits for the rules of before may leave sooner, or later, by those of now."""
    await sync_to_thread(services.deliveries.decide_anew, app, services.context.clock.now())
    await definitions_changed(services)  # wakes the dispatcher


@get("/caps", operation_id="listCaps", summary="List caps", responses=ERRORS, sync_to_thread=True)
def list_caps(app: AppId, services: Behind) -> list[Cap]:
    """All frequency caps of an app: 100 at most."""
    services.accounts.app(app)
    return services.caps.list(app)


@post("/caps", operation_id="createCap", summary="Create a cap", responses=ERRORS)
async def create_cap(request: AnyRequest, app: AppId, data: JSONBody[CapCreation], services: Behind) -> Cap:
    """Create a frequency cap. What was sent before it counts, too."""

    def make() -> Cap:
        services.accounts.app(app)
        given = _given(data)
        made = services.caps.create(app, given, RealClock().now())
        _note(request, services, app, "cap.created", f"cap:{made.id}", {"name": made.name})
        return made

    done = await sync_to_thread(make)
    await _decide_anew(services, app)
    return done


@get("/caps/{cap:int}", operation_id="getCap", summary="Read a cap", responses=ERRORS, sync_to_thread=True)
def get_cap(app: AppId, cap: CapId, services: Behind) -> Cap:
    """One frequency cap."""
    return services.caps.get(app, cap)


@patch("/caps/{cap:int}", operation_id="changeCap", summary="Change a cap", responses=ERRORS)
async def change_cap(request: AnyRequest, app: AppId, cap: CapId, data: JSONBody[CapChange], services: Behind) -> Cap:
    """Change a frequency cap. It holds from now on, for what waits as well."""

    def change() -> Cap:
        given = _given(data)
        changed = services.caps.change(app, cap, data.version, given, RealClock().now())
        _note(request, services, app, "cap.changed", f"cap:{cap}", {"name": changed.name, "version": changed.version})
        return changed

    done = await sync_to_thread(change)
    await _decide_anew(services, app)
    return done


@delete("/caps/{cap:int}", operation_id="deleteCap", summary="Delete a cap", responses=ERRORS)
async def delete_cap(request: AnyRequest, app: AppId, cap: CapId, services: Behind) -> None:
    """Delete a frequency cap, at once."""

    def remove() -> None:
        services.caps.delete(app, cap)
        _note(request, services, app, "cap.deleted", f"cap:{cap}", {})

    await sync_to_thread(remove)
    await _decide_anew(services, app)


@get("/country-hours", operation_id="listCountryHours", summary="List country hours", responses=ERRORS, sync_to_thread=False)
def list_country_hours(app: AppId) -> list[CountryHoursAnswer]:  # noqa: ARG001
    """When countries let marketing be sent to phones. An app's own quiet hours come on top: they only take time away."""
    channels = [kind.name for kind in KINDS.values() if kind.keeps_country_hours]
    return [
        CountryHoursAnswer(
            country,
            channels,
            time_of_day(hours.start),
            time_of_day(hours.end),
            [WEEKDAYS[day] for day in sorted(hours.never_on)],
            hours.no_holidays,
            hours.source,
            hours.read_on.isoformat(),
        )
        for country, hours in COUNTRY_HOURS.items()
    ]


@get("/quiet-hours", operation_id="listQuietHours", summary="List quiet hours", responses=ERRORS, sync_to_thread=True)
def list_quiet_hours(app: AppId, services: Behind) -> list[QuietHours]:
    """All quiet hours of an app: 50 at most. They all hold together."""
    services.accounts.app(app)
    return services.quiet_hours.list(app)


@post("/quiet-hours", operation_id="createQuietHours", summary="Create quiet hours", responses=ERRORS)
async def create_quiet_hours(request: AnyRequest, app: AppId, data: JSONBody[QuietHoursCreation], services: Behind) -> QuietHours:
    """Create quiet hours, in the local time of whoever gets a message."""

    def make() -> QuietHours:
        services.accounts.app(app)
        made = services.quiet_hours.create(app, _given(data), RealClock().now())
        _note(request, services, app, "quiet_hours.created", f"quiet_hours:{made.id}", {"start": made.start, "end": made.end})
        return made

    done = await sync_to_thread(make)
    await _decide_anew(services, app)
    return done


@get("/quiet-hours/{hours:int}", operation_id="getQuietHours", summary="Read quiet hours", responses=ERRORS, sync_to_thread=True)
def get_quiet_hours(app: AppId, hours: QuietHoursId, services: Behind) -> QuietHours:
    """Quiet hours, by id."""
    return services.quiet_hours.get(app, hours)


@patch("/quiet-hours/{hours:int}", operation_id="changeQuietHours", summary="Change quiet hours", responses=ERRORS)
async def change_quiet_hours(
    request: AnyRequest, app: AppId, hours: QuietHoursId, data: JSONBody[QuietHoursChange], services: Behind
) -> QuietHours:
    """Change quiet hours. They hold from now on, for what is decided anew."""

    def change() -> QuietHours:
        changed = services.quiet_hours.change(app, hours, data.version, _given(data), RealClock().now())
        detail: dict[str, object] = {"start": changed.start, "end": changed.end}
        _note(request, services, app, "quiet_hours.changed", f"quiet_hours:{hours}", detail)
        return changed

    done = await sync_to_thread(change)
    await _decide_anew(services, app)
    return done


@delete("/quiet-hours/{hours:int}", operation_id="deleteQuietHours", summary="Delete quiet hours", responses=ERRORS)
async def delete_quiet_hours(request: AnyRequest, app: AppId, hours: QuietHoursId, services: Behind) -> None:
    """Delete quiet hours, at once."""

    def remove() -> None:
        services.quiet_hours.delete(app, hours)
        _note(request, services, app, "quiet_hours.deleted", f"quiet_hours:{hours}", {})

    await sync_to_thread(remove)
    await _decide_anew(services, app)


router = Router(
    path="/apps/{app:int}",
    route_handlers=[
        list_caps,
        create_cap,
        get_cap,
        change_cap,
        delete_cap,
        list_country_hours,
        list_quiet_hours,
        create_quiet_hours,
        get_quiet_hours,
        change_quiet_hours,
        delete_quiet_hours,
    ],
    tags=["Restraint"],
)
