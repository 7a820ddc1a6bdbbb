"""The suppression list over HTTP: added to, filled from a file, read, exported, and what takes an address off it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from relance.accounts.model import NewApp
from relance.web.api.suppressions import MOST_BAD
from tests.http.api.conftest import Api


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


def suppressed(api: Api, app: str, address: str = "lea@example.com", **more: Any) -> dict[str, Any]:
    status, answer = api.ask("POST", f"{app}/suppressions", {"address": address, **more})
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


def imported(api: Api, app: str, text: str | bytes, query: str = "") -> tuple[int, Any]:
    answer = api.client.post(f"/api/v1{app}/suppressions/import{query}", content=text, headers=api.headers)
    return answer.status_code, answer.json()


def addresses(api: Api, app: str, query: str = "") -> list[str | None]:
    return [each["address"] for each in api.ask("GET", f"{app}/suppressions{query}")[1]["items"]]


def state_of(api: Api, app: str, person: int) -> list[tuple[str, str]]:
    return [(each["state"], each["reason"]) for each in api.ask("GET", f"{app}/people/{person}")[1]["subscriptions"]]


def person(api: Api, app: str, user_id: str, email: str) -> int:
    number: int = api.ask("POST", f"{app}/people", {"user_id": user_id, "traits": {"email": email}})[1]["id"]
    return number


def test_an_address_is_suppressed_for_whoever_has_it_and_who_takes_it(boss: Api, app: str) -> None:
    lea = person(boss, app, "lea", "Lea@Example.com")
    entry = suppressed(boss, app, " LEA@example.com ", note="asked by phone")
    assert (entry["address"], entry["reason"], entry["note"], entry["name"]) == (
        "lea@example.com",
        "manual",
        "asked by phone",
        "Ada",
    )
    assert suppressed(boss, app, "lea@example.com", note="again") == entry
    assert state_of(boss, app, lea) == [("suppressed", "manual")]
    noe = person(boss, app, "noe", "lea@example.com")
    assert (state_of(boss, app, noe), state_of(boss, app, lea)) == ([("suppressed", "manual")], [])
    assert boss.ask("DELETE", f"{app}/suppressions/{entry['id']}")[0] == 204
    assert state_of(boss, app, noe) == [("subscribed", "")]
    assert boss.ask("GET", f"{app}/suppressions/{entry['id']}")[0] == 404
    done = [each["action"] for each in boss.ask("GET", f"{app}/audit")[1]["items"]]
    assert done[:2] == ["suppression.removed", "suppression.added"]


def test_only_an_operator_allows_an_address_again(boss: Api, settled: Api, app: str) -> None:
    lea = person(settled, app, "lea", "lea@example.com")
    entry = suppressed(settled, app)
    assert settled.ask("DELETE", f"{app}/suppressions/{entry['id']}")[0] == 403
    shown = settled.ask("GET", f"{app}/people/{lea}")[1]
    change = {"version": shown["version"], "subscriptions": [{"id": shown["subscriptions"][0]["id"], "state": "subscribed"}]}
    assert settled.ask("PATCH", f"{app}/people/{lea}", change)[0] == 403
    assert boss.ask("PATCH", f"{app}/people/{lea}", change)[0] == 200
    assert addresses(settled, app) == []
    assert boss.ask("GET", f"{app}/audit")[1]["items"][0]["action"] == "suppression.removed"
    change["subscriptions"][0]["state"] = "suppressed"
    assert boss.ask("PATCH", f"{app}/people/{lea}", change)[0] == 200
    [listed] = boss.ask("GET", f"{app}/suppressions")[1]["items"]
    assert (listed["address"], listed["reason"], listed["name"]) == ("lea@example.com", "manual", "Ada")


def test_a_complaint_is_lifted_only_by_who_says_so(boss: Api, app: str) -> None:
    assert imported(boss, app, "address,reason\nlea@example.com,complained\n")[1]["added"] == 1
    [entry] = boss.ask("GET", f"{app}/suppressions")[1]["items"]
    status, answer = boss.ask("DELETE", f"{app}/suppressions/{entry['id']}")
    assert (status, answer["error"]["code"]) == (409, "complaint_stands")
    assert "spam" in answer["error"]["message"]
    assert boss.ask("DELETE", f"{app}/suppressions/{entry['id']}?lift_complaint=true")[0] == 204


def test_a_deletion_forgets_the_address_and_it_stays_suppressed(boss: Api, app: str) -> None:
    lea = person(boss, app, "lea", "lea@example.com")
    suppressed(boss, app, note="Lea Martin")
    assert boss.ask("DELETE", f"{app}/people/{lea}")[0] == 204
    [entry] = boss.ask("GET", f"{app}/suppressions")[1]["items"]
    assert (entry["address"], entry["note"], entry["reason"]) == (None, "", "manual")
    assert "lea@" not in boss.ask("GET", f"{app}/suppressions/export")[1]
    back = person(boss, app, "lea-2", "lea@example.com")
    assert state_of(boss, app, back) == [("suppressed", "manual")]
    assert addresses(boss, app, "?address=lea") == ["lea@example.com"]  # it can be found again, and so be allowed
    assert boss.ask("DELETE", f"{app}/suppressions/{entry['id']}")[0] == 204
    assert state_of(boss, app, back) == [("subscribed", "")]


def test_who_complained_elsewhere_has_said_no_to_marketing(boss: Api, app: str) -> None:
    lea = person(boss, app, "lea", "lea@example.com")
    assert imported(boss, app, "address,reason\nlea@example.com,complained\n")[1]["added"] == 1
    [entry] = boss.ask("GET", f"{app}/suppressions")[1]["items"]
    assert boss.ask("DELETE", f"{app}/suppressions/{entry['id']}?lift_complaint=true")[0] == 204
    said = boss.ask("GET", f"{app}/people/{lea}")[1]["consents"]
    assert [(each["granted"], each["source"]) for each in said] == [(False, "complained")]


def test_a_merge_keeps_addresses_suppressed(boss: Api, app: str) -> None:
    lea, noe = person(boss, app, "lea", "lea@example.com"), person(boss, app, "noe", "noe@example.com")
    suppressed(boss, app)
    boss.ask("POST", f"{app}/people/{lea}/merge", {"into": noe})
    assert ("suppressed", "manual") in state_of(boss, app, noe)
    assert addresses(boss, app) == ["lea@example.com"]


def test_the_list_is_read_in_pages_and_filtered(settled: Api, app: str, stranger: Api, other: NewApp) -> None:
    for name in ("ada", "bea", "bob"):
        suppressed(settled, app, f"{name}@example.com")
    suppressed(settled, app, "+33612345678", channel="sms")
    suppressed(stranger, f"/apps/{other.app.id}", "eve@example.com")
    status, first = settled.ask("GET", f"{app}/suppressions?limit=3")
    rest = settled.ask("GET", f"{app}/suppressions?limit=3&cursor={first['next']}")[1]
    assert status == 200
    assert [each["address"] for each in (*first["items"], *rest["items"])] == [
        "+33612345678",
        "bob@example.com",
        "bea@example.com",
        "ada@example.com",
    ]
    assert addresses(settled, app, "?address=B") == ["bob@example.com", "bea@example.com"]
    assert addresses(settled, app, "?channel=sms") == ["+33612345678"]
    assert addresses(settled, app, "?reason=bounced") == []
    assert settled.ask("GET", f"{app}/suppressions/counts")[1]["items"] == [
        {"channel": "email", "reason": "manual", "addresses": 3},
        {"channel": "sms", "reason": "manual", "addresses": 1},
    ]


def test_a_file_is_taken_with_its_bad_lines_told(settled: Api, app: str) -> None:
    lea = person(settled, app, "lea", "lea@example.com")
    suppressed(settled, app, "noe@example.com")
    lines = (
        "E-mail;reason;note",
        "lea@example.com;bounced;old shop",
        "",
        "no address;;",
        "noe@example.com;;",
        "x@example.com;why;",
    )
    text = "\r\n".join(lines)
    status, answer = imported(settled, app, text.encode("utf-16"))
    assert status == 200, answer
    assert (answer["added"], answer["already"], answer["bad_lines"]) == (1, 1, 2)
    assert [(each["line"], each["reason"]) for each in answer["bad"]] == [(4, "suppression_address"), (6, "not_one_of")]
    assert answer["bad"][0]["parameters"] == {"got": "no address"}
    assert state_of(settled, app, lea) == [("suppressed", "bounced")]


def test_a_list_of_addresses_needs_no_head(settled: Api, app: str) -> None:
    assert imported(settled, app, "a@example.com\nb@example.com\na@example.com")[1]["added"] == 2
    assert imported(settled, app, "+33612345678\n", "?channel=sms")[1]["added"] == 1
    bad = imported(settled, app, "\n".join(["nobody"] * 300))[1]
    assert (bad["bad_lines"], len(bad["bad"])) == (300, MOST_BAD)


@pytest.mark.parametrize(
    ("text", "line"), [(b"a@example.com\nb@example.com\n\xff\xfe\x00", 3), (b'a@example.com\n"open', 2), (b"a" * 200_000, 1)]
)
def test_a_file_that_cannot_be_read_changes_nothing(settled: Api, app: str, text: bytes, line: int) -> None:
    status, answer = imported(settled, app, text)
    assert (status, answer["error"]["data"]["line"]) == (400, line)
    assert addresses(settled, app) == []


def test_what_is_exported_can_be_imported(settled: Api, app: str, stranger: Api, other: NewApp) -> None:
    suppressed(settled, app, "=cmd@example.com", note="=1+1")
    imported(settled, app, "address,reason\nlea@example.com,complained\n")
    status, text = settled.ask("GET", f"{app}/suppressions/export")
    assert status == 200
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(each["address"], each["reason"]) for each in rows] == [
        ("lea@example.com", "complained"),
        ("'=cmd@example.com", "manual"),
    ]
    assert imported(stranger, f"/apps/{other.app.id}", text)[1]["added"] == 2
    found = stranger.ask("GET", f"/apps/{other.app.id}/suppressions")[1]["items"]
    assert sorted((each["address"], each["reason"], each["note"]) for each in found) == [
        ("=cmd@example.com", "manual", "=1+1"),
        ("lea@example.com", "complained", ""),
    ]


@pytest.mark.parametrize("body", [{"address": "nobody"}, {"address": "  "}, {"address": "a@b.example", "channel": "fax"}, {}])
def test_what_is_no_address_is_refused(settled: Api, app: str, body: dict[str, Any]) -> None:
    assert settled.ask("POST", f"{app}/suppressions", body)[0] == 400


@pytest.mark.parametrize(
    "head",
    [
        "address",
        "Email Address",
        "email_address",
        "E-MAIL",
        "e-mail address",
        " Email ",
        "EmailAddress",
        "Adresse e-mail",
        "Courriel",
    ],
)
def test_a_column_is_known_however_it_is_spelt(boss: Api, app: str, head: str) -> None:
    status, done = imported(boss, app, f"Name,{head},Note\nLea,lea@example.com,asked\n")
    assert (status, done["added"], done["bad_lines"]) == (200, 1, 0)
    assert addresses(boss, app) == ["lea@example.com"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("phone\n06 12 34 56 78\n", "&country=FR"),
        ("Phone number,country\n06 12 34 56 78,fr\n", ""),
        ("Phone,Country\n06 12 34 56 78,FR\n", "&country=US"),
        ("phone\n+33 6 12 34 56 78\n", ""),
    ],
)
def test_national_numbers_are_read_by_the_country_given(boss: Api, app: str, text: str, query: str) -> None:
    assert imported(boss, app, text, f"?channel=sms{query}")[1]["bad_lines"] == 0
    assert addresses(boss, app) == ["+33612345678"]


def test_without_a_country_the_apps_own_is_taken_and_without_that_the_line_is_refused(boss: Api, app: str) -> None:
    assert imported(boss, app, "phone\n06 12 34 56 78\n", "?channel=sms")[1]["bad_lines"] == 1
    version = boss.ask("GET", app)[1]["version"]
    boss.ask("PATCH", app, {"version": version, "country": "FR"})
    assert imported(boss, app, "phone\n06 12 34 56 78\n", "?channel=sms")[1]["added"] == 1
    entry = suppressed(boss, app, "07400 123456", channel="sms", country="GB")
    assert entry["address"] == "+447400123456"
