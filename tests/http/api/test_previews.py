"""A message filled in for a person and an event, over HTTP: for whom, with what, and that it leaves no trace."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

MAIL: dict[str, Any] = {
    "name": "Cart",
    "channel": "email",
    "content": {
        "subject": "{{ user.first_name }}, {{ event.code }}",
        "html": "<p>{{ user.country }} {{ user.language }} {{ user.timezone }} {{ event.at | date: 'long' }}</p>",
    },
}


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


@pytest.fixture
def lea(settled: Api, app: str) -> int:
    traits = {"first_name": "Léa", "email": "lea@example.com", "locale": "fr-CA", "timezone": "America/Montreal"}
    return int(settled.ask("POST", f"{app}/people", {"user_id": "lea", "traits": traits})[1]["id"])


@pytest.fixture
def path(settled: Api, app: str) -> str:
    return f"{app}/messages/{settled.ask('POST', f'{app}/messages', MAIL)[1]['id']}/preview"


def test_it_is_filled_in_by_who_the_person_is_known_to_be(settled: Api, lea: int, path: str) -> None:
    """The country, the language and the time zone are no traits: the program made them out."""
    status, found = settled.ask("POST", path, {"person": lea, "event": {"code": "GO-7", "at": "2026-07-01T02:30:00Z"}})
    assert (status, found["person_id"], found["channel"], found["address"]) == (200, lea, "email", "lea@example.com")
    assert found["content"]["subject"] == "Léa, GO-7"
    # The zone's other name is the same zone, in which that night is still the evening before.
    assert "CA fr America/Montreal 30 juin 2026" in found["content"]["html"]
    assert (found["missing"], found["unsendable"]) == ([], None)


def test_an_alias_is_as_good_as_an_id_and_an_events_id_as_its_properties(settled: Api, app: str, lea: int, path: str) -> None:
    event = {"event": "Product Added", "user_id": "lea", "properties": {"code": "GO-8", "at": 0}, "message_id": "m-1"}
    assert settled.ask("POST", f"{app}/events", event)[0] == 201
    _, listed = settled.ask("GET", f"{app}/events?person={lea}&name=Product%20Added")
    [happened] = listed["items"]
    status, found = settled.ask("POST", path, {"alias": "user_id:lea", "event": happened["message_id"]})
    assert (status, found["content"]["subject"], found["person_id"]) == (200, "Léa, GO-8", lea)


def test_what_is_missing_is_told_with_its_field(settled: Api, app: str, lea: int, path: str) -> None:
    _, found = settled.ask("POST", path, {"person": lea})
    assert found["missing"] == [
        {"path": "content.subject", "variable": "event.code"},
        {"path": "content.html", "variable": "event.at"},
    ]
    _, nobody = settled.ask("POST", f"{app}/people", {"user_id": "nobody", "traits": {}})
    _, found = settled.ask("POST", path, {"person": nobody["id"], "event": {"code": "x"}})
    assert found["address"] is None
    assert {each["variable"] for each in found["missing"]} >= {"user.first_name", "user.language", "event.at"}
    settled.ask("PATCH", path.removesuffix("/preview"), {"version": 1, "require_values": True})
    _, found = settled.ask("POST", path, {"person": lea})
    assert found["unsendable"] == {
        "reason": "missing_value",
        "path": "content.subject",
        "detail": "subject: event.code is missing",
        "detail_reason": "rendered_field",
        "detail_parameters": {
            "field": "subject",
            "why": {"message": "event.code is missing", "reason": "value_missing", "parameters": {"variable": "event.code"}},
        },
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"person": 1, "alias": "user_id:lea"}, 400, "invalid"),
        ({"alias": "lea"}, 400, "invalid"),
        ({"alias": "user_id:no-such"}, 404, "person_not_found"),
        ({"person": 999_999}, 404, "person_not_found"),
        ({"alias": "user_id:lea", "event": "no-such-event"}, 404, "not_found"),
        ({"alias": "user_id:lea", "event": {"x": "y" * 40_000}}, 400, "invalid"),
        ({"alias": "user_id:lea", "event": {"x": "\0"}}, 400, "invalid"),
        ({"alias": "user_id:lea", "event": 5}, 400, "invalid"),
    ],
)
@pytest.mark.usefixtures("lea")
def test_what_cannot_be_previewed_is_refused(settled: Api, path: str, body: dict[str, Any], status: int, code: str) -> None:
    answered, error = settled.ask("POST", path, body)
    assert (answered, error["error"]["code"]) == (status, code)
    assert error["error"]["message"].endswith((".", "`"))


def test_a_template_that_is_too_much_work_is_told_and_holds_nobody_up(settled: Api, app: str, lea: int) -> None:
    heavy = {
        **MAIL,
        "content": {"subject": "s", "html": "{% for i in (1..9000) %}{% for j in (1..9000) %}x{% endfor %}{% endfor %}"},
    }
    _, made = settled.ask("POST", f"{app}/messages", heavy)
    status, found = settled.ask("POST", f"{app}/messages/{made['id']}/preview", {"person": lea})
    assert (status, found["unsendable"]["reason"], found["content"]) == (200, "render_error", {})


def test_nothing_is_written(settled: Api, app: str, lea: int, path: str) -> None:
    def everything() -> list[Any]:
        places = ("deliveries", "events", f"people/{lea}", "reports/messages", "messages")
        return [settled.ask("GET", f"{app}/{place}")[1] for place in places]

    before = everything()
    for _ in range(3):
        assert settled.ask("POST", path, {"person": lea, "event": {"code": "x"}})[0] == 200
    assert everything() == before


def test_what_some_browsers_do_not_show_is_told_where_the_message_uses_it(settled: Api, app: str, lea: int) -> None:
    content = {"title": "Hi", "buttons": [{"title": "See", "url": "https://shop.example/"}]}
    made = settled.ask("POST", f"{app}/messages", {"name": "Hi", "channel": "web_push", "content": content})[1]
    shown = settled.ask("POST", f"{app}/messages/{made['id']}/preview", {"person": lea})[1]
    assert shown["not_shown"] == [{"field": "buttons", "browsers": ["Safari", "Safari on iOS"]}]
    kinds = {each["channel"]: each["not_shown"] for each in settled.ask("GET", "/channels")[1]["channels"]}
    assert (kinds["email"], kinds["web_push"]["buttons"]) == ({}, ["Safari", "Safari on iOS"])


def test_one_call_shows_every_language_with_its_faults_in_place(settled: Api, app: str, lea: int) -> None:
    content = {"subject": "{{ user.first_name }}, {{ event.code }}", "text": "Hello"}
    translations = {"fr": {"subject": "Bonjour {{ user.prenom }}"}, "de": {"subject": "{{ event.none }}"}}
    made = settled.ask(
        "POST",
        f"{app}/messages",
        {"name": "x", "channel": "email", "content": content, "language": "en", "translations": translations},
    )[1]
    assert (made["language"], made["translations"]) == ("en", translations)
    path = f"{app}/messages/{made['id']}/preview"
    status, found = settled.ask("POST", path, {"person": lea, "event": {"code": "A"}, "all_languages": True})
    assert (status, found["language"], found["content"]["subject"]) == (200, "fr", "Bonjour")
    english, german, french = found["languages"]
    assert (english["language"], english["content"]["subject"], english["taken"]) == ("en", "Léa, A", {})
    assert (german["unsendable"]["reason"], german["unsendable"]["path"]) == ("render_error", "translations.de.subject")
    assert (french["missing"], french["taken"]) == (
        [{"path": "translations.fr.subject", "variable": "user.prenom"}],
        {"text": "en"},
    )
    assert (
        settled.ask("POST", path, {"person": lea, "event": {"code": "A"}, "language": "en"})[1]["content"]["subject"] == "Léa, A"
    )
    status, refused = settled.ask("POST", path, {"person": lea, "language": "it"})
    assert (status, refused["error"]["data"]["path"]) == (400, "language")


def test_a_message_is_read_in_each_language(settled: Api, app: str) -> None:
    message = {
        "name": "x",
        "channel": "sms",
        "content": {"body": "Hi"},
        "language": "en",
        "translations": {"fr": {"body": "Salut"}},
    }
    made = settled.ask("POST", f"{app}/messages", message)[1]
    _, found = settled.ask("GET", f"{app}/messages/{made['id']}/wordings")
    assert found["wordings"] == [
        {"language": "en", "content": {"body": "Hi"}, "taken": {}},
        {"language": "fr", "content": {"body": "Salut"}, "taken": {}},
    ]
    changed = settled.ask("PATCH", f"{app}/messages/{made['id']}", {"version": 1, "translations": {}, "language": None})[1]
    assert (changed["language"], changed["translations"]) == (None, {})
    body = {**message, "translations": {"fr": {"body": "{{"}}}
    status, refused = settled.ask("POST", f"{app}/messages", body)
    assert (status, refused["error"]["data"]["path"]) == (400, "translations.fr.body")


def test_a_message_is_checked_over_a_sample_of_people(settled: Api, app: str, lea: int) -> None:
    settled.ask("POST", f"{app}/people", {"user_id": "bob", "traits": {"email": "bob@example.com"}})
    content = {"subject": "Hi {{ user.first_name }}", "html": '<a href="http://localhost/x">{{ event.code }}</a>'}
    made = settled.ask("POST", f"{app}/messages", {"name": "x", "channel": "email", "content": content})[1]
    path = f"{app}/messages/{made['id']}/check"
    status, found = settled.ask("POST", path, {"event": {"code": "A"}})
    assert (status, found["people"], found["without_address"], found["faults"]) == (200, 2, 0, [])
    assert found["missing"] == [{"path": "content.subject", "variable": "user.first_name", "people": 1, "example": lea + 1}]
    assert found["links"][0] == {"url": "http://localhost/x", "people": 2, "problem": "local"}
    [language] = found["languages"]
    assert (language["language"], language["largest"]["is_too_large"], language["largest"]["most"]) == (None, False, 104_448)
    rule = {"kind": "trait", "name": "first_name", "is": "=", "value": "Léa"}
    segment = settled.ask("POST", f"{app}/segments", {"name": "Lea", "rule": rule})[1]
    assert settled.ask("POST", path, {"segment": segment["id"]})[1]["people"] == 1
    assert settled.ask("POST", path, {"segment": 999})[0] == 404
    assert settled.ask("POST", path, {"people": 201})[0] == 400
