"""E-mail. A mail looks as it was written, says who opened it and followed which link, and lets a person unsubscribe with one
click of the mailbox, for good.

Missing: bounces and complaints that come as mails or from a provider are not read: only what the mail server answers at
delivery.
"""

from __future__ import annotations

import json
import urllib.request

import pytest

from tests.acceptance.shop import DAY, SECOND, Shop, follow, say
from tests.providers.mail_server import mail_server

pytestmark = pytest.mark.xdist_group("stories")


def newsletter(shop: Shop) -> int:
    news = shop.mail("News", '<p>Dear {{ user.first_name }}</p><a href="https://shop.example/new?a=1&amp;region=2">New</a>')
    shop.journey({"event": "News"}, say("mail", news))
    return news


def test_what_was_written_arrives_with_a_text_part_and_links_that_lead_on(shop: Shop) -> None:
    news = newsletter(shop)
    shop.reader("ada", first_name="Ada")
    shop.track("ada", "News")
    [mail] = shop.mails("ada")
    assert "Dear Ada" in mail["text"]
    assert shop.figures(news)["opened"] == 0
    shop.load_pictures(mail)
    assert (shop.figures(news)["opened"], shop.figures(news)["clicked"]) == (1, 0)
    assert shop.click(mail) == "https://shop.example/new?a=1&region=2"
    assert (shop.figures(news)["opened"], shop.figures(news)["clicked"]) == (1, 1)


def test_one_click_ends_it_and_looking_at_the_page_does_not(shop: Shop) -> None:
    news = newsletter(shop)
    shop.reader("ada")
    shop.track("ada", "News")
    [mail] = shop.mails("ada")
    assert mail["one_click"]
    [link] = [each for each in mail["list_unsubscribe"] if each.startswith("http")]
    follow(link)
    shop.wait(SECOND)
    shop.track("ada", "News")
    assert len(shop.mails("ada")) == 2
    shop.unsubscribe(mail)
    shop.wait(SECOND)
    shop.track("ada", "News")
    assert shop.deliveries(news) == [("sent", ""), ("sent", ""), ("skipped", "unsubscribed")]
    assert shop.figures(news)["unsubscribed"] == 1


def test_a_no_outlives_traits_that_are_repeated_and_a_second_account_and_ends_with_a_new_yes(shop: Shop) -> None:
    news = newsletter(shop)
    shop.reader("ada")
    shop.track("ada", "News")
    shop.unsubscribe(shop.mails("ada")[0])
    shop.wait(DAY)
    shop.reader("ada")  # as a browser repeats all traits with each visit
    shop.track("ada", "News")
    shop.identify("ada2", {"email": shop.address("ada"), "consent": {"email": True}})
    shop.track("ada2", "News")
    assert shop.deliveries(news) == [("sent", ""), ("skipped", "unsubscribed"), ("skipped", "unsubscribed")]
    yes = {"channel": "email", "granted": True, "source": "preferences", "wording": "Yes, write to me again."}
    shop.wait(DAY)
    shop.post(f"/people/{shop.person('ada2')['id']}/consents", yes)  # who has the address by now
    shop.track("ada2", "News")
    assert len(shop.mails("ada")) == 2


def test_a_no_to_one_topic_leaves_the_others(shop: Shop) -> None:
    for topic in ("offers", "tips"):
        shop.journey({"event": f"Send {topic}"}, say("mail", shop.mail(topic, topic=topic)))
    shop.reader("ada")
    shop.post(f"/people/{shop.person('ada')['id']}/consents", {"channel": "email", "topic": "offers", "granted": False})
    shop.track("ada", "Send offers")
    shop.track("ada", "Send tips")
    assert shop.subjects("ada") == ["tips"]


def test_the_raw_mail_is_multipart_and_names_its_list(shop: Shop) -> None:
    newsletter(shop)
    shop.reader("ada")
    shop.track("ada", "News")
    [mail] = shop.mails("ada")
    with urllib.request.urlopen(f"{shop.program.url}/sandbox/api/mail/{mail['id']}/raw", timeout=30) as answer:
        raw = answer.read().decode()
    assert "multipart/alternative" in raw
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert json.dumps(mail["links"]).count("/t/c/") == 1


def test_an_app_with_a_mail_server_of_its_own_sends_by_it_under_its_own_name(shop: Shop) -> None:
    """Until it has one, and once it is switched off, the server's own carries its mail."""
    news = newsletter(shop)
    shop.reader("ada")
    shop.track("ada", "News")
    with mail_server() as own:
        settings = {"host": "127.0.0.1", "port": own.port, "security": "none", "sender": "Shop <own@shop.example>"}
        made = shop.post("/providers", {"type": "smtp", "name": "Ours", "settings": settings, "secrets": {}})
        shop.wait(SECOND)
        assert shop.post(f"/providers/{made['id']}/test", {"to": "ada@example.org"})["taken"]
        shop.track("ada", "News")
        shop.call("PATCH", f"/providers/{made['id']}", {"version": made["version"], "active": False})
        shop.wait(SECOND)
        shop.track("ada", "News")
    assert own.mails == [
        ("ada@example.org", "Shop <own@shop.example>"),
        (shop.address("ada"), "Shop <own@shop.example>"),
    ]
    assert len(shop.mails("ada")) == 2
    assert shop.deliveries(news) == [("sent", "")] * 3
