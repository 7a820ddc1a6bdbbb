"""The reference is what the code says, and the code says something of everything."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from relance.cli.commands import app as command_line
from relance.core.configuration import PREFIX, Settings
from relance.events.model import EVENT_DESCRIPTIONS, Kind, Name, Reason
from relance.journeys.nodes.kinds import KINDS
from relance.messaging.model import DESCRIPTIONS, SkipReason
from relance.segments.rule.conditions import KINDS as CONDITION_KINDS
from relance.users.model import Refusal
from tests.docs.pages import DOCS, ROOT

PAGES = ["api", "commands", "errors", "events", "explanations", "forms", "journey-nodes", "settings", "skip-reasons"]
SOURCE = ROOT / "src" / "relance"


def shown(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_says(reference: ModuleType, name: str) -> None:
    assert shown(name) == reference.page(name), "run `make docs`"


def test_every_made_page_is_tested(reference: ModuleType) -> None:
    assert sorted(reference.PAGES) == PAGES
    by_hand = ["rules"]  # tested in ``test_rules``
    assert sorted(path.stem for path in (DOCS / "reference").glob("*.md")) == sorted([*PAGES, *by_hand])


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_setting_is_documented_and_used(name: str) -> None:
    assert f"`{name}` | `{PREFIX}{name.upper()}`" in shown("settings")
    readers = (path for path in SOURCE.rglob("*.py") if path.name != "configuration.py")
    properties = {"data": "folder", "base_url": "url", "state_url": "state_store", "host": "url", "port": "url"}
    properties |= {"content_days": "kept_content_days"}
    wanted = re.compile(rf"(settings|given)\.({name}|{properties.get(name, name)})\b")
    assert any(wanted.search(path.read_text()) for path in readers), f"nothing reads {name}"


@pytest.mark.parametrize("name", list(Name))
def test_event_is_documented(name: Name) -> None:
    assert f"`{name.value}`" in shown("events")
    assert EVENT_DESCRIPTIONS[name].endswith(".")


@pytest.mark.parametrize("kind", list(Kind))
def test_kind_of_record_is_documented(kind: Kind) -> None:
    assert re.search(rf"^\| `{kind.value}` \| \S.+\. \|$", shown("events"), re.MULTILINE)


@pytest.mark.parametrize("reason", [*Reason, *Refusal, "duplicate_id"])
def test_reason_for_setting_aside_is_documented(reason: str) -> None:
    assert re.search(rf"^\| `{reason}` \| \S.+\. \|$", shown("errors"), re.MULTILINE)


def test_every_error_has_a_code_a_status_and_a_meaning(reference: ModuleType) -> None:
    for error in reference.error_classes():
        row = re.search(rf"^\| `{error.code}` \| (\d+) \| (.+) \|$", shown("errors"), re.MULTILINE)
        assert row, error
        assert 400 <= int(row[1]) < 600
        assert reference.said(error).replace("|", "\\|") in row[2], error


@pytest.mark.parametrize("reason", list(SkipReason))
def test_skip_reason_is_documented(reason: SkipReason) -> None:
    assert f"| `{reason.value}` | {DESCRIPTIONS[reason]} |" in shown("skip-reasons")


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_node_is_documented_with_its_fields(reference: ModuleType, kind: str) -> None:
    part = shown("journey-nodes").partition(f"## Node `{kind}`")[2].partition("\n## ")[0]
    assert all(field in part for field, _ in reference.fields_of(KINDS[kind]))


@pytest.mark.parametrize("kind", CONDITION_KINDS)
def test_kind_of_condition_is_documented_with_its_fields(reference: ModuleType, kind: str) -> None:
    part = shown("forms").partition(f"### `{kind}`")[2].partition("\n###")[0]
    assert all(field in part for field, _ in reference.fields_of(CONDITION_KINDS[kind]))


@pytest.mark.parametrize("name", [name for name in command_line if not name.startswith("-")])
def test_command_is_documented_with_every_option(reference: ModuleType, name: str) -> None:
    part = shown("commands").partition(f"## `relance {name}`")[2].partition("\n## ")[0]
    assert part
    for row in re.findall(r"^\| `--.+$", part, re.MULTILINE):
        assert row.split("|")[3].strip(), f"relance {name} does not say what this is for: {row}"


def test_every_route_is_documented(routes: set[str]) -> None:
    page = shown("api")
    assert [route for route in routes if f" {route}`" not in page] == []


def test_the_dashboards_tests_know_the_kinds_that_there_are(reference: ModuleType) -> None:
    assert reference.KINDS.read_text() == reference.kinds()
