"""Notices that come back by mail, in the forms of the RFCs and of the servers that write most of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.callback import Fate, ReturnedReport
from relance.channels.email.bounce import FATES, BounceType, bounce_type
from relance.channels.email.notice import DETAIL, MOST_BYTES, read_notice

RCPT = "lea@example.com"


def report(fields: str, *, subtype: str = "delivery-status", text: str = "Sorry.", kind: str = "delivery-status") -> bytes:
    """A multipart/report (RFC 6522) with one machine-readable part."""
    mail = f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: b+token@bounces.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

{text}

--=_b
Content-Type: message/{subtype}

{fields}

--=_b
Content-Type: message/rfc822

From: Shop <shop@example.com>
To: {RCPT}
Subject: Hello

Hi

--=_b--
"""
    return mail.replace("\n", "\r\n").encode()


def failed(status: str, diagnostic: str, action: str = "failed", final: str = RCPT) -> bytes:
    return report(
        f"Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 30 Nov 2026 10:00:00 +0000\n\n"
        f"Final-Recipient: rfc822; {final}\nAction: {action}\nStatus: {status}\nRemote-MTA: dns; mx.other.example\n"
        f"Diagnostic-Code: {diagnostic}"
    )


POSTFIX = failed("5.1.1", f"smtp; 550 5.1.1 <{RCPT}>: Recipient address rejected: User unknown in virtual mailbox table")
GMAIL = failed(
    "5.1.1",
    "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the"
    " recipient's email address for typos\n 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp",
)
GMAIL_FULL = failed("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space. gsmtp")
EXCHANGE = failed(
    "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient lea@example.com not found by SMTP address lookup"
)
EXCHANGE_POLICY = failed("5.7.1", "smtp;550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy")
OUTLOOK_AUTHENTICATION = failed(
    "5.7.515", "smtp;550 5.7.515 Access denied, sending domain EXAMPLE.COM does not meet the required authentication level."
)
EXIM = failed("5.0.0", "smtp; 550 5.1.1 <lea@example.com>: no such user here")
EXIM_WITHOUT_CODE = failed("5.0.0", "smtp; 550 Requested action not taken: mailbox unavailable")
EXPIRED = failed("4.4.7", "smtp; connect to mx.other.example[192.0.2.1]:25: Connection timed out", final=RCPT)
SENDMAIL = failed("5.2.2", "SMTP; 552 5.2.2 <lea@example.com>... Mailbox full")
BLOCKED = failed("5.0.0", "smtp; 554 Your access to this mail system has been rejected due to the sending MTA's poor reputation")

OLD_EXIM = f"""Return-path: <>
X-Failed-Recipients: {RCPT}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: b+token@bounces.example
Subject: Mail delivery failed: returning message to sender
Content-Type: text/plain; charset=utf-8

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {RCPT}
    host mx.other.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{RCPT}>:
    550 5.1.1 User unknown
""".encode()


@pytest.mark.parametrize(
    ("mail", "type_", "words"),
    [
        (POSTFIX, BounceType.HARD, "User unknown"),
        (GMAIL, BounceType.HARD, "does not exist"),
        (GMAIL_FULL, BounceType.SOFT, "out of storage"),
        (EXCHANGE, BounceType.HARD, "RecipientNotFound"),
        (EXCHANGE_POLICY, BounceType.SENDER, "organization policy"),
        (OUTLOOK_AUTHENTICATION, BounceType.SENDER, "5.7.515"),
        (EXIM, BounceType.HARD, "no such user"),
        (EXIM_WITHOUT_CODE, BounceType.SOFT, "mailbox unavailable"),
        (EXPIRED, BounceType.SOFT, "timed out"),
        (SENDMAIL, BounceType.SOFT, "Mailbox full"),
        (BLOCKED, BounceType.SENDER, "reputation"),
        (OLD_EXIM, BounceType.HARD, "User unknown"),
    ],
)
def test_a_notice_is_read_for_what_it_is_about(mail: bytes, type_: BounceType, words: str) -> None:
    found = read_notice(mail)
    assert found is not None
    assert (found.fate, found.recipients) == (FATES[type_], (RCPT,))
    assert words in found.detail
    assert len(found.detail) <= DETAIL
    assert read_notice(mail.replace(b"\r\n", b"\n")) == found


