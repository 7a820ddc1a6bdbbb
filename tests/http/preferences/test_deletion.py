"""A deletion over HTTP: asked for on the preference page, confirmed by a second mail's link, taken back by either."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

import pytest

from relance.accounts.service import Accounts
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Kind
from relance.events.service import LogWriter
from relance.infra.database import reading, writing
from relance.links.signing import LinkKind, sign
from relance.messaging.deletion_mails import DELETION
from relance.messaging.store import DELIVERIES
from relance.users.deletion_requests.model import VALID_FOR, DeletionRequest, DeletionState
from relance.users.deletion_requests.service import DeletionRequests
from relance.web.limits import RateLimit
from relance.web.preferences import deletion_routes
from relance.web.preferences.carrying_out import DeletionTimer
from tests.http.preferences.place import ADDRESS, SECRET, Place
from tests.service.pipeline.rig import START


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion_routes, "_changes", RateLimit(1 / 60, most=10))


def requests(place: Place) -> DeletionRequests:
    return DeletionRequests(place.rig.state)


def newest(place: Place) -> DeletionRequest:
    return requests(place).of_person(place.rig.app, place.person)[0]


def link(request: DeletionRequest) -> str:
    return f"/t/d/{sign(SECRET, request.id, LinkKind.DELETION)}"


def title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found is not None
    return found[1]


def ask(place: Place) -> DeletionRequest:
    assert "We have sent you a mail" in place.save(action="delete")
    return newest(place)


def post(place: Place, request: DeletionRequest, action: str) -> str:
    answer = place.client.post(link(request), data={"action": action})
    assert answer.status_code == 200
    return answer.text


def is_there(place: Place) -> bool:
    return place.person in place.rig.people.profiles(place.rig.app, [place.person])


def carry_out(place: Place) -> int:
    """What the server's timer does."""

    async def once() -> int:
        log = LogWriter(place.rig.log, clock=place.rig.clock)
        log.start()
        try:
            context = SimpleNamespace(state=place.rig.state, clock=place.rig.clock, log=log)
            return await DeletionTimer(context).carry_out()  # type: ignore[arg-type]
        finally:
            log.stop()

    done = asyncio.run(once())
    place.rig.settle()
    return done


def test_it_is_asked_for_confirmed_by_the_second_link_and_takes_place_after_the_term(place: Place) -> None:
    request = ask(place)
    assert place.rig.people.get(place.rig.app, place.person).version  # nothing is deleted by asking
    with reading(place.rig.state) as connection:
        [mail] = connection.execute(DELIVERIES.select().where(DELIVERIES.c.node == DELETION)).mappings()
    assert (mail["id"], mail["address"], mail["person_id"], mail["state"]) == (request.id, ADDRESS, place.person, "pending")
    page = place.client.get(link(request)).text
    assert title(page) == "Delete your data at Moon &amp; Co?"
    assert "l•••@example.org" in page
    assert ADDRESS not in page
    assert "7 days after you confirm it" in page
    confirmed = post(place, request, "confirm")
    assert title(confirmed).startswith("Your data will be deleted on ")
    assert newest(place).due_at == place.rig.clock.now() + 7 * DAY
    assert "Your data will be deleted on" in place.get()
    place.rig.clock.advance(place.rig.clock.now() + 7 * DAY)
    assert carry_out(place) == 1
    assert not is_there(place)
    assert title(place.client.get(link(request)).text) == "Your data are deleted"
    assert place.client.get(place.url).status_code == 404  # the first mail's link leads to nobody
    assert carry_out(place) == 0


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing_at_any_of_its_steps(place: Place, method: str) -> None:
    look = getattr(place.client, method)
    for url in (f"{place.url}?action=delete", f"{place.url}?action=keep"):
        assert look(url).status_code == 200
    assert requests(place).of_person(place.rig.app, place.person) == []
    request = ask(place)
    assert look(f"{link(request)}?action=confirm").status_code == 200
    assert newest(place).state is DeletionState.ASKED
    post(place, request, "confirm")
    assert look(f"{link(request)}?action=cancel").status_code == 200
    assert newest(place).state is DeletionState.SCHEDULED


