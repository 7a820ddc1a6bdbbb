"""What an e-mail says, and the finished mail it becomes. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import msgspec
from typing_extensions import override

from relance.channels.content import Content, ContentTemplate, MessageEnvelope, MessageSize, is_web_link, require_text
from relance.channels.email.address import read_address
from relance.channels.email.base_style import based
from relance.channels.email.files import CID, FILES_LIMIT, file_name, named_pictures, taken_out, with_addresses
from relance.channels.email.mjml import compiled
from relance.channels.email.model import Email, MailFile, WantedFile
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling, in_field
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.urls import web_address
from relance.links.signing import LinkKind
from relance.links.tracked import Links, has_link_to, tracked
from relance.markup.outline import page_of
from relance.markup.page import Edit, HtmlPage, read_page, spliced
from relance.markup.plain import plain_text
from relance.templates.engine import certain_text, is_constant
from relance.templates.errors import TemplateError

SUBJECT_LIMIT = 500  # characters; mailboxes show some 70, and a header's line ends at 998
SHOWN_WHOLE = 102 * 1024  # bytes of a page: Gmail cuts off the rest
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_WEB = re.compile(r"\s*https?:", re.IGNORECASE)
_SHOWN = 150  # characters that mailboxes show beside the subject at most
_FILLER = "&#847;&zwnj;&nbsp;"  # takes room there, and is not seen


class EmailAttachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that goes along, fetched from ``url`` when the mail leaves; an empty ``name`` is the last part of that address.

    With ``cid`` it is a picture that the page shows: ``<img src="cid:logo">``.
    """

    url: str
    name: str = ""
    cid: str = ""