@pytest.mark.parametrize(
    ("status", "words", "fate"),
    [
        ("5.7.1", "smtp; 550 5.1.1 no such user, says the filter", Fate.SENDER_AT_FAULT),
        ("4.2.2", "smtp; 550 5.1.1 no such user", Fate.UNDELIVERED),
        ("5.1.1", "smtp; 550 5.7.1 rejected", Fate.NO_SUCH_ADDRESS),
        ("5.0.0", "smtp; 550 5.7.1 Message rejected", Fate.SENDER_AT_FAULT),
        ("", "smtp; 550 5.1.1 no such user", Fate.NO_SUCH_ADDRESS),
    ],
)
def test_the_status_decides_and_words_where_it_says_nothing(status: str, words: str, fate: Fate) -> None:
    found = read_notice(failed(status, words))
    assert found is not None
    assert found.fate is fate


def test_both_names_of_a_recipient_are_told() -> None:
    fields = f"Reporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822;{RCPT}\nFinal-Recipient: rfc822; l.martin@inside.example\n"
    found = read_notice(report(fields + "Action: failed\nStatus: 5.1.1"))
    assert found is not None
    assert found.recipients == (RCPT, "l.martin@inside.example")


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", ""])
def test_what_is_not_over_or_went_well_is_no_bounce(action: str) -> None:
    assert read_notice(failed("4.4.1", "smtp; 450 try again", action)) is None


def complaint(kind: str = "abuse", more: str = "") -> bytes:
    fields = f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n{more}"
    return report(fields, subtype="feedback-report", kind="feedback-report")


def test_a_complaint_is_read_with_whom_it_names() -> None:
    expected = ReturnedReport(Fate.COMPLAINED, "abuse SomeGenerator/1.0", (RCPT,))
    assert read_notice(complaint(more=f"Original-Rcpt-To: <{RCPT}>\nReported-Domain: example.com")) == expected
    assert read_notice(complaint()) == expected, "from the mail that it returns"
    assert read_notice(complaint("not-spam")) is None
    assert read_notice(complaint("")) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away. 550 5.1.1 is a nice number.",
        b"Subject: Re: Hello\r\n\r\nThank you for your mail!",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno boundary",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\n\r\n--a--",
        b"Content-Type: text/plain; charset=klingon\r\nX-Failed-Recipients: nobody\r\n\r\n\xff",
    ],
)
def test_what_is_no_notice_means_nothing(mail: bytes) -> None:
    assert read_notice(mail) is None


def nested(depth: int) -> bytes:
    """Multiparts within each other, and a notice at the bottom."""
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth))
    return head + POSTFIX


@pytest.mark.parametrize(
    "mail",
    [
        nested(2_000),
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 20_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 5_000,
        POSTFIX + b"x" * 20_000_000,
        b"X: " + b"a" * 5_000_000,
        b"X-Failed-Recipients: " + b"a@b.c, " * 50_000 + b"\r\n\r\n" + b"550 " * 100_000,
        failed("5.1.1", "smtp; 550 5.1.1 " + "(" * 100_000),
        b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n" * 50_000,
    ],
)
def test_large_and_nested_mails_take_little_time(mail: bytes) -> None:
    started = time.process_time()
    found = read_notice(mail)
    assert time.process_time() - started < 2
    assert found is None or len(found.recipients) <= 10


def test_a_notice_in_a_few_parts_is_found() -> None:
    assert read_notice(nested(3)) is not None


@given(st.binary(max_size=3_000), st.integers(0, len(POSTFIX)), st.integers(0, len(POSTFIX)))
def test_nothing_that_anybody_writes_breaks_it(noise: bytes, at: int, length: int) -> None:
    read_notice(noise)
    read_notice(POSTFIX[:at] + noise + POSTFIX[at + length :])
    assert len(POSTFIX) <= MOST_BYTES


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.1.1", "blocked", BounceType.HARD),
        ("5.1.7", "", BounceType.SENDER),
        ("5.1.8", "", BounceType.SENDER),
        ("5.2.2", "", BounceType.SOFT),
        ("5.2.3", "", BounceType.SENDER),
        ("4.2.1", "", BounceType.SOFT),
        ("5.3.4", "", BounceType.SENDER),
        ("5.4.1", "Recipient address rejected: Access denied", BounceType.SOFT),
        ("5.6.1", "", BounceType.SENDER),
        ("4.7.0", "", BounceType.SENDER),
        ("", "listed at dnsbl.example", BounceType.SENDER),
        ("", "", BounceType.SOFT),
    ],
)
def test_codes_say_who_is_to_blame(status: str, words: str, expected: BounceType) -> None:
    assert bounce_type(status, words) is expected
