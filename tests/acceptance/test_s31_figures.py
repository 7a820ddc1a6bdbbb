"""Figures. Of every message, step and channel one sees what was sent, delivered, opened, clicked, converted and earned, who
unsubscribed, and the rates, as anybody would count them by hand.

Missing: figures by country, device, period and segment; a sum for a whole journey (its nodes are told apart); alarms when
unsubscribes or lost push subscriptions jump; a diagnosis in words; lost subscriptions as a figure of their own.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import HOUR, Shop, follow, say, track

pytestmark = pytest.mark.xdist_group("stories")


def test_the_report_counts_what_people_did(shop: Shop) -> None:
    push, mail = shop.push("Push"), shop.mail("Mail")
    journey = shop.journey({"event": "Go"}, say("push", push, "mail"), say("mail", mail))
    people = [f"u{number}" for number in range(10)]
    phones = {}
    for user in people:
        shop.reader(user)
        if user in people[:4]:
            phones[user] = shop.phone(user)
    shop.send(*(track(user, "Go") for user in people))
    mails = {user: shop.mails(user)[0] for user in people}
    for user in people[:6]:
        shop.load_pictures(mails[user])
    for user in people[4:8]:  # two of them without pictures: who clicks has opened it
        shop.click(mails[user])
    shop.unsubscribe(mails["u9"])
    for user in people[:3]:
        [arrived] = shop.pushes(phones[user])
        follow(arrived["receipts"]["delivered"], b"")
    shop.click(shop.pushes(phones["u0"])[0])
    shop.wait(HOUR)
    shop.track("u4", "Order Completed", {"order_id": "1", "total": 40, "currency": "EUR"})
    shop.track("u0", "Order Completed", {"order_id": "2", "total": 60, "currency": "EUR"})

    answer = shop.figures(mail)
    counted = {name: answer[name] for name in ("sent", "delivered", "opened", "clicked", "converted", "direct", "unsubscribed")}
    assert counted == {
        "sent": 10,
        "delivered": None,  # no mail server tells
        "opened": 8,
        "clicked": 4,
        "converted": 1,
        "direct": 1,
        "unsubscribed": 1,
    }
    assert (answer["revenue"], answer["currency"]) == (40.0, "EUR")
    assert answer["rates"] == {"delivered": None, "opened": 0.8, "clicked": 0.4, "converted": 0.1, "unsubscribed": 0.1}
    answer = shop.figures(push)
    counted = {name: answer[name] for name in ("sent", "delivered", "opened", "clicked", "converted", "skipped")}
    assert counted == {"sent": 4, "delivered": 3, "opened": None, "clicked": 1, "converted": 1, "skipped": 6}

    report = shop.get("/reports/messages")
    assert {each["channel"]: each["outcome"]["sent"] for each in report["channels"]} == {"web_push": 4, "email": 10}
    assert (report["total"]["sent"], report["total"]["revenue"]) == (14, 100.0)
    assert {(each["journey_id"], each["node"]) for each in report["messages"]} == {(journey, "push"), (journey, "mail")}
    came = {each["node"]: each["arrived"] for each in shop.get(f"/journeys/{journey}/counts")["items"]}
    assert (came["push"], came["mail"]) == (10, 10)


def test_a_test_counts_nowhere(shop: Shop) -> None:
    mail = shop.mail("Mail")
    shop.reader("ada")
    shop.post(f"/messages/{mail}/test", {"person": shop.person("ada")["id"]})
    shop.server.settle()
    shop.click(shop.mails("ada")[0])
    assert shop.get("/reports/messages")["total"]["sent"] == 0


def test_what_a_report_does_not_know_is_refused(shop: Shop) -> None:
    assert shop.refusal("GET", "/reports/messages?by=country")["code"] == "unknown_parameter"
