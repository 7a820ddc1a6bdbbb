"""Brings a server's segments in line with files: the changes are planned and validated before any is made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from relance.cli.rule_files import RuleEntry
from relance.segments.errors import RuleError
from relance.segments.rule.difference import Difference, difference
from relance.segments.rule.meaning import Defaults, read_filled
from relance.segments.rule.tree import Rule, parse_rule

KINDS = ("segment", "list")
_YET_TO_BE_MADE = 1 << 53


class ServerState(NamedTuple):
    """A server's segments (as in the API) by name, ids of lists by name, and the app's zone and country."""

    segments: Mapping[str, Mapping[str, Any]]
    lists: Mapping[str, int]
    defaults: Defaults


class RuleChange(NamedTuple):
    """A segment to create (``present`` is None) or to change; if ``change`` is None too, it is unchanged."""

    entry: RuleEntry
    present: Mapping[str, Any] | None
    change: Difference | None

    @property
    def is_due(self) -> bool:
        return self.present is None or self.change is not None


def plan(entries: list[RuleEntry], known: ServerState) -> list[RuleChange]:
    """The changes that the files imply, in an order in which each segment comes after those it names.

    Raises ``ServerError`` with file, line and path of the first invalid rule.
    """
    return [_step(entry, known, {each.name for each in entries}) for entry in _in_order(entries)]


def _step(entry: RuleEntry, known: ServerState, coming: set[str]) -> RuleChange:
    ids = {name: int(each["id"]) for name, each in known.segments.items()}
    ids = {**dict.fromkeys(coming, _YET_TO_BE_MADE), **ids}
    try:
        rule = read_filled(numbered(entry, ids, known.lists), known.defaults)
    except RuleError as error:
        raise entry.wrong(error.message, str(error.data.get("path", "rule"))) from error
    present = known.segments.get(entry.name)
    return RuleChange(entry, present, None if present is None else _changed(entry.name, parse_rule(present["rule"]), rule))


def _changed(name: str, before: Rule, after: Rule) -> Difference | None:
    found = difference(name, before, name, after)
    return found if found.meaning_changed else None


def numbered(entry: RuleEntry, segments: Mapping[str, int], lists: Mapping[str, int]) -> Any:
    """The rule with ids for the names of other segments and of lists. Raises ``ServerError`` if a name is unknown."""
    ids = {"segment": segments, "list": lists}

    def number(data: Any, path: str) -> Any:
        if isinstance(data, list):
            return [number(each, f"{path}[{place}]") for place, each in enumerate(data)]
        if not isinstance(data, dict):
            return data
        kind = data.get("kind")
        name = data.get(kind) if isinstance(kind, str) and kind in KINDS else None
        if isinstance(name, str):
            if name not in ids[str(kind)]:
                raise entry.wrong(f"There is no {kind} “{name}”.", f"{path}.{kind}")
            return {**data, str(kind): ids[str(kind)][name]}
        return {key: number(value, f"{path}.{key}") for key, value in data.items()}

    return number(entry.rule, "rule")


def named(rule: Any, segments: Mapping[int, str], lists: Mapping[int, str]) -> Any:
    """The reverse: a rule with names for ids, as far as there are any."""
    if isinstance(rule, list):
        return [named(each, segments, lists) for each in rule]
    if not isinstance(rule, dict):
        return rule
    kind = rule.get("kind")
    if kind in KINDS:
        names = segments if kind == "segment" else lists
        return {**rule, kind: names.get(rule[kind], rule[kind])}
    return {key: named(value, segments, lists) for key, value in rule.items()}


def _in_order(entries: list[RuleEntry]) -> Iterator[RuleEntry]:
    """Each after those of the same files that it names."""
    waiting = {entry.name: entry for entry in entries}
    while waiting:
        free = [entry for entry in waiting.values() if not any(name in waiting for name in _names(entry.rule))]
        if not free:
            first = next(iter(waiting.values()))
            raise first.wrong("This segment depends on itself, perhaps by way of others.", "rule")
        for entry in free:
            del waiting[entry.name]
            yield entry


def _names(rule: Any) -> Iterator[str]:
    """The names of the segments that a rule depends on."""
    if isinstance(rule, list):
        for each in rule:
            yield from _names(each)
    elif isinstance(rule, dict):
        if rule.get("kind") == "segment" and isinstance(rule.get("segment"), str):
            yield rule["segment"]
        for each in rule.values():
            yield from _names(each)
