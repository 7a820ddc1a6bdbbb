"""Two kinds of key at the door: a server's word is taken, a browser's is proven or filed."""

from __future__ import annotations

import time
from typing import Any

import jwt
import msgspec
import pytest

from relance.events.model import Flag
from tests.http.ingest.server import Place

UNSIGNED, SIGNED, TRUSTED = Flag.UNSIGNED.value, Flag.SIGNED.value, Flag.TRUSTED.value
TRACK: dict[str, Any] = {"type": "track", "event": "Product Viewed", "userId": "vic", "anonymousId": "phone"}


def token(place: Place, sub: str = "vic", seconds: int = 60, secret: str = "") -> str:
    return jwt.encode({"sub": sub, "exp": int(time.time()) + seconds}, secret or place.identity_secret, algorithm="HS256")


def posted(place: Place, *messages: dict[str, Any], **outside: Any) -> Any:
    answer = place.post("/v1/batch", {"batch": list(messages), **outside}, auth=(place.browser_key, ""))
    assert answer.status_code == 200
    return answer.json()


def with_token(text: Any, message: dict[str, Any] = TRACK) -> dict[str, Any]:
    return message | {"context": {"locale": "fr-FR", "identity_token": text}}


def test_each_message_of_a_batch_is_judged_by_its_own_token(place: Place) -> None:
    cases = [
        (TRACK, UNSIGNED, "unsigned_user"),
        (with_token(token(place)), SIGNED, None),
        (with_token(token(place, seconds=-120)), UNSIGNED, "token_expired"),
        (with_token(token(place, "lea")), UNSIGNED, "token_of_other_user"),
        (with_token(token(place, secret="x" * 40)), UNSIGNED, "token_invalid"),
        (with_token({"a": 1}), UNSIGNED, "token_invalid"),
        ({"type": "page", "anonymousId": "phone"}, UNSIGNED, None),
        (with_token(token(place, "12"), TRACK | {"userId": 12}), SIGNED, None),
    ]
    answer = posted(place, *(message for message, _, _ in cases))
    assert [event.flags for event in place.events()] == [flags for _, flags, _ in cases]
    noted = {one["index"]: one["code"] for one in answer["notes"]}
    assert noted == {index: code for index, (_, _, code) in enumerate(cases) if code}


def test_a_token_of_the_batch_counts_for_each_message_that_has_none(place: Place) -> None:
    posted(place, TRACK, with_token(token(place, "lea")), context={"identity_token": token(place)})
    assert [event.flags for event in place.events()] == [SIGNED, UNSIGNED]


def test_a_token_goes_no_further_than_the_door(place: Place) -> None:
    secret = token(place)
    posted(place, with_token(secret), with_token(secret, TRACK | {"event": ""}), with_token(secret + "x"))
    place.post("/v1/track", with_token(secret))
    kept = [event.context for event in place.events()] + [one.payload for one in place.rejected()]
    assert len(kept) == 5
    assert not any(secret[-40:].encode() in one for one in kept)
    assert msgspec.json.decode(place.events()[0].context) == {"locale": "fr-FR"}


def escaped(message: dict[str, Any], *names: str) -> bytes:
    """A batch of one message in which a letter of these names is written as JSON also allows."""
    text = msgspec.json.encode({"batch": [message]})
    for name in names:
        text = text.replace(b'"%s"' % name.encode(), b'"%s\\u00%02x%s"' % (name[:2].encode(), ord(name[2]), name[3:].encode()))
    assert text.count(b"\\u00") == len(names)
    return text


