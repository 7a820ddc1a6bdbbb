"""A kind of channel is its folder and its line in ``registry``: nothing else names one."""

from __future__ import annotations

import ast

import grimp
import msgspec
import pytest

from relance.channels.registry import KINDS, Channel
from tests.architecture.test_shape import MODULES, name_of, tree_of

ROOM = "relance.channels"
#: What wires them to this process: settings, connections, and the folder's keys.
WIRING = {
    f"{ROOM}.registry",
    "relance.cli.channels",
    "relance.cli.server",
    "relance.providers.registry",
    "relance.providers.transports",
}
#: Receivers of our own, for trying things out.
RECEIVERS = (f"{ROOM}.sandbox", "relance.demo")
#: The rules' list, a type that is written out.
LISTED = {"relance.segments.rule.conditions"}
#: Also the name of a trait, of an alias and of a column: in these packages it means that, and no channel.
TRAITS = {"email"}
#: Also the cause of an id that has been given out.
IN_IDS = {"webhook": "relance.webhooks.message"}
ABOUT_PEOPLE = ("accounts", "cli", "core", "demo", "events", "segments", "users", "web.api", "worker.segment_calls")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("relance", cache_dir=None)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_kinds_modules_are_imported_by_its_folder_alone(graph: grimp.ImportGraph, kind: str) -> None:
    folder = f"{ROOM}.{kind}"
    assert folder in graph.modules
    strays = [
        (module, importer)
        for module in graph.find_descendants(folder)
        for importer in graph.find_modules_that_directly_import(module)
        if not importer.startswith((f"{folder}.", *RECEIVERS)) and importer not in WIRING
    ]
    assert strays == []


def test_a_kinds_name_is_written_in_its_folder_alone() -> None:
    strays = []
    for path in MODULES:
        module = name_of(path)
        if "migrations" in module or module in LISTED or module.startswith("relance.demo."):
            continue
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node.value not in KINDS:
                continue
            if module.startswith(f"{ROOM}.{node.value}."):
                continue
            if IN_IDS.get(node.value) == module:
                continue
            if node.value in TRAITS and module.startswith(tuple(f"relance.{each}" for each in ABOUT_PEOPLE)):
                continue
            strays.append((module, node.lineno, node.value))
    assert strays == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_kind_says_all_of_itself(kind: str) -> None:
    """A name in both languages, and a schema from which a form can be drawn."""
    described = KINDS[kind]
    assert described.name == kind == Channel(kind)
    assert set(described.labels) == {"en", "fr"}
    schema = msgspec.json.schema(described.content)
    assert schema["$defs"][described.content.__name__]["properties"].keys() == set(described.content.__struct_encode_fields__)
