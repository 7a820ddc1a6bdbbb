"""The dashboard says in English and French whatever the program has a closed list of."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from relance.analytics.rfm import Cell
from relance.channels.registry import Channel
from relance.core.forms import Role
from relance.events.model import Name, Note, Reason
from relance.journeys.model import JourneyState, LeaveReason
from relance.journeys.schema import node_forms
from relance.messaging.model import DeliveryState, MessageClass, SkipReason
from relance.segments.rule.forms import condition_forms
from relance.users.model import SubscriptionState

WORDS = Path(__file__).parents[3] / "dashboard" / "src" / "words"
ELSEWHERE = {"audit", "errors"}  # what is said of actions and of errors says nothing of these
LISTS: list[type[StrEnum]] = [
    Cell,
    Channel,
    DeliveryState,
    JourneyState,
    LeaveReason,
    MessageClass,
    Name,
    Note,
    Reason,
    SkipReason,
    SubscriptionState,
]


SHARED = {Role.CHOICE, Role.SWITCH, Role.TEXT, Role.NUMBER, Role.WHOLE, Role.LENGTH, Role.HAPPENS, Role.CHANNEL, Role.PROPERTY}
SHARED |= {Role.MESSAGE, Role.JOURNEY, Role.SEGMENT, Role.LIST}  # whose labels are words of their own
FIELDS = [(form.kind, field) for form in condition_forms() for field in form.fields if field.role in SHARED]


def said(dictionary: str, name: str) -> bool:
    return re.search(rf'(^|[\s{{,"]){re.escape(name)}"?:\s+["`({{]', dictionary) is not None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_condition_and_every_field_has_words(language: str) -> None:
    dictionary = (WORDS / language / "builder.ts").read_text()
    silent = [form.kind for form in condition_forms() if dictionary.count(f"\n    {form.kind}: ") < 2]  # its name, and its help
    silent += [f"{kind}.{one.name}" for kind, one in FIELDS if not said(dictionary, one.name)]
    silent += [value for _, one in FIELDS for value in one.choices if not said(dictionary, value)]
    assert silent == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_node_and_each_of_its_ways_has_words(language: str) -> None:
    dictionary = (WORDS / language / "journeys.ts").read_text()
    silent = [form.kind for form in node_forms() if not said(dictionary, form.kind)]
    for form in node_forms():
        ways = [one.name for one in form.fields if one.role is Role.EDGE]
        silent += [f"{form.kind}.{way}" for way in ways if len(ways) > 1 and not said(dictionary, f"{form.kind}.{way}")]
    assert silent == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("values", LISTS)
def test_every_value_has_words(values: type[StrEnum], language: str) -> None:
    dictionary = "\n".join(path.read_text() for path in sorted((WORDS / language).glob("*.ts")) if path.stem not in ELSEWHERE)
    silent = [one for one in values if re.search(rf'(^|[\s{{,"]){re.escape(one)}"?:\s+["`(]', dictionary) is None]
    assert silent == []
