"""Static lists over HTTP: made, filled, asked for by segments, archived when nothing needs them."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.model import NewApp
from relance.web.api.lists import LARGEST_FILE, MAX_CELLS
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
    assert settled.ask("GET", f"{app}/lists/{number}/dependents") == (200, users)
    assert settled.ask("GET", f"{app}/lists/{number + 1}/dependents")[0] == 404
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


def test_who_is_on_which_list_is_counted_and_told(settled: Api, app: str) -> None:
    people = [known(settled, app, f"u-{number}") for number in range(5)]
    vip, testers, empty = (settled.ask("POST", f"{app}/lists", {"name": name})[1]["id"] for name in ("VIP", "Testers", "Empty"))
    settled.ask("POST", f"{app}/lists/{vip}/people", {"add": ["u-0", "u-1", "u-3"]})
    settled.ask("POST", f"{app}/lists/{testers}/people", {"add": ["u-3", "u-4"]})
    settled.ask("PATCH", f"{app}/people/{people[2]}", {"traits": {"note": {"$lists": [vip]}}})  # no list, whatever it says
    sizes = {"items": [{"list_id": each, "people": size} for each, size in ((vip, 3), (testers, 2), (empty, 0))]}
    assert settled.ask("GET", f"{app}/lists/sizes") == (200, sizes)
    first = settled.ask("GET", f"{app}/lists/{vip}/people?limit=2")[1]
    assert [each["id"] for each in first["items"]] == [people[0], people[1]]
    rest = settled.ask("GET", f"{app}/lists/{vip}/people?limit=2&cursor={first['next']}")[1]
    assert ([each["external_id"] for each in rest["items"]], rest["next"]) == (["u-3"], None)
    assert settled.ask("POST", f"{app}/people/{people[4]}/merge", {"into": people[0]})[0] == 200
    assert settled.ask("DELETE", f"{app}/people/{people[3]}")[0] == 204
    assert settled.ask("DELETE", f"{app}/lists/{empty}")[0] == 204
    sizes = {"items": [{"list_id": vip, "people": 2}, {"list_id": testers, "people": 1}]}
    assert settled.ask("GET", f"{app}/lists/sizes") == (200, sizes)
    assert [each["id"] for each in settled.ask("GET", f"{app}/lists/{testers}/people")[1]["items"]] == [people[0]]
    assert settled.ask("GET", f"{app}/lists/{empty}/people")[0] == 404
    on = {place: settled.ask("GET", f"{app}/people/{people[place]}/lists") for place in range(5)}
    assert {place: [each["id"] for each in answer["items"]] for place, (status, answer) in on.items() if status == 200} == {
        0: [vip, testers],
        1: [vip],
        2: [],
        4: [vip, testers],  # who is part of the first now
    }
    assert on[3][0] == 404


def test_a_long_list_among_many_people_is_told_page_by_page(settled: Api, app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.users.lists._MANY", 3)
    people = [known(settled, app, f"u-{number}") for number in range(12)]
    one, other = (settled.ask("POST", f"{app}/lists", {"name": name})[1]["id"] for name in ("One", "Other"))
    settled.ask("POST", f"{app}/lists/{one}/people", {"add": ["u-0", "u-7", "u-8", "u-11"]})
    settled.ask("POST", f"{app}/lists/{other}/people", {"add": [f"u-{number}" for number in range(12)]})
    found, cursor = [], ""
    for _ in range(4):
        page = settled.ask("GET", f"{app}/lists/{one}/people?limit=1{cursor}")[1]
        found += [each["id"] for each in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert (found, page["next"]) == ([people[0], people[7], people[8], people[11]], None)


def read(api: Api, app: str, raw: bytes, query: str = "") -> tuple[int, Any]:
    answer = api.client.post(f"/api/v1{app}/lists/file{query}", content=raw, headers=api.headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("raw", "query", "entries", "header", "column"),
    [
        (b"name;email\nLea Martin;lea@example.org\nNoe;noe@example.org\n", "", ["lea@example.org", "noe@example.org"], True, 1),
        (b"lea@example.org\nnoe@example.org\nlea@example.org\n", "", ["lea@example.org", "noe@example.org"], False, 0),
        (b"u-1\nu-2\n", "", ["u-1", "u-2"], False, 0),
        (b"Who,Where to\nLea,lea@example.org\n", "", ["lea@example.org"], True, 1),
        (b'id,note\n"a,b","says ""no"", today"\n', "", ["a,b"], True, 0),
        (b"id,email\n'=1+1,'@x\n", "?column=0", ["=1+1"], True, 0),
        (b"name;email\nLea;lea@example.org\n", "?column=0&header=false", ["name", "Lea"], False, 0),
        ("nom;courriel\nZoé;zoé@example.org\n".encode("windows-1252"), "?encoding=windows-1252", ["zoé@example.org"], True, 1),
        ("id\temail\n7\tlea@example.org\n".encode("utf-16"), "", ["lea@example.org"], True, 1),
        (b"sep=;\nemail;a,b\nlea@example.org;1\n", "", ["lea@example.org"], True, 0),
        (b"", "", [], False, 0),
        (b"\n\n", "?header=true", [], True, 0),
    ],
)
def test_a_file_is_read_by_column(
    api: Api, app: str, raw: bytes, query: str, entries: list[str], header: bool, column: int
) -> None:
    status, answer = read(api, app, raw, query)
    assert status == 200, answer
    assert (answer["entries"], answer["header"], answer["column"], answer["too_long"]) == (entries, header, column, 0)


def test_the_columns_of_a_file_are_told_with_some_of_their_cells(api: Api, app: str) -> None:
    _, answer = read(api, app, b"name;email\nLea;lea@example.org\nNoe;noe@example.org\n")
    assert answer["columns"] == [
        {"name": "name", "sample": ["Lea", "Noe"]},
        {"name": "email", "sample": ["lea@example.org", "noe@example.org"]},
    ]


@pytest.mark.parametrize(
    ("raw", "query", "path"),
    [
        (b"name;email\nLea;lea@example.org\n", "?column=2", "column"),
        (b'a,"b\nc,d\n', "", None),
        (b"\xe9\n", "", "encoding"),
        (b"a\n", "?encoding=klingon", "encoding"),
        (b"," * (MAX_CELLS + 1), "", ""),
    ],
)
def test_a_file_that_cannot_be_read_says_why(api: Api, app: str, raw: bytes, query: str, path: str | None) -> None:
    status, answer = read(api, app, raw, query)
    assert status == 400, answer
    assert answer["error"]["message"]
    assert path is None or answer["error"]["data"]["path"] == path


def test_what_no_id_can_be_as_long_as_is_left_out_and_counted(api: Api, app: str) -> None:
    _, answer = read(api, app, b"lea\n" + b"x" * 321 + b"\n")
    assert (answer["entries"], answer["too_long"]) == (["lea"], 1)


def test_a_file_that_is_too_large_is_refused(api: Api, app: str) -> None:
    assert read(api, app, b"a" * (LARGEST_FILE + 1))[0] == 413


def test_a_file_is_read_for_those_who_may_alone(api: Api) -> None:
    assert read(api, "/apps/999", b"lea\n")[0] in (403, 404)
