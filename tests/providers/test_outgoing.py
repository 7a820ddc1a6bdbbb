"""Where posts to other machines end up: never within the operator's own network, whoever answers the names."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from relance.channels.email.attachments import Attachments
from relance.channels.email.model import Email, WantedFile
from relance.channels.fetching import GuardedFetcher
from relance.channels.model import SendResult, SendState
from relance.channels.standard_webhooks import new_secret
from relance.channels.web_push.model import PushSubscription
from relance.channels.web_push.service import WebPush
from relance.channels.webhook_sender import WebhookSender
from tests.providers.webpush.test_sending import ANY

SECRET = new_secret()
OUTSIDE = "93.184.215.14"

Answers = list[list[str]]
Sending = Callable[[str, AbstractResolver | None], Awaitable[SendResult]]


class Names(AbstractResolver):
    """Every name leads to the addresses that are next, the last ones for ever: a name server that changes its mind."""

    def __init__(self, answers: Answers) -> None:
        self.asked = 0
        self._answers = answers

    @override
    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [self._result(host, one, port) for one in found]

    @staticmethod
    def _result(host: str, address: str, port: int) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)

    @override
    async def close(self) -> None:
        pass


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was opened to: none is let out of the test."""
    opened: list[str] = []

    async def connect(_loop: Any, _socket: socket.socket, address: tuple[Any, ...]) -> None:
        opened.append(address[0])
        raise OSError(113, "no way there")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
    return opened


@pytest.fixture(params=["webhook", "push", "attachment"])
def send(request: pytest.FixtureRequest, tmp_path: Path) -> Sending:
    async def by_webhook(url: str, resolver: AbstractResolver | None) -> SendResult:
        sender = WebhookSender(private=False, open_secret=str, resolver=resolver)
        try:
            return await sender.send(url, SECRET, "msg_1", b"{}")
        finally:
            await sender.close()

    async def by_push(url: str, resolver: AbstractResolver | None) -> SendResult:
        async with WebPush("mailto:x@example.com", tmp_path / "vapid.pem", resolver=resolver) as channel:
            return await channel.send(PushSubscription(url, ANY.p256dh, ANY.auth), b"x", 60)

    async def by_attachment(url: str, resolver: AbstractResolver | None) -> SendResult:
        attachments = Attachments(GuardedFetcher(private=False, resolver=resolver))
        mail = Email(sender="a@example.com", to="b@example.com", subject="s", message_id="m", wanted=(WantedFile(url),))
        try:
            async with attachments.complete(mail, 1) as found:
                assert isinstance(found, SendResult)
                return found
        finally:
            await attachments.close()

    return {"webhook": by_webhook, "push": by_push, "attachment": by_attachment}[request.param]


