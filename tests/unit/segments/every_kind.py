"""Random rules of every kind of condition, as JSON, over small pools of values, so that what they name happens.

Instants lie around the changes of clocks of three zones, a leap day and the ends of a quarter and a year; lengths of time are
those of windows, and one millisecond more or less.
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from hypothesis import strategies as st

from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import OWN_NAMES, Kind, heard_name
from relance.segments.rule.checks import device_tests_of, tests_of
from relance.segments.rule.conditions import MOMENT_FACTS, NUMBER_FACTS, VERSION_FACTS, WHETHER_KNOWN, Answer, State
from relance.segments.rule.days import PERIODS, read_moment
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule, parse_rule
from relance.segments.rule.window import fallback_of, is_own

Json = dict[str, Any]

#: A leap day's end, the instants at which clocks change in Paris, and a year's end.
KNOWN_ZONES = ("UTC", "Europe/Paris", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12")
STARTS = tuple(
    read_moment(text, "UTC")
    for text in ("2024-02-29T22:59:59.500", "2024-03-31T00:59:59.500", "2026-10-25T00:59:59.500", "2025-12-31T23:59:59.999")
)
#: Lord Howe's clocks change by half an hour, Beirut's at midnight.
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kathmandu")
DATES = (
    "2024-02-28",
    "2024-02-29",
    "2024-03-01",
    "2024-02-29T22:59:59.500+00:00",
    "2024-03-31",
    "2024-03-31T02:30",
    "2024-03-31T01:00:00Z",
    "2024-04-01",
    "2025-12-31",
    "2026-01-01",
    "2026-10-25",
    "2026-10-25T02:30",
    "2026-10-25T02:30:00+01:00",
    "2026-10-26",
)
NAMES = ("viewed", "bought", "session_started", "message_sent", "message_opened", "message_clicked")
LENGTHS = ("1s", "5s", "1m", "1h", "1d", "2d", "7d")
#: Between two instants, and from now back to one: the lengths of windows, and one millisecond beside them.
GAPS = (0, 0, 0, 1, 999, 1000, 1001, 4999, 5000, 5001, MINUTE, HOUR - 1, HOUR, HOUR + 1, DAY - 1, DAY, DAY + 1, 2 * DAY, 7 * DAY)

zones = st.sampled_from((*ZONES, "person", "person", "person:Asia/Beirut"))
lengths = st.sampled_from(LENGTHS)
gaps = st.sampled_from(GAPS)
starts = st.sampled_from(STARTS)
texts = st.sampled_from(["1", "2", "2.50", "01", "pro", "true", "Ünï", "a\nb"])
numbers = st.sampled_from([0, 1, 2, -3, 2.5, 0.1, 0.2, 0.30000000000000004, 0.00005, -0.00005, 12.345649999, 99999.99995])
scalars = st.one_of(texts, numbers, st.booleans())
odd = st.sampled_from([
    None, "", [], [1], ["pro", 2, None], [[1]], {"b": 1}, {"b": "pro"}, {"b": ["1", True]}, 1e3, "1000", -0.0, "-0", 2**53 + 1,
    1e11, 1e11 + 1, -1e11, "100000000000.1", 9e14, "٥", 5e-324,
])  # fmt: skip
written_moments = st.sampled_from([
    "2024-02-29", "2024-02-30", "2023-02-29", "2024-02-29T23:59", "2024-03-01T00:00:00Z", "2024-03-01 01:00:00.5+01:00",
    "2024-02-29T18:15:00.123-05:45", "1900-02-29", "2000-02-29", "2199-12-31T23:59:59.999Z", "2024-3-1", "2024-02-29T24:00",
    "2026-10-25T00:59:59.500Z", "2024-03-31T00:59:59.50",
])  # fmt: skip
versions = st.sampled_from(
    ["2", "2.0", "2.10.0", "v2.9", "2.10.0-beta", "2.10.0+a\nb", "v1.0.0.1 x", "2.10.", "1.2.3.4.5", "999999999.1"]
)
found_values = st.one_of(scalars, scalars, odd, written_moments, versions)
#: Lists of objects, as the products of an order, and what is none.
items = st.one_of(
    st.lists(
        st.one_of(
            st.fixed_dictionaries({}, optional={"b": found_values, "c": found_values, "d": st.just({"b": "pro"})}),
            st.fixed_dictionaries({"b": st.sampled_from(["pro", 2]), "c": st.sampled_from([1, 2, 2.5])}),
            st.sampled_from([None, 1, "pro", [{"b": "pro"}], {}, {"": 1}, {"b": None}]),
        ),
        max_size=4,
    ),
    odd,
)
#: Few keys, so that events join: ``k`` joins sequences; the others are what Relance's own events tell of a message.
properties = st.fixed_dictionaries(
    {},
    optional={
        "a": found_values,
        "c": found_values,
        "items": items,
        "k": st.sampled_from(
            [
                1,
                1.0,
                "1",
                True,
                "true",
                "x",
                None,
                [1],
                2,
                "2",
                "2.0",
                "02",
                "+2",
                -2,
                "-2",
                0,
                -0.0,
                "0",
                "-0",
                1e3,
                "1000",
                2.5,
                "2.5",
                2**53 - 1,
                "9007199254740991",
                2**53,
                float(2**53),
                "9007199254740992",
            ]
        ),
        "delivery": st.sampled_from([1, 2, 3, "2"]),
        "message": st.sampled_from([5, 6]),
        "channel": st.sampled_from(["email", "webpush"]),
        "at": st.deferred(lambda: locations),
    },
)
paths = st.sampled_from(["a", "a", "a.b", "c"])

wanted_versions = st.sampled_from(["2", "2.10", "2.9.0", "2.10.0", "1.0.0.1"])
version_pairs = st.sampled_from([["2", "2.10"], ["2.9.0", "2.10.0"], ["1.0.0.1", "1.0.0.1"], ["2.9", "2.9.0.0"]])
WANTED: dict[str, st.SearchStrategy[Any]] = {
    "=": scalars,
    "!=": scalars,
    "in": st.lists(scalars, min_size=1, max_size=3),
    "not_in": st.lists(scalars, min_size=1, max_size=3),
    "exists": st.none(),
    "not_exists": st.none(),
    ">": st.one_of(texts, numbers),
    ">=": st.one_of(texts, numbers),
    "<": st.one_of(texts, numbers),
    "<=": st.one_of(texts, numbers),
    "between": st.lists(numbers, min_size=2, max_size=2).map(sorted),
    "contains": st.sampled_from(["p", "ro", "2", "Ü", "\n", "%", "_"]),
    "starts": st.sampled_from(["p", "ro", "2", "Ü", "a"]),
    "matches": st.sampled_from(
        ["^p", "[0-9]+$", "a.b", r"(?s)a.b", "(?i)PRO", r"^\d{1,2}$", r"\.", "1|2", "^$", "Ü.ï", "(?i)ü", "a$"]
    ),
    "has": scalars,
    "before": st.sampled_from(DATES),
    "after": st.sampled_from(DATES),
    "version_from": wanted_versions,
    "version_below": wanted_versions,
    "version_is": wanted_versions,
    "version_above": wanted_versions,
    "version_to": wanted_versions,
}
relatives = st.one_of(lengths.map(lambda text: {"ago": text}), lengths.map(lambda text: {"in": text}))


#: Tests of an object in a list.
of_items = st.lists(
    st.sampled_from(sorted(WANTED)).flatmap(
        lambda is_: st.builds(
            lambda path, value: {"property": path, "is": is_} | ({} if value is None else {"value": value}),
            st.sampled_from(["b", "b", "c", "c", "d.b", "k"]),
            WANTED[is_],
        )
    ),
    min_size=1,
    max_size=2,
)


@st.composite
def predicates(draw: st.DrawFn, name: str = "property") -> Json:
    """A test of a property, or with ``name`` of a trait: then moments may move with now."""
    if draw(st.sampled_from([False] * 7 + [True])):
        return {name: draw(st.sampled_from(["items", "items", "a"])), "is": "has", "where": draw(of_items)}
    is_ = draw(st.sampled_from(sorted(WANTED)))
    predicate: Json = {name: draw(paths), "is": is_}
    wanted = WANTED[is_]
    if name == "name" and is_ in ("before", "after"):
        wanted = st.one_of(wanted, relatives)
    value = draw(wanted)
    return predicate if value is None else {**predicate, "value": value}


def traits() -> st.SearchStrategy[Json]:
    return predicates("name").map(lambda data: {"kind": "trait", **data})


wheres = st.one_of(st.just([]), st.just([]), st.lists(predicates(), min_size=1, max_size=2))


@st.composite
def _dates(draw: st.DrawFn, of: st.SearchStrategy[str] = zones) -> Json:
    zone = draw(of)
    clock = fallback_of(zone) if is_own(zone) else zone
    earlier, later = sorted(
        draw(st.lists(st.sampled_from(DATES), min_size=2, max_size=2)), key=lambda text: read_moment(text, clock)
    )
    chosen = draw(st.sampled_from([{"from": earlier}, {"to": later}, {"from": earlier, "to": later}]))
    if read_moment(earlier, clock) == read_moment(later, clock) and len(chosen) == 2:
        chosen = {"from": earlier}
    return {**chosen, "zone": zone}


_AGO = st.sampled_from([("5s", "1s"), ("1m", "5s"), ("2d", "1d"), ("7d", "1s"), ("7d", "2d")]).map(
    lambda pair: {"ago": list(pair)}
)
_CALENDAR = st.builds(
    lambda word, zone: {"calendar": word, "zone": zone},
    st.sampled_from(sorted(PERIODS)),
    zones,
)
rolling = lengths.map(lambda text: {"last": text})
_RECURRING = st.one_of(rolling, _CALENDAR)
windows: st.SearchStrategy[Json] = st.one_of(
    rolling, rolling, _AGO, _CALENDAR, _dates(), lengths.map(lambda text: {"after_first": text})
)


def _compared(draw: st.DrawFn, whole: bool) -> Json:
    compare = draw(st.sampled_from([">=", "<=", "=", ">", "<", "between"]))
    value = st.integers(0, 4) if whole else st.one_of(numbers, st.sampled_from([3, 0.15, 5, 1e11, 2e11, 0.0001]))
    if compare == "between":
        return {"compare": compare, "value": sorted([draw(value), draw(value)])}
    found = draw(value)
    return {"compare": compare, "value": max(1, found) if whole and compare == "<" else found}


def _moment_compared(draw: st.DrawFn) -> Json:
    compare = draw(st.sampled_from([">=", "<=", "between"]))
    moment = st.one_of(st.sampled_from(DATES), relatives)
    return {"compare": compare, "value": [draw(moment), draw(moment)] if compare == "between" else draw(moment)}


@st.composite
def behaviours(draw: st.DrawFn, aggregates: tuple[str, ...] = ()) -> Json:
    """Behaviour by any aggregate, or by one of those given, in any window."""
    all_of_them = ("count", "count", "sum", "average", "min", "max", "distinct", "days", "first", "last")
    aggregate = draw(st.sampled_from(aggregates or all_of_them))
    data: Json = {"kind": "behaviour", "event": draw(st.sampled_from(NAMES[:3])), "aggregate": aggregate}
    data["window"] = draw(st.one_of(st.none(), windows))
    if aggregate in ("first", "last"):
        data |= _moment_compared(draw)
    else:
        data |= _compared(draw, aggregate in ("count", "distinct", "days"))
    if aggregate in ("sum", "average", "min", "max", "distinct"):
        data["property"] = draw(paths)
    if aggregate in ("days", "first", "last"):
        data["zone"] = draw(zones)
    return data | {"where": draw(wheres)}


@st.composite
def in_own_zones(draw: st.DrawFn) -> Json:
    """Behaviour by the days and dates of each person's own zone."""
    data = draw(behaviours(("count", "count", "days", "first", "last", "sum")))
    zone = st.sampled_from(["person", "person:Asia/Beirut"])
    calendar = st.builds(lambda window, own: {**window, "zone": own}, _CALENDAR, zone)
    windows_ = st.one_of(calendar, calendar, _dates(zone))
    if "zone" in data:
        data["zone"] = draw(zone)
    return {**data, "window": draw(windows_ if data["window"] is None or "zone" not in data else st.just(data["window"]))}


