"""All devices of a person: which are the same, in any order, and what two people's come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relance.users.about import joined, merged, read, read_about
from relance.users.devices import DEVICE_FACTS, MOST_DEVICES, Device, devices_of
from relance.users.rule_facts import ProfileFacts, facts_for_rules

PHONE: dict[str, Any] = {
    "os": {"name": "iOS", "version": "18.1"},
    "device": {"type": "ios", "model": "iPhone16,1"},
    "app": {"version": "2.1"},
}
PC: dict[str, Any] = {"userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"}
TABLET: dict[str, Any] = {"os": {"name": "Android", "version": "14"}, "device": {"type": "tablet"}}


def after(*contexts: dict[str, Any], late: bool = False) -> dict[str, Any]:
    known = ""
    for context in contexts:
        known = joined(known, read_about(context), late=late)
    return read(known)


def values_on(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each fact of a device, with what it is on all of them."""
    return values_of(devices_of(facts))


def values_of(devices: Sequence[Device]) -> dict[str, list[str]]:
    found = {name: sorted({device[name] for device in devices if name in device}) for name in DEVICE_FACTS}
    return {name: values for name, values in found.items() if values}


def test_who_visits_from_a_pc_still_has_an_iphone() -> None:
    facts = after(PHONE, PC)
    assert (facts["os"], facts["device_type"]) == ("Windows", "desktop")
    assert values_on(facts) == {
        "os": ["Windows", "iOS"],
        "device_type": ["desktop", "mobile"],
        "device_model": ["iPhone16,1"],
        "os_version": ["18.1"],
        "app_version": ["2.1"],
    }


def test_the_devices_are_the_same_in_any_order_late_or_not() -> None:
    found = {str(values_on(after(*some, late=late))) for some in permutations([PHONE, PC, TABLET]) for late in (False, True)}
    assert len(found) == 1


def test_a_device_that_is_met_again_is_one_and_its_versions_are_the_last() -> None:
    newer = {"os": {"name": "iOS", "version": "18.2"}, "app": {"version": "2.2"}}
    facts = after(PHONE, PC, newer, PC, PHONE | {"app": {"version": "2.3"}})
    assert values_on(facts)["app_version"] == ["2.3"]
    assert len(devices_of(facts)) == 2


def test_a_single_device_is_written_once() -> None:
    assert "devices" not in after(PHONE, PHONE, {"os": {"name": "iOS"}}, {"app": {"version": "3"}})


def test_two_people_who_are_one_have_the_devices_of_both() -> None:
    one, other = (joined("", read_about(context)) for context in (PHONE, PC))
    both = joined(other, read_about(TABLET))
    for winner, loser in ((one, both), (both, one)):
        assert values_on(read(merged(winner, loser, loser_is_older=False)))["os"] == ["Android", "Windows", "iOS"]


def test_rules_are_told_of_all_devices_where_they_ask() -> None:
    about = joined(joined("", read_about(PHONE)), read_about(PC))
    facts_given = facts_for_rules({}, ProfileFacts(about=about), {"devices"})["$person"]["devices"]
    assert [each["os"] for each in facts_given] == ["Windows", "iOS"]  # the one met last first
    alone = facts_for_rules({}, ProfileFacts(about=read_about(PHONE)), {"devices"})["$person"]
    assert (values_of(alone["devices"])["os"], alone["os"]) == (["iOS"], "iOS")
    assert "devices" not in facts_for_rules({}, ProfileFacts(about=about))["$person"]


said = st.fixed_dictionaries({}, optional={name: st.sampled_from("abc") for name in DEVICE_FACTS})


@given(st.lists(st.tuples(said, st.booleans()), max_size=30))
def test_devices_are_bounded_and_the_last_is_among_them(events: list[tuple[dict[str, str], bool]]) -> None:
    known = ""
    for facts, late in events:
        known = joined(known, read_about(_context(facts)), late=late)
        devices = devices_of(read(known))
        assert len(devices) <= MOST_DEVICES
        if facts and not late:
            assert facts.items() <= devices[0].items()


def _context(facts: dict[str, str]) -> dict[str, Any]:
    return {
        "os": {"name": facts.get("os"), "version": facts.get("os_version")},
        "app": {"version": facts.get("app_version")},
        "device": {
            "type": facts.get("device_type"),
            "model": facts.get("device_model"),
            "manufacturer": facts.get("device_manufacturer"),
        },
    }
