"""SMS. A text message reaches whoever agreed to it, and STOP ends it.

Missing: nothing.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from typing_extensions import override

from tests.acceptance.shop import HOUR, MINUTE, Shop, say
from tests.providers.fake_twilio import FakeTwilio, report

pytestmark = pytest.mark.xdist_group("stories")

ADA, BOB = "+32470123456", "+32485123456"  # of a country that sets no hours


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as made:
        yield made


def reminders(shop: Shop, body: str = "Hi {{ user.first_name }}, your cart waits. STOP 36111") -> int:
    message = shop.post("/messages", {"name": body[:50], "channel": "sms", "content": {"body": body}})["id"]
    shop.journey({"event": "Product Added", "reentry": "always"}, say("text", message))
    return int(message)


def told(twilio: FakeTwilio) -> list[tuple[str, str]]:
    return [(each["To"], each["Body"]) for each in twilio.texts]


def answer(shop: Shop, provider: dict[str, object], number: str, text: str, sid: str) -> str:
    form = {"MessageSid": sid, "From": number, "To": "+33700000000", "Body": text}
    status, body = report(f"{provider['callback_url']}/inbound", form)
    assert status == 200, body
    shop.server.settle()
    return body


def test_who_agreed_is_told_until_stop(shop: Shop, twilio: FakeTwilio) -> None:
    provider = shop.post("/providers", twilio.provider(help_text="Shop & Co: help@shop.example"))
    message = reminders(shop)
    shop.identify("ada", {"first_name": "Ada", "phone": "0470 12 34 56", "country": "BE", "consent": {"sms": True}})
    shop.identify("bob", {"first_name": "Bob", "phone": BOB})
    for user in ("ada", "bob"):
        shop.track(user, "Product Added")
    assert told(twilio) == [(ADA, "Hi Ada, your cart waits. STOP 36111")]
    shop.wait(HOUR)  # a consent may come soon after an address
    assert shop.deliveries(message) == [("sent", ""), ("skipped", "no_consent")]
    assert "Shop &amp; Co: help@shop.example" in answer(shop, provider, ADA, "Help!", "SM1")
    assert "<Message>" not in answer(shop, provider, ADA, "stop svp", "SM2")
    answer(shop, provider, ADA, "stop svp", "SM2")  # told twice
    shop.track("ada", "Product Added")
    assert len(twilio.texts) == 1
    assert shop.deliveries(message)[-1] == ("skipped", "unsubscribed")
    [no] = [each for each in shop.items(f"/people/{shop.person('ada')['id']}/consents") if each["explicit"]]
    assert (no["channel"], no["granted"], no["source"], no["proof"]["text"]) == ("sms", False, "stop", "stop svp")
    # Whoever has the number now is the one who reads it.
    shop.identify("eve", {"first_name": "Eve", "phone": ADA, "consent": {"sms": True}})
    shop.track("eve", "Product Added")
    assert len(twilio.texts) == 1
    shop.wait(MINUTE)
    answer(shop, provider, BOB, "START", "SM3")  # he never said no: nothing to lift, and no consent
    answer(shop, provider, ADA, "Start", "SM4")
    for user in ("ada", "bob", "eve"):
        shop.track(user, "Product Added")
    assert told(twilio)[1:] == [(ADA, "Hi Eve, your cart waits. STOP 36111")]


def test_what_became_of_it_is_told_by_the_provider_alone(shop: Shop, twilio: FakeTwilio) -> None:
    provider = shop.post("/providers", twilio.provider())
    message = reminders(shop, "Your code is {{ event.code }}")
    for user, number in (("ada", ADA), ("bob", BOB)):
        shop.identify(user, {"phone": number, "consent": {"sms": True}})
        shop.track(user, "Product Added", {"code": "7"})
    (first, second) = (each["StatusCallback"] for each in twilio.texts)
    assert first.startswith(f"{provider['callback_url']}/status?")
    for forged in ("", "AAAA", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="):
        assert report(first, {"MessageSid": "x", "MessageStatus": "delivered"}, forged)[0] == 403
    assert report(first.replace("/status", "x/status"), {"MessageStatus": "delivered"})[0] == 404
    shop.server.settle()
    assert shop.figures(message)["delivered"] == 0
    for status, code in (("delivered", ""), ("sent", ""), ("delivered", ""), ("queued", "")):
        assert report(first, {"MessageSid": "x", "MessageStatus": status, "ErrorCode": code})[0] == 200
    for _ in range(2):
        assert report(second, {"MessageSid": "y", "MessageStatus": "undelivered", "ErrorCode": "30005"})[0] == 200
    shop.wait(MINUTE)
    figures = shop.figures(message)
    assert (figures["sent"], figures["delivered"], figures["bounced"]) == (2, 1, 1)
    for user in ("ada", "bob"):
        shop.track(user, "Product Added", {"code": "8"})
    assert [each["To"] for each in twilio.texts] == [ADA, BOB, ADA]
    assert ("skipped", "suppressed") in shop.deliveries(message) or ("skipped", "bounced") in shop.deliveries(message)


def test_a_number_that_the_provider_refuses_is_not_tried_again(shop: Shop, twilio: FakeTwilio) -> None:
    shop.post("/providers", twilio.provider())
    message = reminders(shop, "Hello")
    twilio.refusals = {ADA: 21610, BOB: 21614}
    for user, number in (("ada", ADA), ("bob", BOB)):
        shop.identify(user, {"phone": number, "consent": {"sms": True}})
        shop.track(user, "Product Added")
    twilio.refusals = {}
    shop.wait(MINUTE)
    for user in ("ada", "bob"):
        shop.track(user, "Product Added")
    assert twilio.texts == []
    states = shop.deliveries(message)
    assert [state for state, _ in states] == ["failed", "failed", "skipped", "skipped"]
    assert ("skipped", "unsubscribed") in states


def test_a_wrong_key_holds_messages_back_until_it_is_right(shop: Shop, twilio: FakeTwilio) -> None:
    given = twilio.provider()
    provider = shop.post("/providers", given | {"secrets": {"auth_token": "wrong"}})
    message = reminders(shop, "Hello")
    shop.identify("ada", {"phone": ADA, "consent": {"sms": True}})
    shop.track("ada", "Product Added")
    assert (twilio.texts, shop.deliveries(message)) == ([], [("pending", "")])
    tested = shop.post(f"/providers/{provider['id']}/test", {"to": ADA})
    assert (tested["taken"], "Authenticate" in tested["detail"]) == (False, True)
    shop.call("PATCH", f"/providers/{provider['id']}", {"version": 1, "secrets": given["secrets"]})
    assert shop.post(f"/providers/{provider['id']}/test", {"to": ADA})["taken"]
    shop.wait(6 * MINUTE)
    assert [each["Body"] for each in twilio.texts[1:]] == ["Hello"]
    assert shop.deliveries(message) == [("sent", "")]


def test_without_a_provider_it_is_skipped_with_the_reason(shop: Shop, twilio: FakeTwilio) -> None:
    message = reminders(shop, "Hello")
    shop.identify("ada", {"phone": ADA, "consent": {"sms": True}})
    shop.track("ada", "Product Added")
    provider = shop.post("/providers", twilio.provider())
    shop.wait(MINUTE)
    shop.track("ada", "Product Added")
    shop.wait(MINUTE)
    shop.call("DELETE", f"/providers/{provider['id']}")
    shop.track("ada", "Product Added")
    assert len(twilio.texts) == 1
    assert shop.deliveries(message) == [("sent", ""), ("skipped", "no_channel"), ("skipped", "no_channel")]


def test_a_preview_counts_the_parts(shop: Shop, twilio: FakeTwilio) -> None:
    message = shop.post("/messages", {"name": "Long", "channel": "sms", "content": {"body": "x" * 100 + "{{ event.tail }}"}})[
        "id"
    ]
    shop.identify("ada", {"phone": ADA})

    def content(tail: str) -> dict[str, object]:
        shown = shop.post(f"/messages/{message}/preview", {"alias": "user_id:ada", "event": {"tail": tail}})
        return {name: value for name, value in shown["content"].items() if name != "body"}

    assert content("é") == {"encoding": "gsm-7", "parts": 1, "units": 101, "left": 59, "forcing": []}
    shop.post("/providers", twilio.provider(price_per_part="0.0735", currency="EUR"))
    priced = shop.post(f"/messages/{message}/preview", {"alias": "user_id:ada", "event": {"tail": "ê"}})
    assert priced["price"] == {"amount": "0.1470", "currency": "EUR"}
    assert content("ê😀") == {"encoding": "ucs-2", "parts": 2, "units": 103, "left": 31, "forcing": ["ê", "😀"]}


class Still(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    @override
    def redirect_request(self, *_: object) -> None:
        return None


def place_of(url: str, method: str = "GET") -> str:
    """Where a link leads at once; empty for nowhere."""
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "Mozilla/5.0"})
    with pytest.raises(HTTPError) as answered:
        urllib.request.build_opener(Still).open(request)
    assert answered.value.code in (302, 404)
    return str(answered.value.headers.get("Location", ""))


def test_links_are_short_and_a_tap_is_counted_until_the_person_is_forgotten(shop: Shop, twilio: FakeTwilio) -> None:
    shop.post("/providers", twilio.provider())
    message = reminders(shop, "Your cart: https://shop.example/cart?of={{ user.id }} Bye: {{ unsubscribe_url }}")
    shop.identify("ada", {"phone": ADA, "consent": {"sms": True}})
    shop.track("ada", "Product Added")
    [(_, body)] = told(twilio)
    cart, bye = re.findall(r"https?://\S+", body)
    assert all(re.fullmatch(re.escape(shop.program.url) + "/l/[0-9A-Za-z]{10}", each) for each in (cart, bye))
    assert place_of(cart, "HEAD").startswith(f"{shop.program.url}/t/c/")  # looking at it is no tap
    shop.server.settle()
    assert shop.items(f"/deliveries?message={message}")[0]["clicked_at"] is None
    assert place_of(place_of(cart)) == "https://shop.example/cart?of=ada"
    shop.server.settle()
    assert shop.items(f"/deliveries?message={message}")[0]["clicked_at"] is not None
    assert place_of(bye).startswith(f"{shop.program.url}/t/u/")
    assert place_of(cart[:-1] + ("a" if cart[-1] != "a" else "b")) == ""
    shop.call("DELETE", f"/people/{shop.person('ada')['id']}")
    shop.server.settle()
    assert (place_of(cart), place_of(bye)) == ("", "")