@pytest.mark.parametrize("by", ["mail", "page"])
def test_it_is_taken_back_by_the_mails_link_or_on_the_page(place: Place, by: str) -> None:
    request = ask(place)
    post(place, request, "confirm")
    if by == "mail":
        assert title(post(place, request, "cancel")) == "Your data are kept"
    else:
        assert "your data are kept" in place.save(action="keep")
    assert (newest(place).state, newest(place).ended_by) == (DeletionState.CANCELLED, "link")
    assert title(post(place, request, "confirm")) == "Your data are kept"  # a link works once
    place.rig.clock.advance(place.rig.clock.now() + 30 * DAY)
    assert carry_out(place) == 0
    assert is_there(place)
    assert 'value="delete"' in place.get()


def test_a_link_that_expired_confirms_nothing(place: Place) -> None:
    request = ask(place)
    place.rig.clock.advance(request.asked_at + VALID_FOR)
    for page in (place.client.get(link(request)).text, post(place, request, "confirm")):
        assert title(page) == "This link has expired"
        assert "<button" not in page
    assert newest(place).state is DeletionState.ASKED


def test_no_other_link_confirms_a_deletion_and_its_link_opens_no_other_page(place: Place) -> None:
    request = ask(place)
    others = [kind for kind in LinkKind if kind is not LinkKind.DELETION]
    for kind in others:
        answer = place.client.post(f"/t/d/{sign(SECRET, request.id, kind)}", data={"action": "confirm"})
        assert answer.status_code == 404
    forged = sign(b"t" * 32, request.id, LinkKind.DELETION)
    assert place.client.post(f"/t/d/{forged}", data={"action": "confirm"}).status_code == 404
    assert place.client.get(f"/t/s/{sign(SECRET, request.id, LinkKind.DELETION)}").status_code == 404
    assert newest(place).state is DeletionState.ASKED


