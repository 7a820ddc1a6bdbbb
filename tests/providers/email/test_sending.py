"""E-mail over real SMTP: to the built-in sandbox, and to servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from relance.channels.email.model import Email
from relance.channels.email.service import Mailer
from relance.channels.model import SendState
from relance.channels.sandbox.model import Arrival
from relance.channels.sandbox.service import Sandbox
from relance.core.errors import ConflictError, InvalidError
from tests.http.sandbox.server import StillClock

NOW = 1_767_225_600_000  # 2026-01-01


def email(number: int = 1, to: str = "ada@example.org", **changes: str) -> Email:
    fields = {"subject": "Bonjour — n° 1", "text": "Salut\n.\n..\nfin", "html": "<p>Été</p>"} | changes
    return Email(sender="Boutique <shop@example.com>", to=to, message_id=f"d{number}", **fields)  # type: ignore[arg-type]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    found = Sandbox(tmp_path / "sandbox", "http://127.0.0.1:8400", 0, clock=StillClock(5_000))
    found.start()
    yield found
    found.stop()


@pytest.fixture
async def mailer(sandbox: Sandbox) -> AsyncIterator[Mailer]:
    found = Mailer(sandbox.smtp_host, sandbox.smtp_port, security="none", connections=3)
    yield found
    await found.close()


async def test_an_email_reaches_the_mailbox_whole(sandbox: Sandbox, mailer: Mailer) -> None:
    heard: list[Arrival] = []
    sandbox.listen(heard.append)
    result = await mailer.send(email(list_unsubscribe="https://x.example/t/u/1"), NOW)
    assert result.state is SendState.SENT
    (mail,) = sandbox.mails("Ada@example.org")
    assert (mail.subject, mail.text.rstrip("\n"), mail.html.rstrip("\n")) == ("Bonjour — n° 1", "Salut\n.\n..\nfin", "<p>Été</p>")
    assert (mail.sender, mail.to, mail.message_id) == ("Boutique <shop@example.com>", "ada@example.org", "<d1@example.com>")
    assert (mail.list_unsubscribe, mail.one_click) == (("https://x.example/t/u/1",), True)
    assert mail.received_at == 5_000
    assert heard == [mail]
    assert b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n" in sandbox.raw_mail(mail.id)


async def test_connections_are_used_again_and_few(sandbox: Sandbox, mailer: Mailer) -> None:
    results = await asyncio.gather(*(mailer.send(email(n), NOW) for n in range(30)))
    assert {result.state for result in results} == {SendState.SENT}
    assert len(sandbox.mails("ada@example.org")) == 30
    assert mailer.hosts[0].idle <= 3


async def test_a_repeat_of_a_message_id_is_one_email(sandbox: Sandbox, mailer: Mailer) -> None:
    for _ in range(3):
        assert (await mailer.send(email(7), NOW)).state is SendState.SENT
    assert (await mailer.send(email(7, to="bob@example.org"), NOW)).state is SendState.SENT
    assert [mail.repeats for mail in sandbox.mails("ada@example.org")] == [2]
    assert len(sandbox.mails()) == 2


async def test_a_server_that_restarted_is_connected_to_again(tmp_path: Path) -> None:
    first = Sandbox(tmp_path / "sandbox", "http://127.0.0.1:8400", 0, clock=StillClock())
    first.start()
    mailer = Mailer(first.smtp_host, first.smtp_port, security="none")
    assert (await mailer.send(email(1), NOW)).state is SendState.SENT
    first.stop()
    down = await mailer.send(email(2), NOW)
    assert (down.state, down.uncertain) == (SendState.RETRY, False)
    second = Sandbox(tmp_path / "sandbox", "http://127.0.0.1:8400", first.smtp_port, clock=StillClock())
    second.start()
    assert (await mailer.send(email(2), NOW)).state is SendState.SENT
    assert [mail.message_id for mail in second.mails()] == ["<d2@example.com>", "<d1@example.com>"]
    await mailer.close()
    second.stop()


async def test_an_international_address_arrives_where_the_server_takes_it(sandbox: Sandbox, mailer: Mailer) -> None:
    assert (await mailer.send(email(1, to="用户@bücher.example"), NOW)).state is SendState.SENT
    assert [mail.address for mail in sandbox.mails()] == ["用户@xn--bcher-kva.example"]


async def test_a_bad_address_or_header_is_never_sent(sandbox: Sandbox, mailer: Mailer) -> None:
    for broken in (email(to="ada"), email(subject="a\r\nBcc: x@example.org"), email(to="a@b\r\nRCPT TO:<x@example.org>")):
        assert (await mailer.send(broken, NOW)).state is SendState.FAILED
    assert sandbox.mails() == []


def test_a_taken_port_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    other = Sandbox(tmp_path / "other", "http://127.0.0.1:8400", sandbox.smtp_port, clock=StillClock())
    with pytest.raises(ConflictError, match="cannot listen"):
        other.start()
    other.stop()


def test_an_unknown_kind_of_security_is_refused() -> None:
    with pytest.raises(InvalidError):
        Mailer("127.0.0.1", 25, security="ssl")


PIPELINING = "250-ready\r\n250 PIPELINING"


class Script:
    """An SMTP server that answers as it is told: verb → reply, "" = hang up."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies
        self.connections = 0
        self.mails = 0
        self.port = 0
        self.ended: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.ended.append(task)
        try:
            with suppress(asyncio.IncompleteReadError):  # whoever got no proper reply has hung up
                await self._answer(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(f"{self.replies.get('banner', '220 ready')}\r\n".encode())
        while line := await reader.readline():
            verb = line.split()[0].decode().upper()
            if verb == "DATA":
                start = self.replies.get("start", "354 go")
                writer.write(f"{start}\r\n".encode())
                if not start.startswith("354"):
                    continue
                content = await reader.readuntil(b"\r\n.\r\n")
                self.mails += content != b"\r\n.\r\n"
            reply = self.replies.get(verb, "221 bye" if verb == "QUIT" else "250 ok")
            if not reply:
                break
            writer.write(f"{reply}\r\n".encode())
            if verb == "QUIT":
                break


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Mailer]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    mailer = Mailer("127.0.0.1", script.port, security="none", timeout=60)
    try:
        yield mailer
    finally:
        await mailer.close()
        server.close()
        await asyncio.gather(*script.ended)


