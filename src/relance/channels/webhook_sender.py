"""Post signed messages to an address that an operator named."""

from __future__ import annotations

import time
from collections.abc import Callable

import aiohttp
from aiohttp.abc import AbstractResolver

from relance.channels.model import SendResult, SendState
from relance.channels.network import open_session, retry_after
from relance.channels.posting_address import check_address
from relance.channels.standard_webhooks import sign
from relance.core.errors import InvalidError

CONNECTIONS = 32
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=10)  # the specification recommends 15 to 30 seconds
DETAIL = 300  # characters of the answer kept for the operator
GONE = 410


class WebhookSender:
    """One per process; used on one event loop; ``close`` it before the loop ends.

    ``open_secret`` makes what signs out of a secret as it is kept; it raises ``InvalidError`` where it cannot.
    """

    def __init__(self, *, private: bool, open_secret: Callable[[str], str], resolver: AbstractResolver | None = None) -> None:
        self._private = private
        self._open_secret = open_secret
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def send(self, address: str, secret: str, message_id: str, body: bytes) -> SendResult:
        """Sign and post one message; never raises for what the other side does. Redirections are not followed."""
        try:
            url, key = check_address(address, private=self._private), self._open_secret(secret)
        except InvalidError as error:
            return SendResult(SendState.FAILED, error.message)
        now = time.time()
        headers = {"Content-Type": "application/json", "User-Agent": "Relance"}
        headers |= sign(key, message_id, int(now), body)
        try:
            async with self._opened().post(url, data=body, headers=headers, allow_redirects=False) as answer:
                said = b"" if answer.ok else await answer.content.read(DETAIL)
                return _read(answer.status, answer.headers.get("Retry-After", ""), said, now)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return SendResult(SendState.RETRY, (str(error) or type(error).__name__)[:DETAIL], uncertain=True)
        except ValueError as error:  # an address that cannot be asked for
            return SendResult(SendState.FAILED, (str(error) or type(error).__name__)[:DETAIL])

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(private=self._private, connections=CONNECTIONS, timeout=TIMEOUT, resolver=self._resolver)
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _read(status: int, wait: str, said: bytes, now: float) -> SendResult:
    """2xx is taken, 410 ends it, and everything else may be mended over there."""
    detail = f"{status} {said.decode('utf-8', 'replace').strip()}"[:DETAIL].strip()
    if 200 <= status < 300:
        return SendResult(SendState.SENT, detail)
    if status == GONE:
        return SendResult(SendState.GONE, detail)
    return SendResult(SendState.RETRY, detail, retry_after_ms=retry_after(wait, now))
