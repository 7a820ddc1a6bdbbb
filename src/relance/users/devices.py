"""All the devices that a person was met on: what is told last is of one of them, and says nothing of the others. Pure.

Contexts rarely carry a device's id, and ids would be different for everybody, where facts are shared by many people. So a device
is known by what is said of it: what contradicts nothing known of one (system, kind, model, maker) is that one. Versions are its
own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What is said of a device; the first four tell one from another.
DEVICE_FACTS = ("os", "device_type", "device_model", "device_manufacturer", "os_version", "app_version")
_TELLING = DEVICE_FACTS[:4]
#: The member of the facts that lists the devices, the one met last first; left out where there is one, which the facts are of.
DEVICES = "devices"
MOST_DEVICES = 8  # that are remembered of a person, those met last

Device = Mapping[str, str]


def devices_of(facts: Mapping[str, Any]) -> list[Device]:
    """The devices that facts tell of."""
    if DEVICES in facts:
        return list(facts[DEVICES])
    only = {name: facts[name] for name in DEVICE_FACTS if name in facts}
    return [only] if only else []


def met_on(known: Sequence[Device], said: Device, *, late: bool) -> list[Device]:
    """The devices after an event said this of one; a ``late`` event only says what nothing was known of."""
    place = next((place for place, device in enumerate(known) if _may_be(device, said)), None)
    if place is None:
        found = [*known, said] if late else [said, *known]
        return found[:MOST_DEVICES]
    device, others = known[place], [*known[:place], *known[place + 1 :]]
    if late:
        return [*known[:place], {**said, **device}, *known[place + 1 :]]
    return [{**_without_old_version(device, said), **said}, *others]


def _may_be(device: Device, said: Device) -> bool:
    return all(device[name] == said[name] for name in _TELLING if name in device and name in said)


def _without_old_version(device: Device, said: Device) -> Device:
    """A system that is named for the first time is not that of which a version was known."""
    if "os" in said and "os" not in device:
        return {name: value for name, value in device.items() if name != "os_version"}
    return device
