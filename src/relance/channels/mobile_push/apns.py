"""Send by the Apple Push Notification service."""

from __future__ import annotations

import time
from typing import Any

from relance.channels.http2 import TIMEOUT, Http2Client, PostError
from relance.channels.mobile_push.apns_account import URLS, ApnsSecrets, ApnsSettings, read_apns_key
from relance.channels.mobile_push.apns_answer import read_apns
from relance.channels.mobile_push.apns_message import apns_headers, apns_id, apns_payload
from relance.channels.mobile_push.credentials import apple_tokens
from relance.channels.mobile_push.device import check_token
from relance.channels.mobile_push.judgement import Judgement
from relance.channels.mobile_push.meaning import Meaning, Reading
from relance.channels.mobile_push.model import MobilePush, PushService, sample_push
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import Begin, SendAddress
from relance.core.encoding import to_json


class Apns:
    """One key, app and environment; used on one event loop; ``close`` it before the loop ends.

    It has connections of its own: Apple refuses a second key on one.
    """

    def __init__(self, settings: ApnsSettings, secrets: ApnsSecrets, context: ProviderContext, *, timeout: int = TIMEOUT) -> None:
        is_other = context.private and settings.base_url != ""
        self._client = Http2Client(private=is_other, authority=context.authority if is_other else "", timeout=timeout)
        self._url = f"{(settings.base_url or URLS[settings.environment]).rstrip('/')}/3/device/"
        self._tokens = apple_tokens(settings.team_id, settings.key_id, read_apns_key(secrets.key))
        self._topic = settings.topic
        self._judgement = Judgement("APNs")

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        """Post one message; never raises for what Apple does."""
        if not isinstance(rendered, MobilePush):
            return SendResult(SendState.FAILED, "This is no push message for phones.")
        held = self._judgement.held(now)
        if held is not None:
            return held
        await begin()
        reading = await self._post(rendered, destination.address, destination.reported_at)
        return self._judgement.outcome(destination.address, reading, now)

    async def test(self, to: str) -> SendResult:
        """Send a fixed text. Raises ``InvalidError`` at ``to``."""
        return (await self._post(sample_push(), check_token(to, PushService.APNS), 0)).result()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def paused(self) -> list[dict[str, Any]]:
        """Whether sending pauses, and why."""
        return self._judgement.paused()

    async def _post(self, push: MobilePush, token: str, reported_at: int) -> Reading:
        """Post it; once more with a new provider token where this one had expired."""
        authorization = self._tokens.authorization(int(time.time()))
        reading = await self._post_once(push, token, reported_at, authorization)
        if reading.meaning is not Meaning.RENEW:
            return reading
        if not self._tokens.renew(authorization, int(time.time())):
            return Reading(Meaning.KEY, f"{reading.detail}, though it is new: is this machine's clock right?")
        return await self._post_once(push, token, reported_at, self._tokens.authorization(int(time.time())))

    async def _post_once(self, push: MobilePush, token: str, reported_at: int, authorization: str) -> Reading:
        headers = [*apns_headers(push, self._topic, int(time.time())), f"authorization: {authorization}"]
        try:
            answer = await self._client.post(self._url + token, headers, to_json(apns_payload(push)).encode())
        except PostError as error:
            return Reading(Meaning.LATER, str(error), is_uncertain=error.is_handed_over)
        except ValueError as error:
            return Reading(Meaning.MESSAGE, str(error))
        reading = read_apns(answer, reported_at)
        if reading.meaning is Meaning.TAKEN:
            return Reading(reading.meaning, reading.detail, apns_id(push.delivery_id))
        return reading
