"""The bytes of an e-mail, read back by the standard library."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.email.mime import build
from relance.channels.email.model import Email
from relance.channels.sandbox.mail import open_mail
from relance.core.errors import InvalidError

NOW = 1_767_225_600_123  # 2026-01-01


def email(**changes: object) -> Email:
    fields: dict[str, object] = {
        "sender": "Boutique <shop@example.com>",
        "to": "ada@example.org",
        "subject": "Hello",
        "message_id": "d1",
        "html": "<p>Hi</p>",
        "text": "Hi",
    }
    return Email(**(fields | changes))  # type: ignore[arg-type]


def parse(message: Email) -> EmailMessage:
    data = build(message, NOW).data
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert data.isascii()
    parsed = message_from_bytes(data, policy=policy.default)
    assert not parsed.defects
    return parsed


def test_both_parts_and_all_headers_come_back() -> None:
    message = parse(
        email(
            html="<p>Été — “quoted” = €</p>\n" + "x" * 2000,
            text=".\n..\nFrom here = on\ntrailing \n",
            headers=(("X-Delivery", "abc"), ("Reply-To", "help@example.com")),
            list_unsubscribe="https://relance.example/t/u/token",
            list_unsubscribe_mailto="stop@example.com",
        )
    )
    assert message["From"] == "Boutique <shop@example.com>"
    assert message["Date"].datetime.isoformat() == "2026-01-01T00:00:00+00:00"
    assert message["Message-ID"] == "<d1@example.com>"
    assert message["X-Delivery"] == "abc"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == "<https://relance.example/t/u/token>, <mailto:stop@example.com>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == ".\n..\nFrom here = on\ntrailing \n"
    assert html.get_content().replace("\r\n", "\n").strip() == "<p>Été — “quoted” = €</p>\n" + "x" * 2000


def test_a_message_of_one_part_is_not_multipart() -> None:
    assert parse(email(text="")).get_content_type() == "text/html"
    assert parse(email(html="")).get_content_type() == "text/plain"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=400))
def test_any_text_comes_back(text: str) -> None:
    message = message_from_bytes(build(email(text=text, html=""), NOW).data, policy=policy.default)
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=300))
def test_any_subject_comes_back(subject: str) -> None:
    found = parse(email(subject=subject))["Subject"]
    if subject.isascii() and "=?" not in subject:  # folding stands for any white space
        assert "".join(str(found).split()) == "".join(subject.split())
    else:
        assert str(found) == subject


def test_the_same_message_gives_the_same_bytes_and_boundary() -> None:
    assert build(email(), NOW).data == build(email(), NOW).data


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\r\nBcc: all@example.com"},
        {"subject": "a\nb"},
        {"subject": "a\x00b"},
        {"subject": "a\u2028b"},
        {"to": "ada@example.org\r\nBcc: x@example.com"},
        {"to": "ada@example.org, eve@example.org"},
        {"to": "Ada\n <ada@example.org>"},
        {"to": "ada"},
        {"to": "ada@"},
        {"to": "@example.org"},
        {"to": "a b@example.org"},
        {"to": '"a\\"b"@example.org'},
        {"to": "ada@example.org> SIZE=1"},
        {"to": "ada@exa mple.org"},
        {"to": "ada@-example.org"},
        {"to": "a" * 65 + "@example.org"},
        {"to": "ada@" + "example." * 40 + "org"},
        {"sender": "shop"},
        {"message_id": "a b"},
        {"message_id": "a\r\nX: y"},
        {"message_id": ""},
        {"headers": (("X-A\r\nBcc", "x"),)},
        {"headers": (("X-A", "x\r\nBcc: y"),)},
        {"headers": (("Bcc", "x@example.com"),)},
        {"headers": (("content-type", "text/plain"),)},
        {"headers": (("X:A", "x"),)},
        {"list_unsubscribe": "https://example.com/>\r\nBcc: x"},
        {"list_unsubscribe": "javascript:alert(1)"},
        {"list_unsubscribe": "https://example.com/" + "x" * 1000},
        {"list_unsubscribe_mailto": "x>, <mailto:y@example.com"},
    ],
)
def test_no_value_can_start_a_header_or_an_address_of_its_own(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        build(email(**changes), NOW)


def test_international_names_domains_and_addresses() -> None:
    envelope = build(email(sender="Épicerie « d'en face » <shop@exämple.com>", to="Zoë, Ada <ada@bücher.example>"), NOW)
    assert envelope.sender.mailbox == "shop@xn--exmple-cua.com"
    assert envelope.recipient.mailbox == "ada@xn--bcher-kva.example"
    assert not envelope.is_international
    message = message_from_bytes(envelope.data, policy=policy.default)
    assert message["From"].addresses[0].display_name == "Épicerie « d'en face »"
    assert message["To"].addresses[0].display_name == "Zoë, Ada"
    assert build(email(to="用户@例子.example"), NOW).is_international


def test_a_name_with_commas_or_quotes_stays_one_address() -> None:
    message = parse(email(sender='"Shop, Inc." <shop@example.com>', to='A "B" C, D <ada@example.org>'))
    assert [one.display_name for one in message["From"].addresses] == ["Shop, Inc."]
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@example.org"]


def test_the_sandbox_opens_it_up() -> None:
    html = '<style>p{}</style><p>Your <a href="https://x.example/t/c/1">cart</a> waits</p><img src="https://x.example/t/o/1">'
    data = build(email(html=html, text="", list_unsubscribe="https://x.example/t/u/1"), NOW).data
    mail = open_mail(data, "ADA@example.org")
    assert (mail.address, mail.subject, mail.preview) == ("ada@example.org", "Hello", "Your cart waits")
    assert (mail.links, mail.images) == (("https://x.example/t/c/1",), ("https://x.example/t/o/1",))
    assert (mail.list_unsubscribe, mail.one_click) == (("https://x.example/t/u/1",), True)


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<a href='", "<!--", "<svg><desc>", "<template>", "<a href=x>", "&", "&#9", "<![CDATA[", "</", "<script>", "<?"],
)
def test_the_sandbox_opens_a_page_in_one_pass(piece: str) -> None:
    """It is read in the server's own process, whoever wrote it: half a second here, minutes where time grows with its square."""
    data = build(email(html=piece * (400_000 // len(piece)), text="x"), NOW).data
    began = time.process_time()
    open_mail(data, "ada@example.org")
    assert time.process_time() - began < 30


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?broken?=\r\nFrom: <<<\r\nContent-Type: text/html; charset=nonsense\r\n\r\n<p>\xff",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary",
        b"To: " + b"(" * 200 + b"\r\nMessage-ID: <\r\n\r\nx",
        b"To: " + b"(" * 20_000 + b"\r\n\r\nx",
    ],
)
def test_the_sandbox_opens_whatever_comes(raw: bytes) -> None:
    assert open_mail(raw, "a@b").address == "a@b"


def test_notices_come_back_to_the_return_address_and_the_sender_stays() -> None:
    mail = Email(sender="Shop <shop@example.com>", to="lea@example.org", subject="S", message_id="m", text="T")
    assert build(mail, 0).sender.mailbox == "shop@example.com"
    returned = build(msgspec.structs.replace(mail, return_path="b+abc@bounces.example"), 0)
    assert returned.sender.mailbox == "b+abc@bounces.example"
    assert b"From: Shop <shop@example.com>" in returned.data
    assert b"bounces.example" not in returned.data
