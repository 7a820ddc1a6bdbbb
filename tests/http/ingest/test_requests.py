"""Ingest over HTTP: addresses, keys, encodings, CORS, limits, and the one error shape."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from typing import Any
from unittest.mock import ANY

import httpx
import msgspec
from sqlalchemy.engine import Engine

from relance.core.time import from_iso
from relance.events.model import Flag
from relance.web.ingest.notebook import BURST
from tests.http.errors import check_text
from tests.http.ingest.server import NOON, Place, running

TRACK = {"type": "track", "event": "Order Completed", "userId": "u1"}


def problem(answer: httpx.Response) -> str:
    """The code of an error, whose shape is checked."""
    answered = answer.json()
    error = answered["error"]
    if answer.request.url.path.startswith("/v1/"):
        assert (answered["code"], answered["message"]) == (error["code"], error["message"])  # where older clients look
    assert set(error) == {"code", "message", "reason", "parameters", "data"}
    check_text(error, str(answer.request.url))
    assert error["message"]
    assert isinstance(error["data"], dict)
    code: str = error["code"]
    return code


SINGLE = {
    "identify": {"userId": "u", "traits": {"plan": "pro"}},
    "track": {"userId": "u", "event": "E"},
    "page": {"userId": "u", "name": "Home"},
    "screen": {"userId": "u", "name": "Start"},
    "group": {"userId": "u", "groupId": "g"},
    "alias": {"userId": "u", "previousId": "p"},
}


def test_every_address_of_the_spec_takes_events(place: Place) -> None:
    for kind, message in SINGLE.items():
        for path in (f"/v1/{kind}", f"/v1/{kind[0]}", f"/v1/{kind}/"):
            answer = place.post(path, message)
            assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 1, "rejected": []})
    for path in ("/v1/batch", "/v1/b", "/v1/import"):
        assert place.post(path, {"batch": [TRACK, TRACK]}).json()["accepted"] == 2
    assert [event.kind for event in place.events()] == [kind for kind in SINGLE for _ in range(3)] + ["track"] * 6
    assert [event.flags for event in place.events()[-6:]] == [0, 0, 0, 0, Flag.IMPORTED, Flag.IMPORTED]
    assert len({event.message_id for event in place.events()}) == 24  # each made its own
    assert {event.app_id for event in place.events()} == {place.app_id}


def test_the_write_key_may_be_in_the_header_or_the_body(place: Place) -> None:
    assert place.post("/v1/track", TRACK | {"writeKey": place.key}, auth=None).status_code == 200
    assert place.post("/v1/batch", {"batch": [TRACK], "writeKey": place.key}, auth=None).status_code == 200
    assert place.post("/v1/track", TRACK).status_code == 200
    bearer = {"Authorization": "Bearer something"}  # not ours to read: the key is in the body
    assert place.post("/v1/track", TRACK | {"writeKey": place.key}, auth=None, headers=bearer).status_code == 200


UNKNOWN_KEYS = ["", "wrong", "rlw_" + "x" * 32, "\x00", "é"]


def test_an_unknown_key_is_refused(place: Place) -> None:
    for key in UNKNOWN_KEYS:
        by_body = place.post("/v1/track", TRACK | {"writeKey": key}, auth=None)
        assert (by_body.status_code, problem(by_body)) == (401, "unauthorized")
        if key.isprintable() and key:
            by_header = place.post("/v1/track", TRACK, auth=(key, ""))
            assert (by_header.status_code, problem(by_header)) == (401, "unauthorized")
        assert place.events() == []


UNREADABLE_HEADERS = ["Basic", "Basic !!!", "Basic /////w==", "basic é"]


def test_a_header_that_cannot_be_read_is_refused(place: Place) -> None:
    for header in UNREADABLE_HEADERS:
        answer = place.post("/v1/track", TRACK, auth=None, headers={"Authorization": header.encode()})
        assert (answer.status_code, problem(answer)) == (401, "unauthorized")


def test_a_revoked_key_is_refused_at_once(place: Place) -> None:
    assert place.post("/v1/track", TRACK).status_code == 200
    place.accounts.revoke_key(place.app_id, place.key_id, NOON)
    assert place.post("/v1/track", TRACK).status_code == 401
    assert len(place.events()) == 1


CONTENT_TYPES = ["application/json", "application/json; charset=utf-8", "text/plain", "", "image/png"]


def test_the_content_type_does_not_matter(place: Place) -> None:
    for content_type in CONTENT_TYPES:
        headers = {"Content-Type": content_type} if content_type else {}
        assert place.post("/v1/track", json.dumps(TRACK), headers=headers).json()["accepted"] == 1


def test_gzip_is_unpacked(place: Place) -> None:
    body = json.dumps({"batch": [TRACK]}).encode()
    for packed in (gzip.compress(body), gzip.compress(body[:9]) + gzip.compress(body[9:])):
        assert place.post("/v1/batch", packed, headers={"Content-Encoding": "gzip"}).json()["accepted"] == 1
    assert place.post("/v1/batch", body, headers={"Content-Encoding": "identity"}).json()["accepted"] == 1


REFUSED_BODIES = [
    (b"no gzip", "gzip", 400, "malformed"),
    (b"", "gzip", 400, "malformed"),
    (gzip.compress(b'{"batch":[]}')[:-6], "gzip", 400, "malformed"),
    (gzip.compress(b" " * 600_000), "gzip", 413, "too_large"),
    (gzip.compress(b" " * 300_000_000, 1), "gzip", 413, "too_large"),
    (zlib.compress(b"{}"), "deflate", 415, "unsupported_encoding"),
    (b"{}", "br", 415, "unsupported_encoding"),
    (b" " * 512_001, "identity", 413, "too_large"),
]


def test_encodings_that_are_refused(place: Place) -> None:
    for body, encoding, status, code in REFUSED_BODIES:
        answer = place.post("/v1/batch", body, headers={"Content-Encoding": encoding})
        assert (answer.status_code, problem(answer)) == (status, code)
        assert place.post("/v1/track", TRACK).status_code == 200  # and the server lives


NO_BATCHES = [
    (b"", 0),
    (b"{", 1),
    (b'{"batch":[{]}', 11),
    (b'{"batch":[]} x', 13),
    (b'{"batch":[{]}', 11),
    (b'{"batch":[{}]', 13),
    (b"\xff\xfe{\x00}\x00", 0),
    (b'{"batch":[' + b"[" * 100_000 + b"]" * 99_999 + b"]}", 0),
    (b'{"batch":[{"a":"x},{}]}', 23),
    (b"[]", 0),
    (b"null", 0),
    (b'"x"', 0),
    (b"{}", 0),
    (b'{"batch":{}}', 0),
    (b'{"batch":null}', 0),
]


def test_what_is_no_batch_is_malformed(place: Place) -> None:
    for body, position in NO_BATCHES:
        answer = place.post("/v1/batch", body)
        assert (answer.status_code, problem(answer)) == (400, "malformed")
        assert abs(answer.json()["error"]["data"]["position"] - position) <= 10
        assert place.events() == []
        assert place.rejected() == []


def test_a_batch_has_a_largest_number_of_events(place: Place) -> None:
    answer = place.post("/v1/batch", {"batch": [{}] * 2_501})
    assert (answer.status_code, problem(answer)) == (413, "too_large")
    assert place.post("/v1/batch", {"batch": []}).json() == {"success": True, "accepted": 0, "rejected": []}


def test_the_good_of_a_mixed_batch_are_kept_and_the_bad_set_aside(place: Place) -> None:
    answer = place.batch(
        TRACK | {"messageId": "good 1"},
        {"type": "track", "messageId": "bad 1", "userId": "u"},
        3,
        None,
        TRACK | {"properties": {"note": "a\x00b"}},
        TRACK | {"userId": "undefined"},
        TRACK | {"userId": ["u"]},
        TRACK | {"properties": {"note": "x" * 33_000}},
        TRACK | {"messageId": "good 2"},
    )
    assert answer.status_code == 200
    answered = answer.json()
    assert (answered["success"], answered["accepted"]) == (True, 2)
    assert [(one["index"], one["code"], one["path"]) for one in answered["rejected"]] == [
        (1, "missing_name", "event"),
        (2, "invalid", ""),
        (3, "invalid", ""),
        (4, "nul_byte", "properties.note"),
        (5, "placeholder_id", "userId"),
        (6, "invalid", "userId"),
        (7, "event_too_large", ""),
    ]
    assert [event.message_id for event in place.events()] == ["good 1", "good 2"]
    assert [(one.reason, one.path, one.detail) for one in place.rejected()] == [
        (one["code"], one["path"], one["message"]) for one in answered["rejected"]
    ]
    assert place.rejected()[0].message_id == "bad 1"


FAULTY_TEXTS = [
    (b'"\\ud800"', "invalid_text"),
    (b'"\\udc00 \\ud83c"', "invalid_text"),
    (b'"\xff\xfe"', "invalid_text"),
    (b'"\xed\xa0\x80"', "invalid_text"),
    (b'"a\x00b"', "nul_byte"),
    (b'"a\\u0000"', "nul_byte"),
    (b"NaN", "number_out_of_range"),
    (b'[1,{"deep":-Infinity}]', "number_out_of_range"),
    (b"Infinity", "number_out_of_range"),
    (b"1e999", "number_out_of_range"),
    (b"9" * 5_000, "number_out_of_range"),
    (b"nan", "unreadable"),
    (b"01", "unreadable"),
    (b"None", "unreadable"),
    (b"'text'", "unreadable"),
    (b'"line\nbreak"', "unreadable"),
    (b'"\\x41"', "unreadable"),
    (b"", "unreadable"),
    (b"{" + b'"a":{' * 900 + b"}" * 901, "too_deep"),
    (b"[" * 14_000 + b"]" * 14_000, "too_deep"),
    (b"[" * 100_000 + b"]" * 100_000, "event_too_large"),
]


def test_what_cannot_be_kept_costs_only_its_own_event(place: Place) -> None:
    good = json.dumps(TRACK | {"properties": {"note": 'é, "}]\\'}}).encode()
    for text, reason in FAULTY_TEXTS:
        before = len(place.events())
        bad = b'{"type":"track","event":"E","userId":"u","properties":{"note":' + text + b"}}"
        answer = place.post("/v1/batch", b'{"batch":[' + good + b"," + bad + b" ,\n" + good + b'], "sentAt": null}').json()
        assert (answer["accepted"], [(one["index"], one["code"]) for one in answer["rejected"]]) == (2, [(1, reason)]), text
        assert [msgspec.json.decode(event.body) for event in place.events()[before:]] == [{"note": 'é, "}]\\'}] * 2
        single = place.post("/v1/track", bad)
        assert (single.status_code, problem(single) in (reason, "malformed")) == (400, True)
        assert len(place.events()) == before + 2
    answered = place.post(
        "/v1/batch", b'{"batch":[{"userId":"u","type":"track","event":"E","properties":{"a":[0,{"b":NaN}]}}]}'
    ).json()
    assert answered["rejected"][0]["path"] == "properties.a.1.b"


def test_hostile_bodies_are_cut_in_linear_time(place: Place) -> None:
    for piece in (b'\\"', b'"', b"\\", b"{", b"[,", b'":"', b'{"a":'):
        start = time.process_time()
        assert place.post("/v1/batch", b'{"batch":[NaN,' + piece * (450_000 // len(piece))).status_code == 400
        assert time.process_time() - start < 30  # a moment where time grows with length, minutes where it grows with its square


def test_what_is_mended_is_told(place: Place) -> None:
    odd = TRACK | {"timestamp": "2026-03-01T11:55:27.029:Z", "userId": "null", "anonymousId": "\u200ba-1"}
    answer = place.batch(TRACK, odd, odd, TRACK).json()
    assert (answer["accepted"], answer["rejected"]) == (4, [])
    assert [(one["index"], one["code"], one["path"]) for one in answer["notes"]] == [
        (index, code, path)
        for index in (1, 2)
        for code, path in (("placeholder_dropped", "userId"), ("trimmed", "anonymousId"), ("timestamp_not_read", "timestamp"))
    ]
    assert [(event.user_id, event.anonymous_id, event.occurred_at) for event in place.events()[1:3]] == [("", "a-1", NOON)] * 2
    notes = place.rejected()
    assert [one.reason for one in notes] == ["placeholder_dropped", "trimmed", "timestamp_not_read"]
    assert all(one.is_note and one.detail.endswith("So was 1 more of this request.") for one in notes)
    assert place.post("/v1/track", odd).json() == {"success": True, "accepted": 1, "rejected": [], "notes": ANY}


def test_notes_are_bounded(place: Place) -> None:
    odd = TRACK | {"timestamp": "soon"}
    assert len(place.batch(*[odd] * 150).json()["notes"]) == 100
    for _ in range(60):
        place.post("/v1/track", odd)
    assert len(place.rejected()) == BURST
    assert len(place.events()) == 210


def test_a_single_bad_event_is_refused_and_set_aside(place: Place) -> None:
    answer = place.post("/v1/track", {"userId": "u", "messageId": "m"})
    assert (answer.status_code, problem(answer), answer.json()["error"]["data"]) == (400, "missing_name", {"path": "event"})
    assert [(one.reason, one.message_id) for one in place.rejected()] == [("missing_name", "m")]
    large = place.post("/v1/track", TRACK | {"properties": {"note": "x" * 40_000}})
    assert (large.status_code, problem(large)) == (400, "event_too_large")


def test_sent_at_corrects_the_senders_clock(place: Place) -> None:
    timed = TRACK | {"timestamp": "2026-03-01T11:00:00Z"}
    place.post("/v1/batch", {"batch": [timed], "sentAt": "2026-03-01T11:50:00Z"})
    place.post("/v1/track", timed | {"sentAt": "2026-03-01T12:10:00Z"})
    place.post("/v1/track", timed | {"sentAt": {"not": "a time"}})
    place.post("/v1/import", {"batch": [timed], "sentAt": "2026-03-01T11:50:00Z"})
    assert [NOON - event.occurred_at for event in place.events()] == [50 * 60_000, 70 * 60_000, 60 * 60_000, 60 * 60_000]
    assert {event.received_at for event in place.events()} == {NOON}


def test_any_origin_may_send(place: Place) -> None:
    origin = {"Origin": "https://shop.example"}
    asked = origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-retry-count"}
    for path in ("/v1/batch", "/v1/t", f"/v1/projects/{place.key}/settings"):
        preflight = place.client.options(path, headers=asked)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert preflight.headers["access-control-allow-headers"] == "authorization,x-retry-count"
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in preflight.headers
    for answer in (place.post("/v1/t", TRACK, headers=origin), place.post("/v1/t", b"{", headers=origin)):
        assert answer.headers["access-control-allow-origin"] == "*"


def test_the_browser_library_gets_its_settings(place: Place) -> None:
    answer = place.client.get(f"/v1/projects/{place.key}/settings")
    settings = answer.json()["integrations"]["Segment.io"]
    assert (settings["apiKey"], f"{settings['protocol']}://{settings['apiHost']}") == (place.key, f"{place.url}/v1")
    assert answer.headers["access-control-allow-origin"] == "*"
    # It names the host that was asked for: nobody else may be told by a cache.
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "host")
    unknown = place.client.get("/v1/projects/nobody/settings")
    assert (unknown.status_code, problem(unknown)) == (401, "unauthorized")


ADDRESSES = [
    ("GET", "/v1/track", 405, "method_not_allowed"),
    ("DELETE", "/v1/batch", 405, "method_not_allowed"),
    ("POST", "/v1/projects/x/settings", 405, "method_not_allowed"),
    ("POST", "/v1/unknown", 404, "not_found"),
    ("POST", "/v1/", 404, "not_found"),
    ("GET", "/v1/projects/settings", 404, "not_found"),
    ("POST", "/v2/track", 404, "not_found"),
    ("GET", "/nowhere", 404, "not_found"),
    ("POST", "/health", 405, "method_not_allowed"),
]


def test_unknown_addresses_and_methods(place: Place) -> None:
    for method, path, status, code in ADDRESSES:
        answer = place.client.request(method, path)
        assert (answer.status_code, problem(answer)) == (status, code)


def test_a_key_has_a_rate_limit(state: Engine, log_engine: Engine) -> None:
    with running(state, log_engine, requests_per_second=3) as place:
        answers = [place.post("/v1/track", TRACK) for _ in range(12)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert problem(refused[0]) == "rate_limited"
        assert int(refused[0].headers["retry-after"]) >= 1
        assert len(place.events()) == 12 - len(refused)


def test_no_answer_before_the_log_is_written(place: Place) -> None:
    place.writer.stop()
    answer = place.post("/v1/track", TRACK)
    assert (answer.status_code, problem(answer)) == (503, "log_unavailable")
    assert int(answer.headers["retry-after"]) >= 1


def test_concurrent_requests_all_arrive(place: Place) -> None:
    def send(number: int) -> None:
        with httpx.Client(base_url=place.url, timeout=30) as client:
            for index in range(10):
                message = TRACK | {"messageId": f"{number}-{index}"}
                assert client.post("/v1/track", json=message, auth=(place.key, "")).status_code == 200

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.message_id for event in place.events()) == sorted(f"{n}-{i}" for n in range(8) for i in range(10))


def test_everything_but_ingest_has_security_headers(place: Place) -> None:
    for answer in (place.client.get("/health"), place.client.get("/nowhere"), place.client.get("/api/openapi.json")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"]


def test_health_tells_whether_the_worker_answers(place: Place) -> None:
    gone = place.client.get("/health")
    assert (gone.status_code, gone.json()["status"]) == (503, "worker_gone")
    place.worker.answer = {"lag_events": 3, "queue_age_ms": 20}
    well = place.client.get("/health")
    assert well.status_code == 200
    assert well.json() == {"status": "ok", "waiting_bytes": 0, "backlogged": [], "lag_events": 3, "queue_age_ms": 20}


def test_the_document_describes_ingest(place: Place) -> None:
    document: dict[str, Any] = place.client.get("/api/openapi.json").json()
    assert {"/v1/batch", "/v1/t", "/v1/projects/{key}/settings", "/health"} <= set(document["paths"])


def test_instants_of_unusual_senders(place: Place) -> None:
    place.batch(TRACK | {"timestamp": "2026-03-01T12:30:00+01:00"}, TRACK | {"timestamp": "2026-03-01 11:30:00"})
    assert [event.occurred_at for event in place.events()] == [from_iso("2026-03-01T11:30:00Z")] * 2


BESIDE = [
    # (what stands beside the events, the notes, what is left of the context)
    ('"sentAt":NaN', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":-Infinity,"context":{"locale":"fr"}', [("sent_at_not_read", "sentAt")], {"locale": "fr"}),
    ('"sentAt":1e999', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":"yesterday"', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":""', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":1767225600', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":{"$date":1}', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":"\\ud800"', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":None', [("sent_at_not_read", "sentAt")], {}),
    ('"sentAt":null,"context":null', [], {}),
    ('"context":{"n":NaN,"locale":"fr"}', [("field_dropped", "context.n")], {"locale": "fr"}),
    ('"context":{"a":{"n":Infinity,"m":1},"l":[1,-Infinity,2]}',
     [("field_dropped", "context.a.n"), ("field_dropped", "context.l.1")], {"a": {"m": 1}, "l": [1, None, 2]}),
    ('"context":{"n":1e999,"i":' + "9" * 30 + ',"locale":"fr"}', [("field_dropped", "context.n"), ("field_dropped", "context.i")],
     {"locale": "fr"}),
    ('"context":{"t":"a\\u0000b","locale":"fr"}', [("field_dropped", "context.t")], {"locale": "fr"}),
    ('"context":{"t":"\\ud800","locale":"fr"}', [("field_dropped", "context.t")], {"locale": "fr"}),
    ('"context":{"deep":' + '{"a":' * 60 + "1" + "}" * 60 + ',"locale":"fr"}',
     [("field_dropped", "context.deep" + ".a" * 31)], ...),
    ('"context":{"deep":' + "[" * 9_000 + "]" * 9_000 + "}", [("field_dropped", "context")], {}),
    ('"context":{"locale":fr}', [("field_dropped", "context")], {}),
    ('"context":"web"', [("field_dropped", "context")], {}),
    ('"context":[1]', [("field_dropped", "context")], {}),
    ('"writeKey":4', [("field_dropped", "writeKey")], {}),
    ('"writeKey":NaN', [("field_dropped", "writeKey")], {}),
    ('"integrations":{"All":NaN},"sentAt":"soon"', [("sent_at_not_read", "sentAt")], {}),
]  # fmt: skip


def test_what_is_wrong_beside_the_events_costs_none_of_them(place: Place) -> None:
    """Each fault costs its own field, is told with the answer and kept as a note; the events are taken all the same."""
    event = TRACK | {"timestamp": "2026-03-01T11:00:00Z"}
    for number, (beside, answered, context) in enumerate(BESIDE):
        for body in (
            f'{{"batch":[{json.dumps(event)},{json.dumps(event)}],{beside}}}',
            f'{{{beside},"batch":[{json.dumps(event)}]}}',
        ):
            events, notes = len(place.events()), len(place.rejected())
            answer = place.post("/v1/batch", body.encode())
            assert answer.status_code == 200, (number, answer.text)
            assert answer.json()["rejected"] == []
            assert [(each["index"], each["code"], each["path"][:100]) for each in answer.json().get("notes", ())] == [
                (None, code, path[:100]) for code, path in answered
            ], number
            taken = place.events()[events:]
            assert len(taken) == answer.json()["accepted"] > 0
            assert {each.occurred_at for each in taken} == {NOON - 3_600_000}
            assert context is ... or [msgspec.json.decode(each.context) for each in taken] == [context] * len(taken), number
            kept = place.rejected()[notes:]
            assert [(each.reason, each.path[:100]) for each in kept] == [(code, path[:100]) for code, path in answered], number
            assert all(each.is_note and each.payload for each in kept)
            assert not any(place.key.encode() in each.payload for each in kept)


def test_bytes_that_are_no_text_cost_their_own_field_beside_the_events(place: Place) -> None:
    body = b'{"batch":[' + json.dumps(TRACK).encode() + b'],"context":{"city":"M\xfcnchen","locale":"de"}}'
    assert [each["path"] for each in place.post("/v1/batch", body).json()["notes"]] == ["context.city"]
    assert [msgspec.json.decode(each.context) for each in place.events()] == [{"locale": "de"}]


def test_a_message_whose_own_time_of_sending_cannot_be_read_says_so(place: Place) -> None:
    unreadable: list[Any] = ["soon", "", 5, {"a": 1}, [], True]
    for sent_at in unreadable:
        for message in (TRACK, TRACK | {"timestamp": "2026-03-01T11:00:00Z"}):
            answer = place.post("/v1/track", message | {"sentAt": sent_at}).json()
            assert [(each["index"], each["code"], each["path"]) for each in answer["notes"]] == [
                (0, "sent_at_not_read", "sentAt")
            ]
    assert "notes" not in place.post("/v1/track", TRACK | {"sentAt": None}).json()
    assert "notes" not in place.post("/v1/track", TRACK | {"sentAt": "2026-03-01T12:00:00Z"}).json()


def test_a_byte_order_mark_is_no_part_of_a_body(place: Place) -> None:
    mark = b"\xef\xbb\xbf"
    for kind, message in SINGLE.items():
        for path in (f"/v1/{kind}", f"/v1/{kind[0]}"):
            body = mark + json.dumps(message).encode()
            assert place.post(path, body).json()["accepted"] == 1
            assert place.post(path, gzip.compress(body), headers={"Content-Encoding": "gzip"}).json()["accepted"] == 1
    for path in ("/v1/batch", "/v1/b", "/v1/import"):
        body = mark + json.dumps({"batch": [TRACK], "writeKey": place.key}).encode()
        assert place.post(path, body, auth=None).json()["accepted"] == 1
        assert place.post(path, gzip.compress(body), headers={"Content-Encoding": "gzip"}, auth=None).json()["accepted"] == 1
    faulty = mark + b'{"batch":[{"n":NaN},' + json.dumps(TRACK).encode() + b"]}"
    assert place.post("/v1/batch", faulty).json()["accepted"] == 1
    for body in (mark, mark * 2 + b"{}", b"\xef\xbb"):
        assert place.post("/v1/batch", body).status_code == 400
