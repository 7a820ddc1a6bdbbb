"""Whatever is posted: never a 5xx, nothing half applied, and the answer tells the truth about what was kept."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.http.ingest.server import Place
from tests.unit.events.test_intake_properties import MESSAGE, VALUE

GOOD = {"type": "track", "event": "E", "userId": "u", "properties": {"n": 1}}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MESSAGE | VALUE | st.just(GOOD), max_size=6), st.booleans())
def test_every_event_of_a_batch_is_kept_or_set_aside(place: Place, messages: list[Any], ascii_only: bool) -> None:
    kept, aside = len(place.events()), refusals(place)
    # NaN and Infinity are no JSON: that costs the events that hold them.
    body = json.dumps({"batch": messages}, ensure_ascii=ascii_only).encode("utf-8", "replace")
    answer = place.post("/v1/batch", body)
    assert answer.status_code == 200, answer.text
    answered = answer.json()
    assert answered["accepted"] + len(answered["rejected"]) == len(messages)
    assert [one["index"] for one in answered["rejected"]] == sorted({one["index"] for one in answered["rejected"]})
    assert (len(place.events()), refusals(place)) == (kept + answered["accepted"], aside + len(answered["rejected"]))


def refusals(place: Place) -> int:
    return sum(not one.is_note for one in place.rejected())


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_body_with_a_fault_is_refused_or_understood(place: Place, data: st.DataObject) -> None:
    body = bytearray(json.dumps({"batch": [GOOD, GOOD], "sentAt": "2026-03-01T12:00:00Z"}).encode())
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 4)))
    body[start:end] = data.draw(st.binary(max_size=4))
    before = len(place.events())
    answer = place.post(data.draw(st.sampled_from(["/v1/batch", "/v1/track", "/v1/import"])), bytes(body))
    assert answer.status_code in (200, 400), answer.text
    accepted = answer.json()["accepted"] if answer.status_code == 200 else 0
    assert len(place.events()) == before + accepted


def test_the_routes_do_what_the_document_says(place: Place) -> None:
    schema = schemathesis.openapi.from_url(f"{place.url}/api/openapi.json").include(path_regex="^/v1/")
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) == 16
    for operation in operations:

        @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def holds(case: schemathesis.Case[Any]) -> None:
            checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
            case.call_and_validate(auth=(place.key, ""), checks=checks)

        holds()
