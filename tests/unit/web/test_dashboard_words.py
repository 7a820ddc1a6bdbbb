"""The dashboard says in English and French whatever the program has a closed list of."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from relance.analytics.rfm import Cell
from relance.channels.model import Channel
from relance.events.model import Name, Note, Reason
from relance.journeys.model import JourneyState, LeaveReason
from relance.messaging.model import DeliveryState, MessageClass, SkipReason
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


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("values", LISTS)
def test_every_value_has_words(values: type[StrEnum], language: str) -> None:
    dictionary = "\n".join(path.read_text() for path in sorted((WORDS / language).glob("*.ts")) if path.stem not in ELSEWHERE)
    silent = [one for one in values if re.search(rf'(^|[\s{{,"]){re.escape(one)}"?:\s+["`(]', dictionary) is None]
    assert silent == []
