"""Compiles the functions of this folder to machine code: ``python -m relance.segments.live.kernel.compiling``.

The only module that loads Numba, in a process of its own. Each marked function (``kernel.jit``) is compiled as a copy that calls
the other copies, and whose pointer functions are the compiler's. The code targets the baseline of a processor family: newer
instructions do not help here, and so one file serves all machines of a family, and every version of Python.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from llvmlite import binding as llvm  # type: ignore[import-untyped]
from numba import cfunc, config, njit

from relance.segments.live.kernel import event_table_entries, fold
from relance.segments.live.kernel.intrinsics import INTRINSICS
from relance.segments.live.kernel.jit import COMPILED, ENTRIES, INLINED
from relance.segments.live.kernel.machine_code import SYMBOL, file_name, keep_code, kept_code, number_of, sealed

MODULES = (event_table_entries, fold)
_OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "_nrt": False,
}  # no arrays are created, so no references are counted
_OF_C = {"memcpy", "memmove", "memset"}  # what every system has
_LEVEL, _PROCESSOR = 3, "generic"
_NICENESS = 19


class CompilingError(Exception):
    """Numba produced something else than this program can use."""


def compile_all() -> bytes:
    """Object code with one function, ``SYMBOL``, of (a function's number, the address of its frame)."""
    config.CPU_NAME, config.CPU_FEATURES = _PROCESSOR, ""  # type: ignore[attr-defined] # set by numba when it is loaded
    module = llvm.parse_assembly(_assembly())
    module.triple = llvm.get_process_triple()
    machine = llvm.Target.from_triple(module.triple).create_target_machine(
        cpu=_PROCESSOR, opt=_LEVEL, reloc="pic", codemodel="small"
    )
    for each in module.functions:
        if not each.is_declaration:
            each.linkage = "external" if each.name == SYMBOL else "internal"
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=_LEVEL))
    builder.getModulePassManager().run(module, builder)
    lacking = {each.name for each in module.functions if each.is_declaration and not each.name.startswith("llvm.")} - _OF_C
    if lacking:
        raise CompilingError(f"The functions call what is Numba's: {', '.join(sorted(lacking))}.")
    return bytes(machine.emit_object(module))


def _assembly() -> str:
    """All functions, and a dispatcher that calls them by number, in LLVM's language."""
    namespaces: dict[int, dict[str, Any]] = {}
    copies = {each: _copy(each, namespaces) for each in [*COMPILED, *INLINED, *ENTRIES.values()]}
    made: dict[Any, Any] = {each: njit(**_OPTIONS)(copies[each]) for each in [*COMPILED, *ENTRIES.values()]}
    made |= {each: njit(forceinline=True, **_OPTIONS)(copies[each]) for each in INLINED}
    for namespace in namespaces.values():
        for name, value in namespace.items():
            if isinstance(value, FunctionType) and value.__module__ == "relance.segments.live.kernel.pointers":
                namespace[name] = INTRINSICS.get(name, value)
            elif isinstance(value, FunctionType) and value in made:
                namespace[name] = made[value]
    body = "".join(f"    if number == {number_of(name)}:\n        return {name}(frame)\n" for name in sorted(ENTRIES))
    whole: dict[str, Any] = {name: made[function] for name, function in ENTRIES.items()}
    exec(f"def run(number, frame):\n{body}    return -1\n", whole)  # noqa: S102 - our own names
    entry = cfunc("int64(int64, int64)", **_OPTIONS)(whole["run"])
    text: str = entry.inspect_llvm()
    return text.replace(f"@{entry.native_name}(", f"@{SYMBOL}(").replace(f'@"{entry.native_name}"(', f"@{SYMBOL}(")


def _copy(function: Callable[..., Any], namespaces: dict[int, dict[str, Any]]) -> FunctionType:
    """A function with the same code but its own module names, which can be rebound."""
    assert isinstance(function, FunctionType)  # noqa: S101 - they are marked by ``def``
    names = namespaces.setdefault(id(function.__globals__), dict(function.__globals__))
    return FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)


def main() -> None:
    """Compile and store the machine code unless it exists for these sources.

    After ``-``, beside a running server: at the lowest priority, and the code is also written to standard output.
    """
    beside = sys.argv[1:] == ["-"]
    if beside:
        os.nice(_NICENESS)
    code, name = kept_code(), file_name()
    if code is None:
        code = compile_all()
        keep_code(code, name)
    if beside:
        sys.stdout.buffer.write(sealed(code))


if __name__ == "__main__":
    main()