class EmailContent(Content, frozen=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    """What an e-mail says. An empty ``text`` is made from ``html``; an empty ``from`` is the server's sender.

    ``mjml`` takes the place of ``html``. ``base_style`` gives the page what keeps it readable where mailboxes are dark.
    """

    together: ClassVar[tuple[frozenset[str], ...]] = (frozenset(("html", "mjml", "text")),)

    subject: str
    html: str = ""
    text: str = ""
    preheader: str = ""
    sender: str = ""
    mjml: str = ""
    reply_to: str = ""
    base_style: bool = False
    attachments: tuple[EmailAttachment, ...] = ()

    @property
    def page_field(self) -> str:
        """The field that the page is written in."""
        return "mjml" if self.mjml.strip() else "html"

    @property
    def page(self) -> str:
        """The page's template, as HTML. Raises ``ContentInvalidError`` where it cannot be made from MJML."""
        found = compiled(self.mjml) if self.mjml.strip() else self.html
        return based(found) if self.base_style and found.strip() else found

    @override
    def templates(self) -> Iterator[ContentTemplate]:
        yield ContentTemplate("subject", self.subject)
        yield ContentTemplate(self.page_field, self.page, makes_html=True)
        yield ContentTemplate("text", self.text)
        yield ContentTemplate("preheader", self.preheader)
        yield ContentTemplate("from", self.sender)
        yield ContentTemplate("reply_to", self.reply_to)
        for number, each in enumerate(self.attachments):
            yield ContentTemplate(f"attachments[{number}].url", each.url)
            yield ContentTemplate(f"attachments[{number}].name", each.name)

    @override
    def check(self) -> None:
        if not (self.html.strip() or self.text.strip() or self.mjml.strip()):
            raise ContentInvalidError(ErrorText("email_empty", "An e-mail needs html or text."), path="content.html")
        if self.html.strip() and self.mjml.strip():
            raise ContentInvalidError(ErrorText("email_two_pages", "Give either html or mjml, not both."), path="content.mjml")
        require_text("subject", self.subject)
        self._check_addresses()
        self._check_subject()
        for link in read_page(self.page).links:
            if _WEB.match(link.text) and "{" not in link.text and web_address(link.text) is None:
                raise ContentInvalidError(
                    ErrorText("link_address", "{link!r} is not an address that a browser can open.", link=link.text[:100]),
                    path=f"content.{self.page_field}",
                )
        self._check_attachments()

    def _check_addresses(self) -> None:
        """As far as they are the same for everybody."""
        sender, answers = self.sender.strip(), self.reply_to.strip()
        if (why := _no_address(sender)) is not None:
            text = ErrorText("sender", "{sender!r} cannot send e-mails: {why}", sender=sender[:100], why=why)
            raise ContentInvalidError(text, path="content.from")
        if (why := _no_address(answers)) is not None:
            text = ErrorText("reply_to", "{address!r} cannot get answers: {why}", address=answers[:100], why=why)
            raise ContentInvalidError(text, path="content.reply_to")

    def _check_attachments(self) -> None:
        if len(self.attachments) > FILES_LIMIT:
            text = ErrorText(
                "attachments_many",
                "An e-mail has at most {most} attachments (got {got:,}).",
                most=FILES_LIMIT,
                got=len(self.attachments),
            )
            raise ContentInvalidError(text, path="content.attachments")
        cids: set[str] = set()
        for number, each in enumerate(self.attachments):
            path = f"content.attachments[{number}]"
            if not each.url.strip() or not is_web_link(each.url):
                raise ContentInvalidError(
                    ErrorText("attachment_url", "An attachment needs an http(s) address."), path=f"{path}.url"
                )
            if each.cid and (CID.fullmatch(each.cid) is None or each.cid in cids):
                text = ErrorText("attachment_cid", "A cid is a name of its own, of up to 60 letters, digits, dots and dashes.")
                raise ContentInvalidError(text, path=f"{path}.cid")
            cids.add(each.cid)
        unknown = {name for name in named_pictures(self.page) if "{" not in name} - cids
        if unknown:
            text = ErrorText("picture_unknown", "The page shows cid:{cid}, and no attachment has this cid.", cid=min(unknown))
            raise ContentInvalidError(text, path=f"content.{self.page_field}")

    def _check_subject(self) -> None:
        """As far as it is the same for everybody."""
        certain = certain_text(self.subject)
        if len(certain) > SUBJECT_LIMIT:
            raise ContentInvalidError(_too_long(certain), path="content.subject")
        if _CONTROL.search(certain):
            raise ContentInvalidError(
                ErrorText("subject_controls", "Subject must not contain control characters."), path="content.subject"
            )

    @override
    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> Email:
        subject = filling.required_line("subject", self.subject)
        if len(subject) > SUBJECT_LIMIT:
            raise TemplateError(in_field("subject", _too_long(subject)), path="content.subject")
        filled = filling.template(self.page_field, self.page, as_html=True)
        page = filled.text
        text = filling.field("text", self.text).strip()
        ways_out = _WaysOut(envelope.unsubscribe_url, envelope.preferences_url, _language(filling))
        if not page.strip():
            page = ""  # a part that shows nothing would hide the text
            if not text:
                raise TemplateError(
                    in_field(
                        self.page_field,
                        ErrorText("rendered_html_empty", "it renders to nothing for this person, and there is no text either"),
                    ),
                    path=f"content.{self.page_field}",
                )
        files: list[MailFile] = []
        if page:
            text = text or plain_text(page)
            preheader = filling.line("preheader", self.preheader)
            page = _dressed(page, page_of(filled.outline, filled.pieces, page) or read_page(page), links, preheader, ways_out)
            if links.tracks:  # a preview is shown by browsers, which know such pictures
                edits, files = taken_out(page)
                page = spliced(page, edits) if edits else page
        missing = [] if not text else [each for each in ways_out.named() if each[1] not in text]
        if missing:
            text = "\n".join((text, "", "--", *(f"{label}: {url}" for label, url in missing)))
        return Email(
            sender=filling.line("from", self.sender) or envelope.sender,
            to=envelope.address,
            subject=subject,
            message_id=links.delivery_id,
            html=page,
            text=text,
            list_unsubscribe=envelope.unsubscribe_url,
            reply_to=filling.line("reply_to", self.reply_to),
            wanted=tuple(self._wanted(filling)),
            files=tuple(files),
        )

    def _wanted(self, filling: Filling) -> Iterator[WantedFile]:
        """What goes along with this person's mail: an address that renders to nothing is none."""
        for number, each in enumerate(self.attachments):
            address = filling.link(f"attachments[{number}].url", each.url)
            if address is not None:
                yield WantedFile(address.href, filling.line(f"attachments[{number}].name", each.name), each.cid)

    @override
    def size(self, rendered: Email) -> MessageSize:
        return MessageSize(len((rendered.html or rendered.text).encode()), SHOWN_WHOLE)

    @override
    def shown(self, rendered: Email, filling: Filling) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "from": rendered.sender,
            "subject": rendered.subject,
            "preheader": filling.line("preheader", self.preheader),
            "html": with_addresses(rendered.html, rendered.wanted),
            "text": rendered.text,
        }
        if rendered.reply_to:
            shown["reply_to"] = rendered.reply_to
        if rendered.wanted:
            shown["attachments"] = [
                {"url": each.url, "name": file_name(each.name, each.url), "cid": each.cid} for each in rendered.wanted
            ]
        return shown