INSIDE = [
    "127.0.0.1", "10.1.2.3", "169.254.169.254", "168.63.129.16", "100.100.100.200", "0.0.0.0", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fd00:ec2::254",
    "fe80::1%lo", "2606:4700::1111%lo", "no number", "localhost",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_followed_by_nobody(send: Sending, connected: list[str], address: str) -> None:
    result = await send("https://push.example/x", Names([[address]]))
    assert (result.state, connected) == (SendState.RETRY, [])
    assert "no public address" in result.detail


@pytest.mark.parametrize("address", INSIDE)
async def test_of_several_addresses_only_the_public_ones_are_tried(send: Sending, connected: list[str], address: str) -> None:
    for mixed in ([OUTSIDE, address], [address, OUTSIDE], [address, "2606:4700::1111", OUTSIDE, address]):
        await send("https://push.example/x", Names([mixed]))
    assert set(connected) == {OUTSIDE, "2606:4700::1111"}


async def test_the_connection_goes_to_the_very_address_that_was_checked(send: Sending, connected: list[str]) -> None:
    """A name that is public when it is looked at and this machine afterwards: it is looked up once."""
    names = Names([[OUTSIDE], ["127.0.0.1"]])
    await send("https://push.example/x", names)
    assert (names.asked, connected) == (1, [OUTSIDE])


async def test_each_message_is_checked_anew(connected: list[str]) -> None:
    names = Names([[OUTSIDE], ["127.0.0.1"]])
    sender = WebhookSender(private=False, open_secret=str, resolver=names)
    for name in ("one", "another"):
        await sender.send(f"https://{name}.example/", SECRET, "msg_1", b"{}")
    await sender.close()
    assert (names.asked, connected) == (2, [OUTSIDE])


# Hosts that are this machine or none, however they are written. The resolver would say that they are public.
WRITTEN = [
    "127.0.0.1", "127.0.0.1.", "127.0.0.1..", "127.1", "127.1.", "127.0.1", "0", "0.0.0.0", "2130706433", "4294967296", "0x7f.1",
    "0x7f000001", "0X7F000001", "0x7f.0.0.0x1", "0x", "017700000001", "0177.0.0.1", "1.1.1.0x1", "127.0.0.01",
    "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "１２７.0.0.1", "①②⑦.0.0.1", "０x7f000001", "127.0.0.１",
    "localhost", "LOCALHOST", "localhost.", "localhost。", "a.localhost", "a.localhost。", "ｌｏｃａｌｈｏｓｔ", "ⓛocalhost",
    "loc\u00adalhost", "loc%61lhost", "%31%32%37.0.0.1", "127%2e0.0.1", "127.0.0.1%00.push.example", "push.example%2f@127.0.0.1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "[fe80::1%lo]", "[2606:4700::1111%251]",
    "[2606:4700::1111%lo]",
    "[fec0::1]", "[fd00:ec2::254]", "169.254.169.254", "168.63.129.16", "2852039166", "[::1", "::1", "[v1.1]", "%5b::1%5d",
    "push.example@127.0.0.1", "push.example:443@127.0.0.1", "push.example:a@b@127.0.0.1", "@127.0.0.1", "a@push.example",
    ":a@push.example", "127.0.0.1#@push.example", "127.0.0.1?@push.example", "127.0.0.1/@push.example",
    "127.0.0.1\\@push.example", "push.example\\@127.0.0.1", "a\t@127.0.0.1", "push.example:0", "push.example:65536",
    "push.example:-1", "push.example:a", "", ".", "a..b", ".push.example", "push.example..",
    "a" * 64 + ".example", "a." * 127 + "example",
    "xn--", "xn--a.example", "a b.example", "*.example", "\ud800.example", "a\x00.example", "a\x7f.example",
]  # fmt: skip


@pytest.mark.parametrize("host", WRITTEN, ids=[ascii(each)[:40] for each in WRITTEN])
async def test_no_way_of_writing_a_host_leads_inside_or_breaks_the_sender(send: Sending, connected: list[str], host: str) -> None:
    names = Names([[OUTSIDE]])
    result = await send(f"https://{host}/x", names)
    assert (result.state, names.asked, connected) == (SendState.FAILED, 0, []), result


@pytest.mark.parametrize("url", ["http://push.example/", "ftp://push.example/", "file:///etc/passwd", "//push.example/", "x", ""])
async def test_nothing_but_https_is_posted_to(send: Sending, connected: list[str], url: str) -> None:
    names = Names([[OUTSIDE]])
    assert (await send(url, names)).state is SendState.FAILED
    assert (names.asked, connected) == (0, [])


@pytest.mark.parametrize(
    "host", ["push.example", "push.example.", "crm_app.example", "8.8.8.8", "[2606:4700::1111]", "日本.example"]
)
async def test_what_is_outside_is_posted_to(send: Sending, connected: list[str], host: str) -> None:
    result = await send(f"https://{host}:8443/x", Names([[OUTSIDE]]))
    assert result.state is SendState.RETRY
    assert len(connected) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize(
    "place",
    [
        "/taken",
        "//{here}/taken",
        "http://{here}/taken",
        "https://{here}/taken",
        "http://169.254.169.254/",
        "file:///x",
        "http://[",
    ],
)
async def test_no_redirection_is_followed(tmp_path: Path, status: int, place: str) -> None:
    """A server that is trusted by number (the sandbox, a private webhook) and sends elsewhere."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        where = place.format(here=request.host)
        return web.Response(status=status, headers={"Location": where, "Refresh": f"0;url={where}"})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    sender = WebhookSender(private=True, open_secret=str)
    try:
        async with WebPush("mailto:x@example.com", tmp_path / "vapid.pem", trusted_prefixes=[origin]) as channel:
            pushed = await channel.send(PushSubscription(f"{origin}push", ANY.p256dh, ANY.auth), b"x", 60)
        answered = await sender.send(f"{origin}webhook", SECRET, "msg_1", b"{}")
    finally:
        await sender.close()
        await runner.cleanup()
    assert asked == ["/push", "/webhook"]
    assert SendState.SENT not in (pushed.state, answered.state)
