"""From a message and a person to what a channel is handed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from relance.channels.content import check_content
from relance.channels.email.model import Email
from relance.channels.errors import ContentInvalidError
from relance.channels.registry import KINDS, Channel
from relance.channels.web_push.model import Push
from relance.core.errors import InvalidError
from relance.core.ids import stable_id
from relance.links.signing import LinkKind, read
from relance.links.tracked import Links
from relance.messaging.model import Message, MessageClass
from relance.messaging.render import Recipient, render
from relance.templates.errors import TemplateError

WEB_PUSH = Channel("web_push")
EMAIL = Channel("email")

SECRET = b"k" * 32
DELIVERY = stable_id("delivery")
SHOP = ("shop.example",)
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
    rendered = render(message(WEB_PUSH, **content), ADA, LINKS, "", None, link_hosts=SHOP)
    assert isinstance(rendered, Push)
    found: dict[str, Any] = json.loads(rendered.payload)["notification"]
    return found


def email(message_class: MessageClass = MessageClass.MARKETING, *, hosts: tuple[str, ...] = SHOP, **content: Any) -> Email:
    about = message(EMAIL, message_class, **content)
    rendered = render(about, ADA, LINKS, "Shop <shop@example.com>", None, link_hosts=hosts)
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
    assert read(SECRET, token_of(found["navigate"])).target == "https://shop.example/cart?a=1&b=2"
    [button] = found["actions"]
    assert (button["action"], button["title"]) == ("0", "Buy")
    assert read(SECRET, token_of(button["navigate"])).kind is LinkKind.CLICK
    assert found["tag"] == DELIVERY
    receipts = found["data"]["receipts"]
    assert set(receipts) == {"delivered", "clicked", "dismissed"}
    token = receipts["delivered"].split("/")[-2]
    assert read(SECRET, token).kind is LinkKind.PUSH


def test_a_push_lives_as_long_as_it_is_valid() -> None:
    rendered = render(message(WEB_PUSH, title="x"), ADA, LINKS, "", 90_500)
    assert isinstance(rendered, Push)
    assert (rendered.ttl, rendered.topic) == (90, DELIVERY)


def whole(**content: Any) -> tuple[Push, dict[str, Any]]:
    rendered = render(message(WEB_PUSH, **content), ADA, LINKS, "", None, link_hosts=SHOP)
    assert isinstance(rendered, Push)
    return rendered, json.loads(rendered.payload)


def test_a_push_that_leads_somewhere_is_declarative_and_any_other_is_not() -> None:
    """The Push API's declarative message: the number, a title, where it leads; ``mutable`` so that a worker can post receipts."""
    _, leads = whole(title="x", url="https://shop.example/")
    assert (leads["web_push"], leads["mutable"], leads["notification"]["title"]) == (8030, True, "x")
    assert leads["notification"]["navigate"].startswith("https://")
    _, stays = whole(title="x", body="y")
    assert set(stays) == {"notification"}


def test_what_a_push_is_about_is_its_topic_and_its_tag() -> None:
    """RFC 8030, 5.4: a topic has 32 characters of base64url at most."""
    first, said = whole(title="x", collapse_id="cart {{ event.cart_url }}")
    again, _ = whole(title="other", collapse_id="cart {{ event.cart_url }}")
    other, _ = whole(title="x", collapse_id="cart")
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", first.topic)
    assert (first.topic, said["notification"]["tag"]) == (again.topic, first.topic)
    assert first.topic != other.topic
    assert whole(title="x", collapse_id="cart", tag="t")[1]["notification"]["tag"] == "t"
    unnamed, _ = whole(title="x", collapse_id="{{ user.nothing }}")
    assert unnamed.topic == DELIVERY


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/cart", "https://", "https://a b", "ftp://x.example", "http://[x"])
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
    assert re.search(r"A &amp; B(&#847;&zwnj;&nbsp;)+</div><p>", mail.html)
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


