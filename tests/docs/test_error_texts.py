"""What errors say has a reason, the parameters its sentence names, and words in every language of the dashboard."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import ROOT, script

SOURCE = ROOT / "src" / "relance"

#: Where a sentence may have no reason: it is for the terminal, the log or a delivery's detail, and no client words it.
LOCAL = {
    "cli": "printed in the terminal",
    "demo": "printed in the terminal",
    "channels/email": "what keeps a mail from being built, in its delivery's detail",
    "channels/smtp_listener.py": "printed in the terminal at the start",
    "core/configuration.py": "printed in the terminal at the start",
    "core/error_text.py": "where it is made",
    "core/progress.py": "for the log",
    "events/history_clickhouse.py": "printed in the terminal at the start",
    "events/history_database.py": "printed in the terminal at the start, or for the log",
    "journeys/revision.py": "the tick is done again",
    "journeys/run_writer.py": "the tick is done again",
    "pipeline": "printed in the terminal at the start",
    "worker/calls.py": "a fault of ours, for the log",
}

#: Reasons with a limit that do not say what was given instead, and why.
WITHOUT_GOT = {
    "body_bytes": "a body is not read beyond the limit",
    "body_depth": "a body is not walked beyond the limit",
    "conditions_limit": "conditions are not counted beyond the limit",
    "segments_too_deep": "what is named is not followed beyond the limit",
    "segments_too_many": "what is named is not counted beyond the limit",
    "tests_limit": "conditions are not counted beyond the limit",
    "webhook_secret": "of a secret nothing is told",
    "rule_depth": "a rule is not read beyond the limit",
    "filters_too_many": "filters are not made beyond the limit",
    "events_too_many": "events are not read beyond the limit",
    "template_pieces": "a template is not read beyond the limit",
    "mjml_elements": "a text is not read beyond the limit",
    "mjml_depth": "a text is not read beyond the limit",
    "mjml_carousel": "a text is not read beyond the limit",
    "value_characters": "a value is not made beyond the limit",
    "csv_cell": "a cell is not read beyond the limit",
    "requests_limited": "whoever is over the rate is only told to wait",
    "identity_secrets_limit": "there are as many as may be",
    "keys_limit": "there are as many as may be",
    "webhooks_limit": "there are as many as may be",
    "body_leaves": "a body is not walked beyond the limit",
    "caps_limit": "there are as many as may be",
    "quiet_hours_limit": "there are as many as may be",
    "providers_limit": "there are as many as may be",
}


@pytest.fixture(scope="session")
def texts() -> ModuleType:
    """``scripts/error_texts.py`` as a module."""
    return script("error_texts")


def test_a_reason_is_one_template_and_a_template_one_reason(texts: ModuleType) -> None:
    calls = list(texts.calls())
    assert len(calls) > 200
    assert [call.place for call in calls if not re.fullmatch(r"[a-z][a-z0-9_]*", call.reason)] == []
    for key, value in (("reason", "template"), ("template", "reason")):
        found: dict[str, set[str]] = {}
        for call in calls:
            found.setdefault(getattr(call, key), set()).add(getattr(call, value))
        assert {each: others for each, others in found.items() if len(others) > 1} == {}


def test_a_sentence_names_every_parameter_that_it_is_given(texts: ModuleType) -> None:
    assert [call for call in texts.calls() if set(call.parameters) != call.fields] == []


def test_the_dashboards_english_is_the_programs(texts: ModuleType) -> None:
    assert texts.ENGLISH.read_text() == texts.english(), "run `make docs`"


def test_the_other_languages_word_every_reason_with_its_parameters(texts: ModuleType) -> None:
    french = words(texts.FRENCH)
    fields = {call.reason: call.fields for call in texts.calls()}
    assert {reason: set(re.findall(r"\{(\w+)\}", text)) for reason, text in french.items()} == fields
    assert [reason for reason, text in french.items() if not text.strip()] == []


def words(path: Path) -> dict[str, str]:
    found = re.findall(r'^  (\w+):\s+("(?:[^"\\]|\\.)*"),$', path.read_text(), re.MULTILINE)
    return {reason: json.loads(text) for reason, text in found}


def test_a_limit_is_said_with_what_was_given(texts: ModuleType) -> None:
    """``Name must be 1–200 characters (got 240).``"""
    limited = {call.reason: call.fields for call in texts.calls() if call.fields & {"most", "least"}}
    assert len(limited) > 50
    assert {reason for reason, fields in limited.items() if "got" not in fields} == set(WITHOUT_GOT)


def test_what_clients_are_told_has_a_reason() -> None:
    """mypy refuses a plain sentence as an error's text: what has none says so (``ErrorText.local``), and only here."""
    found = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if "ErrorText.local(" in path.read_text()}
    found |= {"core/error_text.py"}
    assert {each for each in found if not each.startswith(tuple(LOCAL))} == set()
    assert [each for each in LOCAL if not any(one.startswith(each) for one in found)] == []
