"""What all posts to other machines share: names are looked up on the open internet alone, and others may ask us to wait."""

from __future__ import annotations

import errno
import socket
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
    *, private: bool, connections: int, timeout: aiohttp.ClientTimeout, resolver: AbstractResolver | None = None
) -> aiohttp.ClientSession:
    """A client for addresses that others named: it keeps no cookies, and reaches the open internet alone, unless ``private``."""
    resolver = resolver or aiohttp.ThreadedResolver()
    connector = aiohttp.TCPConnector(
        limit=connections, resolver=resolver if private else PublicResolver(resolver), ttl_dns_cache=60
    )
    return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


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
