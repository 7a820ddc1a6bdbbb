"""Mailgun's HTTP API: what is posted, and what every kind of answer comes to."""

from __future__ import annotations

import asyncio
import email
import email.policy
from base64 import b64decode
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from relance.channels.email.mailgun import Mailgun
from relance.channels.email.mailgun_account import MailgunSecrets, MailgunSettings
from relance.channels.email.model import Email
from relance.channels.email.trial import TEXT
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import SendAddress
from relance.core.encoding import to_json
from relance.core.errors import InvalidError
from tests.providers.conformance import HALF_AN_ANSWER, LATE, RESET, SILENCE, HttpSink, Situation, http_sink

NOW = 1_767_225_600_000  # 2026-01-01
MAIL = Email(
    sender="Shop <shop@example.com>", to="ada@example.org", subject="Été", message_id="d1", text="Bonjour", html="<p>Été</p>"
)
TO = SendAddress(MAIL.to)
SECRET = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"


def said(status: int, body: object, **headers: str) -> Situation:
    return Situation(status, {name.replace("_", "-"): value for name, value in headers.items()}, to_json(body).encode())


TAKEN = said(200, {"id": "<d1@example.com>", "message": "Queued. Thank you."})


def opened(port: int, *, private: bool = True, timeout: float = 5.0, **settings: str) -> Mailgun:
    given: dict[str, Any] = {"domain": "mg.example.com", "base_url": f"http://127.0.0.1:{port}", **settings}
    return Mailgun(
        MailgunSettings(**given), MailgunSecrets(SECRET), ProviderContext(private), timeout=aiohttp.ClientTimeout(total=timeout)
    )


async def post(situation: Situation, mail: object = MAIL, timeout: float = 5.0) -> tuple[SendResult, HttpSink, list[int]]:
    """What came of one mail, what the server saw, and how many requests it had seen when it was marked as begun."""
    begun: list[int] = []
    async with http_sink(situation) as sink:

        async def begin() -> None:
            begun.append(len(sink.requests))

        mailgun = opened(sink.port, timeout=timeout)
        try:
            return await mailgun.send(mail, TO, NOW, begin), sink, begun
        finally:
            await mailgun.close()


def fields(headers: dict[str, str], body: bytes) -> dict[str, bytes]:
    """The fields of a form, as the standard library reads one."""
    form = email.message_from_bytes(
        f"Content-Type: {headers['content-type']}\r\n\r\n".encode() + body, policy=email.policy.HTTP.clone(linesep="\r\n")
    )
    found: dict[str, bytes] = {}
    parts: Any = form.iter_parts()
    for part in parts:
        is_mail = part.get_content_type() == "message/rfc822"
        content = part.get_payload(0).as_bytes() if is_mail else part.get_payload(decode=True)
        found[str(part.get_param("name", header="content-disposition"))] = content.strip()
    return found


async def test_what_is_posted() -> None:
    result, sink, begun = await post(TAKEN)
    assert (result.state, result.provider_id, begun) == (SendState.SENT, "<d1@example.com>", [0])
    (line, headers, body) = sink.requests[0]
    assert line == "POST /v3/mg.example.com/messages.mime HTTP/1.1"
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == f"api:{SECRET}".encode()
    form = fields(headers, body)
    assert form["to"] == b"ada@example.org"
    mail = email.message_from_bytes(form["message"], policy=email.policy.default)
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Été", "Shop <shop@example.com>", "ada@example.org")
    assert mail["Message-ID"] == "<d1@example.com>"
    assert mail.get_body(("plain",)).get_content().strip() == "Bonjour"  # type: ignore[union-attr]


ANSWERS: list[tuple[str, Situation, SendState, bool]] = [
    ("success", TAKEN, SendState.SENT, False),
    ("success, in two pieces", replace(TAKEN, pause_at=len(TAKEN.raw()) - 12), SendState.SENT, False),
    ("a parameter", said(400, {"message": "to parameter is not a valid address"}), SendState.FAILED, False),
    ("wrong key", Situation(401, {}, b"Forbidden"), SendState.HELD, False),
    ("account disabled", said(402, {"message": "pay"}), SendState.HELD, False),
    ("domain not allowed", said(403, {"message": "Domain mg.example.com is not allowed to send"}), SendState.HELD, False),
    ("no such domain", said(404, {"message": "Domain not found"}), SendState.HELD, False),
    ("too large", said(413, {"message": "Request Entity Too Large"}), SendState.FAILED, False),
    ("throttled", said(429, {"message": "Domain has exceeded its limit"}), SendState.RETRY, False),
    ("unavailable", Situation(503, {}, b""), SendState.RETRY, False),
    ("its own fault", said(500, {"message": "Internal Server Error"}), SendState.RETRY, False),
    ("gateway", Situation(502, {}, b"<html>bad gateway</html>"), SendState.RETRY, True),
    ("garbage with success", Situation(200, {}, b"\x00\x01garbage"), SendState.RETRY, True),
    ("success without an id", said(200, {"message": "Queued"}), SendState.RETRY, True),
    ("wrong types", said(200, {"id": 7}), SendState.RETRY, True),
    ("nested for ever", Situation(200, {}, b"[" * 60_000), SendState.RETRY, True),
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
    asked, _, _ = await post(said(429, {"message": "later"}, Retry_After="17"))
    wrong, _, _ = await post(Situation(401, {}, b"Forbidden"))
    assert (asked.retry_after_ms, wrong.retry_after_ms) == (17_000, 300_000)


async def test_what_cannot_be_a_mail_is_not_sent() -> None:
    for mail in ("a letter", Email(sender="nobody", to="ada@example.org", subject="x", message_id="d1", text="x")):
        result, sink, begun = await post(TAKEN, mail)
        assert (result.state, sink.requests, begun) == (SendState.FAILED, [], [])


async def test_nobody_there_is_certainly_not_sent() -> None:
    async with http_sink(TAKEN) as sink:
        port = sink.port
    mailgun = opened(port)
    result = await mailgun.send(MAIL, TO, NOW, _nothing)
    await mailgun.close()
    assert (result.state, result.uncertain) == (SendState.RETRY, False)


async def test_private_addresses_are_reached_only_if_allowed() -> None:
    async with http_sink(TAKEN) as sink:
        mailgun = opened(sink.port, private=False, base_url=f"http://localhost:{sink.port}")
        result = await mailgun.send(MAIL, TO, NOW, _nothing)
        await mailgun.close()
    assert (result.state, sink.requests) == (SendState.RETRY, [])


async def test_a_trial_is_a_fixed_mail_from_the_providers_sender() -> None:
    async with http_sink(TAKEN) as sink:
        without, mailgun = opened(sink.port), opened(sink.port, sender="Shop <shop@example.com>")
        for tried, to, path in ((without, "ada@example.org", "settings.sender"), (mailgun, "nobody", "to")):
            with pytest.raises(InvalidError) as refused:
                await tried.test(to)
            assert refused.value.data["path"] == path
        assert (await mailgun.test(" Ada <ada@example.org> ")).state is SendState.SENT
        await without.close()
        await mailgun.close()
    [(_, headers, body)] = sink.requests
    assert TEXT in fields(headers, body)["message"].decode()


async def _nothing() -> None:
    await asyncio.sleep(0)
