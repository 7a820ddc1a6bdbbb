"""Several hosts of one SMTP server: another is asked where one is down, and never twice for one message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from relance.channels.email import mail_host
from relance.channels.email.service import Mailer
from relance.channels.email.smtp_account import SmtpSecrets, SmtpSettings, check_server
from relance.channels.model import SendState
from relance.channels.provider_type import ProviderContext
from relance.core.errors import InvalidError
from relance.core.hosts import HostAddress, hosts_of
from tests.providers.email.test_sending import NOW, Script, email

GONE = 1  # a port that nobody listens at


@asynccontextmanager
async def hosts(*scripts: Script | int) -> AsyncIterator[Mailer]:
    servers = []
    for script in scripts:
        if isinstance(script, Script):
            servers.append(await asyncio.start_server(script.serve, "127.0.0.1", 0))
            script.port = servers[-1].sockets[0].getsockname()[1]
    first, *others = [HostAddress("127.0.0.1", each if isinstance(each, int) else each.port) for each in scripts]
    mailer = Mailer(first.host, first.port, security="none", others=others)
    try:
        yield mailer
    finally:
        await mailer.close()
        for server in servers:
            server.close()
        await asyncio.gather(*(task for each in scripts if isinstance(each, Script) for task in each.ended))


@pytest.mark.parametrize(
    "first",
    [
        GONE,
        Script(banner="554 no service"),
        Script(banner="421 closing"),
        Script(EHLO="502 no", HELO="550 no"),
        Script(MAIL="421 4.3.2 closing"),
        Script(RCPT="421 4.3.2 closing"),
        Script(MAIL=""),
        Script(RCPT=""),
    ],
)
async def test_where_a_host_is_down_the_next_is_asked(first: Script | int) -> None:
    second = Script()
    begun = 0

    async def begin() -> None:
        nonlocal begun
        begun += 1

    async with hosts(first, second) as mailer:
        results = [await mailer.send(email(n), NOW, begin) for n in range(3)]
    assert ([each.state for each in results], second.mails, begun) == ([SendState.SENT] * 3, 3, 3)
    if isinstance(first, Script):
        assert first.connections == 1  # it is left alone for a while


@pytest.mark.parametrize(
    ("replies", "state", "uncertain"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, SendState.BOUNCED, False),
        ({"RCPT": "450 4.2.1 mailbox busy"}, SendState.RETRY, False),
        ({"MAIL": "553 5.1.8 sender refused"}, SendState.FAILED, False),
        ({"DATA": "554 5.7.1 looks like spam"}, SendState.FAILED, False),
        ({"DATA": "451 4.7.1 greylisted"}, SendState.RETRY, False),
        ({"DATA": "421 4.3.2 closing"}, SendState.RETRY, False),
        ({"DATA": ""}, SendState.RETRY, True),
    ],
)
async def test_what_a_host_answers_is_asked_of_no_other(replies: dict[str, str], state: SendState, uncertain: bool) -> None:
    second = Script()
    async with hosts(Script(**replies), second) as mailer:
        result = await mailer.send(email(), NOW)
    assert (result.state, result.uncertain, second.connections) == (state, uncertain, 0)


async def test_a_host_that_closed_at_the_message_is_left_alone_by_the_next() -> None:
    second = Script()
    async with hosts(Script(DATA="421 4.3.2 closing"), second) as mailer:
        assert (await mailer.send(email(1), NOW)).state is SendState.RETRY
        assert (await mailer.send(email(1), NOW)).state is SendState.SENT
    assert second.mails == 1


async def test_a_host_is_tried_again_after_a_while_by_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_host, "FIRST_PAUSE", 0.2)
    first, second = Script(MAIL="421 4.3.2 closing"), Script()
    async with hosts(first, second) as mailer:
        await mailer.send(email(1), NOW)
        await asyncio.sleep(0.25)
        await asyncio.gather(*(mailer.send(email(n), NOW) for n in range(2, 8)))
        assert first.connections <= 2  # one that it was asked by before, one that asked again
        first.replies.clear()
        await asyncio.sleep(0.45)
        assert (await mailer.send(email(9), NOW)).state is SendState.SENT
        assert (await mailer.send(email(10), NOW)).state is SendState.SENT
    assert (first.mails, second.mails) == (2, 7)


async def test_where_all_are_down_the_last_failure_is_told_and_all_are_tried_each_time() -> None:
    first, second = Script(banner="554 no service"), Script(banner="554 not here")
    async with hosts(first, second) as mailer:
        results = [await mailer.send(email(n), NOW) for n in range(2)]
    assert {(each.state, each.uncertain) for each in results} == {(SendState.RETRY, False)}
    assert results[0].detail == "127.0.0.1: 554 not here"
    assert (first.connections, second.connections) == (2, 2)


async def test_a_host_that_says_nothing_costs_some_seconds_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.channels.email.service.CONNECT", 0.3)
    gate = asyncio.Event()

    async def nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.close()

    silent = await asyncio.start_server(nothing, "127.0.0.1", 0)
    second = Script()
    async with hosts(silent.sockets[0].getsockname()[1], second) as mailer:
        began = time.monotonic()
        assert {(await mailer.send(email(n), NOW)).state for n in range(5)} == {SendState.SENT}
        assert time.monotonic() - began < 5
        gate.set()
    silent.close()


def test_hosts_are_listed_with_their_ports() -> None:
    assert hosts_of("a.example", 587) == [("a.example", 587)]
    assert hosts_of("a.example, b.example:465,, [::1]", 25) == [("a.example", 25), ("b.example", 465), ("[::1]", 25)]
    assert hosts_of(" , ", 25) == []


@pytest.mark.parametrize("others", ["localhost", "b.example, 10.0.0.1", "a b.example", "b.example:0", "x@b.example", "a,b,c,d,e"])
def test_further_hosts_are_checked_as_the_first_is(others: str) -> None:
    with pytest.raises(InvalidError) as raised:
        check_server(SmtpSettings("a.example", other_hosts=others), SmtpSecrets(), ProviderContext())
    assert raised.value.data["path"] == "settings.other_hosts"
