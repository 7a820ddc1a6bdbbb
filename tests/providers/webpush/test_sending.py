"""Web push over real HTTP: to the built-in sandbox, and to a push service that misbehaves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from relance.channels.model import SendResult, SendState
from relance.channels.sandbox.service import Sandbox
from relance.channels.web_push.model import PushSubscription, Urgency
from relance.channels.web_push.service import PAYLOAD_LIMIT, WebPush, read_subscription
from tests.http.sandbox.server import Server, serve_sandbox

ANY = read_subscription(
    {
        "endpoint": "https://push.example/x",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    }
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serve_sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def sandbox(server: Server) -> Sandbox:
    return server.sandbox


@pytest.fixture
async def webpush(server: Server, tmp_path: Path) -> AsyncIterator[WebPush]:
    async with WebPush(
        "mailto:ops@example.com", tmp_path / "vapid.pem", trusted_prefixes=[server.sandbox.push_prefix]
    ) as channel:
        yield channel


async def test_a_push_reaches_the_phone_decrypted_with_all_it_carries(sandbox: Sandbox, webpush: WebPush) -> None:
    subscription = read_subscription(sandbox.new_subscription("Ada's phone", webpush.public_key))
    payload = (
        '{"title":"Votre panier","body":"Il vous attend — 2 €","image":"https://x.example/i.png","url":"https://x.example/c"}'
    )
    result = await webpush.send(subscription, payload.encode(), 3600, Urgency.HIGH, "cart-1")
    assert result.state is SendState.SENT
    assert "/sandbox/message/" in result.provider_id
    (push,) = sandbox.pushes("Ada's phone")
    assert (push.title, push.body) == ("Votre panier", "Il vous attend — 2 €")
    assert (push.image, push.url) == ("https://x.example/i.png", "https://x.example/c")
    assert (push.ttl, push.urgency, push.topic) == (3600, "high", "cart-1")
    assert push.received_at == 1_000
    assert push.received_real_at > 1_700_000_000_000


async def test_many_at_once_arrive_each_on_its_phone(sandbox: Sandbox, webpush: WebPush) -> None:
    subscriptions = {f"phone {n}": read_subscription(sandbox.new_subscription(f"phone {n}")) for n in range(40)}
    results = await asyncio.gather(*(webpush.send(one, name.encode(), 60) for name, one in subscriptions.items()))
    assert {result.state for result in results} == {SendState.SENT}
    for name in subscriptions:
        assert [push.body for push in sandbox.pushes(name)] == [name]


async def test_a_repeat_is_one_push_and_a_newer_one_of_the_topic_takes_its_place(sandbox: Sandbox, webpush: WebPush) -> None:
    phone = read_subscription(sandbox.new_subscription("a"))
    other = read_subscription(sandbox.new_subscription("b"))
    for payload in (b"one", b"one", b"one"):
        assert (await webpush.send(phone, payload, 60, topic="t")).state is SendState.SENT
    assert [(push.body, push.repeats) for push in sandbox.pushes("a")] == [("one", 2)]
    first = sandbox.pushes("a")[0].id
    await webpush.send(other, b"one", 60, topic="t")
    await webpush.send(phone, b"two", 60, topic="t")
    assert [(push.body, push.repeats) for push in sandbox.pushes("a")] == [("two", 0)]
    assert [one.id for one in sandbox.messages_since(first)] == [first + 1, first + 2]
    await webpush.send(phone, b"two", 60)
    await webpush.send(phone, b"two", 60)
    assert len(sandbox.pushes("a")) == 3


async def test_a_phone_that_is_unknown_or_has_ended_is_gone(sandbox: Sandbox, webpush: WebPush) -> None:
    given = sandbox.new_subscription("a")
    subscription = read_subscription(given)
    unknown = PushSubscription(f"{sandbox.push_prefix}{'x' * 32}", subscription.p256dh, subscription.auth)
    assert (await webpush.send(unknown, b"x", 60)).state is SendState.GONE
    sandbox.end_subscription(given["endpoint"])
    result = await webpush.send(subscription, b"x", 60)
    assert (result.state, result.detail[:3]) == (SendState.GONE, "410")
    assert sandbox.pushes() == []


async def test_what_is_wrong_with_a_push_is_answered_as_a_push_service_would(
    sandbox: Sandbox, webpush: WebPush, tmp_path: Path
) -> None:
    subscription = read_subscription(sandbox.new_subscription("a", webpush.public_key))
    other = read_subscription(sandbox.new_subscription("b"))
    mixed = PushSubscription(subscription.endpoint, other.p256dh, other.auth)
    cases: list[tuple[Awaitable[SendResult], str]] = [
        (webpush.send(mixed, b"x", 60), "400"),
        (webpush.send(subscription, b"x", 60, topic="x" * 33), "400"),
        (webpush.send(subscription, b"x", 60, urgency="soon"), "400"),
    ]
    async with WebPush("mailto:x@example.com", tmp_path / "other.pem", trusted_prefixes=[sandbox.push_prefix]) as stranger:
        cases.append((stranger.send(subscription, b"x", 60), "403"))
        for sending, status in cases:
            result = await sending
            assert (result.state, result.detail[:3]) == (SendState.REFUSED, status)
    assert sandbox.pushes() == []


async def test_what_cannot_be_posted_is_never_posted(sandbox: Sandbox, webpush: WebPush) -> None:
    subscription = read_subscription(sandbox.new_subscription("a"))
    assert (await webpush.send(subscription, b"x" * PAYLOAD_LIMIT, 60)).state is SendState.SENT
    too_large = await webpush.send(subscription, b"x" * (PAYLOAD_LIMIT + 1), 60)
    bad_key = await webpush.send(PushSubscription(subscription.endpoint, bytes(65), bytes(16)), b"x", 60)
    inside = await webpush.send(PushSubscription("https://169.254.169.254/x", ANY.p256dh, ANY.auth), b"x", 60)
    plain = await webpush.send(PushSubscription("http://127.0.0.1:1/x", ANY.p256dh, ANY.auth), b"x", 60)
    breaking = await webpush.send(subscription, b"x", 60, topic="a\r\nX-Evil: 1")
    assert [one.state for one in (too_large, bad_key, inside, plain, breaking)] == [SendState.FAILED] * 5
    assert "3993" in too_large.detail
    assert len(sandbox.pushes()) == 1


class Names(AbstractResolver):
    """Every name leads to one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    @override
    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=self._address, port=port, family=family, proto=0, flags=0)]

    @override
    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
