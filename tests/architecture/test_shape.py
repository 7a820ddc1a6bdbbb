"""What import-linter cannot say about the shape of the code."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "relance"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 500
REFUSED_NAMES = {"utils", "util", "helpers", "common", "misc", "base"}
# Their coverage is measured too, so the list stands where that is set up.
PURE_PATHS: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["run"]["include"]
PURE = [each.removeprefix("src/").removesuffix("/*").removesuffix(".py").replace("/", ".") for each in PURE_PATHS]
# What a kind of channel is, as data and pure functions; the rest of that package does its I/O.
PURE_OF_CHANNELS = tuple(f"relance.channels.{each}" for each in ("content", "filling", "kind", "registry"))
RIM = ("relance.infra", "relance.channels", "sqlalchemy", "duckdb", "aiohttp", "litestar", "psycopg", "time", "random", "secrets")
# The SQL of segments over history is made by a pure function; it needs the tables' names, not a database.
DRIVERS = ("duckdb", "psycopg", "aiohttp", "aiosmtplib", "aiosmtpd", "litestar", "uvicorn")
FRAMEWORKS_AT = {
    "duckdb": ("relance.events.history",),
    "pycurl": ("relance.channels.http2",),
    "clickhouse_connect": ("relance.events.history_clickhouse", "relance.events.history_columns_clickhouse"),
    "psycopg": ("relance.infra", "relance.events.log"),
    "aiohttp": ("relance.channels", "relance.demo"),
    "aiosmtplib": ("relance.channels.email",),
    "aiosmtpd": ("relance.channels.sandbox", "relance.channels.email.inbound", "relance.channels.smtp_listener"),
    "litestar": ("relance.web",),
    "uvicorn": ("relance.cli", "relance.web.edge"),  # the edge is its protocol, with limits
}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("relance", include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_short_named_well_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST or "versions" in path.parts  # a landed migration stays as it was
    assert path.stem not in REFUSED_NAMES
    assert ast.get_docstring(tree_of(path))


def test_a_public_class_has_a_name_of_its_own() -> None:
    """Whoever reads a name, or searches for it, finds one thing. A name of two words costs less than a second meaning."""
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name_of(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    assert list(nested_imports(tree_of(path))) == []


def nested_imports(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (each.lineno for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom))


def test_a_store_is_private_to_its_package(graph: grimp.ImportGraph) -> None:
    outside = [
        (importer, module)
        for module in graph.modules
        if module.startswith("relance.") and (module.endswith((".store", "_store")) and not module.startswith("relance.events."))
        for importer in graph.find_modules_that_directly_import(module)
        if not importer.startswith(module.rpartition(".")[0] + ".")
    ]
    assert outside == []


def test_decisions_are_pure(graph: grimp.ImportGraph) -> None:
    """A pure module imports no store, no service, no driver, and no clock or chance."""
    assert sorted(set(PURE) - set(graph.modules)) == []
    impure = [
        (module, imported)
        for named in PURE
        for module in (named, *graph.find_descendants(named))
        for imported in graph.find_modules_directly_imported_by(module)
        if imported not in PURE_OF_CHANNELS and (imported.startswith(RIM) or imported.rpartition(".")[2] in {"store", "service"})
    ]
    assert impure == []


@pytest.mark.parametrize("driver", sorted(FRAMEWORKS_AT))
def test_drivers_stay_at_the_rim(graph: grimp.ImportGraph, driver: str) -> None:
    if driver not in graph.modules:
        return
    strays = [each for each in graph.find_modules_that_directly_import(driver) if not each.startswith(FRAMEWORKS_AT[driver])]
    assert strays == []


def test_each_table_is_named_only_in_its_owners_store() -> None:
    """Raw SQL texts are rare; where they are, they stand in a store (or in history's migrations)."""
    strays = []
    for path in MODULES:
        if path.stem == "store" or path.stem.endswith("_store") or "migrations" in str(path):
            continue
        strays += [(name_of(path), line) for line in table_declarations(tree_of(path))]
    # History's tables are declarations that segments and reports build their queries on.
    assert [each for each in strays if each[0] != "relance.events.model_tables"] == []


def table_declarations(tree: ast.Module) -> list[int]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "Table"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nobody_reads_the_wall_clock_where_now_is_an_argument(path: Path) -> None:
    """Only the rim may ask what time it is."""
    domain = name_of(path).split(".")[1] if "." in name_of(path) else ""
    if domain not in {"users", "segments", "journeys", "analytics"}:
        return
    calls = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"time", "time_ns", "now", "utcnow"} and _is_clock(node)
    ]
    assert calls == []


def _is_clock(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"time", "datetime"}
