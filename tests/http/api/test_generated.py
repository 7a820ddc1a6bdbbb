"""Requests made up from the OpenAPI document against the people routes: what it promises is what is answered."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from litestar.testing import TestClient
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from relance.accounts.model import NewApp
from relance.web.application import Application
from tests.http.api.conftest import Api
from tests.http.api.test_document import document

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15


def test_the_people_routes_keep_what_the_document_promises(whole: TestClient[Application], settled: Api, shop: NewApp) -> None:
    for number in range(4):
        settled.ask("POST", f"/apps/{shop.app.id}/people", {"user_id": f"u-{number}", "traits": {"n": number}})
    schema = schemathesis.openapi.from_dict(document()).include(path_regex="/api/v1/.*/people")
    walked = 0
    statuses: set[int] = set()
    promised = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in sorted(promised, key=lambda one: one.method == "delete"):  # deletions last: they leave nobody to ask for

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Case[Any]) -> None:
            case.path_parameters = {**case.path_parameters, "app": shop.app.id}
            if case.path_parameters.get("person", 0) % 2:
                case.path_parameters["person"] = 1 + case.path_parameters["person"] % 4
            asked = case.as_transport_kwargs(headers=settled.headers, base_url="http://testserver.local")
            asked.pop("cookies", None)
            answer = whole.request(**asked)
            statuses.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        ask()
        walked += 1
    assert walked >= 10
    assert statuses >= {200, 400, 404}, "what was made up reaches both what is there and what is not"
