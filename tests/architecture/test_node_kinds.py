"""A kind of node is its module and its line in ``kinds``: nothing else names one."""

from __future__ import annotations

import grimp
import pytest

from relance.journeys.nodes.kinds import KINDS

ROOM = "relance.journeys.nodes"
ABOUT_ALL = {f"{ROOM}.node", f"{ROOM}.kinds"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("relance", cache_dir=None)


def test_each_module_is_one_kind(graph: grimp.ImportGraph) -> None:
    modules = graph.find_children(ROOM) - ABOUT_ALL
    assert sorted(each.__module__ for each in KINDS.values()) == sorted(modules)


def test_nobody_else_knows_one(graph: grimp.ImportGraph) -> None:
    strays = [
        (importer, module)
        for module in graph.find_children(ROOM) - ABOUT_ALL
        for importer in graph.find_modules_that_directly_import(module) - {f"{ROOM}.kinds"}
    ]
    assert strays == []
