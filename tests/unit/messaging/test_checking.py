"""What a sample of people shows of a message: counted, each with an example, the worst first."""

from __future__ import annotations

from typing import Any

import pytest

from relance.channels.registry import KINDS
from relance.messaging.checking import problem_of, summed
from relance.messaging.model import Channel, Message, MessageClass, SkipReason
from relance.messaging.previewing import SenderSettings, links_in, show
from relance.messaging.render import Recipient
from relance.templates.dates import Reader

SENDING = SenderSettings("https://relance.example", "Shop <shop@example.com>")


def message(channel: str, content: dict[str, Any], **about: Any) -> Message:
    return Message(
        *(1, 1, "m", Channel(channel), MessageClass.MARKETING, "general", content, None, None, 1, 0, 0), language="en", **about
    )


def checked(made: Message, people: dict[int, dict[str, Any]]) -> Any:
    found = []
    for person, user in people.items():
        recipient = Recipient(user, {}, {}, user.get("to", ""), Reader(language=user.get("language", "en")))
        found.append((person, show(made, recipient, SENDING)))
    return summed(found)


def test_what_is_missing_or_fails_is_counted_with_an_example() -> None:
    made = message(
        "web_push",
        {"title": "Hi {{ user.name }}", "body": "{{ user.city }}", "url": "{{ user.link }}"},
        translations={"fr": {"title": "{{ user.nom }}"}},
    )
    people = {
        1: {"name": "Ada", "city": "Lille", "to": "x", "link": "https://shop.example/"},
        2: {"city": "Lille", "link": "http://shop.example/"},
        3: {"language": "fr", "nom": "Léa", "link": "nowhere"},
        4: {"language": "fr", "city": "Metz"},
    }
    found = checked(made, people)
    assert (found.people, found.without_address) == (4, 3)
    assert [(each.path, each.variable, each.people, each.example) for each in found.missing] == [
        ("content.body", "user.city", 1, 3),
        ("content.title", "user.name", 1, 2),
        ("translations.fr.title", "user.nom", 1, 4),
    ]
    assert [(each.reason, each.path, each.people, each.example) for each in found.faults] == [
        (SkipReason.RENDER_ERROR, "content.url", 1, 3),
        (SkipReason.RENDER_ERROR, "translations.fr.title", 1, 4),
    ]
    assert [(each.url, each.problem) for each in found.links] == [
        ("http://shop.example/", "insecure"),
        ("https://shop.example/", ""),
    ]
    assert [(each.language, each.people) for each in found.languages] == [("en", 2), ("fr", 2)]
    assert found.languages[0].largest.most == 3993
    assert found.languages[1].largest is None


def test_the_largest_message_is_told_for_each_language() -> None:
    made = message("sms", {"body": "{{ user.text }}"})
    found = checked(made, {1: {"text": "x"}, 2: {"text": "x" * 200}, 3: {"text": "xy"}})
    [language] = found.languages
    assert (tuple(language.largest), language.example) == ((200, 1600, "characters"), 2)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda each: each.name)
def test_every_kind_tells_its_size(kind: Any) -> None:
    contents: dict[str, dict[str, Any]] = {
        "email": {"subject": "s", "html": "<p>é</p>"},
        "webhook": {"url": "https://x.example/", "body": {"a": 1}},
        "sms": {"body": "s"},
    }
    content = contents.get(kind.name, {"title": "s"})
    recipient = Recipient({}, {}, {}, "a@example.com")
    size = show(message(kind.name, content), recipient, SENDING).size
    assert size is not None
    assert 0 < size.size < size.most


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://shop.example/", ""),
        ("http://shop.example/", "insecure"),
        ("http://localhost:3000/x", "local"),
        ("https://shop.test", "local"),
        ("https://user@127.0.0.1/", "local"),
        ("http://localhost.example/", "insecure"),
        ("https://192.168.1.20/cart", "local"),
        ("https://[::1]:8080/cart", "local"),
        ("https://127.1/", "local"),
        ("HTTP://Shop.Example/", "insecure"),
        ("https://203.0.114.9/", ""),
    ],
)
def test_a_link_that_readers_cannot_open_is_told(url: str, problem: str) -> None:
    assert problem_of(url) == problem


def test_links_are_found_wherever_they_stand() -> None:
    content = {"html": '<a href="https://a.example/?x=1&amp;y=2">a</a>', "buttons": [{"url": "https://b.example/"}], "n": 5}
    assert links_in(content) == ("https://a.example/?x=1&y=2", "https://b.example/")


def test_a_reference_of_thousands_of_digits_is_read_like_any_other() -> None:
    assert len(links_in({"html": "<a href='https://a.example/?&#" + "9" * 150_000 + ";'>"})) == 1
