"""Whether tests notice when a decision is wrong: one small fault at a time is put into a module, and its unit tests are run.

The tests are collected once. For each fault the process forks, the child changes the code of the function that has it, and
runs those tests that call the function, until one fails. Faults that none notices are listed: each is either a test that is
missing, or no fault at all. Only code in functions is changed; a module's constants are not.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
SEGMENTS = [
    f"tests/unit/segments/test_{name}.py"
    for name in ("windows", "meaning", "edges", "rule", "sequences", "tallies", "turns", "explain", "filters", "areas")
]
MODULES = {
    "window": ("relance.segments.rule.window", SEGMENTS),
    "attribution": ("relance.messaging.attribution", ["tests/unit/messaging/test_attribution.py"]),
    "step": ("relance.journeys.step", ["tests/unit/journeys"]),
    "eligibility": ("relance.messaging.eligibility", ["tests/unit/messaging/test_eligibility.py"]),
    "evaluate": ("relance.segments.definition.evaluate", SEGMENTS),
}
PLUGINS = ("randomly", "cacheprovider", "logging", "faulthandler")  # what is not needed to run a test
PATIENCE = 60  # seconds for the tests of one fault; whatever never ends is noticed
SWAPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
SWAPPED_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
Edit = Callable[[Any], None]


class Mutant(NamedTuple):
    """One fault: in which function, at which line, what became of the line, and its code."""

    function: str
    line: int
    text: str
    code: CodeType


def edits(node: ast.AST) -> Iterator[Edit]:
    """Each way to make one node wrong."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            if type(operator) in SWAPPED:
                yield lambda each, place=place: each.ops.__setitem__(place, SWAPPED[type(each.ops[place])]())  # type: ignore[misc]
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
        if type(node.op) in SWAPPED:
            yield lambda each: setattr(each, "op", SWAPPED[type(each.op)]())
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield lambda each: setattr(each, "test", ast.UnaryOp(ast.Not(), each.test))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda each: setattr(each, "value", not each.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield lambda each: setattr(each, "value", each.value + 1)
    elif isinstance(node, ast.Return) and node.value is not None and not is_empty(node.value):
        yield lambda each: setattr(each, "value", ast.Constant(None))
    elif isinstance(node, ast.Name) and node.id in SWAPPED_NAMES:
        yield lambda each: setattr(each, "id", SWAPPED_NAMES[each.id])
    elif isinstance(node, ast.Continue | ast.Break):
        yield lambda each: setattr(each, "__class__", ast.Break if isinstance(each, ast.Continue) else ast.Continue)


def is_empty(node: ast.AST) -> bool:
    """Whether whoever asks only if there is something finds no difference from None."""
    return isinstance(node, ast.Constant) and not node.value


def nodes_of(function: ast.AST) -> list[ast.AST]:
    """What stands in a function's body; what an error says, annotations and defaults are left alone."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body)  # type: ignore[attr-defined]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.Assert):
            continue
        found.append(node)
        waiting += [child for child in ast.iter_child_nodes(node) if child is not getattr(node, "annotation", None)]
    return sorted((each for each in found if hasattr(each, "lineno")), key=lambda each: (each.lineno, each.col_offset))


def functions_of(tree: ast.Module) -> dict[str, ast.AST]:
    """Those of the module and of its classes, by qualified name."""
    found: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}": each for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


def mutants_of(module: ModuleType) -> list[Mutant]:
    path = str(module.__file__)
    tree = ast.parse(Path(path).read_text())
    found = []
    for name, function in functions_of(tree).items():
        for place, node in enumerate(nodes_of(function)):
            for number in range(len(list(edits(node)))):
                changed = copy.deepcopy(tree)
                wrong = nodes_of(functions_of(changed)[name])[place]
                list(edits(wrong))[number](wrong)
                ast.fix_missing_locations(changed)
                code = compile(changed, path, "exec", dont_inherit=True)
                line = ast.unparse(statement_at(functions_of(changed)[name], wrong)).splitlines()[0]
                found.append(Mutant(name, node.lineno, line, code_named(code, name)))  # type: ignore[attr-defined]
    return found


def statement_at(function: ast.AST, node: ast.AST) -> ast.AST:
    """The innermost statement around a node."""
    around = [each for each in ast.walk(function) if isinstance(each, ast.stmt) and any(one is node for one in ast.walk(each))]
    return around[-1]


def code_named(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        [code] = [each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == part]
    return code


def function_named(module: ModuleType, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    return getattr(found, "__wrapped__", found)  # type: ignore[no-any-return]


class Trial:
    """A pytest plugin that runs the collected tests once as they are, and then some of them for each fault."""

    def __init__(self, module: str, until: float) -> None:
        self.module = importlib.import_module(module)
        self.until = until
        self.failed = False
        self.callers: dict[str, list[tuple[float, pytest.Item]]] = {}
        self.survivors: list[Mutant] = []
        self.tried = self.left = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._watch(item)
        mutants = [] if self.failed or session.testsfailed else mutants_of(self.module)
        for number, mutant in enumerate(mutants):
            if time.monotonic() > self.until:
                self.left = len(mutants) - number
                break
            self.tried += 1
            if not self._is_noticed(mutant):
                self.survivors.append(mutant)
        return True

    def _watch(self, item: pytest.Item) -> None:
        """Run a test as it is, and note which of the module's functions it calls."""
        path, called = self.module.__file__, set()

        def on_call(frame: Any, event: str, _argument: Any) -> None:
            if event == "call" and frame.f_code.co_filename == path:
                called.add(frame.f_code.co_qualname.partition(".<locals>")[0])

        began = time.monotonic()
        sys.setprofile(on_call)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        finally:
            sys.setprofile(None)
        for name in called:
            self.callers.setdefault(name, []).append((time.monotonic() - began, item))

    def _is_noticed(self, mutant: Mutant) -> bool:
        child = os.fork()
        if child == 0:
            signal.alarm(PATIENCE)
            function_named(self.module, mutant.function).__code__ = mutant.code
            for _, item in sorted(self.callers.get(mutant.function, []), key=lambda each: each[0]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                if self.failed:
                    os._exit(1)
            os._exit(0)
        return os.waitpid(child, 0)[1] != 0


def try_module(name: str, minutes: float) -> Trial:
    """Raises ``SystemExit`` where the tests fail without any fault."""
    module, tests = MODULES[name]
    trial = Trial(module, time.monotonic() + 60 * minutes)
    options = ["-q", "--hypothesis-profile=mutants", *(word for plugin in PLUGINS for word in ("-p", f"no:{plugin}"))]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        pytest.main([*options, *(str(ROOT / each) for each in tests)], plugins=[trial])
    if trial.failed or not trial.tried:
        raise SystemExit(f"{said.getvalue()}\n{name}: its tests do not pass as they are")
    return trial


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("modules", nargs="*", default=list(MODULES), help=f"of {', '.join(MODULES)}")
    arguments.add_argument("--minutes", type=float, default=10, help="at most so long for each module")
    given = arguments.parse_args()
    for name in given.modules:
        if (child := os.fork()) == 0:  # each module with tests that no other has touched
            trial = try_module(name, given.minutes)
            for each in trial.survivors:
                print(f"  {MODULES[name][0]}.{each.function}:{each.line}: {each.text}")
            noticed = trial.tried - len(trial.survivors)
            rest = f"; {trial.left} not tried" if trial.left else ""
            print(f"{name}: {noticed} of {trial.tried} faults noticed ({noticed / max(1, trial.tried):.0%}){rest}", flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
