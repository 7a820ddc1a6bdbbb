"""FCM and APNs over HTTP/2 and TLS: what is sent, and what their answers come to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from typing_extensions import override

from relance.channels.mobile_push import apns_answer, credentials
from relance.channels.mobile_push.apns import Apns
from relance.channels.mobile_push.apns_account import ApnsSecrets, ApnsSettings, check_apns, read_apns_key
from relance.channels.mobile_push.credentials import AppleTokens
from relance.channels.mobile_push.fcm import Fcm
from relance.channels.mobile_push.fcm_account import FcmSecrets, FcmSettings, check_fcm
from relance.channels.mobile_push.model import MobilePush, PushButton
from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import SendAddress
from relance.core.errors import InvalidError
from relance.core.time import HOUR
from tests.providers.apns import KEY_ID, TEAM, TOPIC, FakeApns
from tests.providers.cases import Case, holds
from tests.providers.conftest import StartServer
from tests.providers.fcm import FakeFcm, make_key
from tests.providers.http2_server import Http2Server

ANDROID = SendAddress("eXaMpLe-token:APA91b_x-1")
IPHONE = SendAddress("ab" * 32, reported_at=2_000)
DELIVERY = "0123456789abcdef" * 2
PUSH = MobilePush(delivery_id=DELIVERY, title="Your cart", body="It waits — 2 €", ttl=600, collapse_id="cart")
TIMEOUT = 500  # ms
GOOGLE_KEY = make_key()
HERE = ProviderContext(private=True)
NOW = 1_000_000


async def nothing() -> None:
    pass


class Phones:
    """A provider, and a way to send to it."""

    def __init__(self, server: Http2Server, fake: FakeFcm | FakeApns, sender: Fcm | Apns) -> None:
        self.server, self.fake, self.sender = server, fake, sender
        self.address = ANDROID if isinstance(fake, FakeFcm) else IPHONE

    async def send(self, push: MobilePush = PUSH, address: SendAddress | None = None, now: int = NOW) -> SendResult:
        return await self.sender.send(push, address or self.address, now, nothing)


async def fcm_phones(start_server: StartServer) -> Phones:
    fake = FakeFcm(GOOGLE_KEY)
    server = await start_server(fake.answer)
    settings = FcmSettings(server.origin, f"{server.origin}/token")
    return Phones(server, fake, Fcm(settings, FcmSecrets(fake.service_account()), HERE, timeout=TIMEOUT))


async def apns_phones(start_server: StartServer) -> Phones:
    fake = FakeApns()
    server = await start_server(fake.answer)
    settings = ApnsSettings(TEAM, KEY_ID, TOPIC, base_url=server.origin)
    return Phones(server, fake, Apns(settings, ApnsSecrets(fake.p8()), HERE, timeout=TIMEOUT))


@pytest.fixture(params=[fcm_phones, apns_phones], ids=["fcm", "apns"])
async def phones(request: pytest.FixtureRequest, start_server: StartServer) -> AsyncIterator[Phones]:
    make: Callable[[StartServer], Awaitable[Phones]] = request.param
    made = await make(start_server)
    yield made
    await made.sender.close()


@pytest.fixture
async def fcm(start_server: StartServer) -> AsyncIterator[tuple[FakeFcm, Phones]]:
    made = await fcm_phones(start_server)
    assert isinstance(made.fake, FakeFcm)
    yield made.fake, made
    await made.sender.close()


@pytest.fixture
async def apns(start_server: StartServer) -> AsyncIterator[tuple[FakeApns, Phones]]:
    made = await apns_phones(start_server)
    assert isinstance(made.fake, FakeApns)
    yield made.fake, made
    await made.sender.close()


@pytest.mark.parametrize("case", Case)
async def test_whatever_a_provider_does_has_a_clear_outcome(phones: Phones, case: Case) -> None:
    await phones.send()  # the connection and the token are there
    push = PUSH
    if case is Case.GONE and isinstance(phones.fake, FakeFcm):
        phones.fake.ended.add(phones.address.address)
    elif case is Case.GONE and isinstance(phones.fake, FakeApns):
        phones.fake.ended[phones.address.address] = phones.address.reported_at + 1
    elif case is Case.OVERSIZE:
        push = MobilePush(delivery_id=DELIVERY, title="x", body="é" * 2_048, ttl=60)
    phones.fake.cases = [case, case] if case is Case.RESET else [case]  # once, on a kept connection, libcurl tries again itself
    if case is Case.SLOW:
        answering = phones.server.answering

        async def late(request):  # type: ignore[no-untyped-def]
            await asyncio.sleep(TIMEOUT / 1_000 / 2)
            return await answering(request)

        phones.server.answering = late
    holds(case, await phones.send(push), "BEGIN", "ya29", "bearer", "Bearer")


async def test_after_each_misfortune_the_next_message_goes_through(phones: Phones) -> None:
    for number, case in enumerate(Case):
        phones.fake.cases = [case]
        later = NOW + number * HOUR  # a pause that the wrong key brought about is over
        await phones.send(now=later)
        assert (await phones.send(now=later + HOUR // 2)).state is SendState.SENT, case


async def test_a_hundred_at_once_share_a_connection_and_a_token(phones: Phones) -> None:
    results = await asyncio.gather(*(phones.send() for _ in range(100)))
    assert {each.state for each in results} == {SendState.SENT}
    assert len(phones.fake.sent) == 100
    assert phones.server.connections == 1
    tokens = phones.fake.grants if isinstance(phones.fake, FakeFcm) else len(phones.fake.tokens)
    assert tokens == 1


async def test_nothing_begins_before_it_can_be_sent(fcm: tuple[FakeFcm, Phones]) -> None:
    """Without an access token a message never leaves: it is not in doubt after a crash."""
    fake, phones = fcm
    fake.withdraw()
    begun = []

    async def begin() -> None:
        begun.append(True)

    result = await phones.sender.send(PUSH, ANDROID, NOW, begin)
    assert (result.state, begun) == (SendState.HELD, [])
    assert "invalid_grant" in result.detail


async def test_fcm_gets_all_a_message_carries(fcm: tuple[FakeFcm, Phones]) -> None:
    fake, phones = fcm
    push = MobilePush(
        delivery_id=DELIVERY,
        title="T",
        body="B",
        image="https://x.example/i.png",
        url="shop://cart/1",
        buttons=(PushButton("Open", "shop://cart"),),
        data={"order": "7"},
        collapse_id="cart",
        ttl=60,
        badge=3,
        sound="ding",
        android_channel="orders",
        analytics_label="spring",
    )
    result = await phones.send(push)
    assert (result.state, result.provider_id) == (SendState.SENT, "projects/shop-1a2b3/messages/1")
    assert fake.sent == [
        {
            "token": ANDROID.address,
            "notification": {"title": "T", "body": "B", "image": "https://x.example/i.png"},
            "data": {
                "order": "7",
                "delivery_id": DELIVERY,
                "url": "shop://cart/1",
                "buttons": '[{"title":"Open","url":"shop://cart"}]',
            },
            "android": {
                "priority": "HIGH",
                "ttl": "60s",
                "collapse_key": "cart",
                "notification": {"channel_id": "orders", "sound": "ding", "tag": "cart", "notification_count": 3},
            },
            "fcm_options": {"analytics_label": "spring"},
        }
    ]


async def test_an_installation_id_is_named_as_one(fcm: tuple[FakeFcm, Phones]) -> None:
    fake, phones = fcm
    await phones.send(address=SendAddress("cW9sdG9rZW4tLS0tLS0tLS"))
    assert fake.sent[0]["fid"] == "cW9sdG9rZW4tLS0tLS0tLS"
    assert "token" not in fake.sent[0]


async def test_a_silent_message_shows_nothing(phones: Phones) -> None:
    silent = MobilePush(delivery_id=DELIVERY, data={"refresh": "1"}, is_silent=True, sound="ding", badge=1)
    assert (await phones.send(silent)).state is SendState.SENT
    (sent,) = phones.fake.sent
    if isinstance(sent, dict):
        assert "notification" not in sent
        assert sent["data"] == {"refresh": "1", "delivery_id": DELIVERY}
        assert sent["android"] == {"priority": "HIGH", "ttl": "0s"}
    else:
        assert sent[1] == {"refresh": "1", "delivery_id": DELIVERY, "aps": {"content-available": 1}}


async def test_apns_gets_all_a_message_carries(apns: tuple[FakeApns, Phones]) -> None:
    fake, phones = apns
    push = MobilePush(
        delivery_id=DELIVERY,
        title="T",
        subtitle="S",
        body="B",
        image="https://x.example/i.png",
        url="shop://cart/1",
        buttons=(PushButton("Open", "shop://cart"),),
        data={"order": "7"},
        collapse_id="cart",
        ttl=60,
        badge=0,
        sound="default",
        thread="orders",
        category="cart",
        interruption_level="time-sensitive",
        is_urgent=False,
    )
    result = await phones.send(push)
    ((headers, payload),) = fake.sent
    assert result.provider_id == headers["apns-id"]
    assert (headers["apns-priority"], headers["apns-push-type"], headers["apns-collapse-id"]) == ("5", "alert", "cart")
    assert 0 <= int(headers["apns-expiration"]) - int(time.time()) <= 61
    assert payload == {
        "order": "7",
        "delivery_id": DELIVERY,
        "url": "shop://cart/1",
        "image": "https://x.example/i.png",
        "buttons": [{"title": "Open", "url": "shop://cart"}],
        "aps": {
            "alert": {"title": "T", "subtitle": "S", "body": "B"},
            "sound": "default",
            "thread-id": "orders",
            "category": "cart",
            "interruption-level": "time-sensitive",
            "badge": 0,
            "mutable-content": 1,
        },
    }


async def test_every_attempt_at_a_message_has_the_same_apns_id(apns: tuple[FakeApns, Phones]) -> None:
    fake, phones = apns
    await phones.send()
    await phones.send()
    assert len({headers["apns-id"] for headers, _ in fake.sent}) == 1


async def test_an_access_token_is_asked_for_before_it_ends_and_after_it_was_refused(
    fcm: tuple[FakeFcm, Phones], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, phones = fcm
    await phones.send()
    fake.granted.clear()  # Google has withdrawn it
    results = await asyncio.gather(*(phones.send() for _ in range(20)))
    assert {each.state for each in results} == {SendState.SENT}
    assert fake.grants == 2
    later = time.time() + fake.lasts - credentials.RENEW_AHEAD + 1
    monkeypatch.setattr("relance.channels.mobile_push.credentials.time.time", lambda: later)
    await phones.send()
    assert [each.path for each in phones.server.requests].count("/token") == 3


async def test_a_token_that_is_refused_again_holds_the_provider(fcm: tuple[FakeFcm, Phones]) -> None:
    fake, phones = fcm
    fake.granted = _Forgetful()
    result = await phones.send()
    assert (result.state, fake.grants) == (SendState.HELD, 2)


class _Forgetful(set[str]):
    @override
    def __contains__(self, _value: object) -> bool:
        return False


@pytest.mark.parametrize(
    ("token", "state"),
    [("invalid", SendState.GONE), ("ended:APA91b", SendState.GONE)],
)
async def test_what_fcm_says_of_a_token(fcm: tuple[FakeFcm, Phones], token: str, state: SendState) -> None:
    fake, phones = fcm
    fake.ended.add("ended:APA91b")
    assert (await phones.send(address=SendAddress(token))).state is state


async def test_what_fcm_refuses_of_a_message_ends_no_address(fcm: tuple[FakeFcm, Phones]) -> None:
    _, phones = fcm
    bad_key = MobilePush(delivery_id=DELIVERY, title="x", data={"google.x": "1"})
    assert (await phones.send(bad_key)).state is SendState.FAILED


@pytest.mark.parametrize("reason", apns_answer.REASONS)
async def test_every_reason_that_apple_names_has_an_outcome(apns: tuple[FakeApns, Phones], reason: str) -> None:
    fake, phones = apns
    status = {"Unregistered": 410, "ExpiredToken": 410, "TooManyRequests": 429, "Shutdown": 503}.get(reason, 400)
    fake.reasons = [(status, reason)] * 2
    result = await phones.send()
    assert reason in result.detail
    assert (result.state is SendState.GONE) is (reason in ("Unregistered", "ExpiredToken"))


async def test_a_token_in_use_again_since_apple_saw_it_end_is_not_gone(apns: tuple[FakeApns, Phones]) -> None:
    fake, phones = apns
    fake.ended[IPHONE.address] = IPHONE.reported_at - 1
    assert (await phones.send()).state is SendState.RETRY


async def test_an_expired_provider_token_is_renewed_but_not_within_twenty_minutes(
    apns: tuple[FakeApns, Phones], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, phones = apns
    await phones.send()
    fake.reasons = [(403, "ExpiredProviderToken")]
    young = await phones.send()
    assert (young.state, "clock" in young.detail) == (SendState.HELD, True)
    start = time.time()
    monkeypatch.setattr("relance.channels.mobile_push.apns.time.time", lambda: start + credentials.RENEW_NOT_BEFORE + 1)
    fake.reasons = [(403, "ExpiredProviderToken")]
    assert (await phones.send(now=NOW + HOUR)).state is SendState.SENT
    assert len(fake.tokens) == 2


def test_a_provider_token_lives_between_twenty_and_sixty_minutes() -> None:
    tokens = AppleTokens(TEAM, KEY_ID, read_apns_key(FakeApns().p8()))
    first = tokens.authorization(10_000)
    assert tokens.authorization(10_000 + 20 * 60) == first
    assert tokens.authorization(10_000 + 59 * 60) != first


async def test_no_collapse_id_breaks_out_of_its_header(apns: tuple[FakeApns, Phones]) -> None:
    fake, phones = apns
    evil = MobilePush(delivery_id=DELIVERY, title="x", collapse_id="a\r\napns-topic: com.evil")
    assert (await phones.send(evil)).state is SendState.FAILED
    assert fake.sent == []


async def test_another_projects_token_ends_where_others_are_taken(phones: Phones) -> None:
    """Of a key that is refused and of a token that is another's the same is said: the others tell."""
    stranger = SendAddress("other:APA91b") if isinstance(phones.fake, FakeFcm) else SendAddress("cd" * 32)
    for step in range(3):
        await phones.send(now=NOW + step)
        if isinstance(phones.fake, FakeFcm):
            phones.fake.others.add(stranger.address)
        else:
            phones.fake.reasons = [(400, "DeviceTokenNotForTopic")]
        result = await phones.send(address=stranger, now=NOW + step)
    assert result.state is SendState.GONE


