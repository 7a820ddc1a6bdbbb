"""The listener for returned mail: takes what is for a signed address, relays nothing, and lets nobody occupy it."""

from __future__ import annotations

import contextlib
import smtplib
import socket
from collections.abc import Iterator

import pytest

from relance.channels.email import inbound
from relance.channels.email.inbound import MOST_OF_ONE, SIZE_LIMIT, bounce_listener
from relance.channels.smtp_listener import SmtpListener
from relance.core.errors import ConflictError
from relance.links.return_address import ReturnToken, read_return, sign_return

SECRET, DOMAIN, NOW, DELIVERY = b"s" * 32, "bounces.example", 1_796_000_000_000, "0123456789abcdef" * 2
ADDRESS = sign_return(SECRET, DELIVERY, "lea@example.com", NOW, DOMAIN)
MAIL = b"Subject: x\r\n\r\nreturned\r\n"


class Desk:
    """Notes what is taken, or fails."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.fails = False

    def read(self, address: str) -> ReturnToken | None:
        return read_return(SECRET, address, DOMAIN, NOW)

    def take(self, token: ReturnToken, raw: bytes) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.taken.append((token.delivery_id, raw))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def listener(desk: Desk) -> Iterator[SmtpListener]:
    listener = bounce_listener("127.0.0.1", 0, "relance.example", desk.read, desk.take)
    listener.start()
    yield listener
    listener.stop()


def client(listener: SmtpListener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, timeout=10)


def test_mail_to_a_signed_address_is_taken(desk: Desk, listener: SmtpListener) -> None:
    with client(listener) as smtp:
        assert smtp.sendmail("", [ADDRESS], MAIL) == {}
        assert smtp.sendmail("", [ADDRESS.upper()], MAIL) == {}
    assert desk.taken == [(DELIVERY, MAIL)] * 2


@pytest.mark.parametrize("to", ["lea@example.com", f"b+x@{DOMAIN}", f"postmaster@{DOMAIN}", "lea%example.com@bounces.example"])
def test_nothing_is_relayed(desk: Desk, listener: SmtpListener, to: str) -> None:
    with client(listener) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail("a@b.example", [to], MAIL)
    assert refused.value.recipients[to][0] == 550
    assert desk.taken == []


def test_one_recipient_a_mail(desk: Desk, listener: SmtpListener) -> None:
    with client(listener) as smtp:
        other = sign_return(SECRET, "f" * 32, "noe@example.com", NOW, DOMAIN)
        refused = smtp.sendmail("", [ADDRESS, other], MAIL)
    assert refused[other][0] == 452
    assert [delivery for delivery, _ in desk.taken] == [DELIVERY]


def test_what_cannot_be_kept_is_to_come_again(desk: Desk, listener: SmtpListener) -> None:
    desk.fails = True
    with client(listener) as smtp, pytest.raises(smtplib.SMTPDataError) as error:
        smtp.sendmail("", [ADDRESS], MAIL)
    assert error.value.smtp_code == 451


def test_a_mail_that_is_too_large_is_refused(desk: Desk, listener: SmtpListener) -> None:
    with client(listener) as smtp, pytest.raises(smtplib.SMTPResponseException) as error:
        smtp.sendmail("", [ADDRESS], b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * (SIZE_LIMIT // 70))
    assert error.value.smtp_code == 552
    assert desk.taken == []


def test_one_address_has_few_connections_at_once(listener: SmtpListener) -> None:
    held = [client(listener) for _ in range(MOST_OF_ONE)]
    with pytest.raises(smtplib.SMTPConnectError) as error:
        client(listener)
    assert error.value.smtp_code == 421
    for each in held:
        each.quit()
    with client(listener) as smtp:
        assert smtp.noop()[0] == 250


def test_who_takes_too_long_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "SESSION_TIMEOUT", 0.2)
    listener = bounce_listener("127.0.0.1", 0, "relance.example", desk.read, desk.take)
    listener.start()
    try:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as slow:
            assert slow.recv(1_000).startswith(b"220")
            with contextlib.suppress(ConnectionResetError):
                assert slow.recv(1_000) == b""
    finally:
        listener.stop()


def test_a_port_that_is_taken_is_told(desk: Desk, listener: SmtpListener) -> None:
    second = bounce_listener("127.0.0.1", listener.port, "relance.example", desk.read, desk.take)
    with pytest.raises(ConflictError, match=str(listener.port)):
        second.start()
