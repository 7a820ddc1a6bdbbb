"""Mailgun's HTTP API: how a finished mail is posted, and what the answers mean.

The mail is ours to the byte (``messages.mime``), so that it is the same one that SMTP would carry. Statuses as
documentation.mailgun.com lists them (2026): 200 taken, 400 a parameter, 401 and 403 the key, 402 the account, 404 the domain, 413
too large, 429 too many, 5xx theirs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from relance.channels.email.mailgun_account import MailgunSecrets, MailgunSettings
from relance.channels.email.mime import SmtpEnvelope, build
from relance.channels.email.model import Email
from relance.channels.email.trial import trial_mail
from relance.channels.model import SendResult, SendState
from relance.channels.posting import DETAIL, TIMEOUT, ProviderClient, by_status, result_of, without_id
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import Begin, SendAddress
from relance.core.errors import InvalidError

LARGE_AT_ONCE = 4  # mails with files: each is some megabytes while it is posted
OF_THE_ACCOUNT = frozenset((401, 402, 403, 404))  # the key, the account, or a domain that is not known there


class Mailgun:
    """One domain; used on one event loop; ``close`` it before the loop ends."""

    def __init__(
        self,
        settings: MailgunSettings,
        secrets: MailgunSecrets,
        context: ProviderContext,
        *,
        resolver: AbstractResolver | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._sender = settings.sender.strip()
        self._url = f"{settings.base_url.rstrip('/')}/v3/{settings.domain}/messages.mime"
        self._key = aiohttp.encode_basic_auth("api", secrets.api_key)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._client = ProviderClient(private=context.private, resolver=resolver, timeout=timeout)

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the mail
        """Post one mail dated ``now`` (ms); never raises for what Mailgun does."""
        if not isinstance(rendered, Email):
            return SendResult(SendState.FAILED, "This is no e-mail.")
        async with self._large if rendered.files else nullcontext():
            try:
                envelope = build(rendered, now)
            except InvalidError as error:
                return SendResult(SendState.FAILED, error.message)
            await begin()
            return await self._post(envelope)

    async def test(self, to: str) -> SendResult:
        """Send a fixed mail. Raises ``InvalidError`` at ``to``."""
        return await self._post(build(trial_mail(self._sender, to), time.time_ns() // 1_000_000))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _post(self, envelope: SmtpEnvelope) -> SendResult:
        form = aiohttp.FormData()
        form.add_field("to", envelope.recipient.mailbox)
        form.add_field("message", envelope.data, filename="message.mime", content_type="message/rfc822")
        return await self._client.send("POST", self._url, {"Authorization": self._key}, form, read_taken)


class _Taken(msgspec.Struct):
    id: str = ""
    message: str = ""


_decode = msgspec.json.Decoder(_Taken).decode


def read_taken(status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
    """Map one answer. ``now`` is real time in seconds, for a ``Retry-After`` that names a date.

    A gateway's error (502, 504), or a success without the message's id, leaves open whether the mail was taken.
    """
    try:
        answer = _decode(body)
    except (msgspec.DecodeError, RecursionError):
        answer = _Taken(message=body[:DETAIL].decode("utf-8", "replace").strip())
    said = f"{status} {answer.message}"[:DETAIL].strip()
    if 200 <= status < 300:
        return SendResult(SendState.SENT, said, answer.id) if answer.id else without_id(status, answer.message)
    state, uncertain = (SendState.HELD, False) if status in OF_THE_ACCOUNT else by_status(status)
    return result_of(state, said, headers, now, uncertain=uncertain)