def test_a_name_with_an_escaped_letter_is_the_same_name(place: Place) -> None:
    auth, secret = (place.browser_key, ""), token(place)
    place.post("/v1/batch", escaped(with_token(secret), "identity_token"), auth=auth)
    refused = place.post("/v1/batch", escaped(with_token(secret, TRACK | {"event": ""}), "identity_token"), auth=auth)
    assert refused.json()["rejected"][0]["code"] == "missing_name"
    brought = place.post("/v1/batch", escaped(TRACK | {"context": {"import": True}}, "import"), auth=auth)
    assert brought.json()["rejected"][0]["code"] == "server_key_needed"
    place.post("/v1/batch", escaped(TRACK | {"context": {"channel": "server"}}, "channel"))
    traits = {"type": "identify", "anonymousId": "a", "context": {"traits": {"plan": "pro"}}}
    place.post("/v1/batch", escaped(traits, "traits"))
    signed, shipped, identified = place.events()
    assert (signed.flags, msgspec.json.decode(signed.context)) == (SIGNED, {"locale": "fr-FR"})
    assert shipped.flags == Flag.BACKGROUND.value
    assert identified.body == b'{"plan":"pro"}'
    assert not any(secret[-40:].encode() in one.payload for one in place.rejected())


@pytest.mark.parametrize("where", ["list", "object", "traits", "top"])
def test_a_token_that_was_put_in_the_wrong_place_is_not_shown(place: Place, where: str) -> None:
    secret = token(place)
    wrong: dict[str, dict[str, Any]] = {
        "list": {"context": {"identity_token": [secret]}},
        "object": {"context": {"identity_token": {"token": secret}}},
        "traits": {"properties": {"identity_token": secret}},
        "top": {"identity_token": secret},
    }
    posted(place, TRACK | wrong[where])
    (noted,) = place.rejected()
    assert b"identity_token" in noted.payload
    assert secret[-40:].encode() not in noted.payload


def test_a_browser_joins_nobody_and_brings_in_no_history(place: Place) -> None:
    alias = {"type": "alias", "userId": "mallory", "previousId": "vic"}
    answer = posted(place, alias, TRACK | {"context": {"import": True}}, with_token(token(place, "mallory"), alias))
    assert [(one["index"], one["code"]) for one in answer["rejected"]] == [(0, "unsigned"), (1, "server_key_needed")]
    assert [event.flags for event in place.events()] == [SIGNED]
    alone = place.post("/v1/alias", alias, auth=(place.browser_key, ""))
    assert (alone.status_code, alone.json()["code"]) == (400, "unsigned")
    refused = place.post("/v1/import", {"batch": [TRACK]}, auth=(place.browser_key, ""))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert place.post("/v1/import", {"batch": [TRACK]}).status_code == 200


def test_a_server_needs_no_token(place: Place) -> None:
    place.batch(TRACK, {"type": "alias", "userId": "a", "previousId": "b"})
    assert [event.flags for event in place.events()] == [0, 0]


def test_an_app_may_trust_browsers(place: Place) -> None:
    place.accounts.update_app(place.app_id, 0, version=1, trust_unsigned_browsers=True)
    answer = posted(place, TRACK, {"type": "alias", "userId": "a", "previousId": "b"}, with_token(token(place)))
    assert "notes" not in answer
    assert [event.flags for event in place.events()] == [UNSIGNED | TRUSTED, UNSIGNED | TRUSTED, SIGNED]


@pytest.mark.parametrize("key", ["write", "browser"])
def test_traits_that_stand_in_the_context_alone_are_set(place: Place, key: str) -> None:
    identify = {"type": "identify", "anonymousId": "phone", "context": {"traits": {"plan": "pro"}}}
    auth = (place.key if key == "write" else place.browser_key, "")
    place.post("/v1/batch", {"batch": [identify, identify | {"traits": {"plan": "free"}}]}, auth=auth)
    assert [event.body for event in place.events()] == [b'{"plan":"pro"}', b'{"plan":"free"}']


def test_errors_say_code_and_message_where_older_clients_look(place: Place) -> None:
    for answer in (
        place.post("/v1/track", {"event": "x", "userId": "u"}, auth=("rlw_nothing", "")),
        place.post("/v1/track", b"{"),
        place.post("/v1/track", {"event": "message_opened", "userId": "u"}),
    ):
        body = answer.json()
        assert (body["code"], body["message"]) == (body["error"]["code"], body["error"]["message"])
        assert body["code"] in ("unauthorized", "malformed", "reserved_name")