@pytest.mark.parametrize("page", ["", " \n\t", "{% if user.nobody %}<p>Hi</p>{% endif %}", "\n{{ user.nobody }}\n"])
def test_a_page_that_shows_nothing_is_no_part_that_hides_the_text(page: str) -> None:
    mail = email(subject="x", html=page, text="Only text")
    assert (mail.html, mail.text.splitlines()[0]) == ("", "Only text")
    if "{" in page:
        with pytest.raises(TemplateError, match="it renders to nothing"):
            email(subject="x", html=page)


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
        email(MessageClass.MARKETING, hosts=SHOP, **{"subject": "x", "html": "<p>x</p>", field: source})
    assert caught.value.data["path"] == f"content.{field}"
    assert caught.value.message.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("channel", "content", "path"),
    [
        (EMAIL, {"subject": "x"}, "content.html"),
        (EMAIL, {"subject": " ", "text": "x"}, "content.subject"),
        (EMAIL, {"subject": "x", "html": "{{ user.name"}, "content.html"),
        (EMAIL, {"subject": "x", "html": "{% if %}"}, "content.html"),
        (EMAIL, {"subject": "{{ x | nofilter }}", "text": "x"}, "content.subject"),
        (EMAIL, {"subject": "{% include 'x' %}", "text": "x"}, "content.subject"),
        (WEB_PUSH, {"body": "x"}, "content"),
        (WEB_PUSH, {"title": "x", "sound": "y"}, "content"),
        (WEB_PUSH, {"title": "x", "buttons": [{"title": "a"}] * 3}, "content.buttons"),
        (WEB_PUSH, {"title": "x", "buttons": [{"title": "{% bad"}]}, "content.buttons.0.title"),
    ],
)
def test_content_that_cannot_be_sent_is_refused(channel: Channel, content: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_content(KINDS[channel].content.read(content))
    assert isinstance(caught.value, ContentInvalidError | TemplateError)
    assert caught.value.data["path"] == path


@pytest.mark.parametrize(
    ("channel", "content", "path"),
    [
        (EMAIL, {"from": "Shop"}, "content.from"),
        (EMAIL, {"from": "shop@"}, "content.from"),
        (EMAIL, {"from": "a@x.example, b@x.example"}, "content.from"),
        (EMAIL, {"subject": "x" * 2_000}, "content.subject"),
        (EMAIL, {"subject": "word " * 300 + "{{ user.name }}"}, "content.subject"),
        (EMAIL, {"subject": "bell \x07"}, "content.subject"),
        (EMAIL, {"html": '<a href="https://shop.example:99999/x">x</a>'}, "content.html"),
        (EMAIL, {"html": "{% if user.x %}<a href='http://a b/'>x</a>{% endif %}"}, "content.html"),
        (EMAIL, {"html": "<a href=https:shop.example/x>x</a>"}, "content.html"),
        (WEB_PUSH, {"body": "x" * 5_000}, "content.body"),
        (WEB_PUSH, {"body": "é" * 2_500}, "content.body"),
        (WEB_PUSH, {"body": "x" * 5_000 + "{{ user.name }}"}, "content.body"),
        (WEB_PUSH, {"url": "https://shop.example/?q=" + "x" * 5_000}, "content.url"),
        (WEB_PUSH, {"url": "myapp://cart"}, "content.url"),
        (WEB_PUSH, {"url": "myapp://cart/{{ event.id }}"}, "content.url"),
        (WEB_PUSH, {"url": "/cart"}, "content.url"),
        (WEB_PUSH, {"url": "/cart/{{ event.id }}"}, "content.url"),
        (WEB_PUSH, {"url": "javascript:alert(1)"}, "content.url"),
        (WEB_PUSH, {"url": "https://a b/"}, "content.url"),
        (WEB_PUSH, {"image": "data:image/png;base64,AA"}, "content.image"),
        (WEB_PUSH, {"buttons": [{"title": "a", "url": "tel:+33"}]}, "content.buttons.0.url"),
    ],
)
def test_what_fails_for_everybody_is_refused_when_it_is_written(channel: Channel, content: dict[str, Any], path: str) -> None:
    least = {"subject": "x", "text": "x"} if channel is EMAIL else {"title": "x"}
    with pytest.raises(ContentInvalidError) as caught:
        check_content(KINDS[channel].content.read({**least, **content}))
    assert caught.value.data["path"] == path


@pytest.mark.parametrize(
    ("channel", "content"),
    [
        (EMAIL, {"from": "Shop <shop@x.example>"}),
        (EMAIL, {"from": "{{ app.name }} <shop@x.example>"}),
        (EMAIL, {"from": "Bücher <post@bücher.example>"}),
        (EMAIL, {"subject": "{% if user.a %}" + "x" * 400 + "{% else %}" + "y" * 400 + "{% endif %}"}),
        (WEB_PUSH, {"body": "{% if user.a %}" + "x" * 3_000 + "{% else %}" + "y" * 3_000 + "{% endif %}"}),
        (WEB_PUSH, {"url": "{{ event.url }}"}),
        (WEB_PUSH, {"url": " https://shop.example/{{ event.id }} "}),
        (WEB_PUSH, {"url": "http{% if user.a %}s{% endif %}://shop.example/"}),
        (WEB_PUSH, {"url": "https://shop.example/👨‍👩‍👧?q=a b\\c"}),
    ],
)
def test_what_may_be_sent_to_somebody_is_taken(channel: Channel, content: dict[str, Any]) -> None:
    least = {"subject": "x", "text": "x"} if channel is EMAIL else {"title": "x"}
    check_content(KINDS[channel].content.read({**least, **content}))


def test_a_value_that_makes_a_push_too_long_is_cut() -> None:
    found = render(
        message(WEB_PUSH, title="x", body="{{ event.review }}"),
        Recipient({}, {"review": 'é"' * 4_000}, {}, ""),
        LINKS,
        "",
        None,
    )
    assert isinstance(found, Push)
    assert 3_900 < len(found.payload) <= 3_993
    assert json.loads(found.payload)["notification"]["body"].endswith("…")


@pytest.mark.parametrize("name", ["copy", "reg", "timestamp", "region", "section", "currency", "notify", "lt", "amp", "not"])
def test_names_of_entities_in_a_query_are_not_taken_for_them(name: str) -> None:
    page = f'<a href="https://shop.example/?a=1&{name}=eu&amp;{name}=5">x</a>'
    targets = [read(SECRET, token).target for token in re.findall(r"/t/c/([\w-]+)", email(subject="x", html=page).html)]
    assert targets == [f"https://shop.example/?a=1&{name}=eu&{name}=5"]
    assert f"https://shop.example/?a=1&{name}=eu&{name}=5" in email(subject="x", html=page).text


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://shop.example/a\\b", "https://shop.example/a/b"),
        ("https:\\\\shop.example\\a", "https://shop.example/a"),
        ("HTTPS://SHOP.example/A", "https://shop.example/A"),
        (" https://shop.example/a\n b\t ", "https://shop.example/a%20b"),
        ("https://shop.example/?q=a\\b", "https://shop.example/?q=a\\b"),
        ("https://bücher.example/é?é#é", "https://xn--bcher-kva.example/%C3%A9?%C3%A9#%C3%A9"),
        ("https://shop.example/👨‍👩‍👧", "https://shop.example/%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7"),
        ("https://shop.example/a\u00a0b", "https://shop.example/a%C2%A0b"),
        ("https://shop.example/100%", "https://shop.example/100%"),
        ("https://shop.example/&#x26;&#38;amp;", "https://shop.example/&&amp;"),
        ("https&colon;//b&uuml;cher.example/", "https://xn--bcher-kva.example/"),
        ("ht\ttps:/\r\n/own.exa\rmple/a", "https://own.example/a"),
        ("https:////own.example/a", "https://own.example/a"),
        ("https://own%2eexample/a", "https://own.example/a"),
    ],
)
def test_a_tracked_link_leads_where_a_browser_would_have_gone(href: str, target: str) -> None:
    for quoted in (f'"{href}"', f"'{href}'"):
        page = email(subject="x", html=f"<A class=x HREF={quoted} >x</A>").html
        assert [read(SECRET, token).target for token in re.findall(r"/t/c/([\w-]+)", page)] == [target]


