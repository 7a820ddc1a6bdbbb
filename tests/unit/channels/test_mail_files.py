"""Files of an e-mail: their names, what they are, pictures from the page itself, and how it all is put together."""

from __future__ import annotations

from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.content import MessageEnvelope, check_content
from relance.channels.email.base_style import based
from relance.channels.email.content import EmailAttachment, EmailContent
from relance.channels.email.files import encoded, file_name, media_type
from relance.channels.email.mime import build
from relance.channels.email.model import Email, MailFile
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.links.tracked import Links

LINKS = Links("https://relance.example", b"k" * 32, "ab" * 16)
DOT = b64encode(b"\x89PNG one").decode()


def read(mail: Email) -> EmailMessage:
    data = build(mail, 0).data
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    found = message_from_bytes(data, policy=policy.default)
    assert not any(part.defects for part in found.walk())
    return found


def mail(*files: MailFile, **changes: str) -> Email:
    given: dict[str, str] = {"html": "<p>Hi</p>", "text": "Hi", **changes}
    return Email(sender="a@example.com", to="b@example.com", subject="s", message_id="m", files=files, **given)  # type: ignore[arg-type]


def rendered(**content: object) -> Email:
    found = EmailContent(subject="s", **content)  # type: ignore[arg-type]
    check_content(found)
    return found.render(Filling({"user": {"id": "7"}}), LINKS, MessageEnvelope("b@example.com", "a@example.com"))


@pytest.mark.parametrize(
    ("given", "url", "name"),
    [
        ("", "https://a.example/files/Bill%201.pdf?x=1", "Bill 1.pdf"),
        ("", "https://a.example/", "file"),
        ("", "https://a.example/..", "file"),
        ("Été.pdf", "https://a.example/x", "Été.pdf"),
        ('a"\r\nBcc: x@example.com', "", "a_Bcc_ x@example.com"),
        ("../../etc/passwd", "", "_.._etc_passwd"),
        ("invoice\u202efdp.exe", "", "invoice_fdp.exe"),
        ("é" * 200 + ".pdf", "", "é" * 48 + ".pdf"),
    ],
)
def test_a_name_is_safe_to_save_under(given: str, url: str, name: str) -> None:
    assert file_name(given, url) == name


@given(st.text(max_size=300))
def test_no_name_can_end_its_header(name: str) -> None:
    found = read(mail(MailFile(file_name(name, ""), "application/pdf", encoded(b"x"))))
    [attached] = found.iter_attachments()
    assert attached.get_filename() == file_name(name, "")
    assert attached.get_content() == b"x"
    assert "Bcc" not in found


@pytest.mark.parametrize(
    ("told", "name", "is_"),
    [
        ("application/pdf; charset=x", "a", "application/pdf"),
        ("application/octet-stream", "a.ics", "text/calendar"),
        ("", "a.pkpass", "application/vnd.apple.pkpass"),
        ("application/octet-stream", "a.exe", ""),
        ("text/html", "a.pdf", ""),
        ("image/svg+xml", "a.svg", ""),
    ],
)
def test_only_what_does_not_run_goes_along(told: str, name: str, is_: str) -> None:
    assert media_type(told, name) == is_


def test_pictures_stand_with_the_text_and_files_beside_it() -> None:
    picture, bill = (
        MailFile("p.png", "image/png", encoded(b"p"), "logo"),
        MailFile("b.pdf", "application/pdf", encoded(b"b" * 200)),
    )
    both = read(mail(picture, bill))
    assert [part.get_content_type() for part in both.walk()] == [
        *("multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"),
        "application/pdf",
    ]
    shown = read(mail(picture))
    assert shown.get_content_type() == "multipart/related"
    page = shown.get_body(("html",))
    assert page is not None
    assert page.get_content().strip() == "<p>Hi</p>"
    plain = read(mail(bill, html=""))
    assert [part.get_content_type() for part in plain.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]


def test_pictures_in_the_page_itself_go_along_once() -> None:
    page = f'<img src="data:image/png;base64,{DOT}"><p>x</p><img alt=a src=data:image/png;base64,{DOT}>'
    page += '<img src="data:image/svg+xml,x">'
    found = rendered(html=page, text="x")
    [file] = found.files
    assert found.html.count(f'src="cid:{file.cid}"') == 2
    assert "data:image/svg+xml" in found.html
    [picture] = [part for part in read(found).walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == (f"<{file.cid}>", b"\x89PNG one")


def test_answers_go_where_the_message_says() -> None:
    assert read(rendered(text="x", reply_to="Help <help{{ user.id }}@example.com>"))["Reply-To"] == "Help <help7@example.com>"
    assert read(rendered(text="x"))["Reply-To"] is None
    with pytest.raises(ContentInvalidError, match="cannot get answers"):
        rendered(text="x", reply_to="nobody")


def test_an_attachment_is_filled_in_for_each_person() -> None:
    bill = EmailAttachment("https://a.example/{{ user.id }}.pdf", "Bill {{ user.id }}.pdf")
    none = EmailAttachment("{{ user.nothing }}")
    [wanted] = rendered(text="x", attachments=(bill, none)).wanted
    assert (wanted.url, wanted.name) == ("https://a.example/7.pdf", "Bill 7.pdf")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"attachments": (EmailAttachment("ftp://a.example/x"),)}, r"attachments\[0\].url"),
        ({"attachments": (EmailAttachment(""),)}, r"attachments\[0\].url"),
        ({"attachments": (EmailAttachment("https://a.example/x"),) * 11}, "at most 10"),
        ({"attachments": (EmailAttachment("https://a.example/x", cid="a b"),)}, "A cid is a name"),
        ({"attachments": (EmailAttachment("https://a.example/x", cid="a"),) * 2}, "A cid is a name"),
        ({"html": '<img src="cid:logo">'}, "no attachment has this cid"),
    ],
)
def test_what_could_never_go_along_is_refused_on_save(content: dict[str, object], said: str) -> None:
    with pytest.raises(ContentInvalidError) as raised:
        rendered(**{"text": "x", **content})
    assert said.replace("\\", "") in f"{raised.value.message} {raised.value.data['path']}"


def test_a_piece_of_html_becomes_a_page_for_light_and_dark() -> None:
    page = based("<p>Hello {{ user.name }}</p>")
    assert page.startswith("<!doctype html>")
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme:dark" in page
    assert page.endswith("<p>Hello {{ user.name }}</p></body></html>")


@pytest.mark.parametrize(
    "page", ["<html><head><title>x</title></head><body>x</body></html>", "<html><body>x</body></html>", "<body>x</body>"]
)
def test_a_page_made_for_light_says_so(page: str) -> None:
    found = based(page)
    assert found.count('<meta name="color-scheme" content="light">') == 1
    assert found.index("color-scheme") < found.index("<body")


def test_a_page_that_speaks_of_dark_mode_stays_as_it_is() -> None:
    page = "<html><head><style>@media (prefers-color-scheme: dark){p{color:#fff}}</style></head><body><p>x</body></html>"
    assert based(page) == page
