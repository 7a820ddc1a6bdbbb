"""Parses a filter list into a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.segments.errors import RuleError
from relance.segments.filters.spelling import (
    MAX_ENTRIES,
    MAX_LISTED,
    SESSION_FIELDS,
    FiltersError,
    Purchases,
    length_text,
    seconds_of,
)
from relance.segments.rule.conditions import SESSION
from relance.segments.rule.tree import All, Any_, Rule, parse_rule
from relance.segments.rule.values import plain_number

MEMBERS = ("field", "key", "relation", "value", "hours_ago", "radius", "lat", "long")
TAGS = {"=": "=", "!=": "!=", "exists": "exists", "not_exists": "not_exists", "in_array": "in", "not_in_array": "not_in"}

Data = dict[str, Any]


def read_filters(filters: Any, purchases: Purchases = Purchases()) -> Rule:  # noqa: B008 - immutable
    """The rule that a decoded filter list means. Raises ``FiltersError`` with the path of the first error."""
    if not isinstance(filters, list) or not filters:
        raise FiltersError(ErrorText("filters_list", "Filters must be a list of at least one filter."), path="filters")
    if len(filters) > MAX_ENTRIES:
        raise FiltersError(
            ErrorText(
                "filters_limit",
                "A list must have at most {most} filters and operators (got {got:,}).",
                most=MAX_ENTRIES,
                got=len(filters),
            ),
            path="filters",
        )
    runs: list[list[Rule]] = [[]]
    after_operator = True
    for index, entry in enumerate(filters):
        path = f"filters[{index}]"
        if not isinstance(entry, dict):
            raise FiltersError(ErrorText("filter_object", "An entry must be a filter with a field, or an operator."), path=path)
        operator = _operator(entry, path)
        if operator and (after_operator or index == len(filters) - 1):
            raise FiltersError(ErrorText("filter_operator_place", "An operator must stand between two filters."), path=path)
        if operator == "OR":
            runs.append([])
        elif not operator:
            runs[-1].append(_filter(entry, path, purchases))
        after_operator = bool(operator)
    parts = tuple(run[0] if len(run) == 1 else All(tuple(run)) for run in runs)
    return parts[0] if len(parts) == 1 else Any_(parts)


def _operator(entry: Mapping[str, Any], path: str) -> str:
    if "operator" not in entry:
        return ""
    if entry["operator"] not in ("AND", "OR") or len(entry) > 1:
        raise FiltersError(
            ErrorText("filter_operator", "An operator must be AND or OR, alone in its entry."), path=f"{path}.operator"
        )
    return str(entry["operator"])


def _filter(entry: Mapping[str, Any], path: str, purchases: Purchases) -> Rule:
    unknown = next((name for name in entry if name not in MEMBERS), None)
    if unknown is not None:
        raise FiltersError(
            ErrorText("filter_member", "A filter has no member {got!r}; there are {members}.", got=unknown, members=MEMBERS),
            path=path,
        )
    field = entry.get("field")
    reader = READERS.get(field) if isinstance(field, str) else None
    if reader is None:
        raise FiltersError(
            ErrorText(
                "filter_field", "There is no field {got!r}; there are {fields}.", got=given(field), fields=tuple(sorted(READERS))
            ),
            path=f"{path}.field",
        )
    data = reader(entry, path, purchases)
    try:
        return parse_rule(data)
    except RuleError as error:
        raise FiltersError(error.text, path=path) from error


def _tag(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    key = _text(entry, "key", path)
    if "." in key:
        raise FiltersError(
            ErrorText("filter_key_dot", "A key must not contain a dot: it would be read as a path into a nested trait."),
            path=f"{path}.key",
        )
    relation = _text(entry, "relation", path)
    if relation.startswith("time_elapsed"):
        raise FiltersError(
            ErrorText(
                "filter_seconds", "A tag that holds the seconds since 1970 is no moment in a rule: send moments as ISO 8601 text."
            ),
            path=f"{path}.relation",
        )
    if relation in (">", "<"):
        return {"kind": "trait", "name": key, "is": relation, "value": _number(entry, path)}
    _one_of(relation, TAGS, path)
    data: Data = {"kind": "trait", "name": key, "is": TAGS[relation]}
    if relation.endswith("_array"):
        data["value"] = _listed(_text(entry, "value", path), path)
    elif not relation.endswith("exists"):
        data["value"] = _text(entry, "value", path, may_be_empty=True)
    return data


def _listed(text: str, path: str) -> list[str]:
    values = [each.strip() for each in text.split(",")]
    if not all(values) or len(values) > MAX_LISTED:
        raise FiltersError(
            ErrorText(
                "filter_values",
                "Value must be 1–{most} values with commas between them (got {got:,}).",
                most=MAX_LISTED,
                got=len(values),
            ),
            path=f"{path}.value",
        )
    return values


def _email(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    if "relation" in entry:
        _one_of(_text(entry, "relation", path), ("=",), path)
    return {"kind": "trait", "name": "email", "is": "=", "value": _text(entry, "value", path)}


def _session_count(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation, number = _one_of(_text(entry, "relation", path), (">", "<", "=", "!="), path), _number(entry, path)
    if number < 0 or number != int(number):
        raise FiltersError(
            ErrorText("filter_count", "Value must be a whole number, 0 or more (got {got}).", got=number), path=f"{path}.value"
        )
    data = {"kind": "behaviour", "event": SESSION, "compare": "=" if relation == "!=" else relation, "value": int(number)}
    return {"not": data} if relation == "!=" else data


def _session_age(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), (">", "<"), path)
    seconds = seconds_of(_text(entry, "hours_ago", path))
    if seconds is None:
        raise FiltersError(
            ErrorText(
                "filter_hours",
                "hours_ago must be a number of hours that makes whole seconds, at least one (got {got!r}).",
                got=given(entry.get("hours_ago")),
            ),
            path=f"{path}.hours_ago",
        )
    moment = {"ago": length_text(seconds)}
    compare = "<=" if relation == ">" else ">="  # more hours ago is earlier
    return {
        "kind": "behaviour",
        "event": SESSION,
        "aggregate": SESSION_FIELDS[entry["field"]],
        "compare": compare,
        "value": moment,
    }


def _spent(entry: Mapping[str, Any], path: str, purchases: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), (">", "<", "="), path)
    data = {"kind": "behaviour", "event": purchases.event, "aggregate": "sum", "property": purchases.amount, "compare": relation}
    return {**data, "value": _number(entry, path)}


def _bought(entry: Mapping[str, Any], path: str, purchases: Purchases) -> Data:
    article = {"property": purchases.sku, "is": "=", "value": _text(entry, "key", path)}
    return {**_spent(entry, path, purchases), "where": [article]}


def _session_time(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), (">", "<"), path)
    return {"kind": "person", "name": "session_seconds", "is": relation, "value": _number(entry, path)}


def _language(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), ("=", "!="), path)
    language = _text(entry, "value", path).partition("-")[0].lower()  # zh-Hans and zh-Hant are one language here
    return {"kind": "person", "name": "language", "is": relation, "value": language}


def _app_version(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), (">", "<", "=", "!="), path)
    return {"kind": "person", "name": "app_version", "is": relation, "value": _text(entry, "value", path)}


def _country(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    relation = _one_of(_text(entry, "relation", path), ("=", "!=", "exists", "not_exists"), path)
    data: Data = {"kind": "person", "name": "country", "is": relation}
    return data if relation.endswith("exists") else {**data, "value": _text(entry, "value", path).upper()}


def _location(entry: Mapping[str, Any], path: str, _: Purchases) -> Data:
    members = {"latitude": "lat", "longitude": "long", "radius": "radius"}
    return {"kind": "place", "circle": {name: _number(entry, path, member) for name, member in members.items()}}


READERS: dict[str, Callable[[Mapping[str, Any], str, Purchases], Data]] = {
    "tag": _tag,
    "email": _email,
    "session_count": _session_count,
    "session_time": _session_time,
    "language": _language,
    "app_version": _app_version,
    "country": _country,
    "location": _location,
    "first_session": _session_age,
    "last_session": _session_age,
    "amount_spent": _spent,
    "bought_sku": _bought,
}


def given(value: Any) -> str:
    """A value of a filter as an error shows it."""
    return value if isinstance(value, str) else to_json(value)


def _text(entry: Mapping[str, Any], name: str, path: str, *, may_be_empty: bool = False) -> str:
    """A member as text; numbers count as their text."""
    found = entry.get(name)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not (found or may_be_empty):
        text = (
            ErrorText("filter_text", "{member} must be a text.", member=name)
            if may_be_empty
            else ErrorText("filter_text_empty", "{member} must be a text that is not empty.", member=name)
        )
        raise FiltersError(text, path=f"{path}.{name}")
    return found


def _number(entry: Mapping[str, Any], path: str, name: str = "value") -> float:
    number = plain_number(_text(entry, name, path))
    if number is None:
        raise FiltersError(
            ErrorText(
                "filter_number",
                "{member} must be a plain number such as 12.5 (got {got!r}).",
                member=name,
                got=given(entry.get(name)),
            ),
            path=f"{path}.{name}",
        )
    return int(number) if number == int(number) else number


def _one_of(relation: str, known: Any, path: str) -> str:
    if relation not in known:
        raise FiltersError(
            ErrorText(
                "filter_relation", "This field is compared with {relations} (got {got!r}).", relations=tuple(known), got=relation
            ),
            path=f"{path}.relation",
        )
    return relation
