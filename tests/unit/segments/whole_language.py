"""Random rules of every kind, as data: valid by construction."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from hypothesis import strategies as st

from relance.segments.rule.checks import device_tests_of, tests_of
from relance.segments.rule.conditions import (
    MESSAGE_EVENTS,
    NUMBER_FACTS,
    VERSION_FACTS,
    Answer,
    Channel,
    DeviceFact,
    Fact,
    State,
)

Data = dict[str, Any]

events = st.sampled_from(["Product Added", "Order Completed", "page viewed", "session_started", "message_opened", "Ünï"])
paths = st.sampled_from(["plan", "total", "cart.total", "category", "a.b.c", r"utm\.source"])
zones = st.one_of(st.none(), st.sampled_from(["Europe/Paris", "UTC", "America/New_York", "person", "person:Europe/Paris"]))
lengths = st.builds(lambda number, unit: f"{number}{unit}", st.integers(1, 300), st.sampled_from("smhdw"))
texts = st.sampled_from(["pro", "5", "true", "Ünï", "a b", "2026-01-01"])
numbers = st.one_of(st.integers(-10_000, 10_000_000), st.sampled_from([0.5, 2.25, 1e9, -3.125]))
scalars = st.one_of(texts, numbers, st.booleans())
dates = st.one_of(
    st.dates(min_value=date(1995, 1, 1), max_value=date(2090, 12, 30)).map(str),
    st.sampled_from(["2026-01-31T09:00:00+01:00", "2026-01-31T09:00", "2026-01-31T09:00:30Z", "2026-03-01T00:00:00.250Z"]),
)
relative = st.one_of(st.builds(lambda text: {"ago": text}, lengths), st.builds(lambda text: {"in": text}, lengths))
WHOLE = ("count", "distinct", "days")
NUMBERS = ("sum", "average", "min", "max")


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """An object whose fields that draw None are left out."""
    return st.fixed_dictionaries(dict(fields)).map(lambda found: {name: each for name, each in found.items() if each is not None})


def ordered(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(each, each).map(sorted)


@st.composite
def probes(draw: st.DrawFn, name: str, *, may_move: bool = False) -> Data:
    """One test of a property (``name`` is the field it is under)."""
    if draw(st.sampled_from([False] * 9 + [True])):
        of_element = probes("property").filter(lambda each: "where" not in each)
        return {name: draw(paths), "is": "has", "where": draw(st.lists(of_element, min_size=1, max_size=3))}
    simple = st.sampled_from(["exists", "not_exists"]).map(lambda is_: {"is": is_})
    equal = some(**{"is": st.sampled_from(["=", "!=", "has"]), "value": scalars})
    lists = some(**{"is": st.sampled_from(["in", "not_in"]), "value": st.lists(scalars, min_size=1, max_size=4)})
    order = some(**{"is": st.sampled_from([">", ">=", "<", "<="]), "value": st.one_of(texts, numbers)})
    between = some(**{"is": st.just("between"), "value": ordered(numbers)})
    text = some(**{"is": st.sampled_from(["contains", "starts", "matches"]), "value": texts})
    moments = st.one_of(dates, relative) if may_move else dates
    time = some(**{"is": st.sampled_from(["before", "after"]), "value": moments})
    version = some(
        **{
            "is": st.sampled_from(["version_from", "version_below", "version_is", "version_above", "version_to"]),
            "value": st.sampled_from(["2", "2.0", "10.1.3", "1.2.3.4"]),
        }
    )
    found = draw(st.one_of(simple, equal, lists, order, between, text, time, version))
    return {name: draw(paths), **found}


wheres = st.one_of(st.none(), st.lists(probes("property"), max_size=3))
starts = st.sampled_from(["2026-01-01", "2026-01-31T09:00:00+01:00"])
ends = st.sampled_from(["2026-02-02", "2026-02-03T08:30:00Z"])
windows = st.one_of(
    st.none(),
    lengths.map(lambda text: {"last": text}),
    lengths.map(lambda text: {"after_first": text}),
    st.tuples(st.integers(1, 99), st.integers(1, 99), st.sampled_from("mhdw")).map(
        lambda drawn: {"ago": [f"{drawn[0] + drawn[1]}{drawn[2]}", f"{drawn[1]}{drawn[2]}"]}
    ),
    some(calendar=st.sampled_from(["today", "yesterday", "this_week", "last_month", "this_quarter", "last_year"]), zone=zones),
    some(**{"from": starts, "to": ends, "zone": zones}),
    st.one_of(some(**{"from": dates, "zone": zones}), some(to=dates, zone=zones)),
)  # fmt: skip
steps = some(event=events, where=wheres)


@st.composite
def compared(draw: st.DrawFn, one: st.SearchStrategy[Any], compares: tuple[str, ...]) -> Data:
    compare = draw(st.sampled_from(compares))
    return {"compare": compare, "value": draw(ordered(one)) if compare == "between" else draw(one)}


COMPARES = (">=", "<=", "=", ">", "<", "between")
counts = compared(st.integers(1, 1_000), COMPARES) | compared(st.integers(0, 2), (">=", "<=", "=", ">", "between"))


@st.composite
def behaviours(draw: st.DrawFn) -> Data:
    aggregate = draw(st.sampled_from([*WHOLE, *NUMBERS, "first", "last"]))
    data = {"kind": "behaviour", "aggregate": aggregate, **draw(some(event=events, window=windows, where=wheres))}
    if aggregate in (*NUMBERS, "distinct"):
        data["property"] = draw(paths)
    if aggregate in ("days", "first", "last"):
        data |= draw(some(zone=zones))
    if aggregate in WHOLE:
        return data | draw(counts)
    if aggregate in NUMBERS:
        return data | draw(compared(numbers, COMPARES))
    data["compare"] = draw(st.sampled_from([">=", "<=", "between"]))
    moment = st.one_of(dates, relative)
    data["value"] = [draw(moment), draw(moment)] if data["compare"] == "between" else draw(moment)
    return data


ids = st.one_of(st.none(), st.integers(1, 99))
channels = st.one_of(st.none(), st.sampled_from(["email", "web_push", "fax"]))
traits = st.one_of(probes("name", may_move=True).map(lambda found: {"kind": "trait", **found}))
sequences = some(
    kind=st.just("sequence"), first=steps, then=steps, within=lengths, absent=st.sampled_from([None, True, False]),
    on=st.one_of(st.none(), paths), window=windows,
)  # fmt: skip
rhythms = some(kind=st.just("rhythm"), times=st.sampled_from([0.1, 0.25, 1, 1.5, 2, 100]))
_rolling = lengths.map(lambda text: {"last": text})
lifecycles = st.one_of(
    some(kind=st.just("lifecycle"), stage=st.just("first"), event=events, window=windows.filter(bool), where=wheres),
    some(
        kind=st.just("lifecycle"), stage=st.sampled_from(["stopped", "resumed"]), event=events,
        window=st.one_of(_rolling, windows.filter(lambda window: bool(window) and "calendar" in window)), where=wheres,
    ),
)  # fmt: skip
messages = st.builds(
    lambda one, two: one | two,
    some(
        kind=st.just("message"), did=st.sampled_from(sorted(MESSAGE_EVENTS)),
        message=ids, journey=ids, channel=channels, window=windows,
    ),
    counts,
)  # fmt: skip
unopened = some(kind=st.just("unopened"), last=st.integers(1, 100), message=ids, journey=ids, channel=channels)
segments = some(kind=st.just("segment"), segment=st.integers(1, 99))
buckets = st.builds(
    lambda ends, salt: {"kind": "bucket", "from": ends[0] / 4, "to": ends[1] / 4} | salt,
    st.tuples(st.integers(0, 200), st.integers(201, 400)),
    some(salt=st.one_of(st.none(), st.sampled_from(["spring", "autumn"]))),
)


@st.composite
def facts(draw: st.DrawFn) -> Data:
    """One test of one fact of a person."""
    name = draw(st.sampled_from(get_args(Fact)))
    is_ = draw(st.sampled_from(tests_of(name)))
    if is_ in ("exists", "not_exists"):
        value: Any = None
    elif name == "sessions":
        return {"kind": "person", "name": name} | {{"compare": "is"}.get(key, key): value for key, value in draw(counts).items()}
    elif is_ in ("in", "not_in"):
        value = draw(st.lists(texts, min_size=1, max_size=3))
    elif is_ in ("before", "after"):
        value = draw(st.one_of(dates, relative))
    elif name in NUMBER_FACTS:
        value = draw(ordered(numbers)) if is_ == "between" else draw(numbers)
    elif name in VERSION_FACTS and is_ == "between":
        value = draw(st.sampled_from([["2", "2.10"], ["2.9", "2.9.0"]]))
    else:
        value = draw(st.sampled_from(["2", "10.1.3"]) if name in VERSION_FACTS else texts)
    default = {"default": "FR"} if name == "country" and value is not None and draw(st.booleans()) else {}
    return {"kind": "person", "name": name, "is": is_} | ({} if value is None else {"value": value}) | default


@st.composite
def device_tests(draw: st.DrawFn) -> Data:
    name = draw(st.sampled_from(get_args(DeviceFact)))
    is_ = draw(st.sampled_from(device_tests_of(name)))
    if is_ in ("exists", "not_exists"):
        return {"name": name, "is": is_}
    if is_ in ("in", "not_in"):
        return {"name": name, "is": is_, "value": draw(st.lists(texts, min_size=1, max_size=3))}
    one = st.sampled_from(["2", "10.1.3"]) if name in VERSION_FACTS else texts
    return {"name": name, "is": is_, "value": ["2.9", "2.10"] if is_ == "between" else draw(one)}


devices = st.lists(device_tests(), min_size=1, max_size=3).map(lambda tests: {"kind": "device", "where": tests})
reachable = st.sampled_from(get_args(Channel))
subscriptions = some(kind=st.just("subscription"), channel=reachable, state=st.sampled_from([None, *get_args(State)]))
consents = some(
    kind=st.just("consent"), channel=reachable, topic=st.sampled_from([None, "offers", "a.b/c"]),
    state=st.sampled_from([None, *get_args(Answer)]),
)  # fmt: skip
latitudes, longitudes = (st.sampled_from([0, 47.218371, -most, most, 0.000001]) for most in (90, 180))
circles = some(latitude=latitudes, longitude=longitudes, radius=st.sampled_from([1, 250.5, 5000, 2e7, 0.001]))
corners = st.lists(st.tuples(latitudes, st.one_of(longitudes, st.just(179.5))).map(list), min_size=3, max_size=6, unique_by=str)
areas = st.one_of(circles.map(lambda circle: {"circle": circle}), corners.map(lambda ring: {"polygon": ring}))
places = areas.map(lambda area: {"kind": "place", **area})
entries = st.builds(lambda area, window: {"kind": "entered", **area, **window}, areas, some(window=windows))
lists = some(kind=st.just("list"), list=st.integers(1, 99))

KIND_DATA = (
    behaviours(), traits, facts(), devices, subscriptions, consents, places, entries, sequences, rhythms, lifecycles, messages,
    unopened, segments, lists, buckets,
)  # fmt: skip
conditions = st.one_of(*KIND_DATA)
#: Whole rules, as decoded JSON.
rules = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