@st.composite
def happens(draw: st.DrawFn) -> Json:
    """A step of a sequence."""
    return {"event": draw(st.sampled_from(NAMES[:3])), "where": draw(wheres)}


@st.composite
def sequences(draw: st.DrawFn) -> Json:
    """One thing and then another, or not; sometimes the same thing twice."""
    data: Json = {"kind": "sequence", "first": draw(happens()), "then": draw(happens()), "within": draw(lengths)}
    data["absent"] = draw(st.booleans())
    data["on"] = draw(st.sampled_from([None, "k", "k", "a.b"]))
    data["window"] = draw(st.one_of(st.none(), windows))
    return data


def rhythms() -> st.SearchStrategy[Json]:
    return st.sampled_from([0.1, 0.33, 0.5, 1, 1.5, 2, 100]).map(lambda times: {"kind": "rhythm", "times": times})


@st.composite
def lifecycles(draw: st.DrawFn) -> Json:
    """First, in any window; stopped and resumed, in those that have another of their kind before them."""
    stage = draw(st.sampled_from(["first", "stopped", "resumed"]))
    return {"kind": "lifecycle", "stage": stage, **draw(happens()), "window": draw(windows if stage == "first" else _RECURRING)}


@st.composite
def lifecycles_in_own_zones(draw: st.DrawFn) -> Json:
    """The same by the days and dates of each person's own zone."""
    data, zone = draw(lifecycles()), st.sampled_from(["person", "person:Asia/Beirut"])
    calendar = st.builds(lambda window, own: {**window, "zone": own}, _CALENDAR, zone)
    return {**data, "window": draw(st.one_of(calendar, _dates(zone)) if data["stage"] == "first" else calendar)}


