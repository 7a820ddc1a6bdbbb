"""The page behind the link of a confirmation mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy.engine import Engine

from relance.events.model import Flag, Kind
from relance.events.service import LogWriter
from relance.links.signing import LinkKind, sign
from relance.messaging.confirming import confirmation_id
from relance.web.tracking import handlers
from tests.http.sandbox.server import make_app
from tests.http.styled import look_at_styles
from tests.service.pipeline.rig import Rig

SECRET = b"s" * 32
NEW = "new@example.org"
AGREES = {"agrees": "yes"}


class Place:
    """A rig behind the tracking pages, with a visitor whose address is not confirmed."""

    def __init__(self, rig: Rig, client: TestClient[Any]) -> None:
        self.rig, self.client = rig, client
        self.token = sign(SECRET, confirmation_id(rig.app, NEW), LinkKind.CONFIRM)
        self.url = f"/t/k/{self.token}"

    def visit(self, device: str = "phone", *, user: str = "", flags: int = Flag.UNSIGNED.value, **traits: Any) -> None:
        about = {"user_id": user, "anonymous_id": device, "flags": flags}
        self.rig.write(self.rig.event(Kind.IDENTIFY, "", 1, {"email": NEW, **traits}, **about))
        self.rig.settle()

    def person(self, device: str = "phone") -> int:
        found = self.rig.people.find(self.rig.app, "anonymous_id", device)
        assert found is not None
        return found.id

    def state(self, device: str = "phone") -> list[str]:
        self.rig.settle()
        return [each.state for each in self.rig.people.subscriptions(self.rig.app, self.person(device))]

    def sayings(self) -> list[tuple[str, str, bool, str]]:
        found = self.rig.people.statements(self.rig.app, self.person())
        return [(each.channel, each.topic, each.granted, each.source) for each in found if each.source == "confirmation"]


@pytest.fixture
def place(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Place]:
    rig = Rig(tmp_path / "data", state, log_engine)
    log = LogWriter(log_engine, clock=rig.clock)
    log.start()
    app = make_app(handlers, state=state, log=log, clock=rig.clock, secret=SECRET)
    with TestClient(app, base_url="https://relance.example", raise_server_exceptions=False) as client:
        yield Place(rig, look_at_styles(client))
    log.stop()
    rig.close()


def test_looking_changes_nothing(place: Place) -> None:
    place.visit()
    for _ in range(2):
        answer = place.client.get(place.url)
        assert answer.status_code == 200
        assert "Is this your address?" in answer.text
        assert '<form method="post">' in answer.text
        assert "agree" not in answer.text
        assert place.client.head(place.url).status_code == 200
    assert "Est-ce votre adresse" in place.client.get(place.url, headers={"Accept-Language": "fr"}).text
    assert place.state() == ["unconfirmed"]


def test_a_post_confirms_the_address_and_a_second_one_changes_nothing(place: Place) -> None:
    place.visit()
    for _ in range(2):  # before anything settled
        assert "is confirmed" in place.client.post(place.url).text
    assert place.state() == ["subscribed"]
    before = place.rig.people.subscriptions(place.rig.app, place.person())
    for ask in (place.client.get, place.client.post):
        answer = ask(place.url)
        assert (answer.status_code, "<form" in answer.text) == (200, False)
    place.rig.settle()
    assert place.rig.people.subscriptions(place.rig.app, place.person()) == before
    assert place.sayings() == []
    place.visit("tablet")  # it is somebody's now
    assert (place.state(), place.state("tablet")) == (["subscribed"], [])


def test_what_was_told_of_consent_is_agreed_to_where_the_page_said_so(place: Place) -> None:
    place.visit(marketing_consent=True, consent={"email": {"offers": True, "news": False}})
    answer = place.client.get(place.url)
    assert "you agree to get news and offers" in answer.text
    assert 'name="agrees"' in answer.text
    place.client.post(place.url, data=AGREES)
    place.client.post(place.url, data=AGREES)
    assert place.state() == ["subscribed"]
    assert sorted(place.sayings()) == [("email", "general", True, "confirmation"), ("email", "offers", True, "confirmation")]
    found = place.rig.people.statements(place.rig.app, place.person())
    assert {each.wording[:28] for each in found if each.source == "confirmation"} == {"By confirming it you agree t"}


def test_a_consent_that_the_page_did_not_show_is_not_given(place: Place) -> None:
    place.visit(marketing_consent=True)
    place.client.post(place.url)
    assert place.state() == ["subscribed"]
    assert place.sayings() == []


def test_an_address_that_was_blocked_or_became_somebodys_stays_so(place: Place) -> None:
    place.visit()
    blocked = {"subscription": {"channel": "email", "address": NEW, "state": "suppressed"}}
    edit = place.rig.event(Kind.EDIT, "", 2, blocked, person_id=place.person())
    place.client.post(place.url)
    place.rig.settle()
    place.rig.write(edit)
    assert place.state() == ["suppressed"]
    assert place.client.get(place.url).status_code == 404
    assert place.client.post(place.url).status_code == 404
    assert place.state() == ["suppressed"]


def test_a_confirmation_in_flight_lifts_no_block_that_came_before_it(place: Place) -> None:
    place.visit()
    blocked = {"subscription": {"channel": "email", "address": NEW, "state": "suppressed"}}
    place.rig.write(place.rig.event(Kind.EDIT, "", 2, blocked, person_id=place.person()))
    assert place.client.post(place.url).status_code == 200  # it does not know of the block yet
    assert place.state() == ["suppressed"]


@pytest.mark.parametrize("kind", [LinkKind.UNSUBSCRIBE, LinkKind.OPEN])
def test_a_link_that_is_forged_or_of_another_kind_confirms_nothing(place: Place, kind: LinkKind) -> None:
    place.visit()
    delivery = confirmation_id(place.rig.app, NEW)
    tokens = [sign(b"x" * 32, delivery, LinkKind.CONFIRM), sign(SECRET, delivery, kind), "x", place.token[:-3]]
    tokens.append(sign(SECRET, confirmation_id(place.rig.app, "other@example.org"), LinkKind.CONFIRM))
    for token in tokens:
        assert place.client.get(f"/t/k/{token}").status_code == 404
        assert place.client.post(f"/t/k/{token}").status_code == 404
    assert place.state() == ["unconfirmed"]
