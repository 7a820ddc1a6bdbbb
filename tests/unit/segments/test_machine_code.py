"""Machine code: made of the sources alone, kept whole or not at all, and until it is there the sources run as they are.

**After an upgrade of Numba** these tests say whether ``kernel/intrinsics.py`` still holds, the one file that uses what Numba does
not promise to keep. Raise the upper bounds of ``numba`` and ``llvmlite`` in ``pyproject.toml``, ``make lock``,
delete ``src/relance/segments/live/kernel/made``, run ``tests/unit/segments`` and ``make bench-segments``. Where compiling fails,
``make_array``, ``populate_array`` or ``get_or_insert_function`` have changed: mend them there, and nowhere else.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from relance.segments.live.kernel import machine_code
from relance.segments.live.kernel.event_table import EventTable
from relance.segments.live.kernel.jit import COMPILED, ENTRIES, INLINED
from relance.segments.live.kernel.machine_code import CODE, DamagedCodeError, MachineCode, call, opened, sealed
from relance.segments.live.kernel.pointers import address_of, flags_at, integer_rows_at, integers_at, real_rows_at, reals_at
from tests.unit.segments import test_aggregates, test_fold, test_rows, test_sequences

ROOT = Path(__file__).resolve().parents[3]
KERNEL = ROOT / "src" / "relance" / "segments" / "live" / "kernel"
UPGRADE = "see the first lines of tests/unit/segments/test_machine_code.py for what to do when Numba is upgraded"


# -- what Numba does not promise ---------------------------------------------------------------------------------------------


def test_numba_is_one_that_its_private_parts_were_tried_with() -> None:
    [bound] = [
        each for each in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"] if "numba" in each
    ]
    most = tuple(map(int, bound.partition("<")[2].split(".")))
    assert len(most) == 2, f"numba has an upper bound on its minor version; {UPGRADE}"
    assert tuple(map(int, version("numba").split(".")[:2])) < most, UPGRADE


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_one_file_uses_what_numba_does_not_promise_and_one_more_uses_numba() -> None:
    promised = {"numba.cfunc", "numba.config", "numba.njit", "llvmlite.binding"}
    uses = {
        path.name: {name for name in imports_of(path) if name.split(".")[0] in ("numba", "llvmlite")}
        for path in sorted((ROOT / "src").rglob("*.py"))
    }
    assert {name for name, used in uses.items() if any(each.startswith("numba") for each in used)} == {
        "compiling.py",
        "intrinsics.py",
    }
    assert {name for name, used in uses.items() if used - promised} == {"intrinsics.py"}


# -- made of the sources -----------------------------------------------------------------------------------------------------


def test_all_that_is_compiled_runs_as_python_too_and_lives_in_this_folder() -> None:
    assert len(COMPILED) > 10
    assert len(INLINED) > 10
    assert {Path(sys.modules[each.__module__].__file__ or "").parent for each in [*COMPILED, *INLINED]} == {KERNEL}


def test_code_is_kept_under_the_name_of_its_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = machine_code.file_name()
    for path in KERNEL.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(machine_code, "_HERE", tmp_path)
    assert machine_code.file_name() == before
    (tmp_path / "fold.py").write_text("# other")
    assert machine_code.file_name() != before


def test_compiling_makes_what_is_run_here(tmp_path: Path) -> None:
    """In a process of its own, as a server does it; at a cold cache, so that this version of Numba is tried."""
    script = (
        "from relance.segments.live.kernel import compiling as c; import sys; sys.stdout.buffer.write(c.sealed(c.compile_all()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, f"{done.stderr.decode()[-2000:]}\n{UPGRADE}"
    linked = machine_code._Linked(opened(done.stdout))
    table = EventTable()
    table.add(np.array([1, 1, 7]), np.array([[5, 6, 7], [1, 2, 3]]), 0)
    frame = np.array(
        [address_of(table.store.table), table.store.table.size, address_of(table.store.words), table.store.words.size, 7]
    )
    row = linked.run(machine_code.number_of("row_of_person"), address_of(frame))
    assert row > 0
    assert table.store.words[row] == 7
    assert linked.run(1, address_of(frame)) == -1


def test_a_wheel_brings_along_what_was_made_before_it_was_built() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["artifacts"]
    made = (next(machine_code.folders()) / machine_code.file_name()).relative_to(ROOT)
    assert any(made.match(pattern) for pattern in patterns)


# -- the sources as they are ---------------------------------------------------------------------------------------------------


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As before there is machine code."""
    monkeypatch.setattr(MachineCode, "run_for", lambda _code, _work: None)


@pytest.mark.usefixtures("interpreted")
def test_until_there_is_machine_code_rows_hold_the_same() -> None:
    test_rows.test_rows_hold_what_a_dictionary_would()
    test_rows.test_what_nobody_needs_any_more_is_given_back()


@pytest.mark.usefixtures("interpreted")
def test_until_there_is_machine_code_tallies_are_the_same() -> None:
    test_aggregates.test_a_tally_knows_its_answer_and_when_time_changes_it()


