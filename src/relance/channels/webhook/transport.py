"""Posts webhooks, signed as Standard Webhooks has it, to whatever their authors named on the open internet."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

from relance.channels.model import SendResult, SendState
from relance.channels.posting import DETAIL, ProviderClient, result_of
from relance.channels.posting_address import check_address
from relance.channels.provider_type import ProviderContext
from relance.channels.standard_webhooks import sign
from relance.channels.transport import Begin, SendAddress
from relance.channels.webhook.account import WebhookSecrets, WebhookSettings, origin_of
from relance.channels.webhook.answer import read_answer
from relance.channels.webhook.breaker import Breaker
from relance.channels.webhook.model import WebhookCall
from relance.core.errors import InvalidError

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=10)  # the specification recommends 15 to 30 seconds
TEST_BODY = b'{"type":"relance.test"}'


class SignedWebhooks:
    """One app's; used on one event loop; ``close`` it before the loop ends."""

    def __init__(
        self,
        settings: WebhookSettings,
        secrets: WebhookSecrets,
        context: ProviderContext,
        *,
        resolver: AbstractResolver | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._private = context.private
        self._secrets = secrets
        self._authorized = origin_of(settings.authorized_origin) if settings.authorized_origin else ""
        self._breaker = Breaker()
        self._client = ProviderClient(
            private=context.private, resolver=resolver, timeout=timeout, hidden=self._hidden, authority=context.authority
        )

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the call
        """Post one webhook; never raises for what the other side does. Redirections are not followed."""
        if not isinstance(rendered, WebhookCall):
            return SendResult(SendState.FAILED, "This is no webhook.")
        try:
            endpoint = str(check_address(rendered.url, private=self._private).origin())
        except InvalidError as error:
            return SendResult(SendState.FAILED, error.message)
        wait = self._breaker.wait(endpoint, now)
        if wait:
            said = self._breaker.said(endpoint)
            return SendResult(SendState.HELD, f"Paused: {endpoint} has failed too often ({said}).", retry_after_ms=wait)
        await begin()
        result = msgspec.structs.replace(await self._post(rendered, endpoint), is_outage=False)  # of this endpoint alone
        if result.state is SendState.RETRY:
            self._breaker.failed(endpoint, result.detail, now)
        else:
            self._breaker.answered(endpoint)
        return result

    async def test(self, to: str) -> SendResult:
        """Post a fixed body to an address. Raises ``InvalidError`` at ``to``."""
        try:
            endpoint = str(check_address(to, private=self._private).origin())
        except InvalidError as error:
            raise InvalidError(error.text, path="to") from None
        return await self._post(WebhookCall(method="POST", url=to, body=TEST_BODY, delivery="test"), endpoint)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def paused(self) -> list[dict[str, Any]]:
        """The endpoints that are left alone, as ``channels.transport.Transport`` has it."""
        return [
            {"service": name, "since": since, "next_try": next_try, "detail": said}
            for name, since, next_try, said in self._breaker.open()
        ]

    async def _post(self, call: WebhookCall, endpoint: str) -> SendResult:
        headers = {**call.headers, **({"Content-Type": "application/json"} if call.body else {})}
        if self._authorized == endpoint:
            headers["Authorization"] = self._secrets.authorization
        headers |= sign(self._secrets.signing_secret, f"msg_{call.delivery}", int(time.time()), call.body)
        return await self._client.send(call.method, URL(call.url, encoded=True), headers, call.body or None, self._read)

    def _read(self, status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
        """2xx is taken; 410 and what else the request is to blame for ends it; the rest may be mended over there."""
        result = self._meant(status, headers, body, now)
        return msgspec.structs.replace(result, answer=read_answer(status, headers.get("Content-Type", ""), body, self._hidden))

    def _meant(self, status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
        said = self._hidden(f"{status} {body.decode('utf-8', 'replace')}")[:DETAIL].strip()
        if 200 <= status < 300:
            return SendResult(SendState.SENT, said)
        if status in (401, 403):
            return result_of(SendState.RETRY, said, headers, now)
        if status in (408, 425, 429) or status >= 500:
            return result_of(SendState.RETRY, said, headers, now, uncertain=status in (502, 504))
        return SendResult(SendState.FAILED, said)

    def _hidden(self, text: str) -> str:
        for secret in (self._secrets.authorization, self._secrets.signing_secret):
            text = text.replace(secret, "…") if secret else text
        return text
