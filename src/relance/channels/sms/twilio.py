"""Twilio's Messages API, and what offers the same one: how a text is posted, and what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from relance.channels.model import SendResult, SendState
from relance.channels.posting import DETAIL, TIMEOUT, ProviderClient, by_status, result_of, without_id
from relance.channels.provider_type import ProviderContext
from relance.channels.sms.model import Sms
from relance.channels.sms.number import check_number
from relance.channels.sms.twilio_account import TwilioSecrets, TwilioSettings
from relance.channels.sms.twilio_callback import DELIVERY, STATUS
from relance.channels.transport import Begin, SendAddress

TEST_TEXT = "Test message of Relance: this provider works."
LONGEST_LIFE = 36_000  # seconds that Twilio keeps a message at most

INVALID_NUMBER = frozenset((21211, 21214, 21217, 21265, 21614))  # it will never take an SMS
OPTED_OUT = 21610  # the person answered STOP
NOT_FROM_HERE = frozenset((21408, 21612))  # not permitted, or no way, from this sender: another one may reach it
THROTTLED = frozenset((20429, 30001, 14107, 63018, 21611))  # too many at once, or its queue is full
ACCOUNT = frozenset((20003, 20005, 20008, 30002, 90010))  # key wrong, or account suspended: no fault of the address
#: Code → what it means; none of them leaves open whether the text was taken.
_BY_CODE = {
    **dict.fromkeys(INVALID_NUMBER, (SendState.BOUNCED, False)),
    OPTED_OUT: (SendState.OPTED_OUT, False),
    **dict.fromkeys(NOT_FROM_HERE, (SendState.FAILED, False)),
    **dict.fromkeys(ACCOUNT, (SendState.HELD, False)),
    **dict.fromkeys(THROTTLED, (SendState.RETRY, False)),
}


class Twilio:
    """One account; used on one event loop; ``close`` it before the loop ends."""

    def __init__(
        self,
        settings: TwilioSettings,
        secrets: TwilioSecrets,
        context: ProviderContext,
        *,
        resolver: AbstractResolver | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._settings = settings
        self._callback_url = context.callback_url
        self._url = f"{settings.base_url.rstrip('/')}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        name, word = (
            (settings.api_key_sid, secrets.api_key_secret) if settings.api_key_sid else (settings.account_sid, secrets.auth_token)
        )
        self._key = aiohttp.encode_basic_auth(name, word)
        self._client = ProviderClient(private=context.private, resolver=resolver, timeout=timeout, authority=context.authority)

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the text
        """Post one text; never raises for what Twilio does."""
        if not isinstance(rendered, Sms):
            return SendResult(SendState.FAILED, "This is no SMS.")
        await begin()
        return await self._post(rendered)

    async def test(self, to: str) -> SendResult:
        """Send a fixed text. Raises ``InvalidError`` at ``to``."""
        return await self._post(Sms(to=check_number(to, path="to"), body=TEST_TEXT))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _form(self, sms: Sms) -> dict[str, str]:
        form = {"To": sms.to, "Body": sms.body}
        if self._settings.messaging_service_sid:
            form["MessagingServiceSid"] = self._settings.messaging_service_sid.strip()
        else:
            form["From"] = self._settings.sender.strip()
        if self._callback_url and sms.delivery:
            form["StatusCallback"] = f"{self._callback_url}/{STATUS}?{DELIVERY}={sms.delivery}"
        if sms.life:
            form["ValidityPeriod"] = str(min(max(sms.life, 1), LONGEST_LIFE))
        return form

    async def _post(self, sms: Sms) -> SendResult:
        return await self._client.send("POST", self._url, {"Authorization": self._key}, self._form(sms), read_answer)


class _Answer(msgspec.Struct):
    sid: str = ""
    status: str | int = ""
    code: int | None = None
    message: str = ""
    error_code: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode


def read_answer(status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
    """Map one answer. ``now`` is real time in seconds, for a ``Retry-After`` that names a date.

    A gateway's error (502, 504), or a success without the message's id, leaves open whether the text was taken.
    """
    try:
        answer = _decode(body)
    except (msgspec.DecodeError, RecursionError):
        answer = _Answer(message=body[:DETAIL].decode("utf-8", "replace").strip())
    said = f"{answer.code or status} {answer.message}"[:DETAIL].strip()
    if 200 <= status < 300:
        return SendResult(SendState.SENT, str(answer.status), answer.sid) if answer.sid else without_id(status, answer.message)
    state, uncertain = _BY_CODE.get(answer.code or 0) or by_status(status)
    return result_of(state, said, headers, now, uncertain=uncertain)
