"""Providers of apps: kept with sealed secrets, changed by version, one active per channel; their transports."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated, Any

import msgspec
import pytest
import sqlalchemy as sa
from msgspec import Meta
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.channels.model import SendResult, SendState
from relance.channels.provider_type import ProviderContext, ProviderType
from relance.channels.transport import Begin, SendAddress
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.infra.database import reading
from relance.providers.errors import ProviderLimitError, ProviderNotFoundError, StaleProviderError
from relance.providers.service import MOST_PROVIDERS, Provider, Providers
from relance.providers.transports import MOST_IDLE, ProviderTransports

pytestmark = pytest.mark.both_databases

SECRET = b"s" * 32
NOW = 1_700_000_000_000
TO = SendAddress("+33612345678")
WORD = "do-not-tell-anybody"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a made-up provider."""

    account: Annotated[str, Meta(min_length=1, max_length=20)]
    region: str = ""


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a made-up provider."""

    word: Annotated[str, Meta(min_length=1)]
    spare: str = ""


def check(settings: Settings, secrets: Secrets, context: ProviderContext) -> None:
    if settings.account == secrets.word:
        raise InvalidError(ErrorText.local("The word is no secret."), path="secrets.word")


PIGEON = ProviderType("pigeon", "Pigeon", "sms", Settings, Secrets, check)
OWL = ProviderType("owl", "Owl", "email", Settings, Secrets, check)


class Flock:
    """What was opened, sent and closed."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.begun = 0
        self.hold = asyncio.Event()
        self.hold.set()

    def open(self, settings: Settings, secrets: Secrets, context: ProviderContext) -> Bird:
        assert context.callback_url.startswith("https://r.example/p/")
        self.told.append(f"open {settings.account} {secrets.word}")
        return Bird(self, settings.account)


class Bird:
    """A transport that tells the flock."""

    def __init__(self, flock: Flock, account: str) -> None:
        self.flock = flock
        self.account = account

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        assert (destination, now) == (TO, NOW)
        await begin()
        self.flock.begun += 1
        await self.flock.hold.wait()
        self.flock.told.append(f"send {self.account} {rendered}")
        return SendResult(SendState.SENT)

    async def test(self, to: str) -> SendResult:
        self.flock.told.append(f"test {self.account} {to}")
        return SendResult(SendState.SENT, "cooed")

    async def close(self) -> None:
        self.flock.told.append(f"close {self.account}")


def providers_of(state: Engine, secret: bytes = SECRET) -> Providers:
    return Providers(state, secret, {each.name: each for each in (PIGEON, OWL)}, url="https://r.example", private=False)


@pytest.fixture
def providers(state: Engine) -> Providers:
    return providers_of(state)


def add(providers: Providers, account: str = "loft", *, app: int = 1, kind: str = "pigeon", active: bool = True) -> Provider:
    return providers.create(app, kind, "Mine", {"account": account}, {"word": WORD}, NOW, author="key:1", active=active)


async def nothing() -> None:
    await asyncio.sleep(0)


async def begun(flock: Flock, count: int) -> None:
    while flock.begun < count:
        await asyncio.sleep(0)


def test_what_is_stored_does_not_hold_the_secret(providers: Providers, state: Engine) -> None:
    made = add(providers)
    with reading(state) as connection:
        row = connection.execute(sa.text("SELECT * FROM providers")).one()
    assert WORD not in str(tuple(row))
    assert WORD not in repr(made)
    assert made.secret_names == ("word",)
    assert providers.account(made) == (Settings("loft"), Secrets(WORD))


def test_another_secret_of_the_server_is_said_and_all_secrets_can_be_replaced(providers: Providers, state: Engine) -> None:
    made = add(providers)
    foreign = providers_of(state, b"o" * 32)
    with pytest.raises(InvalidError, match="replace it"):
        foreign.account(made)
    with pytest.raises(InvalidError, match="replace it"):
        foreign.change(1, made.id, 1, NOW, settings={"account": "x"})
    changed = foreign.change(1, made.id, 1, NOW, secrets={"word": "anew"})
    assert foreign.account(changed) == (Settings("loft"), Secrets("anew"))


