"""What a run's next step may depend on, beside its graph and the time. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Need(StrEnum):
    """What has to be read of a person before a graph can be stepped through: read only where one of its nodes says so."""

    TRAITS = "traits"
    MEMBERSHIPS = "memberships"
    ZONE = "zone"


class PersonFacts(msgspec.Struct, frozen=True):
    """A person as nodes may see it; what no node needs is empty.

    ``memberships`` are the ids of the segments the person is in. ``zone`` is the person's own time zone, "" where none is known.
    """

    traits: Mapping[str, Any] = _NOTHING
    memberships: frozenset[int] = frozenset()
    zone: str = ""


NOBODY = PersonFacts()


class StepFacts(msgspec.Struct, frozen=True):
    """What nodes and matches may look at. ``decided``: the edges by which nodes were left at this very instant before."""

    properties: Mapping[str, Any]  # of the entry event
    person: PersonFacts = NOBODY
    run: str = ""  # the run's id
    person_id: int = 0
    decided: Mapping[str, str] = MappingProxyType({})


class Happened(msgspec.Struct, frozen=True):
    """Its person did something. ``after_entry`` / ``after_arrival``: it happened since the run / the present wait began."""

    event: str
    properties: Mapping[str, Any]
    after_entry: bool = True
    after_arrival: bool = True
