"""Send by Firebase Cloud Messaging, HTTP v1."""

from __future__ import annotations

from typing import Any

from relance.channels.http2 import TIMEOUT, Http2Client, PostError
from relance.channels.mobile_push.credentials import GoogleTokens
from relance.channels.mobile_push.device import check_token
from relance.channels.mobile_push.fcm_account import FCM_URL, FcmSecrets, FcmSettings, read_service_account
from relance.channels.mobile_push.fcm_answer import read_fcm
from relance.channels.mobile_push.fcm_message import fcm_message
from relance.channels.mobile_push.judgement import Judgement
from relance.channels.mobile_push.meaning import Meaning, Reading
from relance.channels.mobile_push.model import MobilePush, PushService, sample_push
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import Begin, SendAddress
from relance.core.encoding import to_json


class Fcm:
    """One Firebase project; used on one event loop; ``close`` it before the loop ends."""

    def __init__(self, settings: FcmSettings, secrets: FcmSecrets, context: ProviderContext, *, timeout: int = TIMEOUT) -> None:
        account = read_service_account(secrets.service_account)
        is_other = context.private and settings.base_url != FCM_URL
        self._client = Http2Client(private=is_other, authority=context.authority if is_other else "", timeout=timeout)
        self._url = f"{settings.base_url.rstrip('/')}/v1/projects/{account.project_id}/messages:send"
        self._tokens = GoogleTokens(account, self._client, settings.token_url)
        self._judgement = Judgement("FCM")

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        """Post one message; never raises for what Google does."""
        if not isinstance(rendered, MobilePush):
            return SendResult(SendState.FAILED, "This is no push message for phones.")
        held = self._judgement.held(now)
        if held is not None:
            return held
        token, reading = await self._tokens.token()
        if token:
            await begin()
            reading = await self._post(fcm_message(rendered, destination.address), token)
        return self._judgement.outcome(destination.address, reading, now)

    async def test(self, to: str) -> SendResult:
        """Send a fixed text. Raises ``InvalidError`` at ``to``."""
        address = check_token(to, PushService.FCM)
        token, reading = await self._tokens.token()
        if token:
            reading = await self._post(fcm_message(sample_push(), address), token)
        return reading.result()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def paused(self) -> list[dict[str, Any]]:
        """Whether sending pauses, and why."""
        return self._judgement.paused()

    async def _post(self, message: dict[str, Any], token: str) -> Reading:
        """Post it; once more with a new access token where this one was refused."""
        body = to_json(message).encode()
        reading = await self._post_once(body, token)
        if reading.meaning is not Meaning.RENEW:
            return reading
        self._tokens.discard(token)
        token, renewed = await self._tokens.token()
        return await self._post_once(body, token) if token else renewed

    async def _post_once(self, body: bytes, token: str) -> Reading:
        headers = [f"authorization: Bearer {token}", "content-type: application/json"]
        try:
            return read_fcm(await self._client.post(self._url, headers, body))
        except PostError as error:
            return Reading(Meaning.LATER, str(error), is_uncertain=error.is_handed_over)
        except ValueError as error:
            return Reading(Meaning.MESSAGE, str(error))
