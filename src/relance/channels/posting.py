"""Posting to a provider's HTTP API: one request a message, and what a failure on the way or a bare status means."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from relance.channels.model import SendResult, SendState
from relance.channels.network import open_session, read_start, retry_after
from relance.core.time import MINUTE

CONNECTIONS = 32
TIMEOUT = aiohttp.ClientTimeout(total=25, connect=10)
ANSWER_LIMIT = 65_536  # bytes of an answer that are read
DETAIL = 300  # characters of it kept for the operator
HELD_WAIT = 5 * MINUTE  # until an account that refuses our key is tried again

AnswerReader = Callable[[int, Mapping[str, str], bytes, float], SendResult]
"""Maps an answer: status, headers, body, and real time in seconds, for a ``Retry-After`` that names a date."""


class ProviderClient:
    """The connections to one account; used on one event loop; ``close`` it before the loop ends.

    ``private``: it may be in the operator's own network, and vouched for by ``authority`` (``open_session``). ``hidden`` takes
    secrets out of what is kept of a failure.
    """

    def __init__(
        self,
        *,
        private: bool,
        resolver: AbstractResolver | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        hidden: Callable[[str], str] = str,
        authority: str = "",
    ) -> None:
        self._private = private
        self._authority = authority if private else ""
        self._resolver = resolver
        self._timeout = timeout
        self._hidden = hidden
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, url: str | URL, headers: Mapping[str, str], data: Any, read: AnswerReader) -> SendResult:
        """One request, and what its answer means by ``read``; never raises for what the provider does."""
        if self._session is None:
            self._session = open_session(
                private=self._private,
                connections=CONNECTIONS,
                timeout=self._timeout,
                resolver=self._resolver,
                authority=self._authority,
            )
        given = {"Accept": "application/json", "User-Agent": "Relance", **headers}
        try:
            async with self._session.request(method, url, data=data, headers=given, allow_redirects=False) as answer:
                body = await read_start(answer.content, ANSWER_LIMIT)
                return read(answer.status, answer.headers, body, time.time())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return SendResult(SendState.RETRY, self._said(error), is_outage=True)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return SendResult(SendState.RETRY, self._said(error), uncertain=True, is_outage=True)
        except ValueError as error:  # an address or a header that nothing can be sent with
            return SendResult(SendState.FAILED, self._said(error))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _said(self, error: Exception) -> str:
        return self._hidden(str(error) or type(error).__name__)[:DETAIL]


def by_status(status: int) -> tuple[SendState, bool]:
    """What a status means by itself, and whether the message may have been taken: so it is with a gateway's error (502, 504)."""
    if 200 <= status < 300:
        return SendState.SENT, False
    if status in (401, 403):
        return SendState.HELD, False
    if status in (408, 429, 503):
        return SendState.RETRY, False
    return (SendState.RETRY, status != 500) if status >= 500 else (SendState.FAILED, False)


def result_of(
    state: SendState, said: str, headers: Mapping[str, str], now: float, *, name: str = "", uncertain: bool = False
) -> SendResult:
    """What a message comes to: with the provider's name for it where it was taken, else with the wait that was asked for."""
    if state is SendState.SENT:
        return SendResult(state, said, name)
    wait = retry_after(headers.get("Retry-After", ""), now)
    wait = max(wait, HELD_WAIT) if state is SendState.HELD else wait
    return SendResult(state, said, "", wait, uncertain, is_outage=state is SendState.RETRY)


def without_id(status: int, said: str) -> SendResult:
    """It says that it took the message, and not as which: that may be so or not."""
    return SendResult(SendState.RETRY, f"{status}, but no message id: {said}"[:DETAIL], uncertain=True)
