"""``make bench``: every bar, into ``bench/results/bench.json``. ``python -m bench ingest flow`` runs those sections only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from operator import lt

from bench import cdnow, flow, ingest, program, settle
from bench.row import Row, measured, write


def ingest_section() -> Iterator[Row]:
    """Throughput of the server process, beside the rival in the same run."""
    for each in ingest.closed_rows():
        ratio = ingest.RATIOS[1 if "of 1," in each["name"] else 100]
        yield Row(**{**each, "bar": f">= {each['bar']}, and >= {ratio} x the rival"})


def settle_section() -> Iterator[Row]:
    yield measured(settle.settle_row)


def flow_section() -> Iterator[Row]:
    """Latencies of the whole program under an open loop; lower is better."""
    for row in (flow.answers_row, flow.membership_row, flow.memberships_row, flow.push_row):
        yield measured(row, better=lt)


def cdnow_section() -> Iterator[Row]:
    yield measured(cdnow.cdnow_row, better=lt)


def program_section() -> Iterator[Row]:
    """Start, memory and CPU at rest; the cost of a long history."""
    yield measured(program.ready_row, better=lt)
    yield program.idle_row()
    yield program.history_row()


def processes_section() -> Iterator[Row]:
    """The design kept beside the one refused."""
    yield from flow.processes_rows()


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "ingest": ingest_section,
    "settle": settle_section,
    "flow": flow_section,
    "cdnow": cdnow_section,
    "program": program_section,
    "processes": processes_section,
}


def main() -> int:
    """Run the sections asked for; the exit code counts the bars that were missed."""
    rows: list[Row] = []
    for name in sys.argv[1:] or SECTIONS:
        for row in SECTIONS[name]():
            rows.append(row)
            mark = "ok  " if row.ok else "MISS"
            print(f"{mark} {row.name}: {row.value:g} {row.unit} (bar {row.bar}) {row.note}", flush=True)
    print(write("bench" if not sys.argv[1:] else "-".join(sys.argv[1:]), rows))
    return sum(not row.ok for row in rows)


if __name__ == "__main__":
    sys.exit(main())
