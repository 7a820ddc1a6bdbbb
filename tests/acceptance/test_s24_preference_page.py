"""The preference page: a mail's link opens it in a browser without scripts, what is chosen there holds, and can be undone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.acceptance.shop import DAY, HOUR, SECOND, Shop, say
from tests.browser.conftest import CHROMIUM

pytestmark = pytest.mark.xdist_group("stories")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser that runs no scripts, as a careful mailbox opens links."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 900})
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    hosts = {each.split("/")[2] for each in asked if not each.startswith("data:")}
    context.close()
    assert len(hosts) <= 1, "nothing is loaded from another host"


def newsletters(shop: Shop) -> dict[str, int]:
    """One about offers and one about tips, each sent when an event of its name happens."""
    found = {}
    for topic in ("offers", "tips"):
        found[topic] = shop.mail(topic, topic=topic)
        shop.journey({"event": f"Send {topic}"}, say("mail", found[topic]))
    titles = [{"topic": "offers", "titles": {"en": "Offers", "fr": "Offres"}}, {"topic": "tips", "titles": {"en": "Tips"}}]
    version = shop.get("")["version"]
    shop.call("PATCH", "", {"version": version, "topics": titles})
    return found


def link_of(shop: Shop, user: str) -> str:
    """The link to the page, in the newest mail."""
    found: str = next(each for each in shop.mails(user)[-1]["links"] if "/t/s/" in each)
    return found


def save(page: Page, shop: Shop, button: str = "Save") -> None:
    shop.wait(SECOND)
    page.get_by_role("button", name=button).click()
    shop.server.settle()


def test_a_topic_that_is_unticked_ends_and_the_others_go_on_until_it_is_undone(shop: Shop, page: Page) -> None:
    news = newsletters(shop)
    shop.reader("ada", first_name="Ada")
    shop.track("ada", "Send offers")
    page.goto(link_of(shop, "ada"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your messages from")
    assert shop.address("ada") not in page.content()
    expect(page.get_by_label("Offers")).to_be_checked()
    page.get_by_label("Offers").uncheck()
    save(page, shop)
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    shop.track("ada", "Send offers")
    shop.track("ada", "Send tips")
    assert shop.deliveries(news["offers"]) == [("sent", ""), ("skipped", "unsubscribed")]
    assert shop.subjects("ada") == ["offers", "tips"]
    said = shop.items(f"/people/{shop.person('ada')['id']}/consents")[0]
    assert (said["source"], said["topic"], said["granted"], said["explicit"]) == ("preference page", "offers", False, True)
    save(page, shop, "Undo")
    expect(page.get_by_role("status")).to_contain_text("as it was before")
    expect(page.get_by_label("Offers")).to_be_checked()
    shop.wait(SECOND)
    shop.track("ada", "Send offers")
    assert shop.subjects("ada") == ["offers", "tips", "offers"]


def test_own_hours_and_fewer_messages_hold_and_say_so(shop: Shop, page: Page) -> None:
    """Whoever wants one mail a week, and none at this hour, gets neither a second one nor one now."""
    news = newsletters(shop)
    shop.reader("ada", timezone="Europe/Paris")
    shop.track("ada", "Send offers")
    page.goto(link_of(shop, "ada"))
    page.get_by_label("At most once a week").check()
    save(page, shop)
    shop.track("ada", "Send tips")
    [held] = shop.items(f"/deliveries?message={news['tips']}")
    assert (held["state"], held["reason"], held["held_by"]) == ("skipped", "capped", "own_limit")
    page.get_by_label("As often as there is something new").check()
    page.get_by_label("No messages in these hours").check()
    page.get_by_label("from").fill("00:00")
    page.get_by_label("until").fill("00:00")  # the whole day
    save(page, shop)
    shop.track("ada", "Send tips")
    newest = shop.items(f"/deliveries?message={news['tips']}")[0]
    assert (newest["reason"], newest["held_by"]) == ("no_open_hour", "own_quiet_hours")
    save(page, shop, "Undo")
    shop.wait(HOUR)
    shop.track("ada", "Send offers")
    assert shop.subjects("ada")[-1] == "offers"
    person = shop.get(f"/people/{shop.person('ada')['id']}/preferences")
    assert (person["quiet_hours"], person["source"]) == (None, "preference page")


def test_the_page_speaks_the_persons_language_and_what_they_choose_lasts(shop: Shop, page: Page) -> None:
    newsletters(shop)
    shop.reader("ada", language="fr")
    shop.track("ada", "Send offers")
    page.goto(link_of(shop, "ada"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vos messages de")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your messages from")
    page.get_by_label("Language of our messages").select_option("en")
    save(page, shop)
    shop.wait(DAY)
    shop.reader("ada", language="fr")  # as a browser repeats it
    assert shop.person("ada")["language"] == "en"


def test_one_button_ends_everything_and_what_is_no_marketing_still_comes(shop: Shop, page: Page) -> None:
    news = newsletters(shop)
    receipt = shop.mail("Receipt", **{"class": "transactional"})
    shop.journey({"event": "Paid"}, say("mail", receipt))
    shop.reader("ada")
    shop.track("ada", "Send offers")
    page.goto(link_of(shop, "ada"))
    save(page, shop, "Unsubscribe from everything")
    expect(page.get_by_role("status")).to_contain_text("unsubscribed from everything")
    for event in ("Send offers", "Send tips", "Paid"):
        shop.track("ada", event)
    assert shop.subjects("ada") == ["offers", "Receipt"]
    assert shop.figures(news["offers"])["unsubscribed"] == 1


def pictured(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants to look at it."""
    folder = os.environ.get("RELANCE_LOOK")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def confirmation(shop: Shop, user: str) -> str:
    """The link of the second mail."""
    found: str = next(each for each in shop.mails(user)[-1]["links"] if "/t/d/" in each)
    return found


