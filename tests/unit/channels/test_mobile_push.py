"""A push message for phones: what is refused when it is written, what it becomes, and which phones get it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.content import MessageEnvelope, check_content
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.channels.kind import PersonDevice
from relance.channels.mobile_push.apns_message import apns_payload
from relance.channels.mobile_push.content import PAYLOAD_LIMIT, MobilePushContent
from relance.channels.mobile_push.device import canonical_address, choose_devices, from_device, is_address, service_of
from relance.channels.mobile_push.fcm_message import fcm_payload
from relance.channels.mobile_push.model import MobilePush, PushService
from relance.core.encoding import to_json
from relance.links.tracked import Links
from relance.templates.errors import TemplateError

DELIVERY = "0123456789abcdef" * 2
LINKS = Links("https://relance.example", b"secret", DELIVERY)
NOWHERE = MessageEnvelope("")
IPHONE, ANDROID = "AB" * 32, "token:APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3"


def render(user: dict[str, str] | None = None, life: int | None = None, **fields: object) -> MobilePush:
    content = MobilePushContent.read({"title": "Hello", **fields})
    return content.render(Filling({"user": user or {}}), LINKS, MessageEnvelope("", life=life))


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"title": " "}, "title"),
        ({"title": "x", "buttons": [{"title": "a"}] * 4}, "buttons"),
        ({"title": "x", "image": "shop://picture"}, "image"),
        ({"title": "x", "url": "javascript:alert(1)"}, "url"),
        ({"title": "x", "url": "JavaScript:{{ event.x }}"}, "url"),
        ({"title": "x", "url": "no address"}, "url"),
        ({"title": "x", "url": "shop:"}, "url"),
        ({"title": "x", "url": "https://"}, "url"),
        ({"title": "x", "buttons": [{"title": "a", "url": "data:text/html,x"}]}, "buttons.0.url"),
        ({"title": "x", "data": {"aps": "1"}}, "data"),
        ({"title": "x", "data": {"google.x": "1"}}, "data"),
        ({"title": "x", "data": {" ": "1"}}, "data"),
        ({"title": "x", "data": {str(n): "1" for n in range(51)}}, "data"),
        ({"title": "x", "data": {"n": 1}}, "data[...]"),
        ({"title": "x", "body": "é" * 2_048}, "body"),
        ({"title": "x", "badge": -1}, "badge"),
        ({"title": "x", "interruption_level": "loud"}, "interruption_level"),
        ({"title": "x", "devices": "some"}, "devices"),
        ({"title": "x", "analytics_label": "no space"}, "analytics_label"),
        ({"title": "x", "tag": "cart"}, "tag"),
        ({"title": "{{ user.name"}, "title"),
    ],
)
def test_what_could_never_be_sent_is_refused_when_it_is_written(fields: dict[str, object], path: str) -> None:
    with pytest.raises((ContentInvalidError, TemplateError)) as caught:
        check_content(MobilePushContent.read(fields))
    assert caught.value.data["path"] in (f"content.{path}", "content")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x", "url": "shop://cart/{{ event.id }}"},
        {"title": "x", "url": "shop:cart"},
        {"title": "x", "url": "{{ event.link }}"},
        {"title": "x", "url": "https://shop.example/{{ event.id }}"},
        {"title": "x", "buttons": [{"title": "Open", "url": "shop://cart"}, {"title": "Later"}]},
        {"title": "", "silent": True, "data": {"refresh": "cart"}},
        {"title": "x", "badge": 0, "devices": "one_a_kind", "interruption_level": "time-sensitive"},
    ],
)
def test_what_phones_take_is_accepted(fields: dict[str, object]) -> None:
    check_content(MobilePushContent.read(fields))


def test_a_message_is_filled_in_for_one_person() -> None:
    push = render(
        {"name": "Ada", "id": "7"},
        life=90_000,
        title="Hi {{ user.name }}",
        body="B",
        image="https://x.example/{{ user.id }}.png",
        url="shop://p/{{ user.id }}",
        buttons=[{"title": "Go {{ user.name }}", "url": "shop://{{ user.id }}"}],
        data={"id": "{{ user.id }}", "none": "{{ user.none }}"},
        collapse_id="cart-{{ user.id }}",
        priority="normal",
    )
    assert (push.title, push.body, push.ttl, push.is_urgent) == ("Hi Ada", "B", 90, False)
    assert (push.image, push.url, push.buttons[0].title) == ("https://x.example/7.png", "shop://p/7", "Go Ada")
    assert (push.data, push.collapse_id) == ({"id": "7"}, "cart-7")
    assert push.receipts.startswith("https://relance.example/t/p/")


def test_without_a_collapse_id_a_message_takes_the_place_of_its_own_repeats_alone() -> None:
    assert render().collapse_id == DELIVERY


def test_a_long_collapse_id_is_shortened_to_the_same_one_each_time() -> None:
    one, other = (render(collapse_id=name * 20).collapse_id for name in ("cart-a", "cart-b"))
    assert len(one) == len(other) == 64
    assert one == render(collapse_id="cart-a" * 20).collapse_id != other


def test_what_a_value_makes_of_a_link_is_checked_too() -> None:
    with pytest.raises(TemplateError) as caught:
        render({"link": "javascript:alert(1)"}, url="{{ user.link }}")
    assert caught.value.data["path"] == "content.url"


def test_a_value_adds_no_line_to_a_collapse_id() -> None:
    assert "\n" not in render({"x": "a\r\nb"}, collapse_id="{{ user.x }}").collapse_id


def test_a_message_lives_a_day_and_28_at_most() -> None:
    assert (render().ttl, render(life=400 * 86_400_000).ttl, render(life=-5).ttl) == (86_400, 28 * 86_400, 0)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=5_000), st.integers(0, 3))
def test_a_body_too_long_is_cut_and_what_leaves_fits_both_services(body: str, buttons: int) -> None:
    push = render({"body": body}, body="{{ user.body }}", buttons=[{"title": "é" * 40, "url": "shop://x"}] * buttons)
    for payload in (apns_payload(push), fcm_payload(push)):
        assert len(to_json(payload).encode()) <= PAYLOAD_LIMIT
    whole = msgspec.structs.replace(push, body=body.strip())
    if len(to_json(apns_payload(whole)).encode()) <= PAYLOAD_LIMIT and len(to_json(fcm_payload(whole)).encode()) <= PAYLOAD_LIMIT:
        assert push.body == body.strip()
    else:
        assert push.body.endswith("…")
        assert body.strip().startswith(push.body[:-1])


def test_what_cannot_be_cut_is_an_error() -> None:
    with pytest.raises(TemplateError):
        render({"x": "x" * 5_000}, data={"x": "{{ user.x }}"})


def test_a_preview_shows_the_fields_as_filled_in() -> None:
    content = MobilePushContent.read({"title": "T", "url": "shop://x", "buttons": [{"title": "B"}]})
    preview = Links("https://relance.example", b"", "")
    shown = content.shown(content.render(Filling({}), preview, NOWHERE), Filling({}))
    assert shown == {"title": "T", "url": "shop://x", "buttons": [{"title": "B", "url": ""}]}


def test_tokens_are_told_apart_by_their_form() -> None:
    assert [service_of(each) for each in (IPHONE, IPHONE.lower(), ANDROID, "cW9sdG9rZW4tLS0tLS0tLS", "abc")] == [
        PushService.APNS,
        PushService.APNS,
        PushService.FCM,
        PushService.FCM,
        PushService.FCM,
    ]
    assert canonical_address(IPHONE) == IPHONE.lower()
    assert canonical_address(ANDROID) == ANDROID


@pytest.mark.parametrize("given_token", ["", "a b", "a\nb", "a\x00", "é", "x" * 2_049, None, 5, ["x"], {"token": "x"}])
def test_what_is_no_token_is_no_address(given_token: object) -> None:
    assert from_device(given_token) is None
    assert not isinstance(given_token, str) or not is_address(given_token)


def test_a_token_comes_in_as_every_spelling_of_it_does() -> None:
    assert from_device(f" {IPHONE} ") == from_device(IPHONE.lower()) == (IPHONE.lower(), {})


def device(number: int, kind: str, active_at: int, address: str = ANDROID) -> PersonDevice:
    return PersonDevice(number, address, {"type": kind} if kind else {}, active_at)


@pytest.mark.parametrize(
    ("choice", "ids"), [("all", {1, 2, 3, 4}), ("last_active", {3}), ("one_a_kind", {2, 3}), (None, {1, 2, 3, 4})]
)
def test_a_message_names_its_devices(choice: str | None, ids: set[int]) -> None:
    devices = [device(1, "ios", 10), device(2, "iOS", 20), device(3, "android", 30), device(4, "android", 5)]
    assert set(choose_devices({} if choice is None else {"devices": choice}, devices)) == ids


def test_of_devices_equally_active_the_newer_one_is_chosen_and_an_unknown_kind_is_its_service() -> None:
    devices = [device(1, "", 10, IPHONE), device(2, "", 10, IPHONE), device(3, "", 10)]
    assert choose_devices({"devices": "one_a_kind"}, devices) == {2, 3}
    assert choose_devices({"devices": "last_active"}, []) == set()