def test_a_change_keeps_the_secrets_that_it_does_not_name(providers: Providers) -> None:
    made = add(providers)
    spared = providers.change(1, made.id, 1, NOW + 1, secrets={"spare": "s2"}, name="Yours")
    moved = providers.change(1, made.id, 2, NOW + 2, settings={"account": "tower", "region": "eu"})
    dropped = providers.change(1, made.id, 3, NOW + 3, secrets={"spare": None})
    assert (spared.name, spared.version, spared.secret_names) == ("Yours", 2, ("spare", "word"))
    assert (spared.created_at, spared.updated_at) == (NOW, NOW + 1)
    assert providers.account(moved) == (Settings("tower", "eu"), Secrets(WORD, "s2"))
    assert providers.account(dropped) == (Settings("tower", "eu"), Secrets(WORD))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"type_name": "dragon"}, "type"),
    ({"name": "  "}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"settings": {}}, "settings"),
    ({"settings": {"account": ""}}, "settings.account"),
    ({"settings": {"account": "x", "colour": "red"}}, "settings"),
    ({"settings": {"account": 7}}, "settings.account"),
    ({"secrets": {}}, "secrets"),
    ({"secrets": {"word": ""}}, "secrets.word"),
    ({"secrets": {"word": "x", "other": "y"}}, "secrets"),
    ({"secrets": {"word": "loft"}}, "secrets.word"),
]


@pytest.mark.parametrize(("given", "path"), REFUSED, ids=str)
def test_what_cannot_be_used_is_refused_with_its_place(providers: Providers, given: dict[str, Any], path: str) -> None:
    whole = {"type_name": "pigeon", "name": "Mine", "settings": {"account": "loft"}, "secrets": {"word": WORD}, **given}
    with pytest.raises(InvalidError) as caught:
        providers.create(1, now=NOW, **whole)
    assert caught.value.data["path"] == path
    assert WORD not in caught.value.message
    assert providers.list(1) == []


def test_of_a_channel_at_most_one_is_active(providers: Providers) -> None:
    first, other_app, other_channel = add(providers), add(providers, app=2), add(providers, kind="owl")
    second, third = add(providers, "b"), add(providers, "c", active=False)

    def active() -> list[int]:
        return [each.id for app in (1, 2) for each in providers.list(app) if each.is_active]

    assert active() == [other_channel.id, second.id, other_app.id]
    assert providers.get(1, first.id).version == 2
    providers.change(1, third.id, 1, NOW, active=True)
    assert active() == [other_channel.id, third.id, other_app.id]
    providers.change(1, third.id, 2, NOW, active=False)
    assert active() == [other_channel.id, other_app.id]


def test_versions_and_apps_are_kept_apart(providers: Providers) -> None:
    made = add(providers)
    providers.change(1, made.id, 1, NOW, name="Yours")
    with pytest.raises(StaleProviderError) as caught:
        providers.change(1, made.id, 1, NOW, name="Theirs")
    assert caught.value.data["version"] == 2
    with pytest.raises(ProviderNotFoundError):
        providers.get(2, made.id)
    with pytest.raises(ProviderNotFoundError):
        providers.delete(2, made.id)
    with pytest.raises(ProviderNotFoundError):
        providers.change(2, made.id, 2, NOW, name="Theirs")
    assert providers.get(1, made.id).name == "Yours"


def test_of_two_changes_at_once_one_is_refused(providers: Providers) -> None:
    made = add(providers)
    outcomes: list[str] = []

    def change(name: str) -> None:
        try:
            outcomes.append(providers.change(1, made.id, 1, NOW, name=name).name)
        except StaleProviderError:
            outcomes.append("stale")

    threads = [threading.Thread(target=change, args=(name,)) for name in ("a", "b")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes)[1] == "stale"
    assert sorted(outcomes)[0] == providers.get(1, made.id).name


def test_an_app_has_so_many_at_most(providers: Providers) -> None:
    for _ in range(MOST_PROVIDERS):
        add(providers, active=False)
    with pytest.raises(ProviderLimitError):
        add(providers)
    add(providers, app=2)


def test_a_callback_address_is_known_to_whom_it_was_given(providers: Providers) -> None:
    made, other = add(providers), add(providers, app=2)
    base, number, token = providers.callback_url(made).rsplit("/", 2)
    assert (base, number, len(token)) == ("https://r.example/p", str(made.id), 24)
    found = providers.named(made.id, token)
    assert found is not None
    assert found.id == made.id
    assert providers.named(other.id, token) is None
    assert providers.named(made.id, token[:-1]) is None
    assert providers.named(made.id, "\udcff") is None
    assert providers.named(77, token) is None
    providers.delete(1, made.id)
    assert providers.named(made.id, token) is None