_ABOUT = st.fixed_dictionaries({}, optional={"message": st.just(5), "channel": st.just("email")})


def unopened() -> st.SearchStrategy[Json]:
    return st.builds(lambda last, about: {"kind": "unopened", "last": last, **about}, st.integers(1, 3), _ABOUT)


@st.composite
def messages(draw: st.DrawFn) -> Json:
    """How often messages were received, opened or clicked: shorthand for a behaviour."""
    data: Json = {"kind": "message", "did": draw(st.sampled_from(["received", "opened", "clicked"])), **draw(_ABOUT)}
    return data | _compared(draw, whole=True) | {"window": draw(st.one_of(st.none(), windows))}


def buckets() -> st.SearchStrategy[Json]:
    return st.sampled_from([(0, 50), (50, 100), (12.5, 37.5), (0, 100), (0, 0.01), (33.33, 66.67)]).flatmap(
        lambda pair: st.sampled_from(["relance", "a'b\\é"]).map(
            lambda salt: {"kind": "bucket", "from": pair[0], "to": pair[1], "salt": salt}
        )
    )


#: At the edges and corners of the areas below, on both sides of the 180th meridian, at a pole, and nowhere on earth.
latitudes = st.sampled_from(
    [0, 0.5, 1, 1.0000004, 1.0000006, -0.000001, 0.000001, 47.2, 90, -90, 90.0001, "0", None, True, 1e300]
)
longitudes = st.sampled_from([0, 1, 0.5, 1.000001, 0.999999, -0.000001, 180, -180, 179.999999, -179.5, -1.55, 180.01, "0", None])
CENTRES = ((0, 0), (0, 1), (0.5, 179.9999), (90, 0), (47.2, -1.55), (-0.000001, -180))
#: 0.5 and 1 degrees, the diagonal of the second, a millimetre more and less of some, and all the earth but a little.
RADII = (1, 0.05, 55_597.539, 111_195.079, 111_195.081, 157_253.373, 5_000_000, 19_999_999.9)
RINGS = (
    ((0, 0), (0, 1), (1, 1), (1, 0)),
    ((0, 0), (1, 1), (0, 1), (1, 0)),  # crosses itself
    ((-1, 179), (1, 179), (1, 181), (-1, 181)),
    ((0, -180), (90, -180), (90, 180), (0, 180)),
    ((0, 0), (0.5, 0.5), (1, 1), (1, 0), (0, 0)),
    ((-1, -1), (2, -1), (2, 2), (0.5, 0.5), (-1, 2)),
)