def test_its_page_keeps_to_itself(place: Place) -> None:
    answer = place.client.get(link(ask(place)))
    headers = answer.headers
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "noindex" in headers["x-robots-tag"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert not re.search(r'(src|href|action)="(https?:)?//', answer.text)
    assert "Léa" not in answer.text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_state_is_told_in_both_languages(place: Place, language: str) -> None:
    request, seen = ask(place), []
    url = f"{link(request)}?lang={language}"
    seen.append(title(place.client.get(url).text))
    post(place, request, "confirm")
    seen.append(title(place.client.get(url).text))
    post(place, request, "cancel")
    seen.append(title(place.client.get(url).text))
    french = ["Supprimer vos données chez", "Vos données seront supprimées le", "Vos données sont conservées"]
    english = ["Delete your data at", "Your data will be deleted on", "Your data are kept"]
    for said, begins in zip(seen, french if language == "fr" else english, strict=True):
        assert said.startswith(begins)


def test_the_mail_speaks_the_language_of_the_page(place: Place) -> None:
    place.client.post(f"{place.url}?lang=fr", data={"action": "delete"})
    with reading(place.rig.state) as connection:
        [mail] = connection.execute(DELIVERIES.select().where(DELIVERIES.c.node == DELETION)).mappings()
    assert '"fr"' in mail["data"]


def test_an_app_may_offer_none(place: Place) -> None:
    accounts = Accounts(place.rig.state)
    app = accounts.app(place.rig.app)
    accounts.update_app(app.id, START, version=app.version, deletion_days=0)
    assert 'value="delete"' not in place.get()
    answer = place.client.post(place.url, data={"action": "delete"})
    assert "cannot be asked for here" in answer.text
    assert requests(place).of_person(place.rig.app, place.person) == []


def test_asking_again_and_again_mails_little(place: Place) -> None:
    ask(place)
    assert "a few minutes ago" in place.client.post(place.url, data={"action": "delete"}).text
    for _ in range(2):
        place.rig.clock.advance(place.rig.clock.now() + 11 * MINUTE)
        place.client.post(place.url, data={"action": "delete"})
    place.rig.clock.advance(place.rig.clock.now() + HOUR)
    assert "try again tomorrow" in place.client.post(place.url, data={"action": "delete"}).text
    with reading(place.rig.state) as connection:
        assert len(connection.execute(DELIVERIES.select().where(DELIVERIES.c.node == DELETION)).all()) == 3


def test_whoever_cancelled_it_may_ask_again_at_once(place: Place) -> None:
    first = ask(place)
    assert "your data are kept" in place.save(action="keep")
    second = ask(place)
    assert title(place.client.get(link(first)).text) == "Your data are kept"
    assert title(post(place, second, "confirm")).startswith("Your data will be deleted on ")


@pytest.mark.parametrize(("language", "says"), [("en", "cannot be sent at present"), ("fr", "Aucun e-mail ne peut être envoyé")])
def test_while_the_app_sends_nothing_the_page_says_so_and_asks_for_nothing(place: Place, language: str, says: str) -> None:
    set_paused(place, is_paused=True)
    answer = place.client.post(f"{place.url}?lang={language}", data={"action": "delete"})
    assert says in answer.text
    assert requests(place).of_person(place.rig.app, place.person) == []
    set_paused(place, is_paused=False)
    ask(place)


@pytest.mark.parametrize("became", ["skipped", "failed"])
def test_a_mail_that_was_not_sent_is_not_said_to_be(place: Place, became: str) -> None:
    first = ask(place)
    assert "We have sent a mail to your address" in place.get()
    with writing(place.rig.state) as connection:
        connection.execute(DELIVERIES.update().where(DELIVERIES.c.id == first.id).values(state=became))
    assert "We have sent a mail" not in place.get()
    assert ask(place).id != first.id


def set_paused(place: Place, *, is_paused: bool) -> None:
    Accounts(place.rig.state).set_sending_paused(place.rig.app, is_paused, START)


def test_one_link_decides_so_often_and_no_more(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion_routes, "_changes", RateLimit(1 / 60, most=1))
    request = ask(place)
    post(place, request, "confirm")
    answer = place.client.post(link(request), data={"action": "cancel"})
    assert (answer.status_code, newest(place).state) == (429, DeletionState.SCHEDULED)


@pytest.mark.parametrize("body", [b"", b"action=other", b"\xff\xfe", b"&".join([b"a=b"] * 400)])
def test_a_post_that_says_nothing_we_know_changes_nothing(place: Place, body: bytes) -> None:
    request = ask(place)
    place.client.post(link(request), content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert newest(place).state is DeletionState.ASKED


def test_a_link_whose_address_is_somebody_elses_by_now_shows_and_changes_nothing(place: Place) -> None:
    """Neither whoever had the address, nor whoever has it, is proven by a mail of that time."""
    request = ask(place)
    place.rig.write(place.rig.identify("noa", 40, email=ADDRESS, first_name="Noa"))
    place.rig.settle()
    noa = place.rig.people.find(place.rig.app, "user_id", "noa")
    assert noa is not None
    for action in ("save", "leave", "delete", "keep"):
        answer = place.client.post(place.url, data={"action": action, "limit": "1/7d", "shown": "channel:email"})
        assert (answer.status_code, "somebody else now" in answer.text) == (410, True)
    answer = place.client.get(place.url)
    assert answer.status_code == 410
    assert "l•••@example.org" not in answer.text
    for person in (place.person, noa.id):
        assert place.rig.people.get(place.rig.app, person).preferences.changed_at == 0
        assert all(each.source != "preference page" for each in place.rig.people.statements(place.rig.app, person))
    assert title(post(place, request, "confirm")) == "This link no longer works"
    assert newest(place).state is DeletionState.VOID


def test_a_link_still_serves_who_merely_has_another_address_by_now(place: Place) -> None:
    place.rig.write(place.rig.identify("lea", 40, email="new@example.org"))
    place.rig.settle()
    assert "Saved." in place.save(limit=["1/7d"])
    assert 'value="delete"' not in place.get()  # a mail to the old address would prove nothing


def test_a_link_of_somebody_who_was_merged_serves_who_they_are_now(place: Place) -> None:
    place.rig.write(place.rig.identify("other", 40))
    place.rig.settle()
    other = place.rig.people.find(place.rig.app, "user_id", "other")
    assert other is not None
    body = {"from": place.person, "into": other.id}
    place.rig.write(place.rig.event(Kind.MERGE, "", 41, body, person_id=place.person))
    place.rig.settle()
    assert "Saved." in place.save(limit=["1/7d"])
    assert place.rig.people.get(place.rig.app, other.id).preferences.limit is not None
