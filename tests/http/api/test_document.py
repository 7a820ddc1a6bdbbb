"""The OpenAPI document: complete enough to make a client from."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from relance.web.api import handlers
from relance.web.app import HANDLERS
from relance.web.application import frame


@cache
def document() -> Any:
    """The document, which is the same whatever the stores behind it."""
    with TestClient(frame(handlers)) as client:
        return client.get("/api/openapi.json").json()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of every route of the API."""
    return [
        (method.upper(), path, operation)
        for path, item in document()["paths"].items()
        if path.startswith("/api/v1")
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def test_every_route_is_named_described_and_tagged() -> None:
    found = operations()
    assert len(found) >= 50
    ids = [operation["operationId"] for _, _, operation in found]
    assert len(set(ids)) == len(ids)
    for _, path, operation in found:
        assert operation["summary"], path
        assert operation["description"], path
        assert len(operation["tags"]) == 1, path
        assert {"400", "401", "403", "404", "409", "429", "500", "503"} <= set(operation["responses"]), path


def test_every_error_has_the_one_shape() -> None:
    for _, path, operation in operations():
        for status, response in operation["responses"].items():
            if status >= "400":
                [media] = response["content"].values()
                assert media["schema"]["$ref"].endswith("ErrorAnswer"), (path, status)


def test_the_document_names_both_ways_of_being_known() -> None:
    assert set(document()["components"]["securitySchemes"]) >= {"apiKey", "session"}


def test_no_path_holds_a_nul() -> None:
    """PostgreSQL cannot store one, nor be asked for it: whatever the route, it is refused before anything is read."""
    walked = 0
    with TestClient(frame(HANDLERS), raise_server_exceptions=False) as client:
        for route in client.app.routes:
            texts = re.sub(r"\{\w+:(str|path)\}", "%00", route.path)
            if texts == route.path or not isinstance(route, HTTPRoute):
                continue
            path = re.sub(r"\{\w+:int\}", "1", texts)
            for method in sorted(route.methods - {"OPTIONS"}):
                answer = client.request(method, path)
                assert answer.status_code == 400, (method, path)
                walked += 1
    assert walked >= 20
