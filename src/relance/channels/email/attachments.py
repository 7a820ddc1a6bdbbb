"""Fetches the files that mails name, before the mails leave: each once for all mails of an app that name it.

Nobody waits for somebody else's files. Of an app so many mails wait at once, and of all apps so many; what comes on top is put
back for some seconds instead of keeping a place. What is kept in memory is bounded: a file that a mail in flight holds stays, of
the others those asked for last.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
import structlog

from relance.channels.email.files import FILE_BYTES, MAIL_BYTES, PICTURES, encoded, file_name, media_type
from relance.channels.email.model import Email, MailFile, WantedFile
from relance.channels.fetching import FetchFailedError, GuardedFetcher
from relance.channels.model import SendResult, SendState
from relance.core.time import SECOND

ROOM = 64_000_000  # bytes of files in memory, as they leave
KEPT = 300.0  # seconds: a file that its owner replaces is the new one after that
FAILURE_KEPT = 30.0
WAITING_OF_APP, WAITING = 8, 24  # mails whose files are on their way
FETCHED_OF_APP = 4  # files that are on their way at once
PATIENCE = 12.0  # seconds that a mail waits, before it is put back
AGAIN = 3 * SECOND
_BUSY = SendResult(SendState.HELD, "Its attachments wait for others to be fetched.", retry_after_ms=AGAIN)


log = structlog.get_logger()


class _Ready(NamedTuple):
    """A file as it leaves, how many bytes it has, and what its server said it is."""

    body: bytes
    size: int
    content_type: str


class _File:
    """One file of an app: on its way, there, or not to be had."""

    def __init__(self, task: asyncio.Task[_Ready]) -> None:
        self.task = task
        self.since = time.monotonic()
        self.users = 0
        self.size = 0  # bytes in memory

    @property
    def is_stale(self) -> bool:
        if not self.task.done():
            return False
        failed = self.task.cancelled() or self.task.exception() is not None
        return time.monotonic() - self.since > (FAILURE_KEPT if failed else KEPT)


class Attachments:
    """One per process, on its event loop; ``close`` it before the loop ends."""

    def __init__(self, fetcher: GuardedFetcher, room: int = ROOM) -> None:
        self._fetcher = fetcher
        self._room = room
        self._size = 0
        self._files: OrderedDict[tuple[int, str], _File] = OrderedDict()
        self._waiting: Counter[int] = Counter()
        self._turns: dict[int, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def complete(self, rendered: Any, app_id: int) -> AsyncIterator[Any]:
        """The mail with its files, or the result that it comes to without them. The files stay in memory until the end."""
        if not isinstance(rendered, Email) or not rendered.wanted:
            yield rendered
            return
        if not self._has_all(rendered, app_id) and (self._waiting[app_id] >= WAITING_OF_APP or self._waiting.total() >= WAITING):
            yield _BUSY
            return
        held = [self._file(app_id, each.url) for each in rendered.wanted]
        try:
            yield await self._completed(rendered, app_id, held)
        finally:
            for each in held:
                each.users -= 1
            self._make_room()

    async def close(self) -> None:
        """Give up what is on its way."""
        tasks = [each.task for each in self._files.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.close()

    async def _completed(self, mail: Email, app_id: int, held: Sequence[_File]) -> Email | SendResult:
        self._waiting[app_id] += 1
        try:
            _, late = await asyncio.wait({each.task for each in held}, timeout=PATIENCE)
        finally:
            self._waiting[app_id] -= 1
        self._make_room()
        if late or self._size > self._room:
            return _BUSY
        found: list[MailFile] = []
        size = 0
        for wanted, each in zip(mail.wanted, held, strict=True):
            try:
                ready = each.task.result()
                found.append(_as_file(wanted, ready))
            except FetchFailedError as error:
                return _failed(wanted, error)
            size += ready.size
        if size > MAIL_BYTES:
            return SendResult(
                SendState.FAILED, f"Its attachments have {size:,} bytes together; at most {MAIL_BYTES:,} may leave."
            )
        return msgspec.structs.replace(mail, wanted=(), files=(*mail.files, *found))

    def _has_all(self, mail: Email, app_id: int) -> bool:
        found = [self._files.get((app_id, each.url)) for each in mail.wanted]
        return all(each is not None and each.task.done() and not each.is_stale for each in found)

    def _file(self, app_id: int, url: str) -> _File:
        """Held until ``users`` is lowered again."""
        key = (app_id, url)
        found = self._files.get(key)
        if found is None or found.is_stale:
            if found is not None:
                self._size -= found.size
                found.size = 0
            found = self._files[key] = _File(asyncio.create_task(self._fetched(app_id, url)))
            found.task.add_done_callback(lambda task: self._arrived(found, task))
        self._files.move_to_end(key)
        found.users += 1
        return found

    async def _fetched(self, app_id: int, url: str) -> _Ready:
        try:
            async with self._turns.setdefault(app_id, asyncio.Semaphore(FETCHED_OF_APP)):
                found = await self._fetcher.fetch(url, FILE_BYTES)
        except FetchFailedError:
            raise
        except Exception as error:
            log.exception("attachment_failed", app=app_id)
            raise FetchFailedError(type(error).__name__, may_pass=True) from None
        return _Ready(await asyncio.to_thread(encoded, found.body), len(found.body), found.content_type)

    def _arrived(self, file: _File, task: asyncio.Task[_Ready]) -> None:
        file.since = time.monotonic()
        if not task.cancelled() and task.exception() is None:
            file.size = len(task.result().body)
            self._size += file.size

    def _make_room(self) -> None:
        """Forget what nobody holds, the oldest first."""
        if self._size <= self._room and len(self._files) <= 1_000:
            return
        for key, each in list(self._files.items()):
            if self._size <= self._room and len(self._files) <= 1_000:
                return
            if not each.users and each.task.done():
                self._size -= each.size
                del self._files[key]


def _as_file(wanted: WantedFile, ready: _Ready) -> MailFile:
    name = file_name(wanted.name, wanted.url)
    kind = media_type(ready.content_type, name)
    if not kind or (wanted.cid and kind not in PICTURES):
        said = ready.content_type.partition(";")[0].strip()[:50] or "nothing"
        what = "no picture that mailboxes show" if wanted.cid else "of no kind that may be attached"
        raise FetchFailedError(f"it is {what} ({said})", may_pass=False)
    return MailFile(name, kind, ready.body, wanted.cid)


def _failed(wanted: WantedFile, error: FetchFailedError) -> SendResult:
    where = wanted.url.partition("?")[0].partition("#")[0][:120]
    return SendResult(SendState.RETRY if error.may_pass else SendState.FAILED, f"The attachment {where}: {error.said}")
