"""The protocol between server and worker: length-prefixed MessagePack frames over a socket pair.

A request is ``[number, name, arguments]``, its answer ``[number, true, value]`` or ``[number, false, {"code", "message",
"data"}]``. A request with number 0 is a notification and gets no answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.core.ids import random_token
from relance.infra.errors import NO_ANSWER, unavailable
from relance.infra.room import says_full
from relance.pipeline.errors import WorkerFailedError, WorkerGoneError

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
_SIZE = 4

Handler = Callable[[str, dict[str, Any]], Awaitable[Any]]
log = structlog.get_logger()


def remote_error(payload: dict[str, Any]) -> RelanceError:
    """The error the other side raised, with its code, so that the API answers as if it had been raised here."""
    known = {kind.code: kind for kind in _every(RelanceError)}
    kind = known.get(payload["code"], RelanceError)
    message: str = payload["message"]
    reason = payload.get("reason")
    return kind(ErrorText.known(message, reason or "", payload["parameters"]), **payload["data"])


def _every(kind: type[RelanceError]) -> list[type[RelanceError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _every(child))]


def _payload_of(error: RelanceError) -> dict[str, Any]:
    return {"code": error.code, "data": error.data, **error.text.plain()}


class Wire:
    """One end of the connection. ``serve`` runs until the other end is gone, answering its requests with ``handler``."""

    def __init__(self, end: socket.socket, handler: Handler) -> None:
        self._end = end
        self._handler = handler
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open the socket; calls may be made from now on, and are answered once ``serve`` runs."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._end)

    async def serve(self) -> None:
        """Read until the other end is gone."""
        reader, writer = self._reader, self._writer
        if reader is None or writer is None:
            raise RuntimeError("open the wire first")
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(_SIZE), "big")
                self._received(_decode(await reader.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._writer = None
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(
                        WorkerGoneError(ErrorText("worker_stopped", "The worker stopped; it is being started again."))
                    )
            self._waiting.clear()

    async def call(self, name: str, **arguments: Any) -> Any:
        """Call the other side and wait for its answer."""
        if not self._is_open:
            raise WorkerGoneError(ErrorText("worker_away", "The worker is not running; it is being started."))
        self._number += 1
        number = self._number
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._send([number, name, arguments])
        try:
            return await future
        finally:
            self._waiting.pop(number, None)

    def notify(self, name: str, **arguments: Any) -> None:
        """Send a notification; lost if the other side is gone, so only for what it can find out by itself."""
        self._send([0, name, arguments])

    @property
    def _is_open(self) -> bool:
        """A transport closes as soon as a write fails, which is some time before the reader notices."""
        return self._writer is not None and not self._writer.is_closing()

    def _send(self, frame: list[Any]) -> None:
        if self._writer is None or not self._is_open:
            return
        data = _encode(frame)
        self._writer.write(len(data).to_bytes(_SIZE, "big") + data)

    def _received(self, frame: list[Any]) -> None:
        number, second, third = frame
        if isinstance(second, str):
            task = asyncio.create_task(self._answer(number, second, third))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        future = self._waiting.get(number)
        if future is None or future.done():
            return
        if second:
            future.set_result(third)
        else:
            future.set_exception(remote_error(third))

    async def _answer(self, number: int, name: str, arguments: dict[str, Any]) -> None:
        try:
            frame = [number, True, await self._handler(name, arguments)]
        except RelanceError as error:
            frame = [number, False, _payload_of(error)]
        except Exception as error:
            frame = [number, False, _payload_of(_foreseen(name, error) or _unforeseen(name))]
        if number:
            self._send(frame)


def _foreseen(name: str, error: Exception) -> RelanceError | None:
    """A store that does not answer or is out of space, during the call of that name; None for anything else."""
    if not isinstance(error, NO_ANSWER) and not says_full(error):
        return None
    log.error("store_unavailable", name=name, reason=str(error.__cause__ or error))
    return unavailable(error)


def _unforeseen(name: str) -> RelanceError:
    """Called while handling an exception: logs it with traceback under an id."""
    problem_id = random_token("err", 9)
    log.exception("call_failed", name=name, id=problem_id)
    return WorkerFailedError(
        ErrorText("worker_failed", "Something went wrong in the worker; its log has the details under this id."), id=problem_id
    )
