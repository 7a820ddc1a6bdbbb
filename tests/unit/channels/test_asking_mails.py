"""The mails that ask something of whoever reads an address: there is no subscription in them to leave."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from relance.channels.email.confirmation import confirmation_mail
from relance.channels.email.deletion import deletion_mail
from relance.channels.email.mime import build
from relance.channels.email.model import Email
from relance.channels.kind import Confirmation, DeletionAsked
from relance.links.tracked import Links

LINKS = Links("https://relance.example", b"s" * 32, "0a" * 16)
ABOUT = ("Moon & Co", "fr", LINKS, "lea@example.org", "Moon & Co <moon@shop.example>")


@pytest.mark.parametrize("mail", [confirmation_mail(Confirmation(*ABOUT)), deletion_mail(DeletionAsked(*ABOUT, 7))])
def test_a_mail_that_only_asks_promises_mailboxes_no_way_to_unsubscribe(mail: Email) -> None:
    said = message_from_bytes(build(mail, 0).data)
    assert said["List-Unsubscribe"] is None
    assert said["List-Unsubscribe-Post"] is None
    assert said["Subject"]
