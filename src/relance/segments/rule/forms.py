"""The kinds of condition as forms: their fields in the order in which people fill them in, and initial values. Pure."""

from __future__ import annotations

from relance.core.forms import Hint, Hints, KindForm, Role, kind_form
from relance.segments.rule.conditions import KINDS

_EVENT = Hint(Role.EVENT, "")
_WHERE = Hint(Role.PREDICATES)
_LATELY = Hint(Role.WINDOW, {"last": "30d"})
_ABOUT = {"message": Hint(Role.MESSAGE), "journey": Hint(Role.JOURNEY), "channel": Hint(Role.CHANNEL)}
_AREA = {"circle": Hint(Role.AREA, {"latitude": "", "longitude": "", "radius": 5_000}), "polygon": Hint(Role.AREA)}

#: By kind, in display order.
HINTS: dict[str, Hints] = {
    "behaviour": {
        "event": _EVENT,
        "aggregate": Hint(Role.AMOUNT, "count"),
        "property": Hint(Role.AMOUNT),
        "compare": Hint(Role.AMOUNT, ">="),
        "value": Hint(Role.AMOUNT, 1),
        "zone": Hint(Role.AMOUNT),
        "window": _LATELY,
        "where": _WHERE,
    },
    "trait": {
        "name": Hint(Role.TRAIT, ""),
        "is": Hint(Role.TEST, "="),
        "value": Hint(Role.TEST, ""),
        "where": Hint(Role.TEST),
    },
    "sequence": {
        "first": Hint(Role.HAPPENS, {"event": ""}),
        "window": Hint(Role.WINDOW, {"last": "7d"}),
        "absent": Hint(begins=True),
        "then": Hint(Role.HAPPENS, {"event": ""}),
        "within": Hint(Role.LENGTH, "2h"),
        "on": Hint(Role.PROPERTY),
    },
    "lifecycle": {
        "event": _EVENT,
        "stage": Hint(Role.STAGE, "stopped"),
        "window": Hint(Role.STAGE, {"last": "30d"}),
        "where": _WHERE,
    },
    "rhythm": {"times": Hint(begins=3)},
    "message": {
        "did": Hint(begins="opened"),
        "compare": Hint(Role.COUNT, ">="),
        "value": Hint(Role.COUNT, 1),
        **_ABOUT,
        "window": _LATELY,
    },
    "unopened": {"last": Hint(begins=5), **_ABOUT},
    "segment": {"segment": Hint(Role.SEGMENT, "")},
    "list": {"list": Hint(Role.LIST, "")},
    "person": {
        "name": Hint(Role.FACT, "country"),
        "is": Hint(Role.FACT, "="),
        "value": Hint(Role.FACT, ""),
        "default": Hint(Role.FACT),
    },
    "device": {"where": Hint(Role.DEVICE, [{"name": "os", "is": "=", "value": ""}])},
    "subscription": {"channel": Hint(begins="email"), "state": Hint(begins="subscribed")},
    "consent": {"channel": Hint(begins="email"), "topic": Hint(begins="general"), "state": Hint(begins="granted")},
    "place": _AREA,
    "entered": {**_AREA, "window": Hint(Role.WINDOW, {"last": "2d"})},
    "bucket": {"from": Hint(begins=0), "to": Hint(begins=10), "salt": Hint(begins="relance")},
}


def condition_forms() -> list[KindForm]:
    """Every kind of condition."""
    return [kind_form(kind, KINDS[kind], hints) for kind, hints in HINTS.items()]
