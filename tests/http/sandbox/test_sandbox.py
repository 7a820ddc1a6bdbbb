"""The sandbox over HTTP: what its page gets, and who may ask."""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from relance.accounts.operators import Operators
from relance.channels.email.mime import build
from relance.channels.email.model import Email
from relance.channels.sandbox.service import Sandbox
from relance.channels.web_push.encryption import encrypt
from relance.channels.web_push.service import read_subscription
from relance.channels.web_push.vapid import VapidSigner, load_key
from relance.core.configuration import Settings
from relance.infra.database import STATE, open_engine
from relance.web.sandbox import handlers
from tests.conftest import declare_tables
from tests.http.sandbox.server import StillClock, make_app

URL = "http://127.0.0.1:8400"
NOW = 1_767_225_600_000
LOCAL = ("127.0.0.1", 50_000)

MakeClient = Callable[..., TestClient[Any]]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    found = Sandbox(tmp_path / "sandbox", URL, 0, clock=StillClock())
    yield found
    found.stop()


@pytest.fixture
def make_client(tmp_path: Path, sandbox: Sandbox) -> Iterator[MakeClient]:
    """Makes clients that call from an address of their own, of a server with a public address of its own."""
    declare_tables()
    engine = open_engine(f"sqlite:///{tmp_path}/state.db")
    STATE.create_all(engine)
    with ExitStack() as stack:

        def make(client: tuple[str, int] = LOCAL, url: str = URL, *, sandbox: Sandbox | None = sandbox) -> TestClient[Any]:
            settings = Settings(base_url=url)
            app = make_app(
                handlers, settings=settings, clock=StillClock(), sandbox=sandbox, operators=Operators(engine, bytes(32))
            )

            async def from_there(scope: Any, receive: Any, send: Any) -> None:
                await app(scope | {"client": client} if scope["type"] == "http" else scope, receive, send)

            found = TestClient(app, base_url=url)
            found.app = from_there
            return stack.enter_context(found)

        yield make
    engine.dispose()


@pytest.fixture
def client(make_client: MakeClient) -> TestClient[Any]:
    return make_client()


def mail(to: str = "ada@example.org", number: int = 1, html: str = "<p>Hi <b>there</b></p>") -> bytes:
    email = Email(
        sender="Shop <shop@example.com>", to=to, subject=f"Hello {number}", message_id=f"d{number}", html=html, text="Hi"
    )
    return build(email, NOW).data


def test_a_phone_subscribes_gets_a_push_and_shows_it(client: TestClient[Any], tmp_path: Path) -> None:
    given = client.post("/sandbox/phones", json={"name": "Ada's phone"}).json()
    subscription = read_subscription(given)
    assert stat.S_IMODE(next((tmp_path / "sandbox" / "keys").iterdir()).stat().st_mode) == 0o600
    identity = VapidSigner(load_key(tmp_path / "vapid.pem"), "mailto:a@example.com")
    headers = {"Authorization": identity.authorization(URL, time.time()), "TTL": "60", "Content-Encoding": "aes128gcm"}
    body = encrypt(b'{"title":"T","body":"B","url":"https://x.example/"}', subscription.p256dh, subscription.auth)
    answer = client.post(subscription.endpoint, content=body, headers=headers)
    assert (answer.status_code, answer.headers["location"].startswith(URL)) == (201, True)
    assert client.get("/sandbox/api/phones").json()["items"] == [
        {"name": "Ada's phone", "subscriptions": 1, "pushes": 1, "last_received_at": 1_000, "texts": 0, "services": []}
    ]
    (push,) = client.get("/sandbox/api/phones/Ada's phone/pushes").json()["items"]
    assert (push["title"], push["body"], push["url"], push["received_at"]) == ("T", "B", "https://x.example/", 1_000)
    assert [one["kind"] for one in client.get("/sandbox/api/messages?after=0").json()] == ["push"]
    former = subscription.endpoint.replace("/sandbox/", "/inbox/")  # phones keep the address that they were given
    assert client.post(former, content=body, headers=headers).status_code == 201
    assert len(client.get("/inbox/api/messages?after=0").json()) == 2


def test_the_push_endpoint_refuses_what_a_push_service_refuses(client: TestClient[Any], sandbox: Sandbox, tmp_path: Path) -> None:
    subscription = read_subscription(sandbox.new_subscription("a"))
    identity = VapidSigner(load_key(tmp_path / "vapid.pem"), "mailto:a@example.com")
    good = {"Authorization": identity.authorization(URL, time.time()), "TTL": "60", "Content-Encoding": "aes128gcm"}
    body = encrypt(b"x", subscription.p256dh, subscription.auth)
    elsewhere = identity.authorization("http://127.0.0.1:9", time.time())
    cases: list[tuple[dict[str, str], bytes, int]] = [
        ({}, body, 201),
        ({"TTL": ""}, body, 400),
        ({"TTL": "-1"}, body, 400),
        ({"TTL": "soon"}, body, 400),
        ({"Content-Encoding": "aesgcm"}, body, 415),
        ({"Authorization": ""}, body, 401),
        ({"Authorization": elsewhere}, body, 403),
        ({"Urgency": "now"}, body, 400),
        ({"Topic": "a b"}, body, 400),
        ({}, body[:-1], 400),
        ({}, b"", 400),
        ({}, b"x" * 4_097, 413),
        ({}, b"x" * 100_000, 413),
    ]
    for changes, content, status in cases:
        assert client.post(subscription.endpoint, content=content, headers=good | changes).status_code == status, changes
    assert client.post("/sandbox/push/unknown", content=body, headers=good).status_code == 404
    assert client.post("/sandbox/push/..%2Fkeys", content=body, headers=good).status_code == 404
    assert len(sandbox.pushes()) == 1


