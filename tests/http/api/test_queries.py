"""A parameter that an address does not know is refused: whoever sends it believes that it does something."""

from __future__ import annotations

import pytest
from litestar.routes import HTTPRoute

from relance.accounts.model import NewApp
from relance.web.api.queries import parameters_of
from relance.web.app import HANDLERS, document
from relance.web.application import frame
from tests.http.api.conftest import Api


def test_what_is_taken_is_what_is_documented() -> None:
    """The check reads the functions, the framework makes the document: for every route both name the same."""
    routes = [route for route in frame(HANDLERS).routes if isinstance(route, HTTPRoute)]
    each = [one for route in routes for one in route.route_handlers]
    taken = {str(one.operation_id): set(parameters_of(one)) for one in each if one.operation_id}
    items = [item for path, item in document()["paths"].items() if path.startswith("/api/v1")]
    operations = [one for item in items for one in item.values() if isinstance(one, dict) and "operationId" in one]
    documented = {
        one["operationId"]: {each["name"] for each in one.get("parameters", ()) if each["in"] == "query"} for one in operations
    }
    assert {name: taken.get(name) for name in documented} == documented
    assert sum(len(names) for names in documented.values()) > 20


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/reports/messages?by=country&since=0", "by"),
        ("/reports/overview?since=0", "since"),
        ("/reports/rfm?events=Paid", "events"),
        ("/deliveries?limit=5&person_id=1", "person_id"),
        ("/people?Limit=5", "Limit"),
        ("?x=", "x"),
        ("/events/names?%00", ""),
    ],
)
def test_an_unknown_parameter_is_refused_by_name(api: Api, shop: NewApp, path: str, name: str) -> None:
    status, answer = api.ask("GET", f"/apps/{shop.app.id}{path}")
    assert status == 400
    if name:
        assert (answer["error"]["code"], answer["error"]["data"]["path"]) == ("unknown_parameter", name)