_SAID = ("email/general", "email/offers", "web_push/offers")
#: Traits with facts beside them, as they are told.
known = st.builds(
    lambda traits, facts: {**traits, **({"$person": facts} if facts else {})},
    properties,
    st.fixed_dictionaries({}, optional={
        "time_zone": st.sampled_from([*KNOWN_ZONES, "Nowhere/Atall"]),
        "country": st.sampled_from(["FR", "BE"]),
        "latitude": latitudes,
        "longitude": longitudes,
        "device_type": st.sampled_from(["mobile", "desktop"]),
        "app_version": versions,
        "os_version": versions,
        "devices": st.lists(st.fixed_dictionaries({}, optional={
            "device_type": st.sampled_from(["FR", "B", "mobile"]),
            "app_version": versions,
            "os_version": versions,
        }), min_size=1, max_size=3),
        "first_seen": written_moments,
        "last_seen": written_moments,
        "session_seconds": st.sampled_from([0.0, 59.999, 60.0, 61]),
        "average_session_seconds": st.sampled_from([0.0, 20.0, 60.0]),
        "aliases": st.lists(st.sampled_from(["user_id", "email", "crm"]), unique=True, min_size=1),
        "channels": st.dictionaries(
            st.sampled_from(["email", "web_push"]), st.sampled_from(["subscribed", "unsubscribed", "opted_out"]), min_size=1
        ),
        "granted": st.lists(st.sampled_from(_SAID), unique=True, min_size=1),
        "denied": st.lists(st.sampled_from(_SAID), unique=True, min_size=1),
        "consents": st.lists(st.sampled_from(_SAID), unique=True, min_size=1),
    }),
)  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> Json:
    """A test of a fact: by each of the operators that it knows."""
    name = draw(st.sampled_from(["country", "device_type", "sessions", "aliases", *VERSION_FACTS, *MOMENT_FACTS, *NUMBER_FACTS]))
    is_ = draw(st.sampled_from(tests_of(name)))
    if is_ in ("exists", "not_exists"):
        return {"kind": "person", "name": name, "is": is_}
    if name == "sessions":
        return {"kind": "person", "name": name} | {
            {"compare": "is"}.get(key, key): value for key, value in _compared(draw, whole=True).items()
        }
    if name in VERSION_FACTS:
        wanted: Any = version_pairs if is_ == "between" else wanted_versions
    elif name in MOMENT_FACTS:
        wanted = st.one_of(st.sampled_from(DATES), relatives)
    elif name in NUMBER_FACTS:
        wanted = st.sampled_from([[0, 60], [20, 59.999]] if is_ == "between" else [0, 20, 60, 59.999])
    elif is_ == "matches":
        wanted = st.sampled_from(["^F", "b"])
    else:
        texts_ = st.sampled_from(["FR", "B", "mobile", "crm", "email"])
        wanted = st.lists(texts_, min_size=1, max_size=2) if is_ in ("in", "not_in") else texts_
    return {"kind": "person", "name": name, "is": is_, "value": draw(wanted)}


