"""The ingest path alone as a process: real web application, real log and accounts on SQLite, no worker.

Run as ``python -m bench.ingest_server FOLDER PORT [STATE_URL]``; prints the write key once it listens.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn

from relance.accounts.operators import Operators
from relance.accounts.service import Accounts
from relance.core.configuration import Settings
from relance.events.service import LogWriter
from relance.infra.clock import RealClock
from relance.infra.database import LOG, STATE, open_engine
from relance.web.application import build
from relance.web.context import Context


class NoWorker:
    """Nothing settles the log here."""

    async def call(self, name: str, **arguments: Any) -> Any:
        raise ConnectionError(f"no worker to ask {name} {arguments}")


def main(folder: Path, port: int, state_url: str = "") -> None:
    settings = Settings(data=str(folder), port=port, state_url=state_url)
    state, log_store = open_engine(settings.state_store), open_engine(settings.log_store)
    STATE.create_all(state)
    LOG.create_all(log_store)
    accounts = Accounts(state)
    key = accounts.create_app("bench", RealClock().now()).write_key.text
    log = LogWriter(log_store, clock=RealClock())
    log.start()
    context = Context(
        settings=settings,
        clock=RealClock(),
        state=state,
        log=log,
        worker=NoWorker(),
        secret=bytes(32),
        sandbox=None,
        accounts=accounts,
        operators=Operators(state, bytes(32)),
    )
    print(key, flush=True)
    uvicorn.run(
        build(context), host="127.0.0.1", port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools"
    )
    log.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
