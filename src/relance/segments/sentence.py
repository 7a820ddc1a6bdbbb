"""A rule as a sentence, in English or French: "did “Order Completed” at least 2 times in the last 30 days and plan is “pro”"."""

from __future__ import annotations

from typing import Literal

from relance.segments.conditions import Behaviour, Predicate, Scalar
from relance.segments.rule import All, Any_, Not, Rule
from relance.segments.window import Rolling

Language = Literal["en", "fr"]

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "quote": "“{}”",
        "all": " and ",
        "any": " or ",
        "not": "not {}",
        "did": "did {} {}",
        "never": "did not do {}",
        ">=": "at least {}",
        ">": "more than {}",
        "=": "exactly {}",
        "<=": "at most {}",
        "<": "less than {}",
        "once": "once",
        "times": "{} times",
        "where": " (where {})",
        "true": "true",
        "false": "false",
    },
    "fr": {
        "quote": "« {} »",
        "all": " et ",
        "any": " ou ",
        "not": "pas {}",
        "did": "a fait {} {}",
        "never": "n’a pas fait {}",
        ">=": "au moins {}",
        ">": "plus de {}",
        "=": "exactement {}",
        "<=": "au plus {}",
        "<": "moins de {}",
        "once": "une fois",
        "times": "{} fois",
        "where": " (où {})",
        "true": "vrai",
        "false": "faux",
    },
}
_TESTS: dict[Language, dict[str, str]] = {
    "en": {
        "=": "{} is {}",
        "!=": "{} is not {}",
        "in": "{} is one of {}",
        "exists": "{} is known",
        "not_exists": "{} is not known",
        ">": "{} is over {}",
        ">=": "{} is {} or more",
        "<": "{} is under {}",
        "<=": "{} is {} or less",
        "contains": "{} contains {}",
        "starts": "{} starts with {}",
    },
    "fr": {
        "=": "{} est {}",
        "!=": "{} n’est pas {}",
        "in": "{} est parmi {}",
        "exists": "{} est connu",
        "not_exists": "{} n’est pas connu",
        ">": "{} dépasse {}",
        ">=": "{} est {} ou plus",
        "<": "{} est en dessous de {}",
        "<=": "{} est {} ou moins",
        "contains": "{} contient {}",
        "starts": "{} commence par {}",
    },
}
_UNITS: dict[Language, dict[str, tuple[str, str]]] = {
    "en": {
        "s": ("second", "seconds"),
        "m": ("minute", "minutes"),
        "h": ("hour", "hours"),
        "d": ("day", "days"),
        "w": ("week", "weeks"),
    },
    "fr": {
        "s": ("de la dernière seconde", "des {} dernières secondes"),
        "m": ("de la dernière minute", "des {} dernières minutes"),
        "h": ("de la dernière heure", "des {} dernières heures"),
        "d": ("du dernier jour", "des {} derniers jours"),
        "w": ("de la dernière semaine", "des {} dernières semaines"),
    },
}


def sentence(rule: Rule, language: Language = "en") -> str:
    """The rule in words, for people."""
    return _say(rule, language, nested=False)


def _say(rule: Rule, language: Language, *, nested: bool) -> str:
    words = _WORDS[language]
    if isinstance(rule, All | Any_):
        joined = words["all" if isinstance(rule, All) else "any"].join(_say(part, language, nested=True) for part in rule.parts)
        return f"({joined})" if nested and len(rule.parts) > 1 else joined
    if isinstance(rule, Not):
        if isinstance(rule.part, Behaviour) and rule.part.bounds == (1, None):
            return _never(rule.part, language)
        inner = _say(rule.part, language, nested=True)
        return words["not"].format(inner if inner.startswith("(") else f"({inner})")
    if isinstance(rule, Behaviour):
        return _never(rule, language) if rule.bounds == (0, 0) else _did(rule, language)
    return _test(rule.predicate, language)


def _did(condition: Behaviour, language: Language) -> str:
    words = _WORDS[language]
    times = words["once"] if condition.value == 1 else words["times"].format(condition.value)
    did = words["did"].format(words["quote"].format(condition.event), words[condition.compare].format(times))
    return did + _rest(condition, language)


def _never(condition: Behaviour, language: Language) -> str:
    words = _WORDS[language]
    return words["never"].format(words["quote"].format(condition.event)) + _rest(condition, language)


def _rest(condition: Behaviour, language: Language) -> str:
    words = _WORDS[language]
    window = "" if condition.window is None else _window(condition.window, language)
    where = words["all"].join(_test(predicate, language) for predicate in condition.where)
    return window + (words["where"].format(where) if where else "")


def _window(window: Rolling, language: Language) -> str:
    number, (one, many) = window.last[:-1], _UNITS[language][window.last[-1]]
    if language == "fr":
        return f" au cours {one if number == '1' else many.format(number)}"
    return f" in the last {one if number == '1' else f'{number} {many}'}"


def _test(predicate: Predicate, language: Language) -> str:
    value = predicate.value
    if isinstance(value, tuple):
        said = ", ".join(_value(each, language) for each in value)
    else:
        said = "" if value is None else _value(value, language)
    return _TESTS[language][predicate.is_].format(predicate.property, said)


def _value(value: Scalar, language: Language) -> str:
    words = _WORDS[language]
    if isinstance(value, bool):
        return words["true" if value else "false"]
    return words["quote"].format(value) if isinstance(value, str) else str(value)
