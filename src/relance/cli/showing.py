"""Rules and explanations as trees in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from relance.core.encoding import to_json

GROUPS = {"all": "all of", "any": "at least one of", "not": "not"}
_MOMENTS = ("first", "last")


def moment(instant: int) -> str:
    """An instant (ms) for people, in UTC."""
    return datetime.fromtimestamp(instant / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def rule_tree(rule: dict[str, Any]) -> Tree:
    """A rule as written."""
    for word, said in GROUPS.items():
        if word in rule:
            tree = Tree(said)
            for part in [rule[word]] if word == "not" else rule[word]:
                tree.add(rule_tree(part))
            return tree
    return Tree(escape(condition_text(rule)))


def condition_text(condition: dict[str, Any]) -> str:
    """A condition on one line: its kind and members."""
    given = {name: value for name, value in condition.items() if name != "kind" and value not in (None, [], False)}
    if given.get("aggregate") == "count":
        given.pop("aggregate")
    return " ".join([str(condition["kind"]), *(f"{name}={_text(value)}" for name, value in given.items())])


def _text(value: Any) -> str:
    return value if isinstance(value, str) and " " not in value else to_json(value)


def explanation_tree(part: dict[str, Any]) -> Tree:
    """An explanation, with a mark for each truth."""
    mark = "[green]✓[/green]" if part["holds"] else "[red]✗[/red]"
    if part["kind"] != "condition":
        said = part["sentence"]["en"] if part["kind"] == "segment" else GROUPS[part["kind"]]
        tree = Tree(f"{mark} {escape(said)}{_when(part)}")
        for inner in part["parts"]:
            tree.add(explanation_tree(inner))
        return tree
    tree = Tree(f"{mark} {escape(part['sentence']['en'])}")
    tree.add(f"{part['measure']}: [bold]{escape(_found(part))}[/bold]{_when(part)}")
    for event in part["events"]:
        tree.add(escape(f"{moment(event['occurred_at'])} {event['event']} {event['message_id']}"), style="dim")
    return tree


def cost_text(cost: dict[str, int]) -> str:
    """The cost of keeping a rule live, in a sentence."""
    fresh = cost["conditions"] - cost["live"]
    if not fresh:
        return "Keeping it live costs next to nothing: all its conditions are live already."
    kept = f"{cost['live']} of its {cost['conditions']} conditions are live already; the others need"
    size = f"at most about {max(1, cost['bytes'] // 1000):,} KB of memory"
    return f"To keep it live, {kept} {size}, and {cost['events']:,} events of history are read once."


def _found(part: dict[str, Any]) -> str:
    found = part["found"]
    if found is None:
        return "nothing"
    return moment(found) if part["measure"] in _MOMENTS else _text(found)


def _when(part: dict[str, Any]) -> str:
    if part["changes_at"] is not None:
        return f" until {moment(part['changes_at'])}"
    return "" if part["looked_until"] is None else f" until {moment(part['looked_until'])} at least"
