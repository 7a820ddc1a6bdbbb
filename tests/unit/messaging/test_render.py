"""From a message and a person to what a channel is handed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from relance.channels.model import Email
from relance.core.errors import InvalidError
from relance.core.ids import stable_id
from relance.messaging.content import check_content
from relance.messaging.errors import MessageInvalidError, TemplateError
from relance.messaging.model import Channel, Message, MessageClass
from relance.messaging.plain import plain_text
from relance.messaging.render import Links, Push, Recipient, render
from relance.messaging.tracking import LinkKind, read

SECRET = b"k" * 32
DELIVERY = stable_id("delivery")
LINKS = Links("https://relance.example", SECRET, DELIVERY)
ADA = Recipient(
    user={"id": "u1", "first_name": "Ada <b>", "email": "ada@example.com"},
    event={
        "product": {"name": "Tea & Cups"},
        "cart_url": "https://shop.example/cart?a=1&b=2",
        "image": "https://shop.example/i.png",
    },
    app={"id": 1, "name": "Shop"},
    address="ada@example.com",
)


def message(channel: Channel, message_class: MessageClass = MessageClass.MARKETING, **content: Any) -> Message:
    return Message(1, 1, "cart", channel, message_class, "general", content, None, None, 1, 0, 0)


def push(**content: Any) -> dict[str, Any]:
    rendered = render(message(Channel.WEB_PUSH, **content), ADA, LINKS, "", None)
    assert isinstance(rendered, Push)
    found: dict[str, Any] = json.loads(rendered.payload)
    return found


def email(message_class: MessageClass = MessageClass.MARKETING, **content: Any) -> Email:
    rendered = render(message(Channel.EMAIL, message_class, **content), ADA, LINKS, "Shop <shop@example.com>", None)
    assert isinstance(rendered, Email)
    return rendered


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_push_carries_text_picture_and_tracked_links() -> None:
    found = push(
        title="{{ user.first_name }}, your {{ event.product.name }}",
        body="Still there",
        image="{{ event.image }}",
        url="{{ event.cart_url }}",
        buttons=[{"title": "Buy", "url": "{{ event.cart_url }}"}],
    )
    assert found["title"] == "Ada <b>, your Tea & Cups"  # plain text is not escaped
    assert found["image"] == "https://shop.example/i.png"
    assert read(SECRET, token_of(found["url"])).target == "https://shop.example/cart?a=1&b=2"
    assert read(SECRET, token_of(found["buttons"][0]["url"])).kind is LinkKind.CLICK
    assert found["tag"] == DELIVERY
    assert set(found["receipts"]) == {"delivered", "clicked", "dismissed"}
    token = found["receipts"]["delivered"].split("/")[-2]
    assert read(SECRET, token).kind is LinkKind.PUSH


def test_a_push_lives_as_long_as_it_is_valid() -> None:
    rendered = render(message(Channel.WEB_PUSH, title="x"), ADA, LINKS, "", 90_500)
    assert isinstance(rendered, Push)
    assert (rendered.ttl, rendered.topic) == (90, DELIVERY)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/cart", "https://", "https://a\nb", "ftp://x.example", "http://[x"])
def test_a_link_that_is_none_stops_the_message(url: str) -> None:
    with pytest.raises(TemplateError, match="url") as caught:
        push(title="x", url=url)
    assert caught.value.data["path"] == "content.url"


def test_html_is_escaped_and_tracked() -> None:
    mail = email(
        subject="Hello\n{{ user.first_name }}",
        preheader="A & B",
        html="<html><body><p>{{ user.first_name }}</p><a class=x href='{{ event.cart_url }}'>Cart</a>"
        '<a href="mailto:x@y.example">w</a></body></html>',
    )
    assert mail.subject == "Hello Ada <b>"
    assert "<p>Ada &lt;b&gt;</p>" in mail.html
    assert "A &amp; B</div><p>" in mail.html
    targets = [read(SECRET, token).target for token in re.findall(r"/t/c/([\w-]+)", mail.html)]
    assert targets == ["https://shop.example/cart?a=1&b=2"]
    assert mail.html.count("/t/o/") == 1
    assert mail.html.endswith("</body></html>")
    assert "mailto:x@y.example" in mail.html
    assert mail.sender == "Shop <shop@example.com>"


def test_marketing_carries_a_way_out_in_every_part() -> None:
    mail = email(subject="x", html="<p>Hi</p>")
    assert read(SECRET, token_of(mail.list_unsubscribe)).kind is LinkKind.UNSUBSCRIBE
    assert mail.html.count(mail.list_unsubscribe) == 1
    assert mail.list_unsubscribe in mail.text
    own = email(subject="x", html='<a href="{{ unsubscribe_url }}">No more</a>')
    assert own.html.count(own.list_unsubscribe) == 1


def test_transactional_carries_none() -> None:
    mail = email(MessageClass.TRANSACTIONAL, subject="x", html="<p>Hi</p>", text="Hi {{ user.first_name }}")
    assert "/t/u/" not in mail.html
    assert mail.list_unsubscribe == ""
    assert mail.text == "Hi Ada <b>"


@pytest.mark.parametrize(
    ("field", "source"),
    [
        ("html", "{% for i in (1..200000) %}x{% endfor %}"),
        ("html", "{% for i in (1..9000) %}" + "x" * 100 + "{% endfor %}"),
        ("subject", "{{ 1 | divided_by: 0 }}"),
        ("subject", "{{ user.nothing }}"),
        ("text", "{% include 'secrets' %}"),
    ],
)
def test_a_template_that_fails_names_its_field(field: str, source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        email(MessageClass.MARKETING, **{"subject": "x", "html": "<p>x</p>", field: source})
    assert caught.value.data["path"] == f"content.{field}"
    assert caught.value.message.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("channel", "content", "path"),
    [
        (Channel.EMAIL, {"subject": "x"}, "content.html"),
        (Channel.EMAIL, {"subject": " ", "text": "x"}, "content.subject"),
        (Channel.EMAIL, {"subject": "x", "html": "{{ user.name"}, "content.html"),
        (Channel.EMAIL, {"subject": "x", "html": "{% if %}"}, "content.html"),
        (Channel.EMAIL, {"subject": "{{ x | nofilter }}", "text": "x"}, "content.subject"),
        (Channel.EMAIL, {"subject": "{% include 'x' %}", "text": "x"}, "content.subject"),
        (Channel.WEB_PUSH, {"body": "x"}, "content"),
        (Channel.WEB_PUSH, {"title": "x", "sound": "y"}, "content"),
        (Channel.WEB_PUSH, {"title": "x", "buttons": [{"title": "a"}] * 3}, "content.buttons"),
        (Channel.WEB_PUSH, {"title": "x", "buttons": [{"title": "{% bad"}]}, "content.buttons.0.title"),
    ],
)
def test_content_that_cannot_be_sent_is_refused(channel: Channel, content: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_content(channel, content)
    assert isinstance(caught.value, MessageInvalidError | TemplateError)
    assert caught.value.data["path"] == path


def test_plain_text_keeps_words_and_addresses() -> None:
    page = "<style>p{}</style><h1>Hi&nbsp;Ada</h1><p>Your <a href='https://x.example/a'>cart</a></p><img alt='Cup' src=x>"
    assert plain_text(page) == "Hi Ada\n\nYour cart (https://x.example/a)\nCup"
