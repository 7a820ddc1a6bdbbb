"""What a webhook asks of another system: no value changes its host, its structure or its headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relance.channels.content import MessageEnvelope, check_content
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.channels.provider_type import ProviderContext
from relance.channels.standard_webhooks import new_secret
from relance.channels.webhook.account import WebhookSecrets, WebhookSettings, check_account
from relance.channels.webhook.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker
from relance.channels.webhook.content import BODY_LIMIT, MOST_DEPTH, MOST_LEAVES, WebhookContent
from relance.channels.webhook.model import WebhookCall
from relance.core.errors import InvalidError
from relance.links.tracked import Links
from relance.templates.errors import TemplateError

URL = "https://api.example.com/in"
VALUES: dict[str, Any] = {
    "user": {"id": "ada", "name": 'Ada "the\n first" \\ {{ x }}', "path": "../../admin?x=1#y", "line": "a\r\nX-Evil: 1"},
    "event": {"total": 12.5, "paid": True, "products": [{"sku": "a"}, {"sku": "b"}], "note": None},
}


def rendered(**given: Any) -> WebhookCall:
    content = WebhookContent.read({"url": URL, **given})
    check_content(content)
    return content.render(Filling(VALUES), Links("https://r.example", b"s" * 32, "0" * 32), MessageEnvelope(""))


def test_values_are_texts_within_the_body_and_never_more() -> None:
    call = rendered(body={"who": {"name": "{{ user.name }}", "n": 1, "list": ["Hi {{ user.id }}!", None, True]}})
    assert json.loads(call.body) == {"who": {"name": VALUES["user"]["name"].strip(), "n": 1, "list": ["Hi ada!", None, True]}}
    assert (call.method, call.url, call.delivery) == ("POST", URL, "0" * 32)


def test_a_text_that_is_one_value_alone_keeps_its_type() -> None:
    body = {
        "total": "{{ event.total }}",
        "paid": "{{event.paid}}",
        "all": " {{- event.products -}} ",
        "text": "{{ event.total }} €",
    }
    assert json.loads(rendered(body=body).body) == {
        "total": 12.5,
        "paid": True,
        "all": [{"sku": "a"}, {"sku": "b"}],
        "text": "12.5 €",
    }


def test_a_value_cannot_leave_its_place_in_the_address() -> None:
    call = rendered(url=f"{URL}/{{{{ user.path }}}}?name={{{{ user.name }}}}")
    assert call.url.startswith(f"{URL}/..%2F..%2Fadmin%3Fx%3D1%23y?name=Ada%20%22the")
    assert "\n" not in call.url


def test_a_value_adds_no_header() -> None:
    assert rendered(headers={"X-Name": "{{ user.line }}"}).headers == {"X-Name": "a X-Evil: 1"}


def deep(levels: int) -> dict[str, Any]:
    return {"a": deep(levels - 1)} if levels else {"a": "x"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "https://{{ user.id }}.example.com/"}, "url"),
        ({"url": "https://api.example.com{{ user.path }}"}, "url"),
        ({"url": "{{ user.url }}"}, "url"),
        ({"url": "https://api.example.com/{% if user %}x{% endif %}"}, "url"),
        ({"url": "ftp://api.example.com/"}, "url"),
        ({"url": "https://me:pw@api.example.com/"}, "url"),
        ({"url": ""}, "url"),
        ({"headers": {"Host": "x"}}, "headers"),
        ({"headers": {"webhook-signature": "x"}}, "headers"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers"),
        ({"headers": {"a b": "x"}}, "headers"),
        ({"headers": {f"x-{number}": "x" for number in range(21)}}, "headers"),
        ({"body": {str(number): "x" for number in range(MOST_LEAVES + 1)}}, "body"),
        ({"body": deep(MOST_DEPTH + 1)}, "body"),
        ({"body": {"a": "x"}, "method": "GET"}, "body"),
        ({"method": "TRACE"}, "method"),
        ({"body": [1]}, "body"),
    ],
)
def test_what_could_never_be_sent_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ContentInvalidError) as caught:
        rendered(**given)
    assert str(caught.value.data["path"]).startswith(f"content.{field}")


def test_what_values_make_too_large_is_refused() -> None:
    content = WebhookContent.read({"url": URL, "body": {"a": "{{ user.big }}", "b": "{{ user.big }}"}})
    with pytest.raises(TemplateError):
        content.render(
            Filling({"user": {"big": "x" * (BODY_LIMIT // 2)}}), Links("https://r", b"s" * 32, "0" * 32), MessageEnvelope("")
        )


def test_a_preview_shows_what_leaves() -> None:
    content = WebhookContent.read({"url": f"{URL}/{{{{ user.id }}}}", "body": {"t": "{{ event.total }}"}})
    call = content.render(Filling(VALUES), Links("https://r", b"s" * 32, "0" * 32), MessageEnvelope(""))
    assert content.shown(call, Filling(VALUES)) == {"method": "POST", "url": f"{URL}/ada", "body": {"t": 12.5}}


def test_the_breaker_opens_after_so_many_failures_and_lets_one_try_at_a_time() -> None:
    breaker = Breaker()
    for number in range(FAILURES):
        assert breaker.wait("a", number) == 0
        breaker.failed("a", "500", number)
    now = FAILURES
    assert breaker.wait("a", now) > 0
    assert breaker.wait("b", now) == 0
    assert breaker.open()[0][0] == "a"
    now += FIRST_PAUSE
    assert breaker.wait("a", now) == 0  # the try
    assert breaker.wait("a", now) > 0  # and no second
    for _ in range(20):
        breaker.failed("a", "500", now)
    assert breaker.wait("a", now) == LONGEST_PAUSE
    breaker.answered("a")
    assert (breaker.wait("a", now), breaker.open()) == (0, [])


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        for _ in range(FAILURES - 1):
            breaker.failed("a", "500", 1)
        breaker.answered("a")
    assert breaker.wait("a", 1) == 0


@pytest.mark.parametrize(
    ("settings", "secrets", "path"),
    [
        ({}, {"signing_secret": "whsec_c2hvcnQ="}, "secrets.signing_secret"),
        ({}, {"signing_secret": new_secret().removeprefix("whsec_")}, "secrets.signing_secret"),
        ({}, {"signing_secret": "whsec_!!!"}, "secrets.signing_secret"),
        ({}, {"signing_secret": new_secret(), "authorization": "Bearer x"}, "settings.authorized_origin"),
        ({"authorized_origin": "https://a.example"}, {"signing_secret": new_secret()}, "settings.authorized_origin"),
        (
            {"authorized_origin": "https://10.0.0.1"},
            {"signing_secret": new_secret(), "authorization": "x"},
            "settings.authorized_origin",
        ),
        (
            {"authorized_origin": "https://a.example"},
            {"signing_secret": new_secret(), "authorization": "x\r\ny: z"},
            "secrets.authorization",
        ),
    ],
)
def test_an_account_that_could_not_be_used_is_refused(settings: dict[str, Any], secrets: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_account(WebhookSettings(**settings), WebhookSecrets(**secrets), ProviderContext())
    assert caught.value.data["path"] == path
