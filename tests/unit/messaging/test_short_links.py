"""Links of a text that is paid for by length: short, the same at each attempt, and to nowhere that a value chose."""

from __future__ import annotations

from typing import Any

import pytest

from relance.channels.registry import Channel
from relance.channels.sms.model import Sms
from relance.core.ids import stable_id
from relance.links.short import CODE, MOST
from relance.links.signing import LinkKind
from relance.links.tracked import Links
from relance.messaging.model import Message, MessageClass
from relance.messaging.previewing import SenderSettings, show
from relance.messaging.render import Recipient, render

LINKS = Links("https://r.example", b"k" * 32, stable_id("delivery"))
ADA = Recipient(
    user={"id": "u1"},
    event={"url": "https://evil.example/x", "path": "/cart?a=1&b=2"},
    app={"id": 1, "name": "Shop"},
    address="+33612345678",
)


def message(body: str) -> Message:
    return Message(1, 1, "m", Channel("sms"), MessageClass.MARKETING, "general", {"body": body}, None, None, 1, 0, 0)


def sms(body: str, links: Links = LINKS) -> Sms:
    found = render(message(body), ADA, links, "", None)
    assert isinstance(found, Sms)
    return found


def test_links_become_short_and_keep_what_stands_around_them() -> None:
    found = sms("See https://shop.example{{ event.path }}, (https://shop.example/a). Bye: {{ unsubscribe_url }}")
    cart, other, leave = found.links
    assert (
        found.body
        == f"See https://r.example/l/{cart.code}, (https://r.example/l/{other.code}). Bye: https://r.example/l/{leave.code}"
    )
    assert (cart.kind, cart.target) == (LinkKind.CLICK, "https://shop.example/cart?a=1&b=2")
    assert (other.kind, other.target) == (LinkKind.CLICK, "https://shop.example/a")
    assert (leave.kind, leave.target) == (LinkKind.UNSUBSCRIBE, "")
    assert all(CODE.fullmatch(each.code) and each.delivery_id == LINKS.delivery_id for each in found.links)


def test_a_code_is_the_same_at_each_attempt_and_another_for_each_delivery_and_secret() -> None:
    def code(links: Links) -> str:
        return sms("https://shop.example/a", links).links[0].code

    others = (Links(LINKS.base, LINKS.secret, stable_id("other")), Links(LINKS.base, b"o" * 32, LINKS.delivery_id))
    assert code(LINKS) == code(LINKS)
    assert len({code(LINKS), *map(code, others)}) == 3


def test_a_host_that_a_value_chose_stays_as_it_is() -> None:
    found = sms("{{ event.url }} ftp://shop.example/x shop.example")
    assert (found.body, found.links) == ("https://evil.example/x ftp://shop.example/x shop.example", ())


def test_a_link_that_stands_twice_is_one_and_there_are_not_many() -> None:
    assert len(sms("https://shop.example/a https://shop.example/a").links) == 1
    many = sms(" ".join(f"https://shop.example/{number}" for number in range(MOST + 2)))
    assert len(many.links) == MOST
    assert many.body.endswith(f"https://shop.example/{MOST} https://shop.example/{MOST + 1}")


@pytest.mark.parametrize("body", ["https://shop.example/a" + "x" * 100, "Bye {{ unsubscribe_url }}"])
def test_a_preview_counts_the_parts_of_what_will_be_sent(body: str) -> None:
    shown: dict[str, Any] = show(message(body), ADA, SenderSettings(LINKS.base, "")).content
    assert len(shown["body"]) == len(sms(body).body)
    assert shown["units"] == len(sms(body).body)
