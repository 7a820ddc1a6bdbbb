"""All devices of a person: a new statement concerns one of them and says nothing about the others. Pure.

Contexts rarely carry a device's id, and ids would be unique to each person, while facts are shared by many. So a device is
identified by what is known of it: a statement that contradicts nothing known of one (system, kind, model, maker) is about that
one. Versions do not identify it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What is known of a device; the first four identify it.
DEVICE_FACTS = ("os", "device_type", "device_model", "device_manufacturer", "os_version", "app_version")
_IDENTIFYING = DEVICE_FACTS[:4]
#: The member of the facts that lists the devices, most recent first; left out if there is one, which the facts describe.
DEVICES = "devices"
MOST_DEVICES = 8  # remembered per person, the most recent

Device = Mapping[str, str]


def devices_of(facts: Mapping[str, Any]) -> list[Device]:
    """The devices described by facts."""
    if DEVICES in facts:
        return list(facts[DEVICES])
    only = {name: facts[name] for name in DEVICE_FACTS if name in facts}
    return [only] if only else []


def met_on(known: Sequence[Device], said: Device, *, late: bool) -> list[Device]:
    """The devices after a statement about one; a ``late`` event only fills gaps."""
    place = next((place for place, device in enumerate(known) if _may_be(device, said)), None)
    if place is None:
        found = [*known, said] if late else [said, *known]
        return found[:MOST_DEVICES]
    device, others = known[place], [*known[:place], *known[place + 1 :]]
    if late:
        return [*known[:place], {**said, **device}, *known[place + 1 :]]
    return [{**_without_old_version(device, said), **said}, *others]


def _may_be(device: Device, said: Device) -> bool:
    return all(device[name] == said[name] for name in _IDENTIFYING if name in device and name in said)


def _without_old_version(device: Device, said: Device) -> Device:
    """A system named for the first time replaces one of which only a version was known."""
    if "os" in said and "os" not in device:
        return {name: value for name, value in device.items() if name != "os_version"}
    return device
