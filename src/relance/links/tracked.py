"""The links of one delivery: which addresses may lead through ours, and what they become. Pure.

A signed link says "this server sends you there". So its host is chosen by whoever writes messages, never by whoever
sends events: it stands as such in the message's templates, or in the app's setting ``link_hosts``. Any other address that
a value brings along stays as it is: it works, it is not ours, and its clicks are not counted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

import msgspec

from relance.core.urls import WebAddress, matches, web_address
from relance.links.signing import LONGEST_TARGET, LinkKind, sign
from relance.markup.page import Edit, HtmlPage, read_page

_WRITTEN = re.compile(r"""https?:[/\\]{2}([^/\\?#"'\s<>{}|]+)""", re.IGNORECASE)


class Links(msgspec.Struct, frozen=True):
    """Makes the tracking links of one delivery. ``base`` has no slash at its end; ``hosts`` are those links may lead to.

    Without a ``delivery_id`` (a preview) nothing is tracked: links lead where they were written to lead, ours nowhere.
    """

    base: str
    secret: bytes
    delivery_id: str
    hosts: frozenset[str] = frozenset()
    campaign: tuple[tuple[str, str], ...] = ()  # what analytics of the target are told, by the names of parameters

    @property
    def tracks(self) -> bool:
        return self.delivery_id != ""

    def to(self, kind: LinkKind, target: str = "") -> str:
        if not self.tracks:
            return f"{self.base}/t/{kind.value}/preview"
        return f"{self.base}/t/{kind.value}/{sign(self.secret, self.delivery_id, kind, target)}"

    def through(self, address: WebAddress | None) -> str | None:
        """The link that leads to ``address`` through ours; None where it is to stay as it is."""
        if address is None or not self.tracks or self.is_ours(address) or not self.may_lead_to(address):
            return None
        return self.to(LinkKind.CLICK, self.target(address))

    def target(self, address: WebAddress) -> str:
        """Where a click leads: with the campaign's parameters, unless the author wrote such ones."""
        if not self.campaign or "utm_" in address.href:
            return address.href
        page, mark, fragment = address.href.partition("#")
        found = f"{page}{'&' if '?' in page else '?'}{urlencode(self.campaign)}{mark}{fragment}"
        return found if len(found) <= LONGEST_TARGET else address.href

    def may_lead_to(self, address: WebAddress) -> bool:
        """Whether one of these links may lead to ``address``."""
        return len(address.href) <= LONGEST_TARGET and any(matches(address.host, allowed) for allowed in self.hosts)

    def is_ours(self, address: WebAddress) -> bool:
        """Whether it is a tracking link itself, such as the one to unsubscribe."""
        return address.href.startswith(_start_of_ours(self.base))


def with_links(links: Links, sources: Iterable[str], allowed: Iterable[str]) -> Links:
    """The links of a message with these templates, in an app that allows these hosts. The server's own is always allowed."""
    hosts = {host for source in (*sources, links.base) for host in written_hosts(source)}
    return msgspec.structs.replace(links, hosts=frozenset(hosts | set(allowed)))


@lru_cache(maxsize=8)
def _start_of_ours(base: str) -> str:
    own = web_address(base)
    return f"{base if own is None else own.href.rstrip('/')}/t/"


@lru_cache(maxsize=1_024)
def written_hosts(source: str) -> frozenset[str]:
    """The hosts of addresses that a template itself spells out, in a text or as a browser reads its links.

    A host that a variable stands in is none of them: braces are left in it, so that it is no rendered link's.
    """
    read = [web_address(f"https://{found[1]}") for found in _WRITTEN.finditer(source)]
    read += [web_address(text) for text in (source, *(value.text for value in read_page(source).links))]
    return frozenset(address.host for address in read if address is not None)


def tracked(page: HtmlPage, links: Links) -> list[Edit]:
    """The links of a page led through ours, those that can be."""
    edits = []
    for value in page.links:
        ours = links.through(web_address(value.text))
        if ours is not None:
            edits.append(Edit(value.start, value.end, f'"{html.escape(ours)}"'))
    return edits


def has_link_to(page: HtmlPage, target: str) -> bool:
    """Whether somebody who reads the page finds a link to ``target``."""
    wanted = web_address(target)
    found = (web_address(value.text) for value in page.links)
    return wanted is not None and any(each is not None and each.href == wanted.href for each in found)
