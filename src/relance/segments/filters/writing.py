"""Writes a rule as a filter list with the same members, or raises an error that names what cannot be expressed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from relance.core.error_text import ErrorText
from relance.segments.filters.spelling import MAX_ENTRIES, MAX_LISTED, SESSION_FIELDS, FiltersError, Purchases, hours_of
from relance.segments.rule.conditions import SESSION, Behaviour, Condition, PersonCondition, Place, Predicate, Relative, Trait
from relance.segments.rule.tree import All, Any_, Not, Rule, without_default, written_out
from relance.segments.rule.values import plain_number

Filter = dict[str, str]
#: Runs of filters, joined by OR; all filters of a run must hold.
Runs = list[list[Filter]]

CONTRARY = {"=": "!=", "!=": "=", "exists": "not_exists", "not_exists": "exists", "in": "not_in", "not_in": "in"}
RELATIONS = {"in": "in_array", "not_in": "not_in_array"}


def write_filters(rule: Rule, purchases: Purchases = Purchases()) -> list[Filter]:  # noqa: B008 - immutable
    """The list equivalent to the rule. Raises ``FiltersError`` with the path of what no filter can express."""
    runs = _runs(rule, False, "rule", purchases)
    written: list[Filter] = []
    for run in runs:
        written += [{"operator": "OR"}, *run] if written else run
    return written


def _runs(rule: Rule, negated: bool, path: str, purchases: Purchases) -> Runs:
    """The rule, or its negation, without nesting."""
    if isinstance(rule, Not):
        return _runs(rule.part, not negated, f"{path}.not", purchases)
    if not isinstance(rule, All | Any_):
        return _condition(rule, negated, path, purchases)
    name = "all" if isinstance(rule, All) else "any"
    parts = [_runs(part, negated, f"{path}.{name}[{index}]", purchases) for index, part in enumerate(rule.parts)]
    if (name == "any") is not negated:
        found = [run for part in parts for run in part]
        return _bounded(found, path)
    together: Runs = [[]]
    for part in parts:
        together = _bounded([[*run, *(each for each in more if each not in run)] for run, more in product(together, part)], path)
    return together


def _bounded(runs: Runs, path: str) -> Runs:
    if sum(map(len, runs)) + len(runs) - 1 > MAX_ENTRIES:
        raise FiltersError(
            ErrorText(
                "filters_too_many", "Without nesting, this would take more than {most} filters and operators.", most=MAX_ENTRIES
            ),
            path=path,
        )
    return runs


def _condition(condition: Condition, negated: bool, path: str, purchases: Purchases) -> Runs:
    if isinstance(condition, Trait):
        return [[_tag(condition, negated, path)]]
    if isinstance(condition, PersonCondition) and condition.name == "sessions":
        return _condition(written_out(condition), negated, path, purchases)  # type: ignore[arg-type] # a behaviour
    if isinstance(condition, PersonCondition) and condition.default is not None:
        return _by_default(without_default(condition), negated, path, purchases)
    if isinstance(condition, PersonCondition):
        return [[_fact(condition, negated, path)]]
    if isinstance(condition, Place):
        return [[_location(condition, negated, path)]]
    if not isinstance(condition, Behaviour):
        raise FiltersError(
            ErrorText(
                "filters_without_kind",
                "A filter list has nothing like the kind {kind}.",
                kind=str(condition.__struct_config__.tag),
            ),
            path=path,
        )
    if condition.window is not None:
        raise FiltersError(
            ErrorText("filters_without_window", "A filter looks at all time: it has no window."), path=f"{path}.window"
        )
    if condition.event == SESSION and not condition.where:
        return _sessions(condition, negated, path)
    if condition.event == purchases.event and condition.aggregate == "sum" and condition.property_ == purchases.amount:
        return _spent(condition, negated, path, purchases)
    raise FiltersError(ErrorText("filters_behaviour", "Of behaviour, filters only know sessions and what was spent."), path=path)


# -- traits ----------------------------------------------------------------------------------------------------------------


def _tag(trait: Trait, negated: bool, path: str) -> Filter:
    is_ = CONTRARY.get(trait.is_, "") if negated else trait.is_
    if "." in trait.name:
        raise FiltersError(ErrorText("tag_nested", "A tag is not nested: its name must not contain a dot."), path=f"{path}.name")
    if is_ in ("exists", "not_exists"):
        return {"field": "tag", "key": trait.name, "relation": is_}
    if is_ in ("in", "not_in"):
        value = _listed(trait.value, path)
    elif is_ in ("=", "!="):
        value = _text(trait.value, path)
    elif is_ in (">", "<"):
        value = _number(trait.value, path)
    else:
        raise FiltersError(_unsayable("tag", trait.is_, negated), path=f"{path}.is")
    if trait.name == "email" and is_ == "=" and value:
        return {"field": "email", "relation": "=", "value": value}
    return {"field": "tag", "key": trait.name, "relation": RELATIONS.get(is_, is_), "value": value}


def _unsayable(field: str, test: str, negated: bool) -> ErrorText:
    if negated:
        return ErrorText("filter_contrary", "A filter on {field} cannot express the negation of {test}.", field=field, test=test)
    return ErrorText("filter_test", "A filter on {field} cannot express {test}.", field=field, test=test)


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise FiltersError(ErrorText("tag_text", "A tag is text: compare it with a text."), path=f"{path}.value")
    return value


def _listed(values: object, path: str) -> str:
    texts = [_text(each, path) for each in values] if isinstance(values, tuple) else []
    if len(texts) > MAX_LISTED or any("," in each or each != each.strip() or not each for each in texts):
        message = ErrorText(
            "tag_values",
            "A filter must list at most {most} texts (got {got:,}), none empty, none with a comma or with a space at an end.",
            most=MAX_LISTED,
            got=len(texts),
        )
        raise FiltersError(message, path=f"{path}.value")
    return ",".join(texts)


def _number(value: object, path: str) -> str:
    return _plain(value, f"{path}.value")


def _plain(value: object, path: str) -> str:
    """A number as plain text that parses to the same number."""
    text = f"{Decimal(repr(value)):f}" if isinstance(value, int | float) and not isinstance(value, bool) else ""
    if text.endswith(".0"):
        text = text[:-2]
    if plain_number(text) != value:
        raise FiltersError(ErrorText("filter_digits", "A filter compares with a plain number of up to 15 digits."), path=path)
    return text


# -- facts -----------------------------------------------------------------------------------------------------------------

#: The fields for facts, and their supported relations.
FACTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "country": ("country", ("=", "!=", "exists", "not_exists")),
    "language": ("language", ("=", "!=")),
    "app_version": ("app_version", (">", "<", "=", "!=")),
    "session_seconds": ("session_time", (">", "<")),
}


def _by_default(rule: Rule, negated: bool, path: str, purchases: Purchases) -> Runs:
    """A test combined with whether the fact is known; both come from the same condition."""
    if not isinstance(rule, All | Any_):
        return _runs(rule, negated, path, purchases)
    parts = [run for part in rule.parts for run in _runs(part, negated, path, purchases)]
    return parts if isinstance(rule, Any_) is not negated else [[each for run in parts for each in run]]


def _fact(fact: PersonCondition, negated: bool, path: str) -> Filter:
    field, relations = FACTS.get(fact.name, ("", ()))
    is_ = CONTRARY.get(fact.is_, "") if negated else fact.is_
    if not field:
        raise FiltersError(
            ErrorText("filters_without_fact", "Filters have no field for {fact}.", fact=fact.name), path=f"{path}.name"
        )
    if is_ not in relations:
        raise FiltersError(_unsayable(field, fact.is_, negated), path=f"{path}.is")
    if is_.endswith("exists"):
        return {"field": field, "relation": is_}
    value = _number(fact.value, path) if field == "session_time" else _text(fact.value, path)
    if field in ("country", "language") and value != (value.upper() if field == "country" else value.partition("-")[0].lower()):
        raise FiltersError(
            ErrorText(
                "filter_letters",
                "A filter knows countries in capitals and languages in small letters (got {got!r}).",
                got=str(value),
            ),
            path=f"{path}.value",
        )
    return {"field": field, "relation": is_, "value": value}


def _location(place: Place, negated: bool, path: str) -> Filter:
    if negated:
        raise FiltersError(
            ErrorText(
                "filter_no_place", "The negation also matches people whose place is unknown, which a filter cannot express."
            ),
            path=path,
        )
    if place.circle is None:
        raise FiltersError(ErrorText("filter_polygon", "A filter knows circles only, no polygon."), path=f"{path}.polygon")
    circle = place.circle
    members = (("radius", circle.radius, "radius"), ("lat", circle.latitude, "latitude"), ("long", circle.longitude, "longitude"))
    return {"field": "location", **{name: _plain(value, f"{path}.circle.{whence}") for name, value, whence in members}}


# -- behaviour -------------------------------------------------------------------------------------------------------------


def _sessions(condition: Behaviour, negated: bool, path: str) -> Runs:
    if condition.aggregate == "count":
        return _session_count(condition, negated, path)
    if condition.aggregate in SESSION_FIELDS.values():
        return _session_age(condition, negated, path)
    raise FiltersError(
        ErrorText(
            "filters_of_sessions",
            "Of sessions, filters know how many, the first and the last, not {aggregate}.",
            aggregate=condition.aggregate,
        ),
        path=f"{path}.aggregate",
    )


def _session_count(condition: Behaviour, negated: bool, path: str) -> Runs:
    low, high = condition.bounds

    def counted(relation: str, value: int) -> Filter:
        return {"field": "session_count", "relation": relation, "value": str(value)}

    if low == high:
        return [[counted("!=" if negated else "=", low)]]
    below = [counted("<", low)] if low > 0 else []
    above = [] if high is None else [counted(">", high)]
    inside = [*([counted(">", low - 1)] if low > 0 else []), *([] if high is None else [counted("<", high + 1)])]
    if not inside:
        raise FiltersError(
            ErrorText("filter_everybody", "This matches everybody, which a filter cannot express."), path=f"{path}.value"
        )
    return [[each] for each in (*below, *above)] if negated else [inside]


def _session_age(condition: Behaviour, negated: bool, path: str) -> Runs:
    if negated:
        raise FiltersError(
            ErrorText("filter_no_session", "The negation also matches people without a session, which a filter cannot express."),
            path=path,
        )
    field = next(name for name, aggregate in SESSION_FIELDS.items() if aggregate == condition.aggregate)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    compares = (">=", "<=") if len(values) == 2 else (condition.compare,)
    return [
        [
            {"field": field, "relation": ">" if compare == "<=" else "<", "hours_ago": _hours(value, path)}
            for compare, value in zip(compares, values, strict=True)
        ]
    ]


def _hours(value: object, path: str) -> str:
    if not isinstance(value, Relative) or value.ago is None:
        raise FiltersError(
            ErrorText("filter_date", "A filter counts hours back from now: it knows no date."), path=f"{path}.value"
        )
    hours = hours_of(-value.shift // 1000)
    if hours is None:
        raise FiltersError(ErrorText("filter_fraction", "This length is no decimal fraction of hours."), path=f"{path}.value")
    return hours


def _spent(condition: Behaviour, negated: bool, path: str, purchases: Purchases) -> Runs:
    start: Filter = {"field": "amount_spent"}
    if condition.where:
        start = {"field": "bought_sku", "key": _sku(condition.where, purchases, path)}
    texts = [_number(each, path) for each in (condition.value if isinstance(condition.value, tuple) else (condition.value,))]

    def spent(relation: str, text: str) -> Filter:
        return {**start, "relation": relation, "value": text}

    if len(texts) == 1:
        return [[spent(relation, texts[0])] for relation in _relations(condition.compare, negated)]
    low, high = texts
    if negated:
        return [[spent("<", low)], [spent(">", high)]]
    ends = [[spent("=", end)] for end in dict.fromkeys(texts)]
    return ends if low == high else [[spent(">", low), spent("<", high)], *ends]


def _relations(compare: str, negated: bool) -> Sequence[str]:
    """The relations of which one must hold: a sum always exists, and is less than, equal to or greater than a number."""
    return [each for each in (">", "<", "=") if (each in compare) is not negated]


def _sku(where: tuple[Predicate, ...], purchases: Purchases, path: str) -> str:
    only = where[0]
    if len(where) > 1 or only.property != purchases.sku or only.is_ != "=" or not isinstance(only.value, str) or not only.value:
        raise FiltersError(
            ErrorText(
                "filter_sku",
                "Of purchases, a filter can ask for one {property}, as text, and nothing else.",
                property=purchases.sku,
            ),
            path=f"{path}.where",
        )
    return only.value
