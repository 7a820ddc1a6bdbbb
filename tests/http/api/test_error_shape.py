"""Whatever is asked wrongly of whatever route: one error shape, a status of the table, never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from relance.accounts.model import NewApp
from relance.web.application import Application
from tests.http.api.conftest import Api
from tests.http.api.test_document import operations
from tests.http.api.test_isolation import bodies
from tests.http.errors import CODES, check_text

IDS = {
    "delivery": "00000000000000000000000000000000",
    "request_id": "00000000000000000000000000000000",
    "secret": 1,
    "operator": 1,
    "session": 1,
    "webhook": 1,
    "provider": 1,
    "suppression": 1,
    "domain": "shop.example",
    "cap": 1,
    "hours": 1,
    "later": 1,
    "person": 1,
    "segment": 1,
    "earlier": 1,
    "list_id": 1,
    "message": 1,
    "snippet": 1,
    "audience": 1,
    "journey": 1,
    "key": 1,
}

BODIES = {
    "nothing": b"",
    "broken": b'{"a":',
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "not UTF-8": b'{"name":"\xff\xfe"}',
    "half a surrogate pair": b'{"name":"\\ud800"}',
    "NUL": b'{"name":"a\\u0000b","user_id":"a\\u0000b","event":"\\u0000","version":1}',
    "an unknown field": b'{"surprise":true}',
    "numbers beyond 64 bits": b'{"version":99999999999999999999999,"name":1e999,"traits":{"n":99999999999999999999}}',
    "too deep": b'{"rule":' + b'{"not":' * 500 + b"1" + b"}" * 500 + b"}",
    "very deep": b"[" * 100_000,
}

UNKEEPABLE = {"NUL": "a\x00b", "half a surrogate pair": "a\ud800b", "its other half": "\udc00"}
WRONG: list[Any] = [None, [], [[]], {"x": 1}, "x" * 20_000, -1, 1.5, False]


def check(status: int, answer: Any, where: str) -> None:
    """The one shape, not a 500: a code and a reason that are documented, its parameters, and no library's own words."""
    assert 400 <= status < 500, (where, status, answer)
    assert set(answer) == {"error"}, where
    assert set(answer["error"]) == {"code", "message", "reason", "parameters", "data"}, where
    assert isinstance(answer["error"]["data"], dict), where
    check_text(answer["error"], where)
    assert answer["error"]["code"] in CODES, where
    for each in answer["error"]["data"].get("errors", ()):
        check_text(each, where)


def test_bad_bodies(whole: TestClient[Application], settled: Api, shop: NewApp) -> None:
    given = bodies({"person": 1})
    headers = {**settled.headers, "content-type": "application/json"}
    for method, path, operation in operations():
        name = operation["operationId"]
        url = path.format_map(IDS | {"app": shop.app.id})
        for kind, body in BODIES.items():
            # Publishing, pausing and resuming need no body; a file's rows are refused one by one.
            if (
                name in given
                and name != "importPushSubscriptionFile"
                and not (name.endswith("Journey") and kind in {"nothing", "null"})
            ):
                answer = whole.request(method, url, content=body, headers=headers)
                check(answer.status_code, answer.json(), f"{name} with {kind}")


