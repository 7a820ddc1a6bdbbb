"""What limits and carries an app's messages as a YAML file: caps, quiet hours, topics, the hold-out, providers, and what
messages share: snippets, and which events their templates know a shop's products and carts by. Pure.

```yaml
hold_out_percent: 5
topics:
  - topic: offers
    titles: {en: Offers, fr: Offres}
caps:
  - name: Three a week
    classes: [marketing]
    most: 3
    rolling: 7d
    tiers: [{segment: Good buyers, most: 5}]   # segments by their names
quiet_hours:
  - {start: "22:00", end: "08:00"}
providers:
  - {type: twilio, name: Main, settings: {account: AC1}, active: true}
site: https://shop.example
shop_events:
  viewed: [Product Viewed]
  cart: [Cart Updated]
  cart_over: [Order Completed]
snippets:
  footer: "<p>{{ app.name }}, 1 rue de la Paix, Paris</p>"
```

A part that the file has is made as it says; a part that it leaves out stays as it is. Secrets of providers are never in it: those
that are kept stay kept, and a provider that the server does not have cannot be made by a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import yaml

from relance.accounts.branding import check_topics
from relance.accounts.model import ShopEvents, TopicTitles
from relance.cli.errors import ServerError
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mismatch import mismatch
from relance.messaging.snippets.service import check_snippet
from relance.restraint.checks import check_cap, check_quiet_hours
from relance.restraint.model import Calendar, Cap, Lane, MessageClass, QuietHours, Tier, Weekday
from relance.restraint.service import MOST_CAPS, MOST_QUIET_HOURS
from relance.templates.snippets import needed, rendered_in

PARTS = ("hold_out_percent", "topics", "caps", "quiet_hours", "providers", "site", "shop_events", "snippets")


class TierOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier with its segment by name."""

    segment: str
    most: int


class CapOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A cap as in a file."""

    name: str
    channels: tuple[str, ...] = ()
    classes: tuple[MessageClass, ...] = ()
    topics: tuple[str, ...] = ()
    most: int | None = None
    rolling: str | None = None
    calendar: Calendar | None = None
    gap: str | None = None
    kept: dict[Lane, int] = {}
    tiers: tuple[TierOf, ...] = ()


class HoursOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Quiet hours as in a file."""

    start: str
    end: str
    channel: str = ""
    weekdays: tuple[Weekday, ...] = ()


class ProviderOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider as in a file, without secrets."""

    type: str
    name: str
    settings: dict[str, Any] = {}
    active: bool = True


class TopicOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A topic as in a file."""

    topic: str
    titles: dict[str, str] = {}


class SendingFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole file; None: it says nothing of that part."""

    hold_out_percent: float | None = None
    topics: tuple[TopicOf, ...] | None = None
    caps: tuple[CapOf, ...] | None = None
    quiet_hours: tuple[HoursOf, ...] | None = None
    providers: tuple[ProviderOf, ...] | None = None
    site: str | None = None
    shop_events: ShopEvents | None = None
    snippets: dict[str, str] | None = None


class SendingState(NamedTuple):
    """What a server has, as its API answers. ``segments`` is name → id."""

    app: Mapping[str, Any]
    caps: Sequence[Mapping[str, Any]]
    quiet_hours: Sequence[Mapping[str, Any]]
    providers: Sequence[Mapping[str, Any]]
    segments: Mapping[str, int]
    snippets: Sequence[Mapping[str, Any]] = ()


class SendingStep(NamedTuple):
    """One call to make. ``sign`` is ``+``, ``~`` or ``-``; ``about`` names what it concerns."""

    sign: str
    about: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None


def file_of(state: SendingState) -> SendingFile:
    """What a server has, as a file."""
    settings = state.app["settings"]
    names = {number: name for name, number in state.segments.items()}
    return SendingFile(
        hold_out_percent=settings["hold_out_percent"],
        topics=tuple(msgspec.convert(each, TopicOf) for each in settings["topics"]),
        caps=tuple(_cap_of(each, names) for each in state.caps),
        quiet_hours=tuple(_hours_of(each) for each in state.quiet_hours),
        providers=tuple(
            ProviderOf(each["type"], each["name"], dict(each["settings"]), each["active"]) for each in state.providers
        ),
        site=settings["site"],
        shop_events=msgspec.convert(settings["shop_events"], ShopEvents),
        snippets={each["name"]: each["source"] for each in state.snippets},
    )


def written(file: SendingFile) -> str:
    """A file's text."""
    text: str = yaml.safe_dump(msgspec.to_builtins(file), sort_keys=False, allow_unicode=True, width=120)
    return text


