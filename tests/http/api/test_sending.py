"""One message to one person by a call: to whom, with what, once, and by the rules of the message's class."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.infra.database import writing
from relance.messaging.render import Recipient
from relance.messaging.sent.service import keep, values_of
from relance.messaging.store import DELIVERIES
from relance.web.api.services import services_of
from tests.http.api.conftest import Api

RECEIPT: dict[str, Any] = {
    "name": "Receipt",
    "channel": "email",
    "class": "transactional",
    "content": {"subject": "Order {{ event.order_id }}", "text": "Thank you"},
}
PUSH: dict[str, Any] = {"name": "Push", "channel": "web_push", "class": "transactional", "content": {"title": "Hi"}}


@pytest.fixture
def app(shop: NewApp) -> str:
    return f"/apps/{shop.app.id}"


@pytest.fixture
def ada(settled: Api, app: str) -> int:
    return int(settled.ask("POST", f"{app}/people", {"user_id": "ada", "traits": {"email": "ada@example.com"}})[1]["id"])


def new_message(api: Api, app: str, **fields: Any) -> str:
    return f"{app}/messages/{api.ask('POST', f'{app}/messages', {**RECEIPT, **fields})[1]['id']}/send"


def sent_to(answer: dict[str, Any]) -> list[tuple[int, str, str, str]]:
    return [(each["person_id"], each["address"], each["state"], each["reason"]) for each in answer["deliveries"]]


@pytest.mark.parametrize("whom", [{"alias": "user_id:ada"}, {"address": "ada@example.com"}, {"address": " ADA@Example.com "}])
def test_a_person_is_named_by_id_alias_or_address(settled: Api, app: str, ada: int, whom: dict[str, Any]) -> None:
    path = new_message(settled, app)
    for given in (whom, {"person": ada}):
        status, answer = settled.ask("POST", path, {**given, "data": {"order_id": "7"}})
        assert (status, sent_to(answer)) == (201, [(ada, "ada@example.com", "pending", "")])


def test_an_address_that_nobody_has_makes_a_person_once(settled: Api, app: str) -> None:
    path = new_message(settled, app)
    first, again = (settled.ask("POST", path, {"address": "Guest@example.com"})[1] for _ in range(2))
    [[(person, *rest)], [(same, *_)]] = sent_to(first), sent_to(again)
    assert (person, rest) == (same, ["guest@example.com", "pending", ""])
    assert settled.ask("GET", f"{app}/people/{person}")[1]["traits"] == {"email": "guest@example.com"}


def test_the_same_key_is_one_send_also_when_its_answer_is_no_longer_kept(settled: Api, app: str, ada: int) -> None:
    path = new_message(settled, app)
    key = {"idempotency_key": "receipt-7"}
    _, first = settled.ask("POST", path, {"person": ada}, **key)
    _, replayed = settled.ask("POST", path, {"person": ada}, **key)
    services_of(settled.client.app).answers.release(1, "receipt-7")
    _, later = settled.ask("POST", path, {"person": ada}, **key)
    ids = [[each["id"] for each in answer["deliveries"]] for answer in (first, replayed, later)]
    assert ids[0] == ids[1] == ids[2]
    _, other = settled.ask("POST", path, {"person": ada}, idempotency_key="receipt-8")
    _, bare = settled.ask("POST", path, {"person": ada})
    assert len({ids[0][0], other["deliveries"][0]["id"], bare["deliveries"][0]["id"]}) == 3


def test_whoever_has_no_address_on_the_channel_is_told_apart(settled: Api, app: str, ada: int) -> None:
    path = new_message(settled, app, **PUSH)
    assert sent_to(settled.ask("POST", path, {"person": ada})[1]) == [(ada, "", "skipped", "no_subscription")]
    status, answer = settled.ask("POST", path, {"address": "https://push.example/1"})
    assert (status, answer["error"]["reason"]) == (404, "address_of_nobody")


@pytest.mark.parametrize(
    ("given", "status", "reason", "path"),
    [
        ({}, 400, "one_recipient", "person"),
        ({"person": 1, "alias": "user_id:ada"}, 400, "one_recipient", "person"),
        ({"person": 987}, 404, "person_not_in_app", None),
        ({"alias": "user_id:nobody"}, 404, "alias_of_nobody", "alias"),
        ({"address": "no address"}, 400, "address_of_no_channel", "address"),
        ({"alias": "user_id:ada", "data": {"note": "a\x00b"}}, 400, "text_has_nul", "data.note"),
        ({"alias": "user_id:ada", "data": {"note": "x" * 40_000}}, 400, "properties_bytes", "data"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    settled: Api, app: str, ada: int, given: dict[str, Any], status: int, reason: str, path: str | None
) -> None:
    found, answer = settled.ask("POST", new_message(settled, app), given)
    assert (found, answer["error"]["reason"], answer["error"]["data"].get("path")) == (status, reason, path)
    assert settled.ask("GET", f"{app}/deliveries?person={ada}")[1]["items"] == []


@pytest.mark.parametrize(
    ("body", "path", "reason"),
    [
        (b"[]", "", "must_be_object"),
        (b"5", "", "must_be_object"),
        (b'{"alias": "user_id:ada", "oops": 1}', "", "member_unknown"),
        (b'{"alias": "user_id:ada", "data": {"a": 1}, "oops": 1}', "", "member_unknown"),
        (b'{"alias": "user_id:ada", "data": {"oops": 1}, "oops": 1}', "", "member_unknown"),
        (b'{"alias": "user_id:ada", "data": 5}', "data", "must_be_one_of"),
        (b'{"alias": "user_id:ada", "data": [1]}', "data", "must_be_one_of"),
        (b'{"alias": 5}', "alias", "must_be_text"),
        (b'{"alias": "user_id:ada", "data": {"x": 1e999}}', "", "json_number_too_large"),
        (b'{"alias": "user_id:ada"', "", "json_cut_off"),
    ],
)
def test_what_is_wrong_with_a_whole_body_is_not_said_of_its_field_data(
    settled: Api, app: str, ada: int, body: bytes, path: str, reason: str
) -> None:
    headers = {"content-type": "application/json", **settled.headers}
    answer = settled.client.post(f"/api/v1{new_message(settled, app)}", content=body, headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["data"]["path"], error["reason"]) == (400, path, reason)
    assert "str" not in error["message"].split()


def test_an_archived_message_and_one_of_another_app_are_not_sent(settled: Api, app: str, ada: int) -> None:
    path = new_message(settled, app)
    settled.ask("POST", path.replace("/send", "/archive"))
    assert settled.ask("POST", path, {"person": ada})[1]["error"]["code"] == "message_state"
    assert settled.ask("POST", f"{app}/messages/999/send", {"person": ada})[0] == 404


def test_the_queue_lists_every_channel_with_what_waits(settled: Api, shop: NewApp) -> None:
    status, found = settled.ask("GET", f"/apps/{shop.app.id}/queue")
    assert status == 200
    assert found["now"] > 0
    assert {each["channel"] for each in found["channels"]} >= {"email", "web_push"}
    assert all((each["waiting"], each["groups"]) == (0, []) for each in found["channels"])
    assert settled.ask("GET", "/apps/999/queue")[0] in (403, 404)


def test_what_was_sent_is_shown_and_why_nothing_is(settled: Api, app: str, ada: int, state: Engine) -> None:
    [made] = settled.ask("POST", new_message(settled, app), {"person": ada, "data": {"order_id": "7"}})[1]["deliveries"]
    path = f"{app}/deliveries/{made['id']}/content"
    status, answer = settled.ask("GET", path)
    assert (status, answer["error"]["code"], answer["error"]["reason"]) == (404, "content_not_kept", "content_not_sent")
    now = made["created_at"]
    recipient = Recipient({"id": "ada"}, {}, {"id": 1, "name": "Shop"}, "")
    with writing(state) as connection:
        row = keep(connection, {made["id"]: values_of(recipient, 1, "UTC", "en", "Shop <shop@example.com>")}, now)
        values = {"state": "sent", "sent_at": now, "sent_values": row}
        connection.execute(sa.update(DELIVERIES).where(DELIVERIES.c.id == made["id"]).values(values))
    status, answer = settled.ask("GET", path)
    assert (status, answer["version"], answer["name"], answer["address"]) == (200, 1, "Receipt", "ada@example.com")
    assert (answer["content"]["subject"], answer["content"]["text"]) == ("Order 7", "Thank you")
    assert settled.ask("GET", f"{app}/deliveries/none/content")[0] == 404
