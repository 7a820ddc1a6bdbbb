"""What a message costs before it leaves: ``python -m bench.webpush``.

Web push encryption beside ``http_ece`` (what pywebpush encrypts with, given raw keys as here), in turns in one process, and
the bytes of an e-mail beside the standard library's ``EmailMessage``. One core; CPU-seconds of this process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from bench.row import Row, calibrate, write
from relance.channels.email.mime import build
from relance.channels.email.model import Email
from relance.channels.web_push.encryption import encrypt, public_point
from relance.channels.web_push.vapid import VapidSigner

ROUNDS = 8
PHONES = 200
PAYLOAD = b'{"title":"Your cart is waiting","body":"Two things are still in it. Shall we keep them?"}'.ljust(330)
NOW = 1_767_225_600_000
PUSH_RATIO = 1.0  # http_ece does the same exchange, which is half of the work, and signs nothing
MAIL_RATIO = 5.0
_CURVE = ec.SECP256R1()


def rate(work: Callable[[int], object], times: int) -> tuple[float, float]:
    """(calls per CPU-second, CPU-seconds) of ``times`` calls."""
    began = time.process_time()
    for number in range(times):
        work(number)
    spent = time.process_time() - began
    return times / spent, spent


def beside(ours: Callable[[int], object], theirs: Callable[[int], object], ours_times: int, theirs_times: int) -> Row:
    """The best of ``ROUNDS`` of each, taken in turns so that both meet the same machine."""
    best, rival, spent, calibration = 0.0, 0.0, 0.0, float("inf")
    for _ in range(ROUNDS):
        calibration = min(calibration, calibrate())
        found, cpu = rate(ours, ours_times)
        if found > best:
            best, spent = found, cpu
        rival = max(rival, rate(theirs, theirs_times)[0])
    return Row(
        name="",
        value=round(best),
        unit="messages per CPU-second",
        bar="",
        rival_value=round(rival),
        ratio=round(best / rival, 2),
        cpu_seconds=round(spent, 3),
        calibration=round(calibration, 5),
    )


def bench_push() -> Row:
    keys = [ec.generate_private_key(_CURVE) for _ in range(PHONES)]
    phones = [(public_point(key.public_key()), os.urandom(16)) for key in keys]
    identity = VapidSigner(ec.generate_private_key(_CURVE), "mailto:bench@example.com")

    def ours(number: int) -> object:
        point, auth = phones[number % PHONES]
        return encrypt(PAYLOAD, point, auth), identity.authorization("https://push.example", NOW / 1000)

    def theirs(number: int) -> object:
        point, auth = phones[number % PHONES]
        key = ec.generate_private_key(_CURVE)
        given = {"private_key": key, "dh": point, "auth_secret": auth, "version": "aes128gcm"}
        return http_ece.encrypt(PAYLOAD, salt=os.urandom(16), **given)

    for number in range(PHONES):
        body = encrypt(PAYLOAD, *phones[number])
        assert http_ece.decrypt(body, private_key=keys[number], auth_secret=phones[number][1]) == PAYLOAD
    row = beside(ours, theirs, 1_500, 1_500)
    row.name = "web push encrypted and signed for (RFC 8291, RFC 8292), 330 bytes, one core"
    row.rival = "http_ece, encryption alone"
    row.bar = f">= {PUSH_RATIO} x the rival"
    row.ok = (row.ratio or 0) >= PUSH_RATIO
    row.note = (
        "limit: key generation and the P-256 exchange in OpenSSL, half of the time; the token's signature is kept per origin"
    )
    return row


def bench_mail() -> Row:
    html = "<p>Your cart is waiting, with two things in it that you liked &mdash; shall we keep them?</p>\n" * 110
    text = "Your cart is waiting — shall we keep it?\n" * 20

    def ours(number: int) -> object:
        email = Email(
            sender="Boutique <shop@example.com>",
            to=f"user{number}@example.org",
            subject="Votre panier vous attend — 2 articles",
            message_id=f"d{number}",
            html=html,
            text=text,
            list_unsubscribe=f"https://relance.example/t/u/{number}",
        )
        return build(email, NOW).data

    date = format_datetime(datetime.fromtimestamp(NOW / 1000, UTC))

    def theirs(number: int) -> object:
        message = EmailMessage()
        message["From"] = "Boutique <shop@example.com>"
        message["To"] = f"user{number}@example.org"
        message["Subject"] = "Votre panier vous attend — 2 articles"
        message["Date"] = date
        message["Message-ID"] = make_msgid(str(number), "example.com")
        message["List-Unsubscribe"] = f"<https://relance.example/t/u/{number}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        return message.as_bytes()

    row = beside(ours, theirs, 1_000, 100)
    row.name = "e-mail built, 10 kB of HTML and a text part, one core"
    row.rival = "email.message.EmailMessage"
    row.bar = f">= {MAIL_RATIO} x the rival"
    row.ok = (row.ratio or 0) >= MAIL_RATIO
    row.note = "limit: quoted-printable in binascii"
    return row


def main() -> list[Row]:
    rows = [bench_push(), bench_mail()]
    for row in rows:
        print(f"{row.name}: {row.value:,.0f} {row.unit}; {row.rival}: {row.rival_value:,.0f} ({row.ratio} x) ok={row.ok}")
    write("webpush", rows)
    return rows


if __name__ == "__main__":
    main()
