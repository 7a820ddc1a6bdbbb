"""The rule language as JSON Schema (2020-12), for editors and code generators.

The structs define members and types; what ``checks`` requires of several members together is added here as far as a schema can
express it. What it cannot (that a window ends after it begins, that a pattern is RE2, that a time zone exists) is left to
``parse_rule``: whatever the schema refuses, ``parse_rule`` refuses, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, get_args

import msgspec

from relance.core.countries import COUNTRIES
from relance.segments.rule.checks import (
    MAX_COUNT_EVER,
    MAX_COUNT_IN_WINDOW,
    MAX_LONGITUDE,
    MAX_NUMBER,
    MAX_PATTERN,
    MAX_RADIUS,
    MOMENTS,
    NUMBERS,
    WHOLE,
    WITH_PROPERTY,
    device_tests_of,
    tests_of,
)
from relance.segments.rule.conditions import (
    DEFAULTED_FACTS,
    KINDS,
    NUMBER_FACTS,
    VERSION_FACTS,
    VERSION_SIGNS,
    WHETHER_KNOWN,
    DeviceFact,
    Fact,
    Predicate,
)
from relance.segments.rule.tree import MAX_CONDITIONS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = "#/$defs/{name}"
_LENGTH: Schema = {"type": "string", "pattern": "^[1-9][0-9]{0,8}[smhdw]$", "examples": ["30d"]}
_NAME = r'([^"\\*\u0000-\u001f.]|\\\.)+'  # a dot within a name follows a backslash
_PATH = rf"^{_NAME}(\.{_NAME})*$"
_TEXT: Schema = {"type": "string", "maxLength": 1_000}
_SCALAR: Schema = {"anyOf": [_TEXT, {"type": ["number", "boolean"]}]}
_RELATIVE: Schema = {"$ref": "#/$defs/Relative"}
_MOMENT: Schema = {"anyOf": [{"type": "string"}, _RELATIVE]}
_WINDOWS = ("Rolling", "Ago", "Calendar", "Dates", "AfterFirst")
_NOTHING: Schema = {"type": "null"}
_VERSION = r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$"

#: A predicate's values, by operator.
_VALUES: tuple[tuple[tuple[str, ...], Schema], ...] = (
    (("=", "!="), _SCALAR),
    (("in", "not_in"), {"type": "array", "minItems": 1, "maxItems": 1_000, "items": _SCALAR}),
    ((">", ">=", "<", "<="), {"anyOf": [_TEXT, {"type": "number"}]}),
    (("between",), {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}),
    (("contains", "starts"), {**_TEXT, "minLength": 1}),
    (("matches",), {"type": "string", "minLength": 1, "maxLength": MAX_PATTERN}),
    (tuple(VERSION_SIGNS), {"type": "string", "pattern": _VERSION}),
)


def rule_schema() -> Schema:
    """The schema of a rule; a fresh copy each time."""
    _, found = msgspec.json.schema_components([*KINDS.values(), Predicate], ref_template=_TEMPLATE)
    defs = {name: _described(schema) for name, schema in found.items()}
    _windows(defs)
    _lengths_and_paths(defs)
    defs["Relative"] |= {"anyOf": [_either("ago", "in"), _either("in", "ago")]}
    defs["Predicate"]["allOf"] = _by_operator({"type": "string"})
    defs["Trait"]["allOf"] = _by_operator(_MOMENT)
    defs["PersonCondition"]["allOf"] = _by_fact()
    defs["DeviceTest"]["allOf"] = _by_device_fact()
    defs["Behaviour"]["allOf"] = _by_aggregate()
    _areas(defs)
    defs["MessageCondition"]["allOf"] = [_pair_if_between(), {"properties": {"value": _whole()}}, _few_in_a_window()]
    _stages(defs["Lifecycle"])
    defs["Rule"] = _rule()
    return deepcopy({"$schema": DIALECT, "title": "Rule of a segment", "$ref": "#/$defs/Rule", "$defs": defs})


def _rule() -> Schema:
    inner: Schema = {"$ref": "#/$defs/Rule"}
    groups = [
        _only("all", {"type": "array", "minItems": 1, "maxItems": MAX_CONDITIONS, "items": inner}, "Every part holds."),
        _only("any", {"type": "array", "minItems": 1, "maxItems": MAX_CONDITIONS, "items": inner}, "At least one part holds."),
        _only("not", inner, "The part does not hold."),
    ]
    return {"anyOf": [*groups, *({"$ref": f"#/$defs/{struct.__name__}"} for struct in KINDS.values())]}


def _only(name: str, schema: Schema, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }


def _described(schema: Schema) -> Schema:
    """With the docstring as description."""
    return {**schema, "description": inspect.cleandoc(schema.get("description", "")).replace("``", "`")}


def _windows(defs: dict[str, Schema]) -> None:
    """The structs are distinguished by a tag that is never written."""
    for name in _WINDOWS:
        defs[name]["properties"].pop("shape")
        defs[name]["required"].remove("shape")
    defs["Dates"]["anyOf"] = [{"required": ["from"]}, {"required": ["to"]}]
    window = {"anyOf": [*({"$ref": f"#/$defs/{name}"} for name in _WINDOWS), _NOTHING], "default": None}
    for schema in defs.values():
        if "window" in schema["properties"]:
            schema["properties"]["window"] = window


def _stages(lifecycle: Schema) -> None:
    """A lifecycle stage has a window; except for the first stage, one with a window before it."""
    lifecycle["properties"]["window"] = _one_of_windows(_WINDOWS)
    lifecycle["allOf"] = [
        _when("stage", ("stopped", "resumed"), {"properties": {"window": _one_of_windows(("Rolling", "Calendar"))}})
    ]


def _one_of_windows(names: Sequence[str]) -> Schema:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


def _lengths_and_paths(defs: dict[str, Schema]) -> None:
    defs["Rolling"]["properties"]["last"] = _LENGTH
    defs["AfterFirst"]["properties"]["after_first"] = _LENGTH
    defs["Sequence"]["properties"]["within"] = _LENGTH
    defs["Ago"]["properties"]["ago"] |= {"prefixItems": [_LENGTH, _LENGTH]}
    for name in ("ago", "in"):
        defs["Relative"]["properties"][name] = {"anyOf": [_LENGTH, _NOTHING], "default": None}
    for schema, name in (("Predicate", "property"), ("Trait", "name")):
        defs[schema]["properties"][name] |= {"pattern": _PATH}
    for schema, name in (("Behaviour", "property"), ("Sequence", "on")):
        defs[schema]["properties"][name]["anyOf"][0] |= {"pattern": _PATH}


def _areas(defs: dict[str, Schema]) -> None:
    """Bounds of degrees and metres; and that an area is a circle or a polygon."""
    circle: dict[str, Schema] = defs["Circle"]["properties"]
    circle["latitude"], circle["longitude"] = _degrees(90), _degrees(180)
    circle["radius"] = {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS}
    ways = (("circle", "polygon", "object"), ("polygon", "circle", "array"))
    for kind in ("Place", "Entered"):
        defs[kind]["properties"]["polygon"]["anyOf"][0]["items"]["prefixItems"] = [_degrees(90), _degrees(MAX_LONGITUDE)]
        defs[kind]["anyOf"] = [
            {"properties": {name: {"type": type_}, other: _NOTHING}, "required": [name]} for name, other, type_ in ways
        ]


def _degrees(most: int) -> Schema:
    return {"type": "number", "minimum": -most, "maximum": most}


def _either(name: str, other: str) -> Schema:
    return {"properties": {name: {"type": "string"}, other: _NOTHING}, "required": [name]}


def _when(name: str, values: tuple[str, ...], then: Schema) -> Schema:
    """``then`` if a member has one of the values."""
    return {"if": {"properties": {name: {"enum": list(values)}}, "required": [name]}, "then": then}


def _by_operator(moment: Schema) -> list[Schema]:
    given = [_when("is", operators, {"properties": {"value": value}, "required": ["value"]}) for operators, value in _VALUES]
    such: Schema = {"properties": {"where": {"type": "array", "minItems": 1}}, "required": ["where"]}
    of_list = _when("is", ("has",), {"if": such, "then": {"properties": {"value": _NOTHING}}, "else": _required(_SCALAR)})
    given.append({**of_list, "else": {"properties": {"where": {"maxItems": 0}}}})
    moments = _when("is", ("before", "after"), {"properties": {"value": moment}, "required": ["value"]})
    return [*given, moments, _when("is", ("exists", "not_exists"), {"properties": {"value": _NOTHING}})]


def _by_fact() -> list[Schema]:
    """The operators of each fact, and their values; other traits are tested like properties."""
    found: list[Schema] = []
    for fact in get_args(Fact):
        version = {
            "if": {"properties": {"is": {"enum": ["exists", "not_exists", "has"]}}},
            "else": _versions(),
        }
        value = _whole() if fact == "sessions" else _one_or_two({"type": "number"})
        more: list[Schema] = [{"properties": {"is": {"enum": list(tests_of(fact))}}}]
        if fact in VERSION_FACTS:
            more.append(version)
        elif fact == "sessions" or fact in NUMBER_FACTS:
            more.append({"properties": {"value": {"anyOf": [value, _NOTHING]}}})
        more.append(_default_of(fact))
        if fact == "sessions":
            more.append(_pair_if_between("is"))
            more.append({"required": ["value"]})
        found.append(_when("name", (fact,), {"allOf": more}))
    plain = {"if": {"properties": {"name": {"enum": list(VERSION_FACTS)}}}, "else": {"allOf": _by_operator(_MOMENT)}}
    return [*found, plain]


def _by_device_fact() -> list[Schema]:
    """The operators of each device fact, and their values."""
    tests = [
        _when("name", (fact,), {"properties": {"is": {"enum": list(device_tests_of(fact))}}}) for fact in get_args(DeviceFact)
    ]
    versions = {"if": {"properties": {"is": {"enum": ["exists", "not_exists"]}}}, "else": _versions()}
    as_any = {"if": {"properties": {"name": {"enum": list(VERSION_FACTS)}}}, "else": {"allOf": _by_operator({"type": "string"})}}
    return [*tests, _when("name", VERSION_FACTS, versions), as_any]


def _versions() -> Schema:
    """A version, or two of them."""
    version: Schema = {"type": "string", "pattern": _VERSION}
    return {**_when("is", ("between",), _required(_pair(version))), "else": _required(version)}


def _required(value: Schema) -> Schema:
    return {"properties": {"value": value}, "required": ["value"]}


def _default_of(fact: str) -> Schema:
    if fact not in DEFAULTED_FACTS:
        return {"properties": {"default": _NOTHING}}
    compared = {"anyOf": [{"type": "string", "enum": sorted(COUNTRIES)}, _NOTHING]}
    known = {"properties": {"default": _NOTHING}}
    return {**_when("is", WHETHER_KNOWN, known), "else": {"properties": {"default": compared}}}


def _by_aggregate() -> list[Schema]:
    number: Schema = {"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}
    with_property: Schema = {"properties": {"property": {"type": "string"}}, "required": ["property"]}
    dated: Schema = {
        "properties": {"value": _one_or_two(_MOMENT), "compare": {"enum": [">=", "<=", "between"]}},
        "required": ["value"],
    }
    return [
        _pair_if_between(),
        {**_when("aggregate", WITH_PROPERTY, with_property), "else": {"properties": {"property": _NOTHING}}},
        {**_when("aggregate", ("days", *MOMENTS), {}), "else": {"properties": {"zone": _NOTHING}}},
        _when("aggregate", NUMBERS, {"properties": {"value": _one_or_two(number)}}),
        _when("aggregate", MOMENTS, dated),
        {
            "if": {"properties": {"aggregate": {"enum": list(WHOLE)}}},  # also if it is left out
            "then": {"allOf": [{"properties": {"value": _whole()}}, _few_in_a_window()]},
        },
    ]


def _one_or_two(one: Schema) -> Schema:
    return {"anyOf": [one, _pair(one)]}


def _pair(one: Schema) -> Schema:
    return {"type": "array", "minItems": 2, "maxItems": 2, "items": one}


def _whole(most: int = MAX_COUNT_EVER) -> Schema:
    return _one_or_two({"type": "integer", "minimum": 0, "maximum": most})


def _few_in_a_window() -> Schema:
    windowed = {"properties": {"window": {"type": "object"}}, "required": ["window"]}
    return {"if": windowed, "then": {"properties": {"value": _whole(MAX_COUNT_IN_WINDOW)}}}


def _pair_if_between(name: str = "compare") -> Schema:
    pair = {"properties": {"value": {"type": "array"}}, "required": ["value"]}
    return {**_when(name, ("between",), pair), "else": {"properties": {"value": {"not": {"type": "array"}}}}}
