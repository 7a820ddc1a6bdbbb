"""Post encrypted messages to push services."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from relance.channels.model import SendResult, SendState
from relance.channels.network import PublicResolver
from relance.channels.web_push.answer import DETAIL, read_answer
from relance.channels.web_push.encryption import PAYLOAD_LIMIT, encrypt
from relance.channels.web_push.model import PushSubscription, Urgency
from relance.channels.web_push.subscription import check_endpoint, read_subscription
from relance.channels.web_push.vapid import VapidSigner, load_key
from relance.core.errors import InvalidError

__all__ = ["PAYLOAD_LIMIT", "WebPush", "read_subscription"]

CONNECTIONS = 256
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
TTL_LIMIT = 28 * 86_400  # seconds; what the large services keep a message for at most


class WebPush:
    """Sends to any push service. One per process; used on one event loop; ``close`` it before the loop ends.

    ``contact`` is the mailto: or https: address push services may turn to; ``key`` is the application server's, or
    the file that holds it, which is made at first start. ``trusted_prefixes`` are the starts of endpoints that may be posted to
    whatever their scheme and address: the built-in sandbox's (``http://127.0.0.1:8400/sandbox/push/``).
    """

    def __init__(
        self,
        contact: str,
        key: Path | ec.EllipticCurvePrivateKey,
        *,
        trusted_prefixes: Sequence[str] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._signer = VapidSigner(load_key(key) if isinstance(key, Path) else key, contact)
        self._trusted_prefixes = tuple(str(URL(each)) for each in trusted_prefixes)
        self._resolver = resolver
        self.connections = CONNECTIONS
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by: is the endpoint the sandbox's?

    @property
    def public_key(self) -> str:
        """The application server's key in base64url, as browsers want it (``applicationServerKey``)."""
        return self._signer.public_key

    async def send(
        self,
        subscription: PushSubscription,
        payload: bytes,
        ttl: int,
        urgency: Urgency | str = Urgency.NORMAL,
        topic: str = "",
    ) -> SendResult:
        """Encrypt and post one message; never raises for what the other side does.

        ``ttl`` is how many seconds the push service keeps it for a device that is away; ``topic`` (at most 32 characters
        of base64url) makes a later message of that topic take its place.
        """
        try:
            url = check_endpoint(subscription.endpoint, self._trusted_prefixes)
            body = encrypt(payload, subscription.p256dh, subscription.auth)
        except InvalidError as error:
            return SendResult(SendState.FAILED, error.message)
        except ValueError as error:
            return SendResult(SendState.FAILED, str(error) or "The subscription's keys are wrong.")
        headers = {
            "Authorization": self._signer.authorization(str(url.origin()), time.time()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(min(max(int(ttl), 0), TTL_LIMIT)),
            "Urgency": str(urgency),
        }
        if topic:
            headers["Topic"] = topic
        return await self._post(url, headers, body)

    async def _post(self, url: URL, headers: dict[str, str], body: bytes) -> SendResult:
        try:
            async with self._session(url).post(url, data=body, headers=headers, allow_redirects=False) as answer:
                said = b"" if answer.status < 300 else await answer.content.read(DETAIL)
                return read_answer(answer.status, answer.headers, said, time.time())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return SendResult(SendState.RETRY, _said(error), is_outage=True)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return SendResult(SendState.RETRY, _said(error), uncertain=True, is_outage=True)
        except ValueError as error:  # a topic or urgency that no header can carry
            return SendResult(SendState.FAILED, _said(error))

    def _session(self, url: URL) -> aiohttp.ClientSession:
        trusted = str(url).startswith(self._trusted_prefixes)
        session = self._sessions.get(trusted)
        if session is None:
            resolver = self._resolver or aiohttp.ThreadedResolver()
            connector = aiohttp.TCPConnector(
                limit=CONNECTIONS, resolver=resolver if trusted else PublicResolver(resolver), ttl_dns_cache=60
            )
            session = self._sessions[trusted] = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return session

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:DETAIL]
