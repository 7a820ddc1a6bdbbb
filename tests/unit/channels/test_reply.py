"""What refusals of mail servers mean, as the large ones word them."""

from __future__ import annotations

import pytest

from relance.channels.email.bounce import OF_THE_ADDRESS, enhanced_status
from relance.channels.email.reply import read_reply
from relance.channels.model import SendState

# Answers to RCPT that say: this mailbox takes no mail.
DEAD = (
    (
        550,
        "5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking the address",
    ),  # Gmail
    (550, "5.1.1 <ada@example.org>: Recipient address rejected: User unknown in virtual mailbox table"),  # Postfix
    (550, "#5.1.1 bad address ada@example.org"),  # Cisco
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),  # Exchange Online
    (556, "5.1.10 Recipient address has null MX"),  # RFC 7505
    (550, "5.1.2 <ada@nowhere.invalid>: Recipient address rejected: Domain not found"),
    (501, "5.1.3 Bad recipient address syntax"),
    (551, "5.1.6 The recipient has moved"),
    (550, "5.2.1 The email account that you tried to reach is inactive."),  # Gmail
    (554, "5.2.1 Mailbox disabled for this recipient"),
    (550, " 5.1.1 unknown user"),
    (550, "<5.1.1> unknown user"),
    (550, "5.01.01 unknown user"),
)

# Answers to RCPT that say something else, or nothing that one can be sure of.
ALIVE = (
    (550, "5.7.1 Service unavailable; client [203.0.113.5] blocked using Spamhaus; see 5.1.1"),
    (550, "5.7.515 Access denied, sending domain example.com does not meet the required authentication level."),  # Outlook.com
    (550, "5.7.26 This mail has been blocked because the sender is unauthenticated."),  # Gmail
    (550, "5.7.606 Access denied, banned sending IP"),  # Microsoft 365
    (553, "5.1.8 Sender address rejected: Domain not found"),
    (553, "5.1.7 Bad sender's mailbox address syntax"),
    (550, "5.4.1 Recipient address rejected: Access denied."),  # Microsoft 365: also what it says to strangers
    (552, "5.2.2 The email account that you tried to reach is over quota"),
    (552, "5.3.4 Message too big"),
    (550, "5.1.0 Address rejected"),
    (550, "5.5.0 Requested action not taken: mailbox unavailable (S2017062302)"),  # Outlook.com, to bad reputation as well
    (554, "5.4.14 Hop count exceeded"),
    (550, "No such user here"),  # Exim, but spam filters too
    (550, "Requested action not taken: mailbox unavailable"),  # GMX
    (554, "delivery error: dd This user doesn't have a yahoo.com account (ada@yahoo.com) [0]"),
    (550, "5.1.1.1 x"),
    (550, "15.1.1 x"),
    (550, "5.1.11 x"),
    (550, "4.1.1 x"),
    (550, ""),
    (550, "\u0665.1.1 x"),
)


@pytest.mark.parametrize(("code", "message"), DEAD)
def test_a_mailbox_that_is_not_there_bounces_at_its_rcpt_and_nowhere_else(code: int, message: str) -> None:
    assert enhanced_status(message) in OF_THE_ADDRESS
    assert read_reply(code, message, to_recipient=True).state is SendState.BOUNCED
    assert read_reply(code, message).state is SendState.FAILED


@pytest.mark.parametrize(("code", "message"), ALIVE)
def test_a_fault_of_the_sender_of_policy_or_of_unknown_kind_ends_no_address(code: int, message: str) -> None:
    assert read_reply(code, message, to_recipient=True).state is SendState.FAILED


@pytest.mark.parametrize("message", ["5.1.1 try later", "4.1.1 try later", "4.2.1 busy", "greylisted"])
def test_what_is_for_now_is_tried_again(message: str) -> None:
    assert read_reply(450, message, to_recipient=True).state is SendState.RETRY
    assert read_reply(421, message, to_recipient=True).state is SendState.RETRY


# Passing refusals of the sender or of the message itself: of this mail, or of any.
@pytest.mark.parametrize(
    ("code", "message", "of_any"),
    [
        (421, "4.3.2 closing", True),
        (421, "4.7.0 try again later, closing connection", True),
        (452, "4.3.1 Insufficient system storage", True),
        (451, "4.3.0 Error: queue file write error", True),
        (451, "4.4.2 Timeout", True),
        (454, "Throttling failure: Maximum sending rate exceeded", True),  # Amazon SES
        (451, "Requested action aborted: local error in processing", True),
        (451, "4.7.500 Server busy. Please try again later", True),  # Microsoft 365
        (451, "4.7.1 Service unavailable - try again later", True),  # Postfix whose filter is down
        (451, "4.7.1 greylisted", False),
        (451, "4.7.1 Message content temporarily rejected", False),
        (450, "4.1.8 <shop@nowhere.example>: Sender address rejected: Domain not found", False),
        (452, "4.2.2 The recipient is over quota", False),
        (451, "4.6.0 Cannot convert the content", False),
        (451, "4.5.1 syntax", False),
        (450, "Requested mail action not taken: mailbox unavailable", False),
        (451, "Message looks like spam, try again", False),
    ],
)
def test_a_passing_refusal_is_an_outage_only_where_any_mail_would_be_refused(code: int, message: str, of_any: bool) -> None:
    told = read_reply(code, message)
    assert (told.state, told.is_outage) == (SendState.RETRY, of_any)
    assert read_reply(code, message, to_recipient=True).is_outage is (code == 421)