@pytest.mark.usefixtures("interpreted")
def test_until_there_is_machine_code_steps_are_the_same() -> None:
    test_sequences.test_steps_know_their_answer_and_when_time_changes_it()


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("first_size", [0, 1])
def test_until_there_is_machine_code_sheets_are_gone_on_with(monkeypatch: pytest.MonkeyPatch, first_size: int) -> None:
    test_fold.test_a_full_sheet_is_gone_on_with_in_a_longer_one(monkeypatch, first_size)


@pytest.mark.usefixtures("interpreted")
def test_until_there_is_machine_code_notes_are_given_room() -> None:
    test_fold.test_notes_on_rows_with_many_events_are_given_room_source_by_source()


def test_arrays_are_found_by_their_addresses_in_python_too() -> None:
    whole, real = np.arange(6), np.arange(6.0)
    assert integers_at(address_of(whole), 6).tolist() == whole.tolist()
    assert integer_rows_at(address_of(whole), 2, 3).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert reals_at(address_of(real), 2).tolist() == [0.0, 1.0]
    assert real_rows_at(address_of(real), 3, 2)[2].tolist() == [4.0, 5.0]
    integers_at(address_of(whole), 6)[5] = 9
    assert whole[5] == 9
    assert flags_at(0, 0).size == 0


@pytest.mark.parametrize(
    "wrong", [np.arange(6)[::2], np.arange(3, dtype=np.int16), np.array(["a"])], ids=["strided", "short", "texts"]
)
def test_arrays_that_compiled_code_would_misread_are_refused(wrong: np.ndarray[tuple[int], np.dtype[np.generic]]) -> None:
    with pytest.raises(TypeError, match="in one piece"):
        call(ENTRIES["row_of_person"], wrong)


# -- kept whole, or not at all -------------------------------------------------------------------------------------------------


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, Path]:
    found = tmp_path / "beside", tmp_path / "cache" / "relance"
    monkeypatch.setattr(machine_code, "folders", lambda: iter(found))
    return found


def test_what_is_kept_is_found_again(folders: tuple[Path, Path]) -> None:
    assert machine_code.kept_code() is None
    assert machine_code.keep_code(b"code", machine_code.file_name()) == folders[0] / machine_code.file_name()
    assert machine_code.kept_code() == b"code"
    assert [path.name for path in folders[0].iterdir()] == [machine_code.file_name()]


def test_where_the_sources_are_not_ones_own_the_users_cache_serves(folders: tuple[Path, Path]) -> None:
    folders[0].write_text("a file where a folder would be")
    assert machine_code.keep_code(b"code", machine_code.file_name()) == folders[1] / machine_code.file_name()
    assert machine_code.kept_code() == b"code"


def test_where_nothing_can_be_written_nothing_is_kept(folders: tuple[Path, Path]) -> None:
    folders[0].write_text("")
    folders[1].parent.write_text("")
    assert machine_code.keep_code(b"code", machine_code.file_name()) is None
    assert machine_code.kept_code() is None


@pytest.mark.parametrize("damage", [b"", b"x" * 10, sealed(b"code")[:-1], sealed(b"code") + b"x", b"y" + sealed(b"code")[1:]])
def test_damaged_code_is_never_run(folders: tuple[Path, Path], damage: bytes) -> None:
    with pytest.raises(DamagedCodeError):
        opened(damage)
    folders[0].mkdir()
    (folders[0] / machine_code.file_name()).write_bytes(damage)
    assert machine_code.kept_code() is None
    assert machine_code.keep_code(b"new", machine_code.file_name()) is not None
    assert machine_code.kept_code() == b"new"


# -- a first start ---------------------------------------------------------------------------------------------------------------


def test_small_work_waits_for_nothing_and_large_work_for_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = machine_code.kept_code()
    assert kept is not None, "run scripts/setup.py"
    code = MachineCode()
    monkeypatch.setattr(machine_code, "kept_code", lambda: None)
    maker = f"import sys; sys.stdout.buffer.write(bytes.fromhex({sealed(kept).hex()!r}))"
    monkeypatch.setattr(machine_code, "MAKER_COMMAND", [sys.executable, "-c", maker])
    code.prepare()
    small = code.run_for(1)
    assert small is None or code.is_loaded
    assert code.run_for(1_000_000) is not None
    assert code.is_loaded


@pytest.mark.parametrize("command", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit('no compiler')"]])
def test_without_a_compiler_the_work_goes_on(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    code = MachineCode()
    monkeypatch.setattr(machine_code, "kept_code", lambda: None)
    monkeypatch.setattr(machine_code, "MAKER_COMMAND", command)
    assert code.run_for(1_000_000) is None
    assert not code.is_loaded


def test_this_process_runs_machine_code_without_numba() -> None:
    CODE.prepare()
    assert CODE.run_for(1_000_000) is not None
    script = (
        "import sys; from relance.segments.live.kernel.machine_code import CODE; assert CODE.run_for(9**9); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "numba" not in done.stdout.split()
