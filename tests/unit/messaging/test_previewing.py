"""A message as one person would get it: what is missing, what would hold it back, and that nothing of it is tracked."""

from __future__ import annotations

from typing import Any

import pytest

from relance.channels.filling import Missing
from relance.messaging.model import Channel, Message, MessageClass, SkipReason
from relance.messaging.previewing import SenderSettings, Shown, show
from relance.messaging.render import Recipient

WEB_PUSH = Channel("web_push")
EMAIL = Channel("email")

SENDING = SenderSettings("https://relance.example", "Shop <shop@example.com>")
ADA = Recipient(
    user={"id": "u1", "first_name": "Ada <b>", "space": " "},
    event={"name": "Tea & Cups", "url": "https://shop.example/cart?a=1&b=2", "items": [{"name": "cup"}]},
    app={"id": 1, "name": "Shop"},
    address="ada@example.com",
)


def shown(channel: Channel, *, require_values: bool = False, **content: Any) -> Shown:
    message = Message(1, 1, "m", channel, MessageClass.MARKETING, "general", content, None, None, 1, 0, 0, require_values)
    return show(message, ADA, SENDING)


def test_an_email_is_filled_in_and_leads_where_it_was_written_to_lead() -> None:
    page = '<a href="{{ event.url }}">{{ user.first_name }}</a> <a href="https://shop.example/x">x</a>'
    found = shown(EMAIL, subject="Hi {{ user.first_name }}", html=page, preheader="{{ event.name }}")
    assert (found.content["subject"], found.content["preheader"]) == ("Hi Ada <b>", "Tea & Cups")
    assert (found.content["from"], found.address) == ("Shop <shop@example.com>", "ada@example.com")
    assert '<a href="https://shop.example/cart?a=1&amp;b=2">Ada &lt;b&gt;</a>' in found.content["html"]
    assert 'href="https://shop.example/x"' in found.content["html"]
    assert (found.missing, found.unsendable) == ([], None)
    assert "/t/c/" not in str(found.content)  # no tracked links
    assert "/t/o/" not in str(found.content)  # and no pixel: to look at it opens nothing
    assert "https://relance.example/t/u/preview" in found.content["text"]  # marketing's way out stands there, and leads nowhere


def test_a_push_is_its_own_fields_filled_in() -> None:
    buttons = [{"title": "See {{ event.name }}", "url": "https://shop.example/{{ user.id }}"}]
    found = shown(WEB_PUSH, title="{{ event.name }}", body="b", url="{{ event.url }}", buttons=buttons)
    assert found.content == {
        "title": "Tea & Cups",
        "body": "b",
        "url": "https://shop.example/cart?a=1&b=2",
        "buttons": [{"title": "See Tea & Cups", "url": "https://shop.example/u1"}],
    }


def test_what_is_missing_is_told_once_a_field_with_the_field() -> None:
    html = "{{ user.age }} {{ user.age }} {{ user.city | default: 'here' }} {% if user.x %}x{% endif %}"
    html += " {% for i in event.none %}{% endfor %}"
    found = shown(EMAIL, subject="{{ event.code }}: {{ user.space }}!", html=f"{html} {{{{ event.items[0].price }}}}")
    assert found.missing == [
        Missing("content.subject", "event.code"),
        Missing("content.subject", "user.space"),
        Missing("content.html", "user.age"),
        Missing("content.html", "event.items.price"),
    ]
    assert found.unsendable is None
    assert found.content["subject"] == ": !"


def test_a_value_that_is_only_assigned_is_no_gap_until_it_is_put_in() -> None:
    assigned = "{% assign a = user.age %}{% assign b = user.first_name %}{{ b }}"
    assert shown(EMAIL, subject="s", html=assigned).missing == []
    assert [each.variable for each in shown(EMAIL, subject="s", html=assigned + "{{ a }}").missing] == ["user.age"]


@pytest.mark.parametrize("require_values", [False, True])
def test_a_message_that_requires_its_values_is_shown_with_all_its_gaps(require_values: bool) -> None:
    found = shown(EMAIL, require_values=require_values, subject="{{ user.a }} x", html="Hello {{ user.b }}")
    assert [each.variable for each in found.missing] == ["user.a", "user.b"]
    assert found.content["subject"] == "x"
    reported = found.unsendable
    assert (reported and (reported.reason, reported.path, reported.detail)) == (
        (SkipReason.MISSING_VALUE, "content.subject", "subject: user.a is missing") if require_values else None
    )


@pytest.mark.parametrize(
    ("content", "reason", "path"),
    [
        ({"subject": "{{ event.code | required }}", "html": "h"}, SkipReason.MISSING_VALUE, "content.subject"),
        ({"subject": "{{ event.none }}", "html": "h"}, SkipReason.RENDER_ERROR, "content.subject"),
        ({"subject": "s", "html": "{{ (1..20000000) | join }}"}, SkipReason.RENDER_ERROR, "content.html"),
        ({"subject": "s", "html": "{{ 1 | divided_by: 0 }}"}, SkipReason.RENDER_ERROR, "content.html"),
    ],
)
def test_what_would_keep_it_from_being_sent_is_told_and_not_raised(
    content: dict[str, Any], reason: SkipReason, path: str
) -> None:
    found = shown(EMAIL, **content)
    assert found.unsendable is not None
    assert (found.unsendable.reason, found.unsendable.path, found.content) == (reason, path, {})