def _no_address(source: str) -> ErrorText | None:
    """Why a template can be no address, whatever it is filled with."""
    if not source or not is_constant(source):
        return None
    try:
        read_address(" ".join(source.split()))
    except InvalidError as error:
        return error.text
    return None


def _too_long(subject: str) -> ErrorText:
    return ErrorText(
        "subject_length", "Subject must be at most {most:,} characters (got {got:,}).", most=SUBJECT_LIMIT, got=len(subject)
    )


class _WaysOut(NamedTuple):
    """Where whoever reads marketing leaves it, or chooses among it; empty in other mails."""

    leave: str
    choose: str
    language: str

    def named(self) -> list[tuple[str, str]]:
        """(label, address) of each there is, in the reader's language."""
        labels = _LABELS[self.language]
        return [(label, url) for label, url in zip(labels, (self.choose, self.leave), strict=True) if url]


_LABELS = {"en": ("Preferences", "Unsubscribe"), "fr": ("Préférences", "Me désabonner")}


def _language(filling: Filling) -> str:
    return "fr" if filling.reader.language.lower().split("-")[0] == "fr" else "en"


def _dressed(html_page: str, page: HtmlPage, links: Links, preheader: str, ways_out: _WaysOut) -> str:
    """The page as it is sent, spliced and otherwise as it was written.

    Links lead through ours, the preheader stands first in the body, and at its end the ways out, where marketing's author
    put none, and an image of one pixel that tells of the opening.
    """
    edits = tracked(page, links)
    if preheader:
        edits.append(Edit(page.body_starts, page.body_starts, _hidden(preheader)))
    missing = [f'<a href="{html.escape(url)}">{label}</a>' for label, url in ways_out.named() if not has_link_to(page, url)]
    if missing:
        way_out = f'<p style="font-size:12px;color:#666">{" · ".join(missing)}</p>'
        edits.append(Edit(page.body_ends, page.body_ends, way_out))
    if not links.tracks:
        return spliced(html_page, edits)
    pixel = f'<img src="{html.escape(links.to(LinkKind.OPEN))}" width="1" height="1" alt="" style="display:none">'
    edits.append(Edit(page.body_ends, page.body_ends, pixel))
    return spliced(html_page, edits)


def _hidden(preheader: str) -> str:
    """The line mailboxes show beside the subject, not seen in the page itself, and room so that nothing else is shown there."""
    padding = _FILLER * max(0, _SHOWN - len(preheader))
    style = "display:none;max-height:0;overflow:hidden;mso-hide:all"
    return f'<div style="{style}">{html.escape(preheader)}{padding}</div>'