async def test_transports_are_opened_when_needed_and_closed_when_replaced(providers: Providers, state: Engine) -> None:
    flock = Flock()
    transports = ProviderTransports(providers, {"pigeon": flock.open})
    made = add(providers)

    def seen(app: int = 1) -> Provider | None:
        with reading(state) as connection:
            transports.look(connection)
        return transports.active(app, "sms")

    first = seen()
    assert first is not None
    assert seen(2) is None
    assert flock.told == []
    await transports.send(first, "a", TO, NOW, nothing)
    await transports.send(first, "b", TO, NOW, nothing)
    flock.hold.clear()
    flight = asyncio.create_task(transports.send(first, "c", TO, NOW, nothing))
    await begun(flock, 3)
    providers.change(1, made.id, 1, NOW, settings={"account": "tower"}, secrets={"word": "anew"})
    second = seen()
    assert second is not None
    later = asyncio.create_task(transports.send(second, "d", TO, NOW, nothing))
    await begun(flock, 4)
    assert flock.told == [f"open loft {WORD}", "send loft a", "send loft b", "open tower anew"]
    flock.hold.set()
    await asyncio.gather(flight, later)
    assert flock.told[4:] == ["send loft c", "close loft", "send tower d"]
    providers.change(1, made.id, 2, NOW, active=False)
    assert seen() is None
    assert (await transports.test(1, made.id, "x")).detail == "cooed"
    await transports.close()
    assert flock.told[-1] == "close tower"


async def test_settings_that_have_become_unusable_hold_messages_back(providers: Providers, state: Engine) -> None:
    made = add(providers)
    transports = ProviderTransports(providers_of(state, b"o" * 32), {"pigeon": Flock().open})
    result = await transports.send(made, "a", TO, NOW, nothing)
    assert result.state is SendState.HELD
    assert result.retry_after_ms > 0
    assert "replace it" in result.detail
    with pytest.raises(InvalidError):
        await transports.test(1, made.id, "x")
    with pytest.raises(ProviderNotFoundError):
        await transports.test(2, made.id, "x")


async def test_so_many_idle_transports_stay_open_at_most(providers: Providers) -> None:
    flock = Flock()
    transports = ProviderTransports(providers, {"pigeon": flock.open})
    made = add(providers)
    for number in range(MOST_IDLE + 3):
        await transports.send(msgspec.structs.replace(made, id=number), "a", TO, NOW, nothing)
    assert flock.told.count("close loft") == 3
    await transports.close()
    assert flock.told.count("close loft") == MOST_IDLE + 3


APPLE = ProviderType("apple", "Apple", "mobile_push", Settings, Secrets, check, service="apns")
GOOGLE = ProviderType("google", "Google", "mobile_push", Settings, Secrets, check, service="fcm")


def test_of_each_service_of_a_channel_one_is_active_and_carries_what_goes_to_its_addresses(state: Engine) -> None:
    types = {each.name: each for each in (APPLE, GOOGLE, PIGEON)}
    providers = Providers(state, SECRET, types, url="https://r.example", private=False)
    old, google, apple = (add(providers, kind=kind) for kind in ("apple", "google", "apple"))
    assert [(each.id, each.is_active) for each in providers.list(1)] == [(old.id, False), (google.id, True), (apple.id, True)]
    transports = ProviderTransports(providers, {})
    with reading(state) as connection:
        transports.look(connection)
    iphone, android = "ab" * 32, "token:APA91b"
    found = [transports.active(1, "mobile_push", address) for address in (iphone, android)]
    assert [each.id for each in found if each is not None] == [apple.id, google.id]
    assert transports.active(2, "mobile_push", iphone) is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what waits is a provider, and no query
async def test_a_provider_that_hangs_ends_its_test_with_a_sentence(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Bird):
        @override
        async def test(self, to: str) -> SendResult:
            await asyncio.sleep(60)
            raise AssertionError(to)

    monkeypatch.setattr("relance.providers.transports.TEST_TIMEOUT", 0.1)
    transports = ProviderTransports(providers, {"pigeon": lambda settings, *_: Silent(Flock(), settings.account)})
    result = await transports.test(1, add(providers).id, "+33612345678")
    assert (result.state, result.detail) == (SendState.RETRY, "The provider did not answer within 0.1 seconds.")
    await transports.close()


def test_a_key_is_added_once(state: Engine) -> None:
    raven = ProviderType("raven", "Raven", "sms", Settings, Secrets, check, key_of=lambda settings: settings.account.lower())
    providers = Providers(state, SECRET, {"raven": raven}, url="https://r.example", private=False)
    first = providers.create(1, "raven", "first", {"account": "K1"}, {"word": WORD}, NOW)
    second = providers.create(1, "raven", "second", {"account": "k2"}, {"word": WORD}, NOW)
    providers.create(2, "raven", "another app's", {"account": "k1"}, {"word": WORD}, NOW)
    with pytest.raises(InvalidError, match="has this key already, as 'first'"):
        providers.create(1, "raven", "again", {"account": "k1"}, {"word": WORD}, NOW)
    with pytest.raises(InvalidError, match="has this key already"):
        providers.change(1, second.id, second.version, NOW, settings={"account": "k1"})
    changed = providers.change(1, first.id, first.version, NOW, settings={"account": "k1"})
    providers.delete(1, changed.id)
    providers.create(1, "raven", "again", {"account": "k1"}, {"word": WORD}, NOW)
