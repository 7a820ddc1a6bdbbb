"""``Idempotency-Key``: repeated, mismatched, concurrent, failed requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.accounts.service import Accounts
from relance.web.application import Application
from tests.http.api.conftest import Api


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
        told = set(pool.map(ask, range(6)))
    made = {text for status, text in told if status == 201}
    assert len(made) == 1
    assert told - {(201, text) for text in made} <= {(409, "idempotency_in_flight")}
    assert len(accounts.keys(shop.app.id)) == 4
