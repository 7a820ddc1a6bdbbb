"""The preference page: what a mail's reader sees and changes, what is recorded of it, and what the page never does."""

from __future__ import annotations

import re

import pytest

from relance.events.model import Kind
from relance.infra.database import writing
from relance.links.signing import LinkKind, sign
from relance.messaging.store import DELIVERIES
from relance.users.model import OwnLimit, OwnQuietHours
from relance.web.limits import RateLimit
from relance.web.preferences import routes
from tests.http.preferences.place import ADDRESS, DELIVERY, LOGO, SECRET, Place


def test_it_shows_what_holds_and_neither_name_nor_address_nor_anything_from_elsewhere(place: Place) -> None:
    answer = place.client.get(place.url)
    page = answer.text
    assert "Your messages from Moon &amp; Co" in page
    assert "l•••@example.org" in page
    for private in (ADDRESS, "Léa", "612345678"):
        assert private not in page
    assert LOGO in page
    assert "Offers &amp; sales" in page
    assert re.findall(r'name="channel" value="(\w+)" checked', page) == ["email"]
    assert re.findall(r'name="topic" value="(\w+)" checked', page) == ["offers", "tips"]
    assert not re.search(r'(src|href|action)="(https?:)?//', page)
    assert "<script" not in page
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "noindex" in answer.headers["x-robots-tag"]


def test_looking_changes_nothing_whatever_the_address_carries(place: Place) -> None:
    before = place.rig.people.statements(place.rig.app, place.person)
    for url in (place.url, f"{place.url}?action=leave&channel=&lang=fr"):
        assert place.client.get(url).status_code == 200
        assert place.client.head(url).status_code == 200
    place.rig.settle()
    assert place.rig.people.statements(place.rig.app, place.person) == before
    assert place.worker.calls == []


@pytest.mark.parametrize("cut", ["", "x"])
def test_a_link_that_is_not_ours_or_of_another_kind_says_so_and_does_nothing(place: Place, cut: str) -> None:
    other = sign(SECRET, DELIVERY, LinkKind.UNSUBSCRIBE) if not cut else place.url.removeprefix("/t/s/")[:-9] + "AAAAAAAAA"
    for ask in (place.client.get, place.client.post):
        answer = ask(f"/t/s/{other}")
        assert (answer.status_code, "does not work" in answer.text) == (404, True)


def test_a_topic_is_refused_by_its_words_and_undone(place: Place) -> None:
    page = place.save(topic=["tips"])
    assert "Saved." in page
    assert place.allows("email", "offers") is False
    assert place.allows("email") is True
    newest = place.rig.people.statements(place.rig.app, place.person)[0]
    assert (newest.explicit, newest.proof["delivery"], newest.proof["by"]) == (True, DELIVERY, "page")
    assert newest.wording == "What would you like to hear about? Offers & sales"
    assert re.findall(r'name="topic" value="(\w+)" checked', place.get()) == ["tips"]
    undone = place.save(page, "undo")
    assert "as it was before" in undone
    assert 'value="undo"' not in undone
    assert place.allows("email", "offers") is True


def test_unsubscribing_from_everything_is_one_button_and_told_to_the_figures(place: Place) -> None:
    page = place.save(action="leave")
    assert "unsubscribed from everything" in page
    assert (place.allows("email"), place.allows("sms")) == (False, None)  # she never agreed to SMS: nothing to take back
    assert 'value="leave"' not in place.get()
    place.save(page, "undo")
    assert place.allows("email") is True


def test_saving_what_is_shown_records_nothing(place: Place) -> None:
    assert "Nothing was changed" in place.save()
    assert place.said() == []
    assert place.rig.people.get(place.rig.app, place.person).preferences.changed_at == 0


def test_of_what_the_page_had_not_shown_nothing_is_said(place: Place) -> None:
    """A topic may be new since the page was opened."""
    place.save(shown=["channel:email", "topic:tips"], topic=["tips"])
    assert place.said() == []


def test_a_yes_to_a_topic_is_no_leave_to_use_another_channel(place: Place) -> None:
    place.save(topic=[])
    assert place.said() == [("email", "offers", False), ("email", "tips", False)]
    place.save(topic=["offers"])
    assert place.allows("sms", "offers") is None
    assert place.allows("email", "offers") is True


def test_what_was_refused_elsewhere_is_not_lifted_by_a_mails_link(place: Place) -> None:
    """Whoever reads the mail need not hold the phone that answered STOP."""
    no = {"consent": {"channel": "sms", "topic": "general", "granted": False, "source": "stop"}}
    place.rig.write(place.rig.event(Kind.EDIT, "", 5, no, person_id=place.person))
    place.rig.settle()
    page = place.get()
    assert re.search(r'value="sms" disabled', page)
    place.save(page, channel=["email", "sms"], shown=["channel:email", "channel:sms"])
    assert place.allows("sms") is False


