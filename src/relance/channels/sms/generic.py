"""Texts through a provider that is described by data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

from relance.channels.model import SendResult, SendState
from relance.channels.posting import DETAIL, TIMEOUT, ProviderClient, by_status, result_of
from relance.channels.provider_type import ProviderContext
from relance.channels.sms.generic_account import GenericSecrets, GenericSettings, at_path, filled, filled_value
from relance.channels.sms.model import Sms
from relance.channels.sms.number import check_number
from relance.channels.sms.twilio import TEST_TEXT
from relance.channels.transport import Begin, SendAddress
from relance.core.encoding import to_json

SHORTEST_HIDDEN = 4  # characters of a secret that is searched for
_MEANINGS: Final = {
    "accepted": SendState.SENT,
    "invalid_number": SendState.BOUNCED,
    "opted_out": SendState.OPTED_OUT,
    "throttled": SendState.RETRY,
    "wrong_key": SendState.HELD,
    "refused": SendState.FAILED,
}


class GenericSender:
    """One account; used on one event loop; ``close`` it before the loop ends."""

    def __init__(
        self,
        settings: GenericSettings,
        secrets: GenericSecrets,
        context: ProviderContext,
        *,
        resolver: AbstractResolver | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._context = context
        self._client = ProviderClient(
            private=context.private, resolver=resolver, timeout=timeout, hidden=self._hidden, authority=context.authority
        )

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:  # noqa: ARG002 - it is in the text
        """Post one text; never raises for what the provider does."""
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

    async def _post(self, sms: Sms) -> SendResult:
        settings = self._settings
        values = {
            "to": sms.to,
            "to_digits": sms.to.removeprefix("+"),
            "body": sms.body,
            "sender": settings.sender,
            "delivery": sms.delivery,
            "callback_url": self._context.callback_url,
            "key": self._secrets.key,
            "password": self._secrets.password,
        }
        url = URL(filled(settings.url, {name: quote(value, safe="") for name, value in values.items()}), encoded=True)

        def read(status: int, headers: Mapping[str, str], body: bytes, now: float) -> SendResult:
            return read_answer(settings, status, headers, body, now, self._hidden)

        try:
            headers = self._headers(values)
        except ValueError as error:  # a user that no header can name
            return SendResult(SendState.FAILED, self._hidden(str(error))[:DETAIL])
        return await self._client.send(settings.method, url, headers, self._body(values), read)

    def _body(self, values: Mapping[str, str]) -> bytes | dict[str, str] | None:
        if self._settings.method == "GET" or not self._settings.body:
            return None
        body = filled_value(self._settings.body, values)
        if self._settings.encoding == "form":
            return {name: str(value) for name, value in body.items()}
        return to_json(body).encode()

    def _headers(self, values: Mapping[str, str]) -> dict[str, str]:
        headers: dict[str, str] = {}
        if self._settings.encoding == "json" and self._settings.method != "GET":
            headers["Content-Type"] = "application/json"
        if self._settings.user:
            headers["Authorization"] = aiohttp.encode_basic_auth(self._settings.user, self._secrets.password)
        return headers | {name: filled(value, values) for name, value in self._settings.headers.items()}

    def _hidden(self, text: str) -> str:
        """A text without our secrets: what a provider repeats of them nobody keeps."""
        for secret in (self._secrets.key, self._secrets.password):
            for spelling in {secret, quote(secret, safe=""), json_text(secret)} if len(secret) >= SHORTEST_HIDDEN else ():
                text = text.replace(spelling, "…")
        return text


def json_text(text: str) -> str:
    """As it stands between the quotes of a JSON text."""
    return to_json(text)[1:-1]


def read_answer(
    settings: GenericSettings,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: float,
    hidden: Callable[[str], str] = str,
) -> SendResult:
    """Map one answer: by the first of the settings' rules that fits, otherwise by its status.

    ``now`` is real time in seconds; ``hidden`` takes secrets out of what is kept.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        value = None
    said = f"{status} {hidden(body.decode('utf-8', 'replace')).strip()}"[:DETAIL].strip()
    state, uncertain = _meaning(settings, status, value), False
    if state is None:
        state, uncertain = by_status(status)
    name = (at_path(value, settings.id_path) or "") if settings.id_path else ""
    return result_of(state, said, headers, now, name=name, uncertain=uncertain)


def _meaning(settings: GenericSettings, status: int, value: Any) -> SendState | None:
    for rule in settings.answers:
        if rule.statuses and status not in rule.statuses:
            continue
        found = at_path(value, rule.path) if rule.path else ""
        if found is None or (rule.values and found not in rule.values):
            continue
        return _MEANINGS[rule.means]
    return None