async def test_a_name_that_leads_inside_is_not_followed(tmp_path: Path, address: str) -> None:
    async with WebPush("mailto:x@example.com", tmp_path / "vapid.pem", resolver=Names(address)) as channel:
        result = await channel.send(ANY, b"x", 60)
    assert result.state is SendState.RETRY
    assert "no public address" in result.detail


Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def through(tmp_path: Path, answer: Answering) -> SendResult:
    """Send one push to a push service that does what ``answer`` does."""
    app = web.Application()
    app.router.add_post("/push", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        async with WebPush("mailto:x@example.com", tmp_path / "vapid.pem", trusted_prefixes=[origin]) as channel:
            return await channel.send(PushSubscription(f"{origin}push", ANY.p256dh, ANY.auth), b"x", 60)
    finally:
        await runner.cleanup()


async def test_a_busy_service_says_when_to_come_back(tmp_path: Path) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "7"}, text="slow down")

    result = await through(tmp_path, answer)
    assert (result.state, result.retry_after_ms, result.detail) == (SendState.RETRY, 7_000, "429 slow down")


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect("http://127.0.0.1:9/secret")

    assert (await through(tmp_path, answer)).state is SendState.FAILED


async def test_a_connection_that_breaks_after_the_push_leaves_it_uncertain(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    result = await through(tmp_path, answer)
    assert (result.state, result.uncertain) == (SendState.RETRY, True)


async def test_a_service_that_is_not_there_may_be_tried_again(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        prefix = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        async with WebPush("mailto:x@example.com", tmp_path / "vapid.pem", trusted_prefixes=[prefix]) as channel:
            result = await channel.send(PushSubscription(f"{prefix}push", ANY.p256dh, ANY.auth), b"x", 60)
    assert (result.state, result.uncertain) == (SendState.RETRY, False)
