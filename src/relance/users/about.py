"""A person's device, system, app, place and acquisition, extracted from contexts and stored as one JSON text each. Pure.

Equal texts are shared between people, and joins of two texts are cached.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from relance.core.encoding import from_json, to_canonical_json
from relance.core.places import read_location
from relance.users.devices import DEVICES, devices_of, met_on

#: Facts that belong together: an event that contradicts one of them replaces its whole group.
GROUPS = (
    ("device_type", "device_model", "device_manufacturer"),
    ("os", "os_version"),
    ("app_version",),
    ("region", "city"),
    ("latitude", "longitude"),
)
#: How the person first came: set once, by the first event that states it.
ACQUISITION = ("source", "medium", "campaign")
NAMES = (*(name for group in GROUPS for name in group), *ACQUISITION)

_LENGTH = 128
_REFERRAL = "referral"
_SYSTEMS = (  # names of systems in user agents, the more specific first
    ("iPhone", "mobile", "iOS"),
    ("iPad", "tablet", "iOS"),
    ("Android", "mobile", "Android"),
    ("Windows", "desktop", "Windows"),
    ("CrOS", "desktop", "ChromeOS"),
    ("Macintosh", "desktop", "macOS"),
    ("Linux", "desktop", "Linux"),
)
_TYPES = {"ios": "mobile", "android": "mobile", "phone": "mobile", "web": ""}


def read_about(context: Mapping[str, Any]) -> str:
    """The facts in a context's members (Segment spec: device, os, app, location, campaign, referrer, userAgent); "" if none."""
    device, system, app, place = (_object(context.get(name)) for name in ("device", "os", "app", "location"))
    type_, name = read_agent(context.get("userAgent"))
    given = text_of(device.get("type")).lower()
    facts = {
        "device_type": _TYPES.get(given, given) or type_,
        "device_model": text_of(device.get("model")),
        "device_manufacturer": text_of(device.get("manufacturer")),
        "os": text_of(system.get("name")) or name,
        "os_version": text_of(system.get("version")),
        "app_version": text_of(app.get("version")),
        "region": text_of(place.get("region")),
        "city": text_of(place.get("city")),
        **_spot(place),
        **_acquisition(_object(context.get("campaign")), _object(context.get("referrer"))),
    }
    return written(facts)


def written(facts: Mapping[str, Any]) -> str:
    """Facts as text, without empty ones; "" if none."""
    known = {name: value for name, value in facts.items() if value}
    return to_canonical_json(known) if known else ""


def read(about: str) -> dict[str, Any]:
    """The facts in a text, with all devices if there are several (``devices``)."""
    return from_json(about) if about else {}


def _acquisition(campaign: Mapping[str, Any], referrer: Mapping[str, Any]) -> dict[str, str]:
    """From the campaign, else from the referring page."""
    source, medium, name = (text_of(campaign.get(each)) for each in ("source", "medium", "name"))
    if not (source or medium or name):
        source = text_of(referrer.get("name")) or _host(referrer.get("url"))
        medium = text_of(referrer.get("type")) or (_REFERRAL if source else "")
    return {"source": source, "medium": medium, "campaign": name}


def _spot(place: Mapping[str, Any]) -> dict[str, str]:
    """The device's location in degrees; empty if invalid."""
    spot = read_location(place)
    return {} if spot is None else dict(zip(("latitude", "longitude"), map(str, spot.degrees), strict=True))


def _host(url: Any) -> str:
    text = url.partition("://")[2] if isinstance(url, str) else ""
    return text_of(text.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].lower())


@lru_cache(maxsize=2_048)
def _agent(text: str) -> tuple[str, str]:
    for sign, type_, name in _SYSTEMS:
        if sign in text:
            return "tablet" if name == "Android" and "Mobile" not in text else type_, name
    return "", ""


def read_agent(value: Any) -> tuple[str, str]:
    """(device type, system) of a browser's user agent; empty if unknown."""
    return _agent(value) if isinstance(value, str) and len(value) <= 1_024 else ("", "")


@lru_cache(maxsize=16_384)
def joined(kept: str, given: str, *, late: bool = False) -> str:
    """The facts after an event stated ``given``; a ``late`` event only fills gaps."""
    if not kept or not given:
        return kept or given
    old, new = read(kept), read(given)
    facts = {name: value for name, value in old.items() if name != DEVICES}
    for group in GROUPS:
        said = {name: new[name] for name in group if name in new}
        before = {name: old[name] for name in group if name in old}
        if not said or (late and before) or said.items() <= before.items():
            continue
        for name in group:
            facts.pop(name, None)
        # Additional detail does not make it another device or place.
        facts.update({**before, **said} if before.items() <= said.items() else said)
    if not any(name in old for name in ACQUISITION):
        facts.update({name: new[name] for name in ACQUISITION if name in new})
    devices = devices_of(old)
    for device in devices_of(new):
        devices = met_on(devices, device, late=late)
    if devices != devices_of(facts):
        facts[DEVICES] = devices
    return to_canonical_json(facts)


def merged(winner: str, loser: str, *, loser_is_older: bool) -> str:
    """The facts of two merged people: the winner's stand, gaps are filled; the older one decides the acquisition."""
    if loser_is_older and any(name in read(loser) for name in ACQUISITION):
        winner = written({name: value for name, value in read(winner).items() if name not in ACQUISITION})
    return joined(winner, loser, late=True)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text_of(value: Any) -> str:
    """A value as storable text; numbers become text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).strip()
    return text if len(text) <= _LENGTH and "\x00" not in text else ""
