"""Graphs and kinds of node as data for editors and other programs: as JSON Schema (2020-12), and as forms. Pure.

What the schema cannot express (edges have targets, every node is reachable, no cycle without waiting) is left to ``read_graph``;
whatever the schema refuses, ``read_graph`` refuses, too.
"""

from __future__ import annotations

from typing import Any

import msgspec

from relance.core.forms import Hint, KindForm, Role, kind_form, said
from relance.journeys.answers import AnswerTest
from relance.journeys.graph import NODE_LIMIT, Entry, Exit
from relance.journeys.nodes.kinds import KINDS
from relance.messaging.model import Goal
from relance.segments.rule.conditions import Predicate, Trait

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = "#/$defs/{name}"


def node_forms() -> list[KindForm]:
    """Every kind of node; an edge is a field of the role ``edge``, named by the label under which runs are counted."""
    return [kind_form(kind, struct, {"id": Hint(Role.ID), **struct.form}) for kind, struct in KINDS.items()]


def graph_schema() -> dict[str, Any]:
    """The schema of a journey's graph; a fresh copy each time."""
    structs: list[type[msgspec.Struct]] = [Entry, Exit, Goal, Predicate, Trait, AnswerTest, *KINDS.values()]
    _, defs = msgspec.json.schema_components(structs, ref_template=_TEMPLATE)
    for struct in structs:
        defs[struct.__name__]["description"] = said(struct)
    nodes = [_ref(struct.__name__) for struct in KINDS.values()]
    graph = {
        "type": "object",
        "properties": {
            "entry": _ref("Entry"),
            "exits": {"type": "array", "items": _ref("Exit"), "default": []},
            "goal": {"anyOf": [_ref("Goal"), {"type": "null"}], "default": None},
            "nodes": {"type": "array", "minItems": 1, "maxItems": NODE_LIMIT, "items": {"anyOf": nodes}},
            "start": {"type": "string", "description": "The id of the first node."},
        },
        "required": ["entry", "nodes", "start"],
        "additionalProperties": False,
    }
    return {
        "$schema": DIALECT,
        "title": "Graph of a journey",
        "$ref": _TEMPLATE.format(name="Graph"),
        "$defs": defs | {"Graph": graph},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _TEMPLATE.format(name=name)}