def test_mail_is_listed_newest_first_by_pages_and_opened(client: TestClient[Any], sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.receive_mail("Ada@example.org", mail(number=number))
    sandbox.receive_mail("bob@example.org", mail("bob@example.org", 9))
    first = client.get("/sandbox/api/mail", params={"address": "ada@Example.org", "limit": 3}).json()
    assert [item["subject"] for item in first["items"]] == ["Hello 4", "Hello 3", "Hello 2"]
    assert (first["items"][0]["from"], first["items"][0]["preview"]) == ("Shop <shop@example.com>", "Hi")
    for search, count in (("hello", 6), ("LO 9", 1), ("bob@", 1), ("ada", 5), ("%", 0), ("nowhere", 0)):
        found = client.get("/sandbox/api/mail", params={"search": search}).json()["items"]
        assert len(found) == count, search
    rest = client.get("/sandbox/api/mail", params={"address": "ada@example.org", "limit": 3, "cursor": first["next"]}).json()
    assert ([item["subject"] for item in rest["items"]], rest["next"]) == (["Hello 1", "Hello 0"], None)
    opened = client.get(f"/sandbox/api/mail/{first['items'][0]['id']}").json()
    assert (opened["to"], opened["text"].strip(), opened["message_id"]) == ("ada@example.org", "Hi", "<d4@example.com>")
    assert b"Subject: Hello 4" in client.get(f"/sandbox/api/mail/{opened['id']}/raw").content
    assert client.get("/sandbox/api/mail/999").status_code == 404
    assert client.get("/sandbox/api/mail/999999999999999999999").status_code in (400, 404)
    assert client.get("/sandbox/api/mail?cursor=x").status_code == 400


def test_the_html_of_a_mail_runs_nothing_and_stands_alone(client: TestClient[Any], sandbox: Sandbox) -> None:
    sandbox.receive_mail("ada@example.org", mail(html="<script>alert(1)</script><p>é</p>"))
    answer = client.get(f"/sandbox/api/mail/{sandbox.mails()[0].id}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "<p>é</p>" in answer.text


@pytest.mark.parametrize(
    ("address", "url", "headers"),
    [
        ("203.0.113.9", URL, {}),
        ("127.0.0.1", "https://relance.example", {}),
        ("127.0.0.1", URL, {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", URL, {"Forwarded": "for=203.0.113.9"}),
        ("127.0.0.1", URL, {"X-Forwarded-Proto": "https"}),
        ("127.0.0.1", URL, {"X-Forwarded-Port": "443"}),
        ("127.0.0.1", URL, {"CF-Connecting-IP": "203.0.113.9"}),
        ("127.0.0.1", URL, {"True-Client-IP": "203.0.113.9"}),
        ("127.0.0.1", URL, {"X-Envoy-External-Address": "203.0.113.9"}),
        ("127.0.0.1", URL, {"Origin": "https://relance.example"}),
        ("127.0.0.1", URL, {"Origin": "null"}),
        ("127.0.0.1", URL, {"Referer": "https://relance.example/sandbox"}),
        ("127.0.0.1", URL, {"Host": "evil.example"}),
        ("127.0.0.1", URL, {"Host": "["}),
    ],
)
def test_only_this_machine_looks_in_without_signing_in(
    make_client: MakeClient, address: str, url: str, headers: dict[str, str]
) -> None:
    stranger = make_client((address, 5), url)
    for path in (
        "phones",
        "phones/a/pushes",
        "mail",
        "mail/1",
        "mail/1/html",
        "mail/1/raw",
        "messages",
        "providers",
        "webhooks",
        "phones/a/texts",
    ):
        assert stranger.get(f"/sandbox/api/{path}", headers=headers).status_code == 401, path
    assert stranger.post("/sandbox/phones", json={"name": "a"}, headers=headers).status_code == 401
    assert make_client(("::1", 5)).get("/sandbox/api/phones").status_code == 200
    own = {"Origin": "http://localhost:8400", "Referer": "http://127.0.0.1:8400/sandbox"}
    assert make_client(("::1", 5)).get("/sandbox/api/phones", headers=own).status_code == 200


def test_a_page_of_another_site_cannot_make_a_phone(client: TestClient[Any]) -> None:
    answer = client.post("/sandbox/phones", content=b'{"name": "a"}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"name": ""}', b'{"name": "a/b"}', b'{"name": "\\u0000"}'])
def test_a_bad_phone_is_refused(client: TestClient[Any], body: bytes) -> None:
    assert client.post("/sandbox/phones", content=body, headers={"Content-Type": "application/json"}).status_code == 400


def test_an_sandbox_that_is_switched_off_is_not_found(make_client: MakeClient) -> None:
    off = make_client(sandbox=None)
    assert off.get("/sandbox/api/phones").status_code == 404
    assert off.post("/sandbox/push/x", content=b"").status_code == 404


def test_someone_who_waits_is_told_at_once(sandbox: Sandbox) -> None:
    assert sandbox.wait(0, 0.01) == []
    timer = threading.Timer(0.1, sandbox.receive_mail, ("ada@example.org", mail()))
    timer.start()
    found = sandbox.wait(0, 60)
    timer.join()
    assert [one.id for one in found] == [1]
