"""Static lists over HTTP: made, filled, asked for by segments, archived when nothing needs them."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def known(api: Api, app: str, user_id: str, **traits: Any) -> int:
    status, person = api.ask("POST", f"{app}/people", {"user_id": user_id, "traits": traits})
    assert status == 201, person
    number: int = person["id"]
    return number


def test_people_on_a_list_are_in_its_segment_at_once(settled: Api, app: str) -> None:
    lea, noe = known(settled, app, "lea"), known(settled, app, "noe", email="Noe@example.com")
    status, made = settled.ask("POST", f"{app}/lists", {"name": "VIP"})
    assert status == 201
    rule = {"kind": "list", "list": made["id"]}
    status, segment = settled.ask("POST", f"{app}/segments", {"name": "VIP", "rule": rule})
    assert status == 201, segment
    people = f"{app}/lists/{made['id']}/people"
    status, answer = settled.ask("POST", people, {"add": ["lea", "noe@example.COM", "nobody", "lea"]})
    assert (status, answer) == (200, {"added": 2, "removed": 0, "unknown": ["nobody"]})
    assert settled.ask("GET", f"{app}/segments/{segment['id']}/members")[1]["items"] == [lea, noe]
    assert settled.ask("POST", people, {"remove": ["lea"]})[1] == {"added": 0, "removed": 1, "unknown": []}
    assert settled.ask("GET", f"{app}/segments/{segment['id']}/members")[1]["items"] == [noe]
    shown = settled.ask("GET", f"{app}/people/{noe}")[1]
    assert shown["traits"] == {"email": "Noe@example.com"}
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": {"not": rule}})[1]["sample"] == [lea]


def test_a_sender_cannot_put_anybody_on_a_list(settled: Api, app: str) -> None:
    number = settled.ask("POST", f"{app}/lists", {"name": "VIP"})[1]["id"]
    known(settled, app, "lea", **{"$lists": [number], "$person": {"lists": [number]}})
    assert settled.ask("POST", f"{app}/segments/preview", {"rule": {"kind": "list", "list": number}})[1]["count"] == 0


def test_a_list_that_a_segment_names_stays(settled: Api, app: str) -> None:
    number = settled.ask("POST", f"{app}/lists", {"name": "VIP"})[1]["id"]
    assert settled.ask("POST", f"{app}/lists", {"name": "VIP"})[0] == 409
    segment = settled.ask("POST", f"{app}/segments", {"name": "On it", "rule": {"not": {"kind": "list", "list": number}}})[1]
    status, answer = settled.ask("DELETE", f"{app}/lists/{number}")
    assert (status, answer["error"]["code"]) == (409, "list_conflict")
    assert answer["error"]["data"]["segments"] == [{"id": segment["id"], "name": "On it"}]
    users = {"items": [{"kind": "segment", "id": segment["id"], "name": "On it"}]}
    assert settled.ask("GET", f"{app}/lists/{number}/users") == (200, users)
    assert settled.ask("GET", f"{app}/lists/{number + 1}/users")[0] == 404
    assert settled.ask("DELETE", f"{app}/segments/{segment['id']}")[0] == 204
    assert settled.ask("DELETE", f"{app}/lists/{number}")[0] == 204
    assert settled.ask("GET", f"{app}/lists/{number}")[0] == 404
    assert settled.ask("DELETE", f"{app}/lists/{number}")[0] == 404
    assert settled.ask("POST", f"{app}/lists", {"name": "VIP"})[0] == 201
    assert [each["name"] for each in settled.ask("GET", f"{app}/lists")[1]["items"]] == ["VIP"]


def test_what_is_no_list_or_no_entry_is_refused(settled: Api, app: str) -> None:
    assert settled.ask("POST", f"{app}/lists/77/people", {"add": ["lea"]})[0] == 404
    number = settled.ask("POST", f"{app}/lists", {"name": "VIP"})[1]["id"]
    assert settled.ask("POST", f"{app}/lists/{number}/people", {"add": [""]})[0] == 400
    assert settled.ask("POST", f"{app}/lists/{number}/people", {"add": ["a\x00b"]})[0] == 400
    assert settled.ask("POST", f"{app}/lists", {"name": "  "})[0] == 400
