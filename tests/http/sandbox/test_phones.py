"""The sandbox's phones: our own transports send to them as to real ones, and what a person does there comes back."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from typing_extensions import override

from relance.channels.mobile_push.model import MobilePush, PushButton
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext, ProviderTransport
from relance.channels.sandbox.service import Sandbox
from relance.channels.sms.model import Sms
from relance.channels.sms.signature import is_signed
from relance.channels.transport import SendAddress
from relance.core.errors import InvalidError, NotFoundError
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.transports import OPENERS
from tests.http.sandbox.server import StillClock

PUSH = MobilePush(
    delivery_id="0123456789abcdef" * 2,
    title="Lamps 💡",
    body="Back at 12 €",
    image="https://shop.example/lamp.jpg",
    url="shop://lamp",
    buttons=(PushButton("Help", "https://shop.example/help"),),
    receipts="http://127.0.0.1:8400/t/p/x",
    collapse_id="prices",
    ttl=600,
)


class Callbacks:
    """A server that takes the reports of a provider. ``heard``: path, form and signature of each."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.reply = ""
        mine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                mine.heard.append((self.path, form, self.headers["X-Twilio-Signature"]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(mine.reply.encode())

            @override
            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    made = Callbacks()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def sandbox(tmp_path: Path, callbacks: Callbacks) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path / "inbox", callbacks.url, clock=StillClock())
    yield made
    made.stop()


def opened(sandbox: Sandbox, kind: str, folder: Path, callback_url: str = "", *, trusts: bool = True) -> ProviderTransport:
    """The transport of an account of the sandbox's, as an app opens it."""
    [account] = [each for each in sandbox.providers() if each["type"] == kind]
    settings, secrets = PROVIDER_TYPES[kind].settings(**account["settings"]), PROVIDER_TYPES[kind].secrets(**account["secrets"])
    authority = str(folder / "inbox/tls/authority.pem") if trusts else ""
    context = ProviderContext(private=True, callback_url=callback_url, authority=authority)
    PROVIDER_TYPES[kind].check(settings, secrets, context)
    return OPENERS[kind](settings, secrets, context)


async def sent(transport: ProviderTransport, rendered: Any, address: str) -> SendResult:
    async def begin() -> None:
        """Nothing is written down here."""

    try:
        return await transport.send(rendered, SendAddress(address), 1_000, begin)
    finally:
        await transport.close()


@pytest.mark.parametrize(("system", "kind"), [("ios", "apns"), ("android", "fcm")])
async def test_a_phone_shows_what_was_sent_and_a_later_one_takes_its_place(
    sandbox: Sandbox, tmp_path: Path, system: str, kind: str
) -> None:
    device = sandbox.new_device("Ada's phone", system)
    for body in ("Back at 12 €", "Back at 9 €"):
        push = MobilePush(**{name: getattr(PUSH, name) for name in PUSH.__struct_fields__} | {"body": body})
        result = await sent(opened(sandbox, kind, tmp_path), push, device.address)
        assert result.state is SendState.SENT, result
    [shown] = sandbox.pushes("Ada's phone")
    assert (shown.service, shown.title, shown.body, shown.image) == (kind, PUSH.title, "Back at 9 €", PUSH.image)
    assert (shown.url, shown.topic, shown.is_silent) == ("shop://lamp", "prices", False)
    assert shown.buttons == [{"title": "Help", "url": "https://shop.example/help"}]
    assert shown.receipts["clicked"] == "http://127.0.0.1:8400/t/p/x/clicked"
    assert 590 <= shown.ttl <= 600
    [phone] = sandbox.phones()
    assert (phone.pushes, phone.subscriptions, phone.services) == (1, 0, [kind])


@pytest.mark.parametrize(("system", "kind"), [("ios", "apns"), ("android", "fcm")])
async def test_a_phone_whose_app_was_removed_takes_nothing(sandbox: Sandbox, tmp_path: Path, system: str, kind: str) -> None:
    device = sandbox.new_device("a", system)
    sandbox.end_device(device.address)
    assert (await sent(opened(sandbox, kind, tmp_path), PUSH, device.address)).state is SendState.GONE
    unknown = "ab" * 32 if kind == "apns" else "eXaMpLe:APA91bnobody"
    refused = await sent(opened(sandbox, kind, tmp_path), PUSH, unknown)
    assert refused.state is (SendState.RETRY if kind == "apns" else SendState.GONE)  # Apple's may mean the other environment
    assert ("BadDeviceToken" if kind == "apns" else "not a valid FCM registration token") in refused.detail
    assert sandbox.pushes() == []


@pytest.mark.parametrize("kind", ["apns", "fcm", "twilio"])
async def test_nobody_trusts_the_sandbox_unasked(sandbox: Sandbox, tmp_path: Path, kind: str) -> None:
    message = Sms(to="+46701740606", body="Hi") if kind == "twilio" else PUSH
    result = await sent(opened(sandbox, kind, tmp_path, trusts=False), message, "x")
    assert result.state is SendState.RETRY
    assert "certificate" in result.detail.lower()
    assert sandbox.messages_since(0) == []


async def test_a_silent_message_is_for_the_app_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    silent = MobilePush(delivery_id=PUSH.delivery_id, data={"sync": "1"}, is_silent=True, ttl=60, collapse_id="s")
    for system, kind in (("ios", "apns"), ("android", "fcm")):
        device = sandbox.new_device("a", system)
        assert (await sent(opened(sandbox, kind, tmp_path), silent, device.address)).state is SendState.SENT
    assert [(each.is_silent, each.title, each.data["sync"]) for each in sandbox.pushes("a")] == [(True, "", "1")] * 2


async def test_a_text_is_reported_as_delivered_and_what_is_written_back_comes_as_twilio_sends_it(
    sandbox: Sandbox, tmp_path: Path, callbacks: Callbacks
) -> None:
    device = sandbox.new_device("Ada's phone", "number", "+46701740606")
    callback = f"{callbacks.url}/p/1/token"
    text = Sms(to=device.address, body="Your order is on its way — 2 €", delivery="d1")
    assert (await sent(opened(sandbox, "twilio", tmp_path, callback), text, device.address)).state is SendState.SENT
    [shown] = sandbox.texts("Ada's phone")
    assert (shown.body, shown.parts, shown.encoding, shown.way) == (text.body, 1, "ucs-2", "to_phone")
    [(path, form, signed)] = callbacks.heard
    assert (path, form["MessageStatus"]) == ("/p/1/token/status?delivery=d1", "delivered")
    token = next(each for each in sandbox.providers() if each["type"] == "twilio")["secrets"]["auth_token"]
    assert is_signed(token, callbacks.url + path, tuple(form.items()), signed)
    callbacks.reply = '<?xml version="1.0"?><Response><Message>Ask &lt;us&gt; &amp; we help</Message></Response>'
    sandbox.answer_text(shown.id, "HELP")
    path, form, signed = callbacks.heard[-1]
    assert (path, form["From"], form["Body"]) == ("/p/1/token/inbound", "+46701740606", "HELP")
    assert form["MessageSid"].startswith("SM")
    assert is_signed(token, callbacks.url + path, tuple(form.items()), signed)
    said = [(each.way, each.body) for each in reversed(sandbox.texts("Ada's phone"))]
    assert said == [("to_phone", text.body), ("from_phone", "HELP"), ("to_phone", "Ask <us> & we help")]


async def test_a_report_goes_to_this_server_alone(sandbox: Sandbox, tmp_path: Path, callbacks: Callbacks) -> None:
    """Whoever knows the account could else have the server post wherever they like."""
    text = Sms(to="+46701740607", body="Hi", delivery="d1")
    for elsewhere in ("http://127.0.0.1:9/p/1/x", f"{callbacks.url}/api/v1", f"{callbacks.url}.evil.example/p/1/x"):
        assert (await sent(opened(sandbox, "twilio", tmp_path, elsewhere), text, text.to)).state is SendState.SENT
    assert callbacks.heard == []
    assert [each.name for each in sandbox.phones()] == ["+46701740607"]  # a number that nobody was given is a phone, too


async def test_a_wrong_key_is_refused_by_each_service(sandbox: Sandbox, tmp_path: Path) -> None:
    other = Sandbox(tmp_path / "other", "http://127.0.0.1:1", clock=StillClock())
    stranger = {each["type"]: each["secrets"] for each in other.providers()}
    other.stop()
    for account in sandbox.providers():
        kind = PROVIDER_TYPES[account["type"]]
        context = ProviderContext(private=True, authority=str(tmp_path / "inbox/tls/authority.pem"))
        secrets = stranger[account["type"]]
        if "service_account" in secrets:
            assert kind.secrets(**secrets) is not None
        transport = OPENERS[kind.name](kind.settings(**account["settings"]), kind.secrets(**secrets), context)
        message: Any = Sms(to="+46701740606", body="Hi") if kind.name == "twilio" else PUSH
        assert (await sent(transport, message, "ab" * 32)).state is SendState.HELD, kind.name


def test_keys_and_port_are_the_same_at_the_next_start_and_nobody_else_reads_them(tmp_path: Path) -> None:
    def once() -> list[dict[str, Any]]:
        sandbox = Sandbox(tmp_path / "inbox", "http://127.0.0.1:1", clock=StillClock())
        sandbox.start()
        try:
            return sandbox.providers()
        finally:
            sandbox.stop()

    assert once() == once()
    for name in ("accounts.json", "tls/server.pem"):
        assert stat.S_IMODE((tmp_path / "inbox" / name).stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / "inbox/tls/authority.pem").read_text()


def test_nothing_listens_and_no_key_is_made_before_a_phone_needs_it(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "inbox", "http://127.0.0.1:1", clock=StillClock())
    sandbox.start()
    sandbox.stop()
    assert not (tmp_path / "inbox/accounts.json").exists()


def test_what_is_no_phone_or_no_text_is_refused(sandbox: Sandbox) -> None:
    for name, system, number in (("a/b", "ios", ""), ("a", "symbian", ""), ("a", "number", "12")):
        with pytest.raises(InvalidError):
            sandbox.new_device(name, system, number)
    with pytest.raises(NotFoundError):
        sandbox.answer_text(7, "STOP")