@pytest.mark.parametrize(
    "href",
    [
        "https://shop.example/?q=" + "x" * 6_200,
        "mailto:a@shop.example",
        "//shop.example/",
        "https:shop.example",
        "https:/shop.example/",
        "https://",
        "https://a b/",
        "https://shop.example:99999/",
        "#top",
        "javascript:alert(1)",
        "myapp://shop.example",
    ],
)
def test_what_cannot_be_tracked_stays_as_it_is(href: str) -> None:
    written = f'<p><a href="{href}">x</a></p>'
    assert written in email(MessageClass.TRANSACTIONAL, subject="x", html=written).html


def test_a_byte_order_mark_stays_first() -> None:
    mail = email(subject="x", html="\ufeff<!doctype html>\n<p>Hi</p>", preheader="Soon")
    assert mail.html.startswith("\ufeff<!doctype html>\n<div")
    assert email(subject="x", html="\ufeffHi", preheader="Soon").html.startswith("\ufeff<div")


def test_no_value_chooses_the_host_of_a_signed_link() -> None:
    page = '<a href="{{ event.cart_url }}">a</a><a href="https://own.example{{ event.more }}">b</a>'

    def targets(more: str, *hosts: str) -> list[str]:
        recipient = Recipient({}, {"cart_url": "https://shop.example/cart", "more": more}, {}, "a@b.example")
        found = render(message(EMAIL, subject="x", html=page), recipient, LINKS, "s@x.example", None, link_hosts=hosts)
        assert isinstance(found, Email)
        return [read(SECRET, token).target for token in re.findall(r"/t/c/([\w-]+)", found.html)]

    assert targets("/a") == ["https://own.example/a"]
    assert targets(".evil.example/") == []
    assert targets("@evil.example/") == []
    assert targets("/a", "shop.example") == ["https://shop.example/cart", "https://own.example/a"]
    assert targets("/a", "*.example") == ["https://shop.example/cart", "https://own.example/a"]
    assert targets(".evil.example/", "shop.example") == ["https://shop.example/cart"]
    mine = Recipient({}, {"cart_url": "https://evil.example/"}, {}, "")
    found = render(message(WEB_PUSH, title="x", url="{{ event.cart_url }}"), mine, LINKS, "", None)
    assert isinstance(found, Push)
    assert json.loads(found.payload)["notification"]["navigate"] == "https://evil.example/"  # it works, and is not ours


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><p>Hi</p></body></html>\n<!-- </body> -->",
        "<html><body><p>Hi</p><!-- {{ unsubscribe_url }} --></body></html>",
        '<html><body><p>Hi</p><!-- <a href="{{ unsubscribe_url }}">x</a> --></body></html>',
        "<!doctype html><html><head><title><body></title></head><p>Hi</p></html>",
        "<!doctype html><!--[if mso]><body class=x><![endif]--><p>Hi</p>",
        "<p>Hi</p><!-- never closed",
        "<p>Hi</p><style>p{}</p>",
        "<p>Hi</p><a href='never closed",
        "<p>Hi",
    ],
)
def test_what_is_put_in_is_seen_and_nothing_else_changes(page: str) -> None:
    mail = email(subject="x", html=page, preheader="Soon")
    body = LexborHTMLParser(mail.html).css_first("body")
    assert body is not None
    first = body.css_first("*:first-child")
    assert first is not None
    assert first.tag == "div"
    assert first.text().startswith("Soon")
    assert len(body.css(f'a[href="{mail.list_unsubscribe}"]')) == 1
    assert len(body.css('img[src*="/t/o/"]')) == 1
    kept = re.sub(r"<div style.*?</div>|<p style=.font-size.*?</p>|<img[^>]*>", "", mail.html)
    assert kept == page.replace("{{ unsubscribe_url }}", mail.list_unsubscribe)


def test_a_message_knows_the_address_that_it_goes_to() -> None:
    found = email(subject="s", text="You get this at {{ subscription.address }} ({{ subscription.channel }}).")
    assert found.text.startswith("You get this at ada@example.com (email).")
