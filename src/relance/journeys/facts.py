"""What a run's next step may depend on besides its graph and the time. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Need(StrEnum):
    """What must be read of a person before a graph can be stepped: only what some node asks for."""

    TRAITS = "traits"
    MEMBERSHIPS = "memberships"
    ZONE = "zone"


class PersonFacts(msgspec.Struct, frozen=True):
    """A person as nodes see them; whatever no node needs is empty.

    ``memberships`` are the ids of the person's segments. ``zone`` is the person's own time zone, "" if unknown.
    """

    traits: Mapping[str, Any] = _NOTHING
    memberships: frozenset[int] = frozenset()
    zone: str = ""


NOBODY = PersonFacts()


class StepFacts(msgspec.Struct, frozen=True):
    """What nodes and matches may look at. ``decided``: the edges taken from nodes at this very instant before. ``answers``: what
    was answered to the run's messages, by the names under which its steps keep it.
    """

    properties: Mapping[str, Any]  # of the entry event
    person: PersonFacts = NOBODY
    run: str = ""  # the run's id
    person_id: int = 0
    decided: Mapping[str, str] = MappingProxyType({})
    answers: Mapping[str, Any] = _NOTHING


class Happened(msgspec.Struct, frozen=True):
    """The person did something. ``after_entry`` / ``after_arrival``: since the run / the current wait began."""

    event: str
    properties: Mapping[str, Any]
    after_entry: bool = True
    after_arrival: bool = True
