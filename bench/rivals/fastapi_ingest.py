"""The rival: the same batch route as most would write it, with FastAPI, pydantic and one commit a request.

Run as ``python -m bench.rivals.fastapi_ingest FOLDER PORT``; prints its write key once it listens. It checks less than Relance
(types, ids, the range of timestamps) and writes, as Relance does, one row a write with the events as one payload, which is its
fastest form; each request is a commit of its own, on the same SQLite settings (WAL, ``synchronous=FULL``).
"""

from __future__ import annotations

import base64
import sqlite3
import sys
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field, model_validator

KEY = "rival"


class Message(BaseModel):
    type: Literal["track", "page", "screen", "identify", "group", "alias"]
    messageId: Annotated[str, Field(max_length=255)]  # noqa: N815 - the spec's names
    userId: Annotated[str, Field(max_length=255)] | None = None  # noqa: N815
    anonymousId: Annotated[str, Field(max_length=255)] | None = None  # noqa: N815
    event: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    timestamp: datetime | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}

    @model_validator(mode="after")
    def belongs_to_someone(self) -> Message:
        if not (self.userId or self.anonymousId):
            raise ValueError("userId or anonymousId is needed")
        if self.type == "track" and not self.event:
            raise ValueError("event is needed")
        return self


class Batch(BaseModel):
    batch: Annotated[list[Message], Field(max_length=2_500)]
    sentAt: datetime | None = None  # noqa: N815


def build(folder: Path) -> FastAPI:
    store = sqlite3.connect(folder / "rival.db", isolation_level=None, check_same_thread=False)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=FULL")
    store.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, received_at INTEGER, count INTEGER, payload BLOB)")
    writer = ThreadPoolExecutor(1)
    app = FastAPI()

    def write(received_at: int, count: int, payload: bytes) -> None:
        store.execute("BEGIN IMMEDIATE")
        store.execute("INSERT INTO log VALUES (NULL,?,?,?)", (received_at, count, payload))
        store.execute("COMMIT")

    @app.post("/v1/batch")
    async def take(batch: Batch, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        if base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[0] != KEY:
            raise HTTPException(401)
        now = datetime.now(UTC)
        skew = now - batch.sentAt if batch.sentAt else timedelta()
        for one in batch.batch:
            one.timestamp = min((one.timestamp or now) + skew, now)
            if one.timestamp.year < 1990:
                raise HTTPException(400)
        payload = batch.model_dump_json(exclude_unset=True).encode()
        received_at = round(now.timestamp() * 1000)
        await get_running_loop().run_in_executor(writer, write, received_at, len(batch.batch), payload)
        return {"success": True, "accepted": len(batch.batch)}

    return app


def main(folder: Path, port: int) -> None:
    print(KEY, flush=True)
    uvicorn.run(
        build(folder), host="127.0.0.1", port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
