"""``Idempotency-Key``: repeated, mismatched, concurrent, failed requests."""

from __future__ import annotations

import gzip
import itertools
from concurrent.futures import ThreadPoolExecutor

import msgspec
import sqlalchemy as sa
from litestar.testing import TestClient
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.accounts.service import Accounts
from relance.infra.database import writing
from relance.infra.sealing import seal
from relance.web.application import Application
from tests.http.api.conftest import SECRET, Api


def test_a_repeated_request_gets_the_first_answer(client: TestClient[Application], operator: Api) -> None:
    first = operator.ask("POST", "/apps", {"name": "Once"}, idempotency_key="k1")
    again = operator.ask("POST", "/apps", {"name": "Once"}, idempotency_key="k1")
    assert first[0] == 201
    assert again == first
    assert len(operator.ask("GET", "/apps")[1]["items"]) == 1
    headers = {"idempotency-key": "k1", **operator.headers}
    assert client.post("/api/v1/apps", content=b'{"name":"Once"}', headers=headers).headers["idempotency-replayed"] == "true"


def test_another_body_under_the_same_key_is_a_mismatch(operator: Api, shop: NewApp) -> None:
    operator.ask("POST", "/apps", {"name": "Once"}, idempotency_key="k1")
    status, answer = operator.ask("POST", "/apps", {"name": "Twice"}, idempotency_key="k1")
    assert (status, answer["error"]["code"]) == (409, "idempotency_mismatch")
    # The same key means something else in an app.
    assert operator.ask("POST", f"/apps/{shop.app.id}/keys", {"kind": "write", "name": "x"}, idempotency_key="k1")[0] == 201


def test_a_failed_request_gives_its_key_back(operator: Api, shop: NewApp) -> None:
    keys = f"/apps/{shop.app.id}/keys"
    assert operator.ask("POST", keys, {"kind": "none", "name": "x"}, idempotency_key="k")[0] == 400
    assert operator.ask("POST", keys, {"kind": "write", "name": "x"}, idempotency_key="k")[0] == 201


def test_a_bad_key_is_refused(operator: Api, shop: NewApp) -> None:
    for key in ("", " ", "a b", "x" * 256):
        status, answer = operator.ask("POST", f"/apps/{shop.app.id}/keys", {"kind": "write", "name": "x"}, idempotency_key=key)
        assert (status, answer["error"]["code"]) == (400, "invalid")


def test_concurrent_repetitions_do_the_work_once(operator: Api, shop: NewApp, accounts: Accounts) -> None:
    body = {"kind": "write", "name": "x"}

    def ask(_number: int) -> tuple[int, str]:
        status, answer = operator.ask("POST", f"/apps/{shop.app.id}/keys", body, idempotency_key="same")
        return status, answer["text"] if status == 201 else answer["error"]["code"]

    with ThreadPoolExecutor(6) as pool:
        response = set(pool.map(ask, range(6)))
    made = {text for status, text in response if status == 201}
    assert len(made) == 1
    assert response - {(201, text) for text in made} <= {(409, "idempotency_in_flight")}
    assert len(accounts.keys(shop.app.id)) == 4


def test_an_answer_is_kept_as_it_is_and_compressed_for_whoever_asks(settled: Api, shop: NewApp) -> None:
    """Whatever the two requests say of compression: each gets the same answer, in the form it can read."""
    url = f"/api/v1/apps/{shop.app.id}/segments"
    rule = {"any": [{"kind": "behaviour", "event": f"Order {n}", "window": {"last": "2d"}} for n in range(40)]}
    for number, (first, second) in enumerate(itertools.product(("gzip", "identity", "gzip, deflate, br"), repeat=2)):
        body = msgspec.json.encode({"name": f"Bought {number}", "rule": rule})
        answers = []
        for encoding in (first, second, first):
            headers = {"accept-encoding": encoding, "idempotency-key": f"k{number}", "content-type": "application/json"}
            answers.append(settled.client.post(url, content=body, headers={**headers, **settled.headers}))
        for answer, encoding in zip(answers, (first, second, first), strict=True):
            assert answer.status_code == 201, answer.text
            assert len(answer.content) > 1_000  # as it is read: long enough to be compressed
            assert answer.json() == answers[0].json()
            assert answer.headers.get("content-encoding") == ("gzip" if "gzip" in encoding else None)
        assert [each.headers.get("idempotency-replayed") for each in answers] == [None, "true", "true"]


def test_what_an_earlier_version_kept_compressed_is_not_taken_for_plain(
    client: TestClient[Application], operator: Api, state: Engine
) -> None:
    """It is neither answered as it is nor done again."""
    operator.ask("POST", "/apps", {"name": "Once"}, idempotency_key="k1")
    with writing(state) as connection:
        operator_id = connection.scalar(sa.text("SELECT min(id) FROM operators"))
        kept = seal(SECRET, f"0:operator:{operator_id} k1", gzip.compress(b"{}"))
        connection.execute(sa.text("UPDATE idempotency SET answer = :kept"), {"kept": kept})
    status, answer = operator.ask("POST", "/apps", {"name": "Once"}, idempotency_key="k1")
    assert (status, answer["error"]["code"]) == (409, "conflict")
    assert len(operator.ask("GET", "/apps")[1]["items"]) == 1
