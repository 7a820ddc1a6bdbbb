"""Names of events in rules: read as the door takes them, and refused where no event can have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relance.segments.errors import RuleError
from relance.segments.rule.meaning import Defaults, read_filled
from relance.segments.rule.tree import canonical, parse_rule, to_data

SHAPES: dict[str, tuple[Callable[[str], dict[str, Any]], str]] = {
    "behaviour": (lambda name: {"kind": "behaviour", "event": name}, "rule.event"),
    "lifecycle": (lambda name: {"kind": "lifecycle", "stage": "first", "event": name, "window": {"last": "30d"}}, "rule.event"),
    "first": (
        lambda name: {"kind": "sequence", "first": {"event": name}, "then": {"event": "b"}, "within": "2d"},
        "rule.first.event",
    ),
    "then": (
        lambda name: {"kind": "sequence", "first": {"event": "a"}, "then": {"event": name}, "within": "2d"},
        "rule.then.event",
    ),
    "within": (lambda name: {"all": [{"not": {"kind": "behaviour", "event": name}}]}, "rule.all[0].not.event"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("around", [" {}", "{} ", "\u200b{}\ufeff", "\t{}\u00a0"])
def test_what_is_not_seen_around_a_name_is_no_part_of_it(shape: str, around: str) -> None:
    make, _ = SHAPES[shape]
    written, meant = parse_rule(make(around.format("Order Completed"))), parse_rule(make("Order Completed"))
    assert written == meant
    assert to_data(written) == to_data(meant)
    assert canonical(written) == canonical(meant)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["   ", "\u200b", "message_nope", " segment_entred", "journey_done\u200b"])
def test_a_name_that_no_event_has_is_refused(shape: str, name: str) -> None:
    make, path = SHAPES[shape]
    with pytest.raises(RuleError) as refused:
        read_filled(make(name), Defaults())
    assert refused.value.data["path"] == path


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["message_clicked", "segment_entered", "session_started", "messages_read", "Order Completed"])
def test_a_name_that_events_have_is_not(shape: str, name: str) -> None:
    make, _ = SHAPES[shape]
    read_filled(make(name), Defaults())