@st.composite
def devices(draw: st.DrawFn) -> Json:
    """Has a device that passes one or two tests."""
    tests: list[Json] = []
    for name in draw(st.lists(st.sampled_from(["device_type", *VERSION_FACTS]), min_size=1, max_size=2)):
        is_ = draw(st.sampled_from(device_tests_of(name)))
        if is_ in WHETHER_KNOWN:
            value: Any = st.none()
        elif name in VERSION_FACTS:
            value = version_pairs if is_ == "between" else wanted_versions
        else:
            listed = st.lists(st.sampled_from(["FR", "B", "mobile"]), min_size=1, max_size=2)
            value = st.just("^m") if is_ == "matches" else listed if is_ in ("in", "not_in") else st.sampled_from(["mobile", "F"])
        tests.append(
            {"name": name, "is": is_} | {key: drawn for key, drawn in {"value": draw(value)}.items() if drawn is not None}
        )
    return {"kind": "device", "where": tests}


@st.composite
def countries(draw: st.DrawFn) -> Json:
    """A test of the country, with what is taken of whom none is known."""
    is_ = draw(st.sampled_from([each for each in tests_of("country") if each not in WHETHER_KNOWN]))
    listed = st.lists(st.sampled_from(["FR", "BE", "DE"]), min_size=1, max_size=2)
    text = st.sampled_from(["^F", "R|E"] if is_ == "matches" else ["FR", "BE", "F", "B", "R"])
    value = draw(listed if is_ in ("in", "not_in") else text)
    return {"kind": "person", "name": "country", "is": is_, "value": value, "default": draw(st.sampled_from(["FR", "BE", "JP"]))}


