"""A mail server of somebody's own, by a library that is not ours: what it was given, one mail after the other."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from tests.postgres import free_port


class MailServer:
    """``mails`` are (to, From) of what it took."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - as aiosmtpd asks
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails += [(to, str(mail["From"])) for to in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    own = MailServer()
    controller = Controller(own, hostname="127.0.0.1", port=own.port)
    controller.start()
    try:
        yield own
    finally:
        controller.stop()