def texts(value: Any, path: str = "") -> Iterator[tuple[str, list[str | int]]]:
    """Of each text in a body: its place as errors name it, and the steps to it."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        place = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}" if path else str(step)
        if isinstance(inner, str):
            yield place, [step]
        yield from ((further, [step, *more]) for further, more in texts(inner, place))


def test_a_text_that_no_store_keeps_is_refused_with_its_place(whole: TestClient[Application], settled: Api, shop: NewApp) -> None:
    headers = {**settled.headers, "content-type": "application/json"}
    given = bodies({"person": 1})
    for method, path, operation in operations():
        good = given.get(operation["operationId"])
        url = path.format_map(IDS | {"app": shop.app.id})
        for place, steps in texts(good):
            for kind, text in UNKEEPABLE.items():
                body = json.loads(json.dumps(good))
                holder = body
                for step in steps[:-1]:
                    holder = holder[step]
                holder[steps[-1]] = text
                answer = whole.request(method, url, content=json.dumps(body).encode(), headers=headers)
                where = f"{operation['operationId']}, {place}, {kind}"
                if answer.status_code == 403:  # operators alone: nothing of it was looked at
                    continue
                check(answer.status_code, answer.json(), where)
                assert (answer.status_code, answer.json()["error"]["data"].get("path")) == (400, place), where


@pytest.mark.parametrize("text", ["%00", "a%00b", "%ED%A0%80", "%FF"])
def test_texts_in_addresses_that_no_store_keeps(whole: TestClient[Application], settled: Api, shop: NewApp, text: str) -> None:
    for method, path, operation in operations():
        url = path.format_map(IDS | {"app": shop.app.id})
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                answer = whole.request(method, f"{url}?{parameter['name']}={text}", headers=settled.headers)
                assert answer.status_code < 500, (operation["operationId"], parameter["name"])
            elif parameter["in"] == "path":
                odd = path.format_map(IDS | {"app": shop.app.id, parameter["name"]: text})
                assert whole.request(method, odd, headers=settled.headers).status_code < 500, odd


def acceptable(operation: str, field: str, wrong: object) -> bool:
    """Whether a value of the wrong look is right after all."""
    if wrong is None:  # null says "leave it" where a field may be left out
        return operation.startswith("change") and field != "version"
    if field == "source" and isinstance(wrong, str):  # a template may be long
        return operation.endswith("Snippet")
    return (field in {"paused", "granted"} and wrong is False) or (field == "traits" and isinstance(wrong, dict))


def test_wrong_types_of_every_field(settled: Api, shop: NewApp) -> None:
    for method, path, operation in operations():
        name = operation["operationId"]
        body: dict[str, Any] = bodies({"person": 1}).get(name, {})
        url = path.removeprefix("/api/v1").format_map(IDS | {"app": shop.app.id})
        for field in body:
            for wrong in WRONG:
                if not acceptable(name, field, wrong):
                    status, answer = settled.ask(method, url, body | {field: wrong})
                    check(status, answer, f"{name}.{field} = {str(wrong)[:20]}")


def test_bad_parameters(settled: Api, shop: NewApp) -> None:
    for method, path, operation in operations():
        url = path.removeprefix("/api/v1").format_map(IDS | {"app": shop.app.id})
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query":
                continue
            texts = ["%00", "x" * 2_000]
            if parameter["name"] in {"limit", "person", "message", "journey", "since", "until", "every", "version"}:
                texts += ["-1", "0x1", "1.5", "99999999999999999999999", "nan"]
            for text in texts:
                status, answer = settled.ask(method, f"{url}?{parameter['name']}={text}")
                check(status, answer, f"{operation['operationId']}?{parameter['name']}={text[:20]}")


def test_bad_ids_in_paths(settled: Api, shop: NewApp) -> None:
    for method, path, operation in operations():
        names = [
            name
            for name in ("person", "segment", "list_id", "message", "snippet", "audience", "journey", "key", "app")
            if f"{{{name}}}" in path
        ]
        for number in ("0", "-1", "99999999999999999999999", "abc", "1.5", "%00", "1%2f2") if names else ():
            ids: dict[str, Any] = IDS | {"app": shop.app.id, names[0]: number}
            url = path.removeprefix("/api/v1").format_map(ids)
            status, answer = settled.ask(method, url, bodies({"person": 1}).get(operation["operationId"]))
            check(status, answer, f"{operation['operationId']} of {number}")


def test_a_body_that_is_too_large(whole: TestClient[Application], settled: Api, shop: NewApp) -> None:
    body = msgspec.json.encode({"user_id": "u", "traits": {"x": "y" * 1_100_000}})
    answer = whole.post(f"/api/v1/apps/{shop.app.id}/people", content=body, headers=settled.headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_unknown_routes_and_methods(settled: Api) -> None:
    for method, path, expected in (("GET", "/nothing", 404), ("PUT", "/apps", 405), ("DELETE", "/apps/1/people", 405)):
        status, answer = settled.ask(method, path)
        check(status, answer, path)
        assert status == expected


def test_a_byte_order_mark_is_no_part_of_a_body(client: TestClient[Application], api: Api, shop: NewApp) -> None:
    """As some editors and Windows programs write it before UTF-8; however the body is cut on its way."""
    mark, lists = b"\xef\xbb\xbf", f"/api/v1/apps/{shop.app.id}/lists"
    headers = {"content-type": "application/json", **api.headers}
    body = mark + b'{"name":"First"}'
    assert client.post(lists, content=body, headers=headers).status_code == 201
    for number, cut in enumerate((1, 2, 3, 4)):
        body = mark + f'{{"name":"List {number}"}}'.encode()
        assert client.post(lists, content=iter((body[:cut], body[cut:])), headers=headers).status_code == 201
    keyed = {**headers, "idempotency-key": "k"}
    for _ in range(2):
        assert client.post(lists, content=mark + b'{"name":"Keyed"}', headers=keyed).status_code == 201
    assert client.post(lists, content=mark * 2 + b'{"name":"x"}', headers=headers).status_code == 400