def test_a_deletion_is_confirmed_by_a_second_mail_waits_its_term_and_can_be_taken_back(shop: Shop, page: Page) -> None:
    newsletters(shop)
    for user in ("ada", "bob"):
        shop.reader(user, timezone="Europe/Paris")
        shop.track(user, "Send offers")
    ada, bob = shop.person("ada"), shop.person("bob")
    first = link_of(shop, "ada")
    page.goto(first)
    save(page, shop, "Delete my data")
    expect(page.get_by_role("status")).to_contain_text("Nothing is deleted until you confirm it")
    pictured(page, "page-asked")
    shop.wait(3 * DAY)
    page.goto(confirmation(shop, "ada"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("This link has expired")
    page.goto(first)
    save(page, shop, "Delete my data")
    page.goto(confirmation(shop, "ada"))
    pictured(page, "mail-ask")
    assert shop.address("ada") not in page.content()
    save(page, shop, "Yes, delete my data")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your data will be deleted on")
    pictured(page, "mail-scheduled")
    assert shop.get(f"/people/{ada['id']}")["deletion"]["state"] == "scheduled"
    shop.wait(6 * DAY)
    page.goto(first)
    pictured(page, "page-scheduled")
    save(page, shop, "Cancel this")
    expect(page.get_by_role("status")).to_contain_text("your data are kept")
    shop.wait(30 * DAY)
    assert shop.person("ada")["id"] == ada["id"]
    page.goto(first)
    save(page, shop, "Delete my data")
    last = confirmation(shop, "ada")
    page.goto(last)
    save(page, shop, "Yes, delete my data")
    shop.wait(8 * DAY)
    assert shop.refusal("GET", f"/people/{ada['id']}")["code"] == "person_not_found"
    assert shop.person("bob")["id"] == bob["id"]
    page.goto(last)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data are deleted")
    states = [each["state"] for each in shop.items(f"/deletion-requests?person={ada['id']}")]
    assert states == ["done", "cancelled"]


def test_an_old_link_changes_nothing_once_the_address_is_somebody_elses(shop: Shop, page: Page) -> None:
    newsletters(shop)
    shop.reader("ada")
    shop.track("ada", "Send offers")
    old = link_of(shop, "ada")
    shop.identify("noa", {"email": shop.address("ada")})
    page.goto(old)
    expect(page.get_by_role("heading", level=1)).to_contain_text("somebody else now")
    pictured(page, "page-moved")
    assert shop.get(f"/people/{shop.person('noa')['id']}/preferences")["changed_at"] == 0