async def test_a_wrong_key_pauses_the_provider_until_one_message_is_taken(phones: Phones) -> None:
    phones.fake.cases = [Case.WRONG_KEY]
    first = await phones.send()
    assert (first.state, first.retry_after_ms) == (SendState.HELD, 30_000)
    asked = len(phones.server.requests)
    held = await phones.send(now=NOW + 1_000)
    assert (held.state, held.retry_after_ms, len(phones.server.requests)) == (SendState.HELD, 29_000, asked)
    assert phones.sender.paused()[0]["since"] == NOW
    assert (await phones.send(now=NOW + 30_000)).state is SendState.SENT
    assert phones.sender.paused() == []


async def test_a_test_send_says_what_the_provider_answered(phones: Phones) -> None:
    assert (await phones.sender.test(f" {phones.address.address} ")).state is SendState.SENT
    phones.fake.cases = [Case.WRONG_KEY]
    refused = await phones.sender.test(phones.address.address)
    assert (refused.state, "403" in refused.detail) == (SendState.HELD, True)
    for token in ("", "a b", IPHONE.address if isinstance(phones.fake, FakeFcm) else ANDROID.address):
        with pytest.raises(InvalidError, match="not a device token") as caught:
            await phones.sender.test(token)
        assert caught.value.data["path"] == "to"


