"""Segments in YAML files: what is read, what is refused with its line, and what applying them comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from relance.cli.applying import RuleChange, ServerState, named, numbered, plan
from relance.cli.errors import ServerError
from relance.cli.rule_files import RuleEntry, read_files, written
from relance.segments.rule.meaning import Defaults
from relance.segments.rule.tree import parse_rule, to_data
from tests.unit.segments import whole_language

BUYERS = """\
segments:
  - name: Buyers
    rule:
      all:
        - {kind: behaviour, event: Order Completed, window: {last: 90d}}
        - kind: sequence
          first: {event: added}
          then: {event: bought}
          within: 2h
          on: cart_id
        - not: {kind: segment, segment: Staff}
        - {kind: list, list: VIP}
        - {kind: person, name: app_version, is: '>=', value: "1.10"}
        - {kind: trait, name: born, is: before, value: 2000-01-01}
  - name: Staff
    rule: {kind: trait, name: staff, is: "=", value: true}
"""
NOTHING = ServerState({}, {"VIP": 3}, Defaults("Europe/Paris"))


def read(folder: Path, *texts: str) -> list[RuleEntry]:
    paths = [folder / f"{place}.yaml" for place, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return read_files(paths)


def test_a_file_is_read_as_json_would_have_it(tmp_path: Path) -> None:
    buyers, staff = read(tmp_path, BUYERS)
    assert buyers.rule["all"][1]["on"] == "cart_id"
    assert buyers.rule["all"][4]["value"] == "1.10"
    assert buyers.rule["all"][5]["value"] == "2000-01-01"
    assert staff.rule["value"] is True
    assert (buyers.line("rule.all[1].within"), buyers.line("rule.all[1].window.last"), staff.line("name")) == (9, 6, 15)


def test_who_is_named_comes_first_and_gets_a_number(tmp_path: Path) -> None:
    steps = plan(read(tmp_path, BUYERS), NOTHING)
    assert [(step.entry.name, step.present, step.is_due) for step in steps] == [("Staff", None, True), ("Buyers", None, True)]
    rule = numbered(steps[1].entry, {"Staff": 8}, NOTHING.lists)
    assert rule["all"][2:4] == [{"not": {"kind": "segment", "segment": 8}}, {"kind": "list", "list": 3}]
    assert named(rule, {8: "Staff"}, {3: "VIP"}) == steps[1].entry.rule


def present(number: int, steps: list[RuleChange], lists: dict[str, int], ids: dict[str, int]) -> dict[str, dict[str, Any]]:
    return {
        step.entry.name: {"id": number + place, "version": 1, "rule": numbered(step.entry, ids, lists)}
        for place, step in enumerate(steps)
    }


def test_what_is_there_already_is_left_alone_and_what_differs_is_told(tmp_path: Path) -> None:
    entries = read(tmp_path, BUYERS)
    there = present(8, plan(entries, NOTHING), {"VIP": 3}, {"Staff": 8})
    known = NOTHING._replace(segments=there)
    assert not any(step.is_due for step in plan(entries, known))
    changed = read(tmp_path, BUYERS.replace("90d", "60d").replace("- {kind: list, list: VIP}\n", "\n"))
    step = plan(changed, known)[1]
    assert step.change is not None
    assert [each["kind"] for each in step.change.removed] == ["behaviour", "list"]
    assert [each["window"] for each in step.change.added] == [{"last": "60d"}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("last: 90d", "last: 0d", "line 5, rule.all[0].window.last: A length must be"),
        ("within: 2h", "within: soon", "line 9, rule.all[1].within: A length must be"),
        ("segment: Staff", "segment: Nobody", "line 11, rule.all[2].not.segment: There is no segment “Nobody”."),
        ("list: VIP", "list: None", "line 12, rule.all[3].list: There is no list “None”."),
        ('"1.10"', "1.10", "line 13, rule.all[4].value: This must be a text"),
        ("name: Staff", "name: Buyers", "line 15, name: There is a segment “Buyers” in"),
        ("name: Staff", "name: 5", "line 15, segments[1].name: A segment's name must be text"),
        ("name: Staff", "title: Staff", "line 15, segments[1]: Unknown field"),
        ("          on: cart_id", "          on: a\n          on: b", "line 11, rule.all[1].on: This field appears twice."),
        ("segments:", "segment:", "line 1: Unknown field"),
        ("within: 2h", "within: [2h", "line 10: This is not valid YAML"),
        ("rule: {kind: trait, name: staff", "rule: {kind: segment, segment: Buyers}\n#", "depends on itself"),
    ],
)
def test_what_is_wrong_is_refused_with_file_line_and_path(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in BUYERS
    with pytest.raises(ServerError, match=r"0\.yaml, line") as caught:
        plan(read(tmp_path, BUYERS.replace(old, new)), NOTHING)
    assert said in caught.value.message


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "a: b: c", "[" * 20_000, "&a [*a]", "- x", "segments: 5", "segments:\n- 5"])
def test_odd_files_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ServerError):
        read(tmp_path, text)


def test_what_anchors_repeat_is_bounded(tmp_path: Path) -> None:
    lines = ["segments:", "- name: a", "  rule:", "    x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"    x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ServerError, match="values at most"):
        read(tmp_path, "\n".join(lines))


@settings(deadline=None, max_examples=60)
@given(whole_language.rules)
def test_every_rule_comes_back_from_a_file(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.mktemp("rules") / "rule.yaml"
    path.write_text(written([{"name": "5", "rule": to_data(parse_rule(data))}]))
    (entry,) = read_files([path])
    assert entry.name == "5"
    assert parse_rule(entry.rule) == parse_rule(data)
