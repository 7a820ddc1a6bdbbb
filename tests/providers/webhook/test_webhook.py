"""Webhooks as messages: what is posted, what the answers come to, and what nobody gets by them."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.sandbox.hooks import is_signed
from relance.channels.standard_webhooks import new_secret
from relance.channels.transport import SendAddress
from relance.channels.webhook.account import WebhookSecrets, WebhookSettings
from relance.channels.webhook.breaker import FAILURES, FIRST_PAUSE
from relance.channels.webhook.model import WebhookCall
from relance.channels.webhook.transport import SignedWebhooks
from relance.core.errors import InvalidError
from tests.providers.conformance import HALF_AN_ANSWER, LATE, RESET, SILENCE, HttpSink, Situation, http_sink

SECRET, AUTHORIZATION = new_secret(), "Bearer very-secret"
BODY = b'{"order":7}'
NOW = 1_000


async def nothing() -> None:
    """Nothing is written down here."""


def opened(**settings: Any) -> SignedWebhooks:
    secrets = WebhookSecrets(SECRET, AUTHORIZATION if settings else "")
    context = ProviderContext(private=True)
    return SignedWebhooks(WebhookSettings(**settings), secrets, context, timeout=aiohttp.ClientTimeout(total=LATE * 3))


def call_of(port: int, **more: Any) -> WebhookCall:
    return WebhookCall(**{"method": "POST", "url": f"http://127.0.0.1:{port}/in?a=%2F", "body": BODY, "delivery": "d1", **more})


async def post(situation: Situation, **settings: Any) -> tuple[SendResult, HttpSink]:
    async with http_sink(situation) as sink:
        if "authorized_origin" in settings:
            settings["authorized_origin"] = settings["authorized_origin"].format(port=sink.port)
        sender = opened(**settings)
        try:
            return await sender.send(call_of(sink.port, headers={"X-Ours": "1"}), SendAddress(""), NOW, nothing), sink
        finally:
            await sender.close()


async def test_it_is_signed_and_named_the_same_at_each_attempt() -> None:
    result, sink = await post(Situation(200, {}, b'{"stock": 3}'))
    assert (result.state, result.detail) == (SendState.SENT, '200 {"stock": 3}')
    [(line, headers, body)] = sink.requests
    assert (line, body, headers["x-ours"]) == ("POST /in?a=%2F HTTP/1.1", BODY, "1")
    assert (headers["webhook-id"], headers["content-type"]) == ("msg_d1", "application/json")
    assert is_signed(SECRET, headers, body, time.time())
    assert "authorization" not in headers


async def test_what_was_answered_is_handed_on_without_secrets_and_headers() -> None:
    said = f'{{"stock": 3, "you": "{AUTHORIZATION}"}}'.encode()
    kept = {"status": 200, "body": {"stock": 3, "you": "…"}}
    result, _ = await post(
        Situation(200, {"Content-Type": "application/json", "X-Key": "k"}, said), authorized_origin="http://127.0.0.1:{port}"
    )
    assert result.answer == kept
    result, _ = await post(Situation(409, {}, b"taken"))
    assert (result.state, result.answer) == (SendState.FAILED, {"status": 409, "body": "taken"})
    result, _ = await post(Situation(503))
    assert (result.state, result.answer) == (SendState.RETRY, {"status": 503})


@pytest.mark.parametrize("situation", [SILENCE, RESET, HALF_AN_ANSWER])
async def test_whoever_answers_nothing_whole_has_answered_nothing(situation: Situation) -> None:
    result, _ = await post(situation)
    assert result.answer is None


async def test_the_authorization_goes_to_its_own_origin_alone() -> None:
    _, sink = await post(Situation(200), authorized_origin="http://127.0.0.1:{port}")
    assert sink.requests[0][1]["authorization"] == AUTHORIZATION
    _, sink = await post(Situation(200), authorized_origin="http://127.0.0.1:9")
    assert "authorization" not in sink.requests[0][1]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_without_a_body_the_empty_one_is_signed(method: str) -> None:
    async with http_sink(Situation(204)) as sink:
        sender = opened()
        result = await sender.send(call_of(sink.port, method=method, body=b""), SendAddress(""), NOW, nothing)
        await sender.close()
    assert result.state is SendState.SENT
    line, headers, body = sink.requests[0]
    assert (line.split(" ")[0], body, "content-type" in headers) == (method, b"", False)
    assert is_signed(SECRET, headers, b"", time.time())


ANSWERS: list[tuple[str, Situation, SendState, bool]] = [
    ("success", Situation(200, {}, b"{}"), SendState.SENT, False),
    ("taken", Situation(202), SendState.SENT, False),
    ("gone", Situation(410), SendState.FAILED, False),
    ("refused", Situation(422, {}, b"no such order"), SendState.FAILED, False),
    ("throttled", Situation(429), SendState.RETRY, False),
    ("wrong key", Situation(401), SendState.RETRY, False),
    ("breakdown", Situation(500), SendState.RETRY, False),
    ("gateway", Situation(502, {}, b"<html>"), SendState.RETRY, True),
    ("garbage", Situation(200, {}, b"\xff\xfe{{{"), SendState.SENT, False),
    ("oversize", Situation(200, {}, b"x" * 3_000_000), SendState.SENT, False),
    ("nested for ever", Situation(200, {}, b"[" * 60_000), SendState.SENT, False),
    ("a redirection", Situation(302, {"Location": "http://169.254.169.254/"}), SendState.FAILED, False),
    ("slow", Situation(200, delay=LATE), SendState.SENT, False),
    ("reset", RESET, SendState.RETRY, True),
    ("half an answer", HALF_AN_ANSWER, SendState.RETRY, True),
    ("silence", SILENCE, SendState.RETRY, True),
]


@pytest.mark.parametrize(("situation", "state", "uncertain"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
async def test_whatever_the_other_side_does_has_a_clear_outcome(situation: Situation, state: SendState, uncertain: bool) -> None:
    result, sink = await post(situation)
    assert (result.state, result.uncertain, len(sink.requests)) == (state, uncertain, 1), result
    assert not result.is_outage  # others of the account go on: the endpoint has a breaker of its own
    assert len(result.detail) <= 300
    assert SECRET not in result.detail


async def test_a_wait_that_is_asked_for_is_kept() -> None:
    result, _ = await post(Situation(503, {"Retry-After": "7"}))
    assert result.retry_after_ms == 7_000


async def test_a_secret_that_is_repeated_is_not_kept() -> None:
    result, _ = await post(Situation(500, {}, f"{AUTHORIZATION} {SECRET}".encode()), authorized_origin="http://127.0.0.1:{port}")
    assert "very-secret" not in result.detail
    assert SECRET not in result.detail


async def test_an_endpoint_that_fails_again_and_again_is_left_alone_and_others_are_not() -> None:
    async with http_sink(Situation(500)) as broken, http_sink(Situation(200)) as good:
        sender = opened()
        for _ in range(FAILURES):
            assert (await sender.send(call_of(broken.port), SendAddress(""), NOW, nothing)).state is SendState.RETRY
        held = await sender.send(call_of(broken.port), SendAddress(""), NOW, nothing)
        assert (held.state, held.retry_after_ms) == (SendState.HELD, FIRST_PAUSE)
        assert (await sender.send(call_of(good.port), SendAddress(""), NOW, nothing)).state is SendState.SENT
        assert [each["service"] for each in sender.paused()] == [f"http://127.0.0.1:{broken.port}"]
        assert len(broken.requests) == FAILURES
        broken.situation = Situation(200)
        assert (await sender.send(call_of(broken.port), SendAddress(""), NOW + FIRST_PAUSE, nothing)).state is SendState.SENT
        assert sender.paused() == []
        await sender.close()


class _Rebinding(AbstractResolver):
    """A name of the open internet that leads inside."""

    @override
    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    @override
    async def close(self) -> None:
        """Nothing."""


async def test_nothing_private_is_posted_to_neither_by_number_nor_by_a_name_that_leads_there() -> None:
    async with http_sink(Situation(200)) as sink:
        sender = SignedWebhooks(WebhookSettings(), WebhookSecrets(SECRET), ProviderContext(), resolver=_Rebinding())
        for url in ("http://127.0.0.1", "https://127.0.0.1", "https://169.254.169.254", "https://localhost", "https://[::1]"):
            call = call_of(sink.port, url=f"{url}:{sink.port}/")
            assert (await sender.send(call, SendAddress(""), NOW, nothing)).state is SendState.FAILED, url
        inside = await sender.send(call_of(sink.port, url=f"https://shop.example:{sink.port}/"), SendAddress(""), NOW, nothing)
        await sender.close()
    assert (inside.state, inside.uncertain, sink.requests) == (SendState.RETRY, False, [])


async def test_a_test_goes_to_any_public_address_and_says_what_it_answered() -> None:
    async with http_sink(Situation(200, {}, b"fine")) as sink:
        sender = opened()
        assert (await sender.test(f"http://127.0.0.1:{sink.port}/")).detail == "200 fine"
        with pytest.raises(InvalidError) as caught:
            await sender.test("nowhere")
        await sender.close()
    assert caught.value.data["path"] == "to"
    assert json.loads(sink.requests[0][2]) == {"type": "relance.test"}
