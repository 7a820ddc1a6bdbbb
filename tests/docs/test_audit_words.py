"""Every action of the audit has words in both languages of the dashboard; the English ones are those of ``relance audit``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from relance.accounts.audited import DONE, AuditAction, done

WORDS = Path(__file__).parents[2] / "dashboard/src/words"
_ENTRY = re.compile(r'"([a-z_]+\.[a-z_]+)": "([^"]+)"')


def test_every_action_is_said_by_the_command_line_and_the_dashboard() -> None:
    actions = set(get_args(AuditAction))
    english = dict(_ENTRY.findall((WORDS / "en/audit.ts").read_text()))
    french = dict(_ENTRY.findall((WORDS / "fr/audit.ts").read_text()))
    assert set(DONE) == actions == set(french)
    assert english == DONE
    assert [action for action in actions if french[action].count("{}") != english[action].count("{}")] == []


def test_what_this_version_does_not_know_stays_as_it_was_noted() -> None:
    assert done("journey.paused", "3") == "Paused journey 3"
    assert done("planet.moved", "3") == "planet.moved 3"