def areas() -> st.SearchStrategy[Json]:
    """Circles and polygons, with people at their edges."""
    circles = st.builds(
        lambda at, radius: {"circle": {"latitude": at[0], "longitude": at[1], "radius": radius}},
        st.sampled_from(CENTRES),
        st.sampled_from(RADII),
    )
    return st.one_of(circles, st.sampled_from(RINGS).map(lambda ring: {"polygon": [list(each) for each in ring]}))


#: Of a location in a context: in and out of some of the areas, or telling nothing.
locations: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([(0, 0), (0.5, 0.5), (0.5, 0.75), (2, 2), (0, 180), (0.5, 179.9999), (80, 0), (47.2, -1.55), (-45, 90)]).map(
        lambda at: {"latitude": at[0], "longitude": at[1]}
    ),
    st.builds(lambda latitude, longitude: {"latitude": latitude, "longitude": longitude}, latitudes, longitudes),
    st.sampled_from([None, 5, {"city": "Paris"}, {"latitude": 0.5}, [{"latitude": 0.5, "longitude": 0.5}]]),
)


@st.composite
def entries(draw: st.DrawFn) -> Json:
    """Came into an area, in any window."""
    return {"kind": "entered", **draw(areas()), "window": draw(st.one_of(st.none(), windows))}


def places() -> st.SearchStrategy[Json]:
    return areas().map(lambda area: {"kind": "place", **area})


def subscriptions() -> st.SearchStrategy[Json]:
    channel, state = st.sampled_from(["email", "web_push"]), st.sampled_from(get_args(State))
    return st.builds(lambda channel, state: {"kind": "subscription", "channel": channel, "state": state}, channel, state)


def consents() -> st.SearchStrategy[Json]:
    """What somebody said about a topic."""
    said, state = st.sampled_from(_SAID).map(lambda text: text.split("/")), st.sampled_from(get_args(Answer))
    return st.builds(lambda said, state: {"kind": "consent", "channel": said[0], "topic": said[1], "state": state}, said, state)


#: What hangs on events alone.
on_events = st.one_of(
    behaviours(), behaviours(), behaviours(), sequences(), sequences(), rhythms(), lifecycles(), unopened(), messages(), entries()
)
every_leaf = st.one_of(
    on_events,
    on_events,
    on_events,
    on_events,
    traits(),
    st.one_of(facts(), devices(), countries(), subscriptions(), consents(), places()),
    buckets(),
)


def trees(leaves: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Rules of these conditions, as JSON."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=5,
    )


def read(data: Json) -> Rule:
    """The rule, written out."""
    return meaning(parse_rule(data), lambda _segment: None)


#: Rules of every kind, written out.
rules = trees(every_leaf).map(read)


def context_of(drawn_events: Json) -> Json:
    """The context of an event with these properties: what it tells of a place stands among them, so that streams can draw it."""
    return {"location": drawn_events["at"]} if "at" in drawn_events else {"library": {"name": "latitude"}}


class DrawnEvent(NamedTuple):
    """One event of a stream: ``gap`` after the newest instant before it, and told ``delay`` later than it happened."""

    person: int
    name: str
    gap: int
    delay: int
    properties: Json
    is_forged: bool = False  # somebody else's, under whatever name

    @property
    def kind(self) -> str:
        return kind_of(self.name, is_forged=self.is_forged)

    @property
    def heard(self) -> str:
        """The name under which the definition hears of it."""
        return heard_name(self.name, self.kind)


def kind_of(name: str, *, is_forged: bool) -> str:
    """What our own names mean where we say them, and what anybody sends."""
    return (Kind.DERIVED if name in OWN_NAMES and not is_forged else Kind.TRACK).value


def drawn_events(people: st.SearchStrategy[int]) -> st.SearchStrategy[DrawnEvent]:
    """An event of somebody, mostly in time, with the properties that its kind of event has."""
    return st.builds(
        DrawnEvent,
        people,
        st.sampled_from(NAMES),
        gaps,
        st.one_of(st.just(0), st.just(0), gaps),
        properties,
        st.sampled_from([False, False, True]),
    )