def check_account(settings: FcmSettings | ApnsSettings, secret: str, context: ProviderContext) -> None:
    if isinstance(settings, FcmSettings):
        check_fcm(settings, FcmSecrets(secret), context)
    else:
        check_apns(settings, ApnsSecrets(secret), context)


def test_what_is_said_of_settings_names_the_field() -> None:
    account = json.loads(FakeFcm(GOOGLE_KEY).service_account())
    p8 = FakeApns().p8()
    fcm, apns = FcmSettings(), ApnsSettings(TEAM, KEY_ID, TOPIC)
    wrong: list[tuple[FcmSettings | ApnsSettings, str, ProviderContext, str, str]] = [
        (fcm, "{}", HERE, "secrets.service_account", "JSON file of a Google service account"),
        (fcm, json.dumps(account | {"private_key": "x"}), HERE, "secrets.service_account", "RSA"),
        (fcm, json.dumps(account | {"private_key": p8}), HERE, "secrets.service_account", "RSA"),
        (fcm, json.dumps(account | {"project_id": "a/../b"}), HERE, "secrets.service_account", "not the id"),
        (FcmSettings("https://evil.example"), json.dumps(account), ProviderContext(), "settings.base_url", "googleapis"),
        (
            FcmSettings(token_url="https://evil.example"),
            json.dumps(account),
            ProviderContext(),
            "settings.token_url",
            "googleapis",
        ),
        (apns, account["private_key"], HERE, "secrets.key", "APNs key"),
        (ApnsSettings("x", KEY_ID, TOPIC), p8, HERE, "settings.team_id", "ten capital letters"),
        (ApnsSettings(TEAM, "x", TOPIC), p8, HERE, "settings.key_id", "ten capital letters"),
        (ApnsSettings(TEAM, KEY_ID, "a\r\nb"), p8, HERE, "settings.topic", "bundle ID"),
        (
            ApnsSettings(TEAM, KEY_ID, TOPIC, base_url="https://evil.example"),
            p8,
            ProviderContext(),
            "settings.base_url",
            "push.apple",
        ),
    ]
    for settings, secret, context, path, words in wrong:
        with pytest.raises(InvalidError, match=words) as caught:
            check_account(settings, secret, context)
        assert caught.value.data["path"] == path
    check_fcm(fcm, FcmSecrets(json.dumps(account)), ProviderContext())
    check_apns(apns, ApnsSecrets(p8), ProviderContext())
