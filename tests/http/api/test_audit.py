"""Who did what, as operators read it: page by page, of one app, with what was published, archived and taken out."""

from __future__ import annotations

from typing import Any

from relance.accounts.model import NewApp
from relance.web.api.auditing import NOTED
from tests.http.api.conftest import Api
from tests.http.api.test_document import operations
from tests.http.api.test_isolation import GRAPH


def lines(boss: Api, app: str, limit: int = 200) -> list[dict[str, Any]]:
    """All of them, page by page, newest first."""
    found, cursor = [], ""
    while True:
        status, answer = boss.ask("GET", f"{app}/audit?limit={limit}{cursor}")
        assert status == 200, answer
        found += answer["items"]
        if answer["next"] is None:
            return found
        cursor = f"&cursor={answer['next']}"


def test_what_was_done_is_read_page_by_page(boss: Api, shop: NewApp, other: NewApp) -> None:
    app = f"/apps/{shop.app.id}"
    boss.ask("PATCH", app, {"version": 1, "name": "Renamed"})
    status, made = boss.ask("POST", f"{app}/journeys", {"name": "Carts", "graph": GRAPH})
    assert status == 201, made
    journey = f"{app}/journeys/{made['id']}"
    assert boss.ask("POST", f"{journey}/publish", {})[0] in (200, 201)
    assert boss.ask("POST", f"{journey}/pause")[0] in (200, 201)
    assert boss.ask("POST", f"{journey}/publish", {"version": 99})[0] >= 400  # what was not done is not noted
    number = boss.ask("POST", f"{app}/lists", {"name": "Guests"})[1]["id"]
    assert boss.ask("DELETE", f"{app}/lists/{number}")[0] == 204
    assert boss.ask("GET", f"{app}/held-back/export")[0] == 200
    boss.ask("PATCH", f"/apps/{other.app.id}", {"version": 1, "name": "Theirs"})
    found = lines(boss, app)
    answered = [(each["name"], each["action"], each["target"]) for each in found if each["action"] != "app.created"]
    assert answered[: len(answered) - 2] == [
        ("Ada", "held_back.exported", f"app:{shop.app.id}"),
        ("Ada", "list.archived", f"list:{number}"),
        ("Ada", "journey.paused", f"journey:{made['id']}"),
        ("Ada", "journey.published", f"journey:{made['id']}"),
        ("Ada", "app.changed", f"app:{shop.app.id}"),
    ]
    assert {action for _, action, _ in answered[-2:]} == {"operator.signed_in", "operator.created"}
    assert lines(boss, app, limit=2) == found


def test_operators_and_keys_it_was_done_to_have_their_names(boss: Api, shop: NewApp) -> None:
    app = f"/apps/{shop.app.id}"
    boss.ask("POST", f"{app}/keys", {"kind": "write", "name": "Web shop"})
    boss.ask("POST", "/operators", {"email": "grace@example.org", "name": "Grace"})
    hook = boss.ask("POST", f"{app}/webhooks", {"url": "https://93.184.215.14/hook"})[1]["webhook"]["id"]
    assert boss.ask("DELETE", f"{app}/webhooks/{hook}")[0] == 204
    answered = [(each["action"], each["target_name"]) for each in lines(boss, app)[:4]]
    hooked = [("webhook.deleted", f"webhook:{hook}"), ("webhook.created", f"webhook:{hook}")]
    assert answered == [*hooked, ("operator.invited", "Grace"), ("key.created", "Web shop")]


def test_a_repeated_request_is_noted_once(boss: Api, shop: NewApp) -> None:
    app = f"/apps/{shop.app.id}"
    journey = boss.ask("POST", f"{app}/journeys", {"name": "Carts", "graph": GRAPH})[1]["id"]
    for _ in range(2):
        boss.ask("POST", f"{app}/journeys/{journey}/publish", {}, idempotency_key="once")
    assert [each["action"] for each in lines(boss, app)].count("journey.published") == 1


def test_no_key_reads_it(settled: Api, stranger: Api, shop: NewApp) -> None:
    for caller in (settled, stranger):
        assert caller.ask("GET", f"/apps/{shop.app.id}/audit")[0] == 403


def test_what_is_noted_is_there() -> None:
    known = {operation["operationId"]: path for _, path, operation in operations()}
    for operation, (_, parameter) in NOTED.items():
        assert f"{{{parameter}}}" in known[operation], operation
