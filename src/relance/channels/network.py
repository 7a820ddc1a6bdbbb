"""What all posts to other machines share: names are looked up on the open internet alone, and others may ask us to wait."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from relance.channels.addresses import is_public_address


class PublicResolver(AbstractResolver):
    """Looks names up and leaves out every address that is not of the open internet, so that no name leads inside."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    @override
    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if _is_public(one["host"])]
        if not public:
            raise OSError(errno.ENETUNREACH, f"{host} has no public address")
        return public

    @override
    async def close(self) -> None:
        await self._resolver.close()


def _is_public(address: str) -> bool:
    try:
        return is_public_address(address)
    except ValueError:  # what is no number would be looked up once more, unchecked
        return False


def open_session(
    *,
    private: bool,
    connections: int,
    timeout: aiohttp.ClientTimeout,
    resolver: AbstractResolver | None = None,
    authority: str = "",
) -> aiohttp.ClientSession:
    """A client for addresses that others named: it keeps no cookies, and reaches the open internet alone, unless ``private``.

    ``authority``: a file of certificates that are trusted besides the machine's.
    """
    resolver = resolver or aiohttp.ThreadedResolver()
    trusted = ssl.create_default_context()
    if authority:
        trusted.load_verify_locations(authority)
    connector = aiohttp.TCPConnector(
        limit=connections, resolver=resolver if private else PublicResolver(resolver), ttl_dns_cache=60, ssl=trusted
    )
    return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


async def open_public(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to a host that somebody else named, on the open internet. Raises ``OSError``, ``TimeoutError``."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        public = [each for each in found if _is_public(str(each[4][0]))]
        if not public:
            raise OSError(errno.ENETUNREACH, f"{host} has no public address")
        failure: OSError | None = None
        for family, kind, protocol, _, address in public:
            connection = socket.socket(family, kind, protocol)
            connection.setblocking(False)
            try:
                await loop.sock_connect(connection, address)
            except OSError as error:
                connection.close()
                failure = error
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise failure or OSError(errno.ENETUNREACH, host)


async def read_start(content: aiohttp.StreamReader, limit: int) -> bytes:
    """An answer's body, or its first ``limit`` bytes."""
    found = bytearray()
    async for piece in content.iter_any():
        found += piece
        if len(found) >= limit:
            break
    return bytes(found[:limit])


def retry_after(value: str, now: float) -> int:
    """``Retry-After`` in ms from now: seconds or an HTTP date; 0 where absent, past or unreadable, a day at most."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return 0
    return int(min(max(seconds, 0.0), 86_400.0) * 1000)
