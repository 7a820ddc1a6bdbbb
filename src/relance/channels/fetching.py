"""Fetching a file from an address that somebody else named: within limits, from the open internet alone, wherever it leads."""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from relance.channels.addresses import is_public_host, read_url
from relance.channels.network import open_session

CONNECTIONS = 32
SECONDS = 10.0  # for the whole file
REDIRECTIONS = 3
ADDRESS_LIMIT = 2_048  # characters


class Fetched(NamedTuple):
    """A file, and what its server said it is."""

    body: bytes
    content_type: str


class FetchFailedError(Exception):
    """There is no file; ``may_pass``: another time there may be one. The sentence holds nothing of the address's query."""

    def __init__(self, said: str, *, may_pass: bool) -> None:
        super().__init__(said)
        self.said = said
        self.may_pass = may_pass


class GuardedFetcher:
    """Used on one event loop; ``close`` it before the loop ends. ``private``: plain http and one's own network are allowed."""

    def __init__(self, *, private: bool, resolver: AbstractResolver | None = None, seconds: float = SECONDS) -> None:
        self._private = private
        self._resolver = resolver
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, address: str, most: int) -> Fetched:
        """The file at ``address``, of at most ``most`` bytes. Raises ``FetchFailedError``."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._followed(address, most)
        except TimeoutError:
            raise FetchFailedError(f"no whole file within {self._seconds:g} seconds", may_pass=True) from None
        except ValueError:  # an address or a header that nothing can be asked with
            raise FetchFailedError("it cannot be asked for", may_pass=False) from None
        except aiohttp.ClientConnectorError as error:
            raise FetchFailedError(str(error)[:200], may_pass=True) from None
        except (aiohttp.ClientError, OSError) as error:  # their words may hold the whole address
            raise FetchFailedError(type(error).__name__, may_pass=True) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _followed(self, address: str, most: int) -> Fetched:
        for _ in range(REDIRECTIONS + 1):
            found = await self._asked(self._checked(address), most)
            if isinstance(found, Fetched):
                return found
            address = urljoin(address, found)
        raise FetchFailedError(f"it is redirected more than {REDIRECTIONS} times", may_pass=False)

    async def _asked(self, url: URL, most: int) -> Fetched | str:
        """The file, or where it is redirected to."""
        if self._session is None:
            self._session = open_session(
                private=self._private,
                connections=CONNECTIONS,
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                resolver=self._resolver,
            )
        # As it is, so that a small answer cannot unpack to a large one.
        headers = {"User-Agent": "Relance", "Accept-Encoding": "identity"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                return answer.headers["Location"]
            if answer.status != 200:
                raise FetchFailedError(
                    f"its server answers {answer.status}", may_pass=answer.status in (408, 425, 429) or answer.status >= 500
                )
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise FetchFailedError("its server packs it, though asked not to", may_pass=False)
            too_large = FetchFailedError(f"it is larger than {most:,} bytes", may_pass=False)
            if (answer.content_length or 0) > most:
                raise too_large
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > most:
                    raise too_large
            if not body:
                raise FetchFailedError("it is empty", may_pass=False)
            return Fetched(bytes(body), answer.headers.get("Content-Type", ""))

    def _checked(self, address: str) -> URL:
        try:
            url = read_url(address)
        except ValueError:
            raise FetchFailedError("its address names no host", may_pass=False) from None
        if (
            len(address) > ADDRESS_LIMIT
            or url.scheme not in ("https", "http")
            or url.user is not None
            or url.password is not None
        ):
            raise FetchFailedError("its address cannot be fetched from", may_pass=False)
        if not self._private and (url.scheme != "https" or not is_public_host(url.raw_host or "")):
            raise FetchFailedError("its address must be public and start with https://", may_pass=False)
        return url
