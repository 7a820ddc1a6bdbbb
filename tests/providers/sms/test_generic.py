"""A provider described by data: what is posted, what its answers come to, and that nothing of it leaks."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import msgspec
import pytest

from relance.channels.callback import AnswerReport, CallbackRequest, Fate, FateReport, Keyword
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.sms.generic import GenericSender
from relance.channels.sms.generic_account import AnswerRule, GenericSecrets, GenericSettings, check_account
from relance.channels.sms.generic_callback import hear
from relance.channels.sms.model import Sms
from relance.channels.transport import SendAddress
from relance.core.errors import InvalidError
from tests.providers.conformance import HALF_AN_ANSWER, LATE, RESET, SILENCE, HttpSink, Situation, http_sink

SMS = Sms(to="+33612345678", body='He said "hi" & {{ key }}\n😀', delivery="d1")
KEY = "the-very-secret-key/+="
WHOLE: dict[str, Any] = {
    "headers": {"Authorization": "Bearer {{ key }}"},
    "body": {
        "messages": [{"from": "{{sender}}", "to": "{{ to_digits }}", "text": "{{ body }}", "n": 1}],
        "cb": "{{ callback_url }}/status",
    },
    "sender": "Shop",
    "id_path": "messages.0.id",
    "answers": (
        AnswerRule("opted_out", path="messages.0.status", values=("BLOCKED",)),
        AnswerRule("invalid_number", statuses=(200, 400), path="messages.0.status", values=("BAD_NUMBER", "17")),
        AnswerRule("throttled", statuses=(420,)),
        AnswerRule("wrong_key", path="error", values=("auth",)),
    ),
}


async def post(situation: Situation, *, secrets: GenericSecrets | None = None, **settings: Any) -> tuple[SendResult, HttpSink]:
    async def begin() -> None:
        assert sink.requests == []

    async with http_sink(situation) as sink:
        given = GenericSettings(**{"url": f"http://127.0.0.1:{sink.port}/send", **WHOLE, **settings})
        sender = GenericSender(
            given,
            secrets or GenericSecrets(KEY, "the-password"),
            ProviderContext(private=True, callback_url="https://r.example/p/1/t"),
            timeout=aiohttp.ClientTimeout(total=LATE * 3),
        )
        try:
            return await sender.send(SMS, SendAddress(SMS.to), 0, begin), sink
        finally:
            await sender.close()


def said(status: int, value: object, **headers: str) -> Situation:
    return Situation(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(value).encode())


async def test_json_is_filled_in_and_what_is_filled_in_is_not_read_again() -> None:
    result, sink = await post(said(200, {"messages": [{"id": 77, "status": "OK"}]}))
    assert (result.state, result.provider_id) == (SendState.SENT, "77")
    line, headers, body = sink.requests[0]
    assert (line, headers["authorization"], headers["content-type"]) == (
        "POST /send HTTP/1.1",
        f"Bearer {KEY}",
        "application/json",
    )
    assert json.loads(body) == {
        "messages": [{"from": "Shop", "to": "33612345678", "text": SMS.body, "n": 1}],
        "cb": "https://r.example/p/1/t/status",
    }


async def test_a_form_and_basic_authentication() -> None:
    body = {"dest": "{{ to }}", "text": "{{ body }}", "ref": "{{ delivery }}", "n": 2}
    _, sink = await post(said(202, {}), encoding="form", body=body, headers={}, user="shop")
    _, headers, sent = sink.requests[0]
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"shop:the-password"
    assert parse_qs(sent.decode()) == {"dest": [SMS.to], "text": [SMS.body], "ref": ["d1"], "n": ["2"]}


async def test_an_address_takes_them_as_parts_of_it() -> None:
    async with http_sink(said(200, {})) as server:
        settings = GenericSettings(
            url=f"http://127.0.0.1:{server.port}/s?to={{{{ to }}}}&m={{{{body}}}}&k={{{{key}}}}", method="GET"
        )
        sender = GenericSender(settings, GenericSecrets(KEY), ProviderContext(private=True))
        assert (await sender.send(SMS, SendAddress(SMS.to), 0, _nothing)).state is SendState.SENT
        await sender.close()
    line, _, body = server.requests[0]
    query = line.split(" ")[1].partition("?")[2]
    assert (parse_qs(query), body) == ({"to": [SMS.to], "m": [SMS.body], "k": [KEY]}, b"")


ANSWERS: list[tuple[str, Situation, SendState, bool]] = [
    ("success", said(200, {"messages": [{"id": "1"}]}), SendState.SENT, False),
    ("success without JSON", Situation(204), SendState.SENT, False),
    ("opted out", said(200, {"messages": [{"status": "BLOCKED"}]}), SendState.OPTED_OUT, False),
    ("invalid by text", said(200, {"messages": [{"status": "BAD_NUMBER"}]}), SendState.BOUNCED, False),
    ("invalid by number", said(400, {"messages": [{"status": 17}]}), SendState.BOUNCED, False),
    ("throttled", said(420, {}), SendState.RETRY, False),
    ("throttled by status", said(429, {}), SendState.RETRY, False),
    ("wrong key", said(200, {"error": "auth"}), SendState.HELD, False),
    ("wrong key by status", said(401, {}), SendState.HELD, False),
    ("refused", said(400, {"messages": [{"status": "TOO_LONG"}]}), SendState.FAILED, False),
    ("server error", said(500, {}), SendState.RETRY, False),
    ("gateway", Situation(502, {}, b"<html>"), SendState.RETRY, True),
    ("garbage with an error", Situation(400, {}, b"\xff\xfe{{{"), SendState.FAILED, False),
    ("nested for ever", Situation(400, {}, b"[" * 60_000), SendState.FAILED, False),
    ("oversize", Situation(400, {}, b"x" * 3_000_000), SendState.FAILED, False),
    ("a redirection", Situation(302, {"Location": "http://127.0.0.1/"}), SendState.FAILED, False),
    ("reset", RESET, SendState.RETRY, True),
    ("half an answer", HALF_AN_ANSWER, SendState.RETRY, True),
    ("silence", SILENCE, SendState.RETRY, True),
    ("slow", Situation(200, {}, b"{}", delay=LATE), SendState.SENT, False),
]


@pytest.mark.parametrize(("situation", "state", "uncertain"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
async def test_every_answer_has_one_meaning(situation: Situation, state: SendState, uncertain: bool) -> None:
    result, sink = await post(situation)
    assert (result.state, result.uncertain, len(sink.requests)) == (state, uncertain, 1), result
    assert len(result.detail) <= 300


async def test_it_waits_as_asked_and_repeats_no_secret() -> None:
    result, _ = await post(said(429, {"you sent": KEY, "and": "the-password"}, Retry_After="9"))
    assert (result.retry_after_ms, result.state) == (9_000, SendState.RETRY)
    assert KEY not in result.detail
    assert "the-password" not in result.detail


async def test_private_addresses_are_reached_only_if_allowed() -> None:
    async with http_sink(said(200, {})) as sink:
        sender = GenericSender(
            GenericSettings(url=f"http://localhost:{sink.port}/", body={"t": "{{body}}"}), GenericSecrets(), ProviderContext()
        )
        result = await sender.send(SMS, SendAddress(SMS.to), 0, _nothing)
        await sender.close()
    assert (result.state, sink.requests) == (SendState.RETRY, [])


GOOD: dict[str, Any] = {"url": "https://sms.example/send", "body": {"text": "{{ body }}"}}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"url": "http://sms.example/send"}, "settings.url"),
        ({"url": "https://10.0.0.1/send"}, "settings.url"),
        ({"url": "https://{{ sender }}.example/"}, "settings.url"),
        ({"url": "https://sms.example/{{ user.name }}"}, None),
        ({"url": "https://sms.example/{{ secret }}"}, "settings.url"),
        ({"body": {"text": "{{ text }}"}}, "settings.body"),
        ({"body": {"text": "hello"}}, "settings.body"),
        ({"body": {"text": "{{ body }}", "key": "{{ key }}"}}, "secrets.key"),
        ({"body": {"text": ["{{ body }}"]}, "encoding": "form"}, "settings.body"),
        ({"body": {"text": "{{ body }}", "more": ["x"] * 300}}, "settings.body"),
        ({"headers": {"Authorization": "Bearer abc"}}, "settings.headers"),
        ({"headers": {"X-Api-Key": "abc"}}, "settings.headers"),
        ({"headers": {"Content-Length": "1"}}, "settings.headers"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "settings.headers"),
        ({"headers": {"X A": "a"}}, "settings.headers"),
        ({"price_per_part": "1"}, "settings.currency"),
        ({}, None),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused(change: dict[str, Any], path: str | None) -> None:
    settings = msgspec.convert(GOOD | change, GenericSettings)
    if path is None:
        check_account(settings, GenericSecrets(), ProviderContext())
        return
    with pytest.raises(InvalidError) as caught:
        check_account(settings, GenericSecrets(), ProviderContext())
    assert caught.value.data["path"] == path


def heard(what: str, *, form: dict[str, str] | None = None, body: bytes = b"", **settings: Any) -> list[object]:
    request = CallbackRequest("https://r.example", what, (), tuple((form or {}).items()), {}, body)
    return list(hear(GenericSettings(**GOOD, **settings), GenericSecrets(), request).reports)


def test_reports_are_read_from_forms_and_json() -> None:
    assert heard("status", form={"delivery": "d1", "status": "delivered"}) == [FateReport("d1", Fate.DELIVERED, "delivered")]
    nested = json.dumps({"results": [{"callbackData": "d1", "status": {"id": 5}}]}).encode()
    fields: dict[str, Any] = {
        "delivery_field": "results.0.callbackData",
        "status_field": "results.0.status.id",
        "no_such_number": ("5",),
    }
    assert heard("status", body=nested, **fields) == [FateReport("d1", Fate.NO_SUCH_ADDRESS, "5")]
    assert heard("status", form={"delivery": "d1", "status": "queued"}) == []
    assert heard("status", form={"status": "delivered"}) == []
    assert heard("status", body=b"[" * 60_000) == []


def test_answers_are_read_with_and_without_the_plus() -> None:
    for number in ("+33612345678", "33612345678"):
        assert heard("inbound", form={"from": number, "text": "STOP", "id": "7"}) == [
            AnswerReport("+33612345678", Keyword.STOP, "STOP", "7")
        ]
    assert heard("inbound", form={"from": "0612345678", "text": "STOP", "id": "7"}) == []
    assert heard("inbound", form={"from": "+33612345678", "text": "STOP"}) == []
    assert heard("else", form={"from": "+33612345678", "text": "STOP", "id": "7"}) == []


async def _nothing() -> None:
    return