def read(given: Any, name: str) -> SendingFile:
    """What a file's values say. Raises ``ServerError`` at the first that is wrong."""
    try:
        found = msgspec.convert(given, SendingFile)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, given)
        raise _wrong(name, place.removeprefix("."), str(text)) from None
    if found.hold_out_percent is not None and not 0 <= found.hold_out_percent <= 50:
        raise _wrong(name, "hold_out_percent", "A hold-out is 0 to 50 percent.")
    for part in ("caps", "providers"):
        keys = [(getattr(each, "type", ""), each.name) for each in getattr(found, part) or ()]
        twice = next((place for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise _wrong(name, f"{part}[{twice}].name", f"There is one “{keys[twice][1]}” above already.")
    _check(found, name)
    return found


def _check(file: SendingFile, name: str) -> None:
    """What the server would refuse, before anything is changed."""
    path = "topics"
    try:
        for snippet, source in (file.snippets or {}).items():
            path = f"snippets.{snippet}"
            check_snippet(snippet, source)
            needed([source], file.snippets or {})
        path = "topics"
        check_topics([TopicTitles(each.topic, each.titles) for each in file.topics or ()])
        for place, cap in enumerate(file.caps or ()):
            path = f"caps[{place}]"
            numbers = {each.segment: number for number, each in enumerate(cap.tiers, 1)}  # their ids are not known yet
            tiers = tuple(Tier(numbers[each.segment], each.most) for each in cap.tiers)
            check_cap(
                Cap(id=0, app_id=0, version=1, created_at=0, updated_at=0, **{**msgspec.structs.asdict(cap), "tiers": tiers})
            )
        for place, hours in enumerate(file.quiet_hours or ()):
            path = f"quiet_hours[{place}]"
            check_quiet_hours(QuietHours(id=0, app_id=0, version=1, created_at=0, updated_at=0, **msgspec.structs.asdict(hours)))
    except InvalidError as error:
        raise _wrong(name, f"{path}.{error.data.get('path', '')}", error.message) from error


def plan(file: SendingFile, state: SendingState, name: str) -> list[SendingStep]:
    """The calls that bring the server in line with a file. Raises ``ServerError`` for what no call can do."""
    steps = [
        *_of_app(file, state),
        *_of_snippets(file, state),
        *_of_caps(file, state, name),
        *_of_hours(file, state),
        *_of_providers(file, state, name),
    ]
    _check_numbers(steps, state, name)
    return steps


def _check_numbers(steps: Sequence[SendingStep], state: SendingState, name: str) -> None:
    """What is new comes before what goes: in between there must be room for both."""
    for path, part, most in (("/caps", "caps", MOST_CAPS), ("/quiet-hours", "quiet_hours", MOST_QUIET_HOURS)):
        new = sum(step.path == path for step in steps)
        count = len(getattr(state, part)) + new
        if new and count > most:
            text = f"With those that go last there would be {count:,}, of at most {most:,}: let some go by another file first."
            raise _wrong(name, part, text)


def _of_app(file: SendingFile, state: SendingState) -> list[SendingStep]:
    settings, change = state.app["settings"], dict[str, Any]()
    if file.hold_out_percent is not None and file.hold_out_percent != settings["hold_out_percent"]:
        change["hold_out_percent"] = file.hold_out_percent
    if file.topics is not None and file.topics != tuple(msgspec.convert(each, TopicOf) for each in settings["topics"]):
        change["topics"] = msgspec.to_builtins(file.topics)
    if file.site is not None and file.site != settings["site"]:
        change["site"] = file.site
    if file.shop_events is not None and file.shop_events != msgspec.convert(settings["shop_events"], ShopEvents):
        change["shop_events"] = msgspec.to_builtins(file.shop_events)
    about = " and ".join(each.replace("_percent", "").replace("_", "-") for each in change)
    return [SendingStep("~", about, "PATCH", "", {"version": state.app["version"], **change})] if change else []


def _of_snippets(file: SendingFile, state: SendingState) -> list[SendingStep]:
    """What is new comes after what it renders, what goes after what renders it."""
    if file.snippets is None:
        return []
    present = {each["name"]: each for each in state.snippets}
    steps = []
    for name in _innermost_first(file.snippets):
        body, before = {"source": file.snippets[name]}, present.get(name)
        if before is None:
            steps.append(SendingStep("+", f"snippet “{name}”", "POST", "/snippets", {"name": name, **body}))
        elif before["source"] != file.snippets[name]:
            change = {"version": before["version"], **body}
            steps.append(SendingStep("~", f"snippet “{name}”", "PATCH", f"/snippets/{before['id']}", change))
    gone = {name: each["source"] for name, each in present.items() if name not in file.snippets}
    outermost = reversed(_innermost_first(gone))
    return [*steps, *(SendingStep("-", f"snippet “{name}”", "DELETE", f"/snippets/{present[name]['id']}") for name in outermost)]


def _innermost_first(sources: Mapping[str, str]) -> list[str]:
    placed: dict[str, None] = {}

    def place(name: str) -> None:
        for inner in sorted(rendered_in(sources[name])):
            if inner in sources and inner not in placed:
                place(inner)
        placed[name] = None

    for name in sources:
        if name not in placed:
            place(name)
    return list(placed)


def _of_caps(file: SendingFile, state: SendingState, name: str) -> list[SendingStep]:
    if file.caps is None:
        return []
    names = {number: each for each, number in state.segments.items()}
    present = {each["name"]: each for each in state.caps}
    steps = []
    for place, cap in enumerate(file.caps):
        missing = next((each.segment for each in cap.tiers if each.segment not in state.segments), None)
        if missing is not None:
            raise _wrong(name, f"caps[{place}].tiers", f"There is no segment “{missing}”.")
        body = _body(cap, state.segments)
        before = present.get(cap.name)
        if before is None:
            steps.append(SendingStep("+", f"cap “{cap.name}”", "POST", "/caps", body))
        elif _cap_of(before, names) != cap:
            change = {"version": before["version"], **body}
            steps.append(SendingStep("~", f"cap “{cap.name}”", "PATCH", f"/caps/{before['id']}", change))
    wanted = {each.name: 1 for each in file.caps}
    extra = [each for each in state.caps if wanted.pop(each["name"], 0) == 0]
    return [*steps, *(SendingStep("-", f"cap “{each['name']}”", "DELETE", f"/caps/{each['id']}") for each in extra)]


def _of_hours(file: SendingFile, state: SendingState) -> list[SendingStep]:
    """They have no names: what is the same stays, the others come and go."""
    if file.quiet_hours is None:
        return []
    left, steps = list(file.quiet_hours), []
    for each in state.quiet_hours:
        hours = _hours_of(each)
        if hours in left:
            left.remove(hours)
        else:
            steps.append(SendingStep("-", _hours_text(hours), "DELETE", f"/quiet-hours/{each['id']}"))
    made = [SendingStep("+", _hours_text(each), "POST", "/quiet-hours", msgspec.to_builtins(each)) for each in left]
    return [*made, *steps]  # in between too much is quiet, rather than too little


def _of_providers(file: SendingFile, state: SendingState, name: str) -> list[SendingStep]:
    present = {(each["type"], each["name"]): each for each in state.providers}
    steps = []
    for place, each in enumerate(file.providers or ()):
        before = present.get((each.type, each.name))
        if before is None:
            text = f"There is no provider “{each.name}” of the type {each.type} yet: add it with its secrets, which no file has."
            raise _wrong(name, f"providers[{place}]", text)
        change: dict[str, Any] = {"settings": each.settings} if each.settings != before["settings"] else {}
        if each.active is not before["active"]:
            change["active"] = each.active
        if change:
            body = {"version": before["version"], **change}
            steps.append(SendingStep("~", f"provider “{each.name}”", "PATCH", f"/providers/{before['id']}", body))
    return sorted(steps, key=lambda step: bool((step.body or {}).get("active")))  # who is made active ends another's turn


def _cap_of(given: Mapping[str, Any], names: Mapping[int, str]) -> CapOf:
    about = {field: given[field] for field in CapOf.__struct_fields__ if field != "tiers"}
    tiers = [{"segment": names.get(each["segment"], str(each["segment"])), "most": each["most"]} for each in given["tiers"]]
    return msgspec.convert({**about, "tiers": tiers}, CapOf)


def _hours_of(given: Mapping[str, Any]) -> HoursOf:
    return msgspec.convert({field: given[field] for field in HoursOf.__struct_fields__}, HoursOf)


def _body(cap: CapOf, segments: Mapping[str, int]) -> dict[str, Any]:
    """All fields: what the file leaves out is cleared."""
    fields = {name: msgspec.to_builtins(getattr(cap, name)) for name in CapOf.__struct_fields__}
    return {**fields, "tiers": [{"segment": segments[each.segment], "most": each.most} for each in cap.tiers]}


def _hours_text(hours: HoursOf) -> str:
    where = f" on {hours.channel}" if hours.channel else ""
    return f"quiet hours {hours.start}–{hours.end}{where}{' on ' + ', '.join(hours.weekdays) if hours.weekdays else ''}"


def _wrong(name: str, path: str, message: str) -> ServerError:
    place = path.rstrip(".")
    return ServerError(ErrorText.local(f"{name}{f', {place}' if place else ''}: {message}"), file=name, path=path)
