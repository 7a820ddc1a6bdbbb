"""Twilio's Messages API: what is posted, and what every kind of answer comes to."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest

from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.sms.model import Sms
from relance.channels.sms.twilio import LONGEST_LIFE, TEST_TEXT, Twilio
from relance.channels.sms.twilio_account import TwilioSecrets, TwilioSettings
from relance.channels.transport import SendAddress
from relance.core.encoding import to_json
from relance.core.errors import InvalidError
from tests.providers.conformance import HALF_AN_ANSWER, LATE, RESET, SILENCE, HttpSink, Situation, http_sink

SMS = Sms(to="+33612345678", body="Bonjour à tous & à toutes", delivery="d1")
TO = SendAddress(SMS.to)
SECRET = "the-auth-token"


def said(status: int, body: object, **headers: str) -> Situation:
    return Situation(status, {name.replace("_", "-"): value for name, value in headers.items()}, to_json(body).encode())


def error(status: int, code: int, text: str = "it says so", **headers: str) -> Situation:
    return said(status, {"code": code, "message": text, "more_info": "https://x.example", "status": status}, **headers)


TAKEN = said(201, {"sid": "SM123", "status": "queued", "num_segments": "1", "price": None, "error_code": None})


async def post(
    situation: Situation, sms: object = SMS, *, timeout: float = 5.0, **settings: str
) -> tuple[SendResult, HttpSink, list[str]]:
    """What came of one text, what the server saw, and what had been marked as begun by then."""
    begun: list[str] = []
    async with http_sink(situation) as sink:

        async def begin() -> None:
            begun.append(f"{len(sink.requests)} requests so far")

        given: dict[str, Any] = {
            "account_sid": "AC1",
            "sender": "+15005550006",
            "base_url": f"http://127.0.0.1:{sink.port}",
            **settings,
        }
        twilio = Twilio(
            TwilioSettings(**given),
            TwilioSecrets(SECRET, "the-key"),
            ProviderContext(private=True, callback_url="https://r.example/p/1/t"),
            timeout=aiohttp.ClientTimeout(total=timeout),
        )
        try:
            return await twilio.send(sms, TO, 0, begin), sink, begun
        finally:
            await twilio.close()


async def test_what_is_posted() -> None:
    result, sink, begun = await post(TAKEN)
    assert (result.state, result.provider_id, begun) == (SendState.SENT, "SM123", ["0 requests so far"])
    (line, headers, body) = sink.requests[0]
    assert line == "POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1"
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"AC1:the-auth-token"
    assert {name: value for name, (value,) in parse_qs(body.decode()).items()} == {
        "To": "+33612345678",
        "From": "+15005550006",
        "Body": "Bonjour à tous & à toutes",
        "StatusCallback": "https://r.example/p/1/t/status?delivery=d1",
    }


async def test_a_service_a_key_and_a_life_are_posted_where_they_are_set() -> None:
    sms = Sms(to="+33612345678", body="x", life=LONGEST_LIFE * 9)
    _, sink, _ = await post(TAKEN, sms, sender="", messaging_service_sid="MG9", api_key_sid="SK7")
    (_, headers, body) = sink.requests[0]
    form = parse_qs(body.decode())
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"SK7:the-key"
    assert (form["MessagingServiceSid"], form["ValidityPeriod"], "From" in form) == (["MG9"], [str(LONGEST_LIFE)], False)


ANSWERS: list[tuple[str, Situation, SendState, bool]] = [
    ("success", TAKEN, SendState.SENT, False),
    ("success, in two pieces", replace(TAKEN, pause_at=len(TAKEN.raw()) - 12), SendState.SENT, False),
    ("invalid number", error(400, 21211), SendState.BOUNCED, False),
    ("no mobile", error(400, 21614), SendState.BOUNCED, False),
    ("answered STOP", error(400, 21610), SendState.OPTED_OUT, False),
    ("region not permitted", error(403, 21408), SendState.FAILED, False),
    ("text refused", error(400, 21617), SendState.FAILED, False),
    ("throttled", error(429, 20429), SendState.RETRY, False),
    ("queue full", error(400, 30001), SendState.RETRY, False),
    ("wrong key", error(401, 20003), SendState.HELD, False),
    ("suspended", error(400, 30002), SendState.HELD, False),
    ("forbidden without a code", said(403, {"message": "no"}), SendState.HELD, False),
    ("unavailable", said(503, {"message": "soon"}), SendState.RETRY, False),
    ("gateway", Situation(502, {}, b"<html>bad gateway</html>"), SendState.RETRY, True),
    ("garbage with an error", Situation(400, {}, b"\xff\xfe{{{"), SendState.FAILED, False),
    ("garbage with success", Situation(201, {}, b"\x00\x01garbage"), SendState.RETRY, True),
    ("success without an id", said(201, {"status": "queued"}), SendState.RETRY, True),
    ("wrong types", said(201, {"sid": 7}), SendState.RETRY, True),
    ("nested for ever", Situation(201, {}, b"[" * 60_000), SendState.RETRY, True),
    ("oversize", Situation(200, {}, b"x" * 3_000_000), SendState.RETRY, True),
    ("a redirection", Situation(302, {"Location": "http://127.0.0.1/"}, b""), SendState.FAILED, False),
    ("reset", RESET, SendState.RETRY, True),
    ("half an answer", HALF_AN_ANSWER, SendState.RETRY, True),
    ("silence", SILENCE, SendState.RETRY, True),
    ("slow", Situation(TAKEN.status, TAKEN.headers, TAKEN.body, delay=LATE), SendState.SENT, False),
]


@pytest.mark.parametrize(("situation", "state", "uncertain"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
async def test_every_answer_has_one_meaning(situation: Situation, state: SendState, uncertain: bool) -> None:
    result, sink, begun = await post(situation, timeout=LATE * 3)
    assert (result.state, result.uncertain) == (state, uncertain), result
    assert (len(sink.requests), len(begun)) == (1, 1)
    assert len(result.detail) <= 300
    assert SECRET not in result.detail


async def test_it_waits_as_long_as_it_is_asked_to() -> None:
    asked, _, _ = await post(error(429, 20429, Retry_After="17"))
    wrong, _, _ = await post(error(401, 20003))
    assert (asked.retry_after_ms, wrong.retry_after_ms) == (17_000, 300_000)


async def test_nobody_there_is_certainly_not_sent() -> None:
    async with http_sink(TAKEN) as sink:
        port = sink.port
    twilio = Twilio(
        TwilioSettings("AC1", sender="+15005550006", base_url=f"http://127.0.0.1:{port}"),
        TwilioSecrets("x"),
        ProviderContext(True),
    )
    result = await twilio.send(SMS, TO, 0, _nothing)
    await twilio.close()
    assert (result.state, result.uncertain) == (SendState.RETRY, False)


async def test_private_addresses_are_reached_only_if_allowed() -> None:
    async with http_sink(TAKEN) as sink:
        settings = TwilioSettings("AC1", sender="+15005550006", base_url=f"http://localhost:{sink.port}")
        twilio = Twilio(settings, TwilioSecrets("x"), ProviderContext(private=False))
        result = await twilio.send(SMS, TO, 0, _nothing)
        await twilio.close()
    assert (result.state, sink.requests) == (SendState.RETRY, [])


async def test_a_test_is_a_fixed_text_to_a_real_number() -> None:
    async with http_sink(TAKEN) as sink:
        settings = TwilioSettings("AC1", sender="+15005550006", base_url=f"http://127.0.0.1:{sink.port}")
        twilio = Twilio(settings, TwilioSecrets("x"), ProviderContext(private=True))
        with pytest.raises(InvalidError):
            await twilio.test("0612345678")
        assert (await twilio.test("+33 6 12 34 56 78")).state is SendState.SENT
        await twilio.close()
    assert parse_qs(sink.requests[0][2].decode())["Body"] == [TEST_TEXT]
    assert parse_qs(sink.requests[0][2].decode())["To"] == ["+33612345678"]


async def test_what_is_no_sms_is_not_sent() -> None:
    result, sink, begun = await post(TAKEN, "a letter")
    assert (result.state, sink.requests, begun) == (SendState.FAILED, [], [])


async def _nothing() -> None:
    await asyncio.sleep(0)