@pytest.mark.parametrize(
    ("replies", "state", "uncertain"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, SendState.BOUNCED, False),
        ({"RCPT": "550-5.1.1 no such\r\n550 5.1.1 user"}, SendState.BOUNCED, False),
        ({"RCPT": "550 5.7.1 blocked"}, SendState.FAILED, False),
        ({"MAIL": "550 5.1.1 no such sender"}, SendState.FAILED, False),
        ({"DATA": "550 5.1.1 no such user"}, SendState.FAILED, False),
        ({"banner": "550 5.1.1 nobody"}, SendState.RETRY, False),
        ({"RCPT": "450 4.2.1 mailbox busy"}, SendState.RETRY, False),
        ({"MAIL": "553 5.1.8 sender refused"}, SendState.FAILED, False),
        ({"MAIL": "421 4.3.2 closing"}, SendState.RETRY, False),
        ({"start": "451 4.3.0 not now"}, SendState.RETRY, False),
        ({"start": "503 5.5.1 bad sequence"}, SendState.FAILED, False),
        ({"DATA": "250"}, SendState.SENT, False),
        ({"DATA": "what?"}, SendState.RETRY, True),
        ({"RCPT": "what?"}, SendState.RETRY, False),
        ({"RCPT": "250-" + "x" * 9_000}, SendState.RETRY, False),
        ({"DATA": "554 5.7.1 looks like spam"}, SendState.FAILED, False),
        ({"DATA": "451 4.7.1 greylisted"}, SendState.RETRY, False),
        ({"DATA": ""}, SendState.RETRY, True),
        ({"RCPT": ""}, SendState.RETRY, False),
        ({"banner": "554 no service"}, SendState.RETRY, False),
        ({"EHLO": "502 no", "HELO": "550 no"}, SendState.RETRY, False),
    ],
)
@pytest.mark.parametrize("ehlo", ["250 ready", PIPELINING])
async def test_each_reply_has_its_state(replies: dict[str, str], state: SendState, uncertain: bool, ehlo: str) -> None:
    async with scripted(Script(**{"EHLO": ehlo, **replies})) as mailer:
        result = await mailer.send(email(), NOW)
    assert (result.state, result.uncertain) == (state, uncertain)
    assert result.detail or state is SendState.SENT


@pytest.mark.parametrize("refused", [{"RCPT": "550 5.1.1 no such user"}, {"RCPT": "550 no", "start": "554 5.5.1 no recipients"}])
async def test_a_mail_for_nobody_is_left_and_the_connection_goes_on(refused: dict[str, str]) -> None:
    script = Script(EHLO=PIPELINING, **refused)
    async with scripted(script) as mailer:
        assert (await mailer.send(email(), NOW)).state is SendState.BOUNCED if "start" not in refused else SendState.FAILED
        del script.replies["RCPT"]
        script.replies.pop("start", None)
        assert (await mailer.send(email(), NOW)).state is SendState.SENT
    assert (script.connections, script.mails) == (1, 1)


@pytest.mark.parametrize(("reply", "state"), [("550 5.1.1 no such user", SendState.BOUNCED), ("550 5.7.1 no", SendState.FAILED)])
async def test_a_refusal_stands_where_the_server_hangs_up_on_what_is_left_unsaid(reply: str, state: SendState) -> None:
    async with scripted(Script(EHLO=PIPELINING, RCPT=reply, DATA="")) as mailer:
        assert (await mailer.send(email(), NOW)).state is state


async def test_where_commands_go_together_a_mail_is_begun_after_all_were_taken() -> None:
    script, seen = Script(EHLO=PIPELINING, start="451 4.3.0 not now"), []

    async def begin() -> None:
        seen.append(script.mails)

    async with scripted(script) as mailer:
        assert (await mailer.send(email(), NOW, begin)).state is SendState.RETRY
        assert seen == []  # nothing was handed over: it is not in doubt
        del script.replies["start"]
        assert (await mailer.send(email(), NOW, begin)).state is SendState.SENT
    assert (seen, script.mails) == ([0], 1)


async def test_a_refusal_keeps_the_connection_and_its_words() -> None:
    script = Script(RCPT="550 5.1.1 no such user")
    async with scripted(script) as mailer:
        results = [await mailer.send(email(n), NOW) for n in range(3)]
    assert [result.detail for result in results] == ["550 5.1.1 no such user"] * 3
    assert script.connections == 1


async def test_a_server_without_smtputf8_is_not_given_an_international_address() -> None:
    async with scripted(Script()) as mailer:
        result = await mailer.send(email(to="用户@example.org"), NOW)
    assert (result.state, "SMTPUTF8" in result.detail) == (SendState.FAILED, True)


async def test_nothing_leaves_in_clear_where_starttls_is_asked_for() -> None:
    script = Script()
    async with scripted(script):
        mailer = Mailer("127.0.0.1", script.port, security="starttls")
        result = await mailer.send(email(), NOW)
        await mailer.close()
    assert result.state is SendState.RETRY
    assert "TLS" in result.detail
