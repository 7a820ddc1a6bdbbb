"""Files of an e-mail: what may go along, under which name, and pictures that the page itself holds. Pure."""

from __future__ import annotations

import html
import re
from base64 import b64decode, encodebytes
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from relance.channels.email.model import MailFile, WantedFile
from relance.markup.page import Edit, spliced
from relance.markup.parts import PartKind, attribute, parts

FILES_LIMIT = 10  # of one mail
FILE_BYTES = 3_000_000
MAIL_BYTES = 5_000_000  # of all of them together
NAME_LIMIT = 100  # bytes in UTF-8; each may need three characters in a header
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
#: What mailboxes show or save, and nothing that runs where it is opened.
MEDIA_TYPES = PICTURES | {
    "application/pdf",
    "application/vnd.apple.pkpass",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/json",
    "application/xml",
    "text/calendar",
    "text/csv",
    "text/plain",
    "text/vcard",
    "text/xml",
}
_UNTOLD = frozenset(("", "application/octet-stream", "binary/octet-stream"))
_KNOWN = MimeTypes(filenames=())
for _media_type, _ending in (("application/vnd.apple.pkpass", ".pkpass"), ("text/calendar", ".ics"), ("text/vcard", ".vcf")):
    _KNOWN.add_type(_media_type, _ending)
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\"\\/:*?<>|;]+")
_DATA = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/\s]++={0,2})\s*", re.IGNORECASE)
CID = re.compile(r"[A-Za-z0-9._-]{1,60}")
_CIDS = re.compile(r"""\bsrc\s*=\s*["']?cid:([^"'\s>]{1,100})""", re.IGNORECASE)


def media_type(told: str, name: str) -> str:
    """What a file is: as its server told, or by its name where that told nothing; empty where it may not go along."""
    found = told.partition(";")[0].strip().lower()
    if found in _UNTOLD:
        found = _KNOWN.guess_type(name)[0] or ""
    return found if found in MEDIA_TYPES else ""


def file_name(given: str, url: str) -> str:
    """The name under which a file is saved: as given, else the last part of its address.

    It holds nothing that could end a header, name a folder, or turn the direction of writing: an ending reads as what it is.
    """
    name = _UNFIT.sub("_", given or unquote(PurePosixPath(urlsplit(url).path).name, errors="replace"))
    name = " ".join(name.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending.isascii() or len(ending) > 10:
        stem, dot, ending = name, "", ""
    stem = stem.encode()[: NAME_LIMIT - len(dot + ending)].decode("utf-8", "ignore")
    return f"{stem}{dot}{ending}" or "file"


def encoded(data: bytes) -> bytes:
    """A file's bytes as they leave: base64 in lines."""
    return encodebytes(data).replace(b"\n", b"\r\n")


def named_pictures(source: str) -> set[str]:
    """The names that a page shows pictures by (``cid:…``)."""
    return set(_CIDS.findall(source))


def with_addresses(page: str, files: Iterable[WantedFile]) -> str:
    """The page for a browser: pictures that go along are shown from where they will be fetched."""
    by_cid = {each.cid: each.url for each in files if each.cid}
    if not by_cid:
        return page
    edits = []
    for part in parts(page):
        if part.kind is PartKind.OPENS and part.name == "img" and (source := attribute(page, part, "src")) is not None:
            url = by_cid.get(source.text.removeprefix("cid:"), "") if source.text.startswith("cid:") else ""
            edits += [Edit(source.start, source.end, f'"{html.escape(url)}"')] if url else []
    return spliced(page, edits)


def taken_out(page: str) -> tuple[list[Edit], list[MailFile]]:
    """Pictures that stand in the page itself (``data:``), which many mailboxes do not show, as files that go along."""
    if "data:image/" not in page.lower():
        return [], []
    edits: list[Edit] = []
    files: dict[str, MailFile] = {}
    for start, end, kind, body in _pictures(page):
        cid = f"p{blake2b(body, digest_size=12).hexdigest()}"
        if cid not in files and len(files) == FILES_LIMIT:
            break
        ending = kind.partition("/")[2]
        files.setdefault(cid, MailFile(f"picture{len(files) + 1}.{ending}", kind, encoded(body), cid))
        edits.append(Edit(start, end, f'"cid:{cid}"'))
    return edits, list(files.values())


def _pictures(page: str) -> Iterator[tuple[int, int, str, bytes]]:
    for part in parts(page):
        if part.kind is not PartKind.OPENS or part.name != "img":
            continue
        source = attribute(page, part, "src")
        found = None if source is None else _DATA.fullmatch(source.text.strip())
        if source is None or found is None:
            continue
        try:
            body = b64decode("".join(found[2].split()), validate=True)
        except (Base64Error, ValueError):
            continue
        if body:
            yield source.start, source.end, found[1].lower(), body
