"""What errors say has a reason, the parameters its sentence names, and words in every language of the dashboard."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import ROOT

SOURCE = ROOT / "src" / "relance"

#: Where errors are plain sentences: nobody meets them in the dashboard.
PLAIN = {
    "cli": "printed in the terminal",
    "demo": "printed in the terminal",
    "channels": "of push services and mail servers, for operators, or of the sandbox's own push service",
    "core/configuration.py": "printed in the terminal at the start",
    "core/tables.py": "of files",
    "events": "answered to SDKs and importers, or written to the log",
    "journeys": "of graphs",
    "messaging/templating": "of templates",
    "messaging": "of what is rendered for one person",
    "pipeline": "faults, for the log",
    "segments/filters": "of another program's filters, for who imports them",
    "segments/live": "faults, for the log",
    "web/ingest": "answered to SDKs",
    "worker": "faults, for the log",
}


@pytest.fixture(scope="session")
def texts() -> ModuleType:
    """``scripts/error_texts.py`` as a module."""
    spec = importlib.util.spec_from_file_location("error_texts", ROOT / "scripts" / "error_texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def plain_raises() -> set[str]:
    """The modules that raise an error of ours with a sentence that has no reason."""
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_raised = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
            if not is_raised or not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            name = ast.unparse(node.exc.func)
            if name.endswith("Error") and name not in FAULTS and isinstance(node.exc.args[0], ast.Constant | ast.JoinedStr):
                found.add(path.relative_to(SOURCE).as_posix())
    return found


FAULTS = {"ValueError", "TypeError", "RuntimeError", "TimeoutError", "ConnectionError", "KeyError", "AssertionError"}


def test_what_the_dashboard_shows_is_never_a_plain_sentence() -> None:
    plain = plain_raises()
    allowed = tuple(f"{each}/" if not each.endswith(".py") else each for each in PLAIN)
    assert {each for each in plain if not each.startswith(allowed)} == set()
    assert [each for each in PLAIN if not any(one.startswith(each) for one in plain)] == []