def test_own_hours_fewer_messages_and_language_are_kept_and_shown(place: Place) -> None:
    page = place.save(quiet=["on"], quiet_start=["21:30"], quiet_end=["09:00"], limit=["1/7d"], language=["fr"])
    assert '<html lang="fr">' in page
    found = place.rig.people.get(place.rig.app, place.person)
    assert (found.preferences.quiet_hours, found.preferences.limit) == (OwnQuietHours("21:30", "09:00"), OwnLimit(1, "7d"))
    assert (found.preferences.source, found.language) == ("preference page", "fr")
    again = place.get(**{"Accept-Language": "en"})
    assert "Vos messages de" in again
    assert 'name="limit" value="1/7d" checked' in again
    assert 'value="21:30"' in again
    assert "definitions_changed" in place.worker.calls  # what waits is decided anew
    place.save(page, "undo")
    found = place.rig.people.get(place.rig.app, place.person)
    assert (found.preferences.quiet_hours, found.preferences.limit) == (None, None)


def test_the_language_can_be_switched_without_changing_anything(place: Place) -> None:
    page = place.client.get(f"{place.url}?lang=fr").text
    assert "Vos messages de Moon" in page
    assert 'href="?lang=en"' in page
    assert place.rig.people.get(place.rig.app, place.person).language is None


@pytest.mark.parametrize("start", ["", "25:00", "9"])
def test_hours_that_are_none_are_told_and_nothing_is_saved(place: Place, start: str) -> None:
    posted = place.fields(place.get(), "save") | {"quiet": ["on"], "quiet_start": [start], "topic": []}
    answer = place.client.post(place.url, data=posted)
    assert (answer.status_code, "Nothing was saved" in answer.text) == (400, True)
    assert place.said() == []


def test_a_limit_that_an_operator_noted_stays_and_comes_back(place: Place) -> None:
    five = {"preferences": {"limit": {"most": 5, "rolling": "14d"}, "source": "operator:1"}}
    place.rig.write(place.rig.event(Kind.EDIT, "", 5, five, person_id=place.person))
    place.rig.settle()
    page = place.get()
    assert "At most 5 in 14d" in page
    saved = place.save(page, quiet=["on"])
    assert place.rig.people.get(place.rig.app, place.person).preferences.limit == OwnLimit(5, "14d")
    fewer = place.save(saved, limit=["1/7d"])
    place.save(fewer, "undo")
    assert place.rig.people.get(place.rig.app, place.person).preferences.limit == OwnLimit(5, "14d")


def test_a_post_that_says_nothing_of_the_limit_leaves_it(place: Place) -> None:
    place.save(limit=["1/7d"])
    place.client.post(place.url, data={"action": "save", "language": "fr"})
    assert place.rig.people.get(place.rig.app, place.person).preferences.limit == OwnLimit(1, "7d")


def test_one_link_changes_so_much_and_no_more(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_changes", RateLimit(1 / 30, most=1))
    place.save()
    answer = place.client.post(place.url, data={"action": "save"})
    assert (answer.status_code, "Too many changes" in answer.text) == (429, True)
    assert place.allows("email") is True
    assert place.client.post(place.url, data={"action": "leave"}).status_code == 200  # nothing stands in its way
    assert place.allows("email") is False
    many = place.client.post(place.url, content=b"&".join(b"a=1" for _ in range(5_000)))
    assert many.status_code in (400, 413)


def test_after_the_person_was_deleted_the_link_shows_nothing(place: Place) -> None:
    place.rig.write(place.rig.event(Kind.DELETE, "", 9, {"person": place.person}, person_id=place.person))
    place.rig.settle()
    assert place.client.get(place.url).status_code == 404
    assert place.client.post(place.url, data={"action": "leave"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "says"), [("", "This link is too old"), ("?lang=en", "newer message"), ("?lang=fr", "Ce lien est trop ancien")]
)
def test_a_link_whose_delivery_was_trimmed_says_that_it_is_too_old(place: Place, query: str, says: str) -> None:
    """It is whole, so that nobody is to look for what was cut off."""
    with writing(place.rig.state) as connection:
        connection.execute(DELIVERIES.delete().where(DELIVERIES.c.id == DELIVERY))
    for answer in (place.client.get(place.url + query), place.client.post(place.url + query, data={"action": "leave"})):
        assert (answer.status_code, says in answer.text) == (404, True)
        assert "cut on its way" not in answer.text
    cut = place.client.get(place.url[:-3] + query)
    assert (cut.status_code, says in cut.text) == (404, False)
    assert place.said() == []
