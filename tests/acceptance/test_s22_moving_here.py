"""Moving here with web push: subscriptions made with another system's key go on, and nobody is asked again."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.acceptance.shop import Shop, say

pytestmark = pytest.mark.xdist_group("stories")


def key_pair() -> tuple[str, str]:
    """Another system's public and private key, as its settings show them."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64url(point), base64url(key.private_numbers().private_value.to_bytes(32, "big"))


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def browser(shop: Shop, name: str, key: str) -> tuple[str, dict[str, Any]]:
    """A browser that subscribed there: its name in the sandbox, which takes pushes of that key alone, and its subscription."""
    full = f"{name} {shop.number}"
    return full, shop.program.call("POST", "/sandbox/phones", {"name": full, "server_key": key})


def own(shop: Shop, public: str, private: str) -> dict[str, Any]:
    """The key pair, added to the shop."""
    about = {"type": "vapid", "name": "Old system", "settings": {"public_key": public}, "secrets": {"private_key": private}}
    made: dict[str, Any] = shop.post("/providers", about)
    return made


def row(subscription: dict[str, Any], **more: str) -> dict[str, str]:
    return {"endpoint": subscription["endpoint"], **subscription["keys"], **more}


def test_a_browser_of_another_system_gets_pushes_without_being_asked_again(shop: Shop) -> None:
    message = shop.push("Hello")
    shop.journey({"event": "Go"}, say("push", message))
    public, private = key_pair()
    name, subscription = browser(shop, "old", public)
    made = own(shop, public, private)
    assert private not in json.dumps(shop.get("/providers"))
    assert shop.post("/push-subscriptions", {"subscriptions": [row(subscription, user_id="ada")]})["imported"] == 1
    fresh = shop.phone("ada", "new")
    shop.track("ada", "Go")
    assert (shop.titles(name), shop.titles(fresh)) == (["Hello"], ["Hello"])
    shop.identify("ada", {}, context={"device": {"token": subscription}})  # as the page repeats it, without the key
    shop.track("ada", "Go")
    assert shop.titles(name) == ["Hello", "Hello"]
    shop.call("PATCH", f"/providers/{made['id']}", {"version": made["version"], "active": False})
    shop.track("ada", "Go")
    assert len(shop.titles(name)) == 2
    assert [each["detail"][:30] for each in shop.items(f"/deliveries?message={message}") if each["state"] == "failed"] == [
        "The app has no active key " + public[:4]
    ]
    assert len(shop.titles(fresh)) == 3  # the server's own key is not at fault


def test_a_file_is_taken_line_by_line_and_says_which_lines_are_not(shop: Shop) -> None:
    (first, secret), (second, other) = key_pair(), key_pair()
    _, mine = browser(shop, "one", first)
    _, theirs = browser(shop, "two", second)
    own(shop, first, secret)
    own(shop, second, other)  # both are active
    lines = [
        "identifier,web_p256,web_auth,external_user_id,key",
        ",".join((mine["endpoint"], mine["keys"]["p256dh"], mine["keys"]["auth"], "ada", first)),
        ",".join((theirs["endpoint"], theirs["keys"]["p256dh"], theirs["keys"]["auth"], "bob", second)),
        ",".join((theirs["endpoint"], "short", theirs["keys"]["auth"], "bob", second)),
        ",".join((theirs["endpoint"], theirs["keys"]["p256dh"], theirs["keys"]["auth"], "bob", "")),
    ]
    answer = upload(shop, "\r\n".join(lines))
    assert (answer["imported"], answer["refused"]) == (2, 2)
    assert [(each["place"], each["path"]) for each in answer["rows"]] == [(4, "keys.p256dh"), (5, "key")]
    again = upload(shop, "\n".join(json.dumps(each) for each in (row(mine, user_id="ada", key=first), [1])))
    assert (again["imported"], again["rows"][0]["reason"]) == (1, "line_object")
    ada = shop.get(f"/people/{shop.person('ada')['id']}")
    assert [each["channel"] for each in ada["subscriptions"]] == ["web_push"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"settings": {"public_key": "short"}}, "settings.public_key"),
        ({"secrets": {"private_key": "short"}}, "secrets.private_key"),
        ({"secrets": {"private_key": key_pair()[1]}}, "secrets.private_key"),
        ({"settings": {"public_key": "", "contact": "x"}}, "settings.public_key"),
    ],
)
def test_a_pair_that_is_none_is_refused(shop: Shop, wrong: dict[str, Any], path: str) -> None:
    public, private = key_pair()
    about = {"type": "vapid", "name": "Old", "settings": {"public_key": public}, "secrets": {"private_key": private}, **wrong}
    assert shop.refusal("POST", "/providers", about)["data"]["path"] == path


@pytest.mark.parametrize("text", ["", "endpoint,p256dh,auth\n"])
def test_a_file_without_rows_is_refused(shop: Shop, text: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        upload(shop, text)
    assert (caught.value.code, json.loads(caught.value.read())["error"]["reason"]) == (400, "rows_none")


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("file:///etc/passwd", "push_endpoint"),
        ("javascript:alert(1)", "push_endpoint"),
        ("nonsense", "push_endpoint"),
        ("http://push.example/1", "push_endpoint"),
        ("https://a:b@push.example/1", "push_endpoint"),
        ("https://10.1.2.3/1", "push_endpoint_private"),
        ("https://localhost/1", "push_endpoint_private"),
        ("https://[::1]/1", "push_endpoint_private"),
    ],
)
def test_what_is_no_push_service_is_refused_by_its_row(shop: Shop, endpoint: str, reason: str) -> None:
    public, private = key_pair()
    _, subscription = browser(shop, "old", public)
    own(shop, public, private)
    answer = upload(shop, json.dumps(row({**subscription, "endpoint": endpoint}, user_id="ada")))
    assert (answer["imported"], answer["rows"][0]["path"], answer["rows"][0]["reason"]) == (0, "endpoint", reason)


def test_a_line_that_is_too_deep_is_refused(shop: Shop) -> None:
    answer = upload(shop, '{"a":' * 5_000 + "1" + "}" * 5_000)
    assert (answer["imported"], answer["rows"][0]["reason"]) == (0, "line_object")


def upload(shop: Shop, text: str) -> dict[str, Any]:
    """Send a file as it is."""
    url = f"{shop.program.url}{shop.api}/push-subscriptions/file"
    headers = {"Authorization": f"Bearer {shop.key}", "Content-Type": "text/plain"}
    with urllib.request.urlopen(urllib.request.Request(url, text.encode(), headers), timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found
