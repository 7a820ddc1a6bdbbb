"""An app's own SMTP server: a real conversation, a trial, and hosts that lead inside."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relance.channels.email.model import Email
from relance.channels.email.smtp_account import SmtpSecrets, SmtpSettings
from relance.channels.email.smtp_provider import SmtpProvider
from relance.channels.email.trial import TEXT
from relance.channels.model import SendState
from relance.channels.network import open_public
from relance.channels.provider_type import ProviderContext
from relance.channels.sandbox.service import Sandbox
from relance.channels.transport import SendAddress
from relance.core.errors import InvalidError
from tests.http.sandbox.server import StillClock

NOW = 1_767_225_600_000  # 2026-01-01
MAIL = Email(sender="Shop <shop@example.com>", to="ada@example.org", subject="Hi", message_id="d1", text="Hello")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    found = Sandbox(tmp_path / "sandbox", "http://127.0.0.1:8400", 0, clock=StillClock(5_000))
    found.start()
    yield found
    found.stop()


def opened(sandbox: Sandbox, *, host: str = "", private: bool = True, sender: str = "Own <own@example.com>") -> SmtpProvider:
    settings = SmtpSettings(host or sandbox.smtp_host, sandbox.smtp_port, "none", sender=sender)
    return SmtpProvider(settings, SmtpSecrets(), ProviderContext(private))


async def test_a_mail_goes_to_the_apps_own_server(sandbox: Sandbox) -> None:
    provider, begun = opened(sandbox), []

    async def begin() -> None:
        begun.append(len(sandbox.mails()))

    assert (await provider.send(MAIL, SendAddress(MAIL.to), NOW, begin)).state is SendState.SENT
    assert (await provider.send("a letter", SendAddress(MAIL.to), NOW, begin)).state is SendState.FAILED
    assert (await provider.test("bob@example.org")).state is SendState.SENT
    await provider.close()
    assert begun == [0]
    assert {(each.to, each.sender, each.text.strip()) for each in sandbox.mails()} == {
        ("ada@example.org", "Shop <shop@example.com>", "Hello"),
        ("bob@example.org", "Own <own@example.com>", TEXT),
    }


@pytest.mark.parametrize(("to", "sender", "path"), [("nobody", "a@b.example", "to"), ("a@b.example", "", "settings.sender")])
async def test_a_trial_needs_both_addresses(sandbox: Sandbox, to: str, sender: str, path: str) -> None:
    provider = opened(sandbox, sender=sender)
    with pytest.raises(InvalidError) as refused:
        await provider.test(to)
    assert (refused.value.data["path"], sandbox.mails()) == (path, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_a_host_that_leads_inside_is_not_connected_to(sandbox: Sandbox, host: str) -> None:
    provider = opened(sandbox, host=host, private=False)
    result = await provider.send(MAIL, SendAddress(MAIL.to), NOW, _nothing)
    await provider.close()
    assert (result.state, result.uncertain, len(sandbox.mails())) == (SendState.RETRY, False, 0)
    assert "no public address" in result.detail


async def test_of_several_addresses_only_the_public_ones_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may answer with both, so that the first look is public and the connection goes inside."""
    tried: list[Any] = []
    loop = asyncio.get_running_loop()

    async def found(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 25)) for each in ("10.0.0.1", "192.0.2.1", "8.8.8.8", "9.9.9.9")
        ]

    async def connect(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("refused")

    monkeypatch.setattr(loop, "getaddrinfo", found)
    monkeypatch.setattr(loop, "sock_connect", connect)
    with pytest.raises(OSError, match="refused"):
        await open_public("mail.example", 25, 5.0)
    assert tried == [("8.8.8.8", 25), ("9.9.9.9", 25)]


async def _nothing() -> None:
    await asyncio.sleep(0)
