"""A real browser reads mails as they are sent and as they were written: links lead to the same places, and nothing else differs.

It is the second oracle beside the parser of ``tests/unit/channels/test_page.py``, and the only one of where an address leads.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from relance.channels.email.model import Email
from relance.channels.registry import Channel
from relance.core.ids import stable_id
from relance.core.urls import web_address
from relance.links.signing import LONGEST_TARGET, LinkKind, read
from relance.links.tracked import Links
from relance.messaging.model import Message, MessageClass
from relance.messaging.render import Recipient, render
from tests.unit.channels.pages import drawn_pages

EMAIL = Channel("email")

SECRET = b"k" * 32
BASE = "https://relance.test"
LINKS = Links(BASE, SECRET, stable_id("a delivery"))
CLICK = f"{BASE}/t/c/"
PAGES = 400
TEXT = 3  # the kind of node
# What a mailbox cannot tell: without both slashes, or with none at all, it goes by where the page stands.
RELATIVE = re.compile(r"(?:https?:(?![/\\]{2})|[/\\]|\?|#|$)", re.IGNORECASE)

# Both pages as browsers read files: a byte order mark is no text. ``folded`` has each node and text, with the link it is in:
# strictly as a tree, or loosely where the way out, a paragraph of its own, ends what its author left open.
READ = r"""
([written, base, pages]) => {
  const file = (page) => new TextDecoder().decode(new TextEncoder().encode(page));
  const parsed = (page) => new DOMParser().parseFromString(file(page), "text/html");
  const leads = (value) => { try { return new URL(value, "about:blank").href } catch { return null } };
  // Left open by the author, these go on behind what is put in, around nothing.
  const FORMATTING = new Set("a b big code em font i nobr s small strike strong tt u".split(" "));
  const OURS = `div[style*="mso-hide"], a[href^="${base}/t/u/"], img[src^="${base}/t/o/"]`;
  const taken = (page) => {
    const found = [...page.querySelectorAll(OURS)].map((node) => [node.localName, page.body.contains(node), node]);
    const first = page.body.querySelector("*");
    const isFirst = found.length > 0 && (found[0][2] === first || found[0][2].parentNode.firstChild === found[0][2]);
    for (const [name, , node] of found) (name === "a" ? node.closest("p") : node).remove();
    page.normalize();
    return { ours: found.map(([name, inside]) => [name, inside]), isFirst };
  };
  const folded = (page, strict) => {
    const nodes = [];
    const walk = (node, depth, link) => {
      const at = strict ? depth : 0;
      if (node.nodeType === Node.ELEMENT_NODE) {
        const isLink = node.localName === "a" || node.localName === "area";
        const href = isLink ? node.getAttribute("href") : null;
        const kept = [...node.attributes].filter((each) => !(isLink && each.name === "href"));
        const rest = kept.map((each) => [each.name, each.value]);
        const inside = node.localName === "a" ? href : link;
        const isEcho = FORMATTING.has(node.localName) && !node.children.length && !node.textContent.trim();
        const counts = !isEcho && (strict || node.localName !== "a");
        if (counts) nodes.push([at, node.namespaceURI, node.nodeName, rest, isLink ? href : link]);
        const content = node.localName === "template" && node.content ? node.content : node;
        for (const child of content.childNodes) walk(child, depth + 1, inside);
      } else if (node.nodeType === Node.DOCUMENT_TYPE_NODE) {
        nodes.push([at, node.name, node.publicId, node.systemId, null]);
      } else if (node.nodeType === Node.DOCUMENT_NODE) {
        for (const child of node.childNodes) walk(child, depth + 1, link);
      } else if (node.data.trim()) {
        nodes.push([at, node.nodeType, node.data.trim(), "", node.nodeType === Node.TEXT_NODE ? link : null]);
      }
    };
    walk(page, 0, null);
    return nodes;
  };
  return written.map((original, number) => {
    const [before, after, loose] = [original, ...pages[number]].map(parsed);
    const seen = { strict: taken(after), loose: taken(loose), modes: [before, after, loose].map((page) => page.compatMode) };
    const isWhole = parsed(`${original}<i id=after>`).querySelector("#after") !== null;
    const hrefs = [...before.querySelectorAll("a[href], area[href]")].map((node) => node.getAttribute("href"));
    const ofTracked = [...after.querySelectorAll("a[href], area[href]")].map((node) => node.getAttribute("href"));
    return {
      ...seen,
      leads: Object.fromEntries(hrefs.map((href) => [href, leads(href)])),
      strictly: [before, after].map((page) => folded(page, true)),
      loosely: [before, loose].map((page) => folded(page, false)),
      tracked: ofTracked,
      isWhole,
    };
  });
}
"""
LEADS = r"(addresses) => addresses.map((each) => new URL(each, 'about:blank').href)"


class Case(NamedTuple):
    """A page, the mails it becomes without and with a way out, and what the browser reads in the three."""

    page: str
    receipt: Email
    offer: Email
    seen: dict[str, Any]


def mail(page: str, message_class: MessageClass) -> Email:
    content = {"subject": "x", "preheader": "Soon", "html": page}
    message = Message(1, 1, "cart", EMAIL, message_class, "general", content, None, None, 1, 0, 0)
    rendered = render(message, Recipient({}, {}, {}, "a@b.example"), LINKS, "Shop <shop@example.com>", None)
    assert isinstance(rendered, Email)
    return rendered


class Reading(NamedTuple):
    cases: list[Case]
    arrives: dict[str, str]  # where a browser arrives that follows the tracked link: what its signed token is redirected to


@pytest.fixture(scope="module")
def reading(browser: Browser) -> Reading:
    """All pages and mails, read by the browser in two calls."""
    written = list(drawn_pages(PAGES, "links"))
    mails = [(mail(each, MessageClass.TRANSACTIONAL), mail(each, MessageClass.MARKETING)) for each in written]
    page = browser.new_page()
    seen = page.evaluate(READ, [written, BASE, [[each.html for each in pair] for pair in mails]])
    tracked = sorted({href for each in seen for href in each["tracked"] if href.startswith(CLICK)})
    locations = [redirected(href) for href in tracked]
    arrives = dict(zip(tracked, page.evaluate(LEADS, locations), strict=True))
    page.close()
    return Reading([Case(each, *pair, found) for each, pair, found in zip(written, mails, seen, strict=True)], arrives)


def redirected(href: str) -> str:
    """What the server answers as ``Location`` to whoever follows the link."""
    link = read(SECRET, href.removeprefix(CLICK))
    assert link.kind is LinkKind.CLICK
    address = web_address(link.target)
    assert address is not None
    assert address.href.isascii()
    return address.href


def is_left_alone(href: str, leads: str | None) -> bool:
    """Whether a link may stay as it is: relative, of another scheme, too long to sign, or no address to a careful reader."""
    if leads is None or not leads.startswith(("http:", "https:")) or RELATIVE.match(re.sub(r"[\t\n\r]", "", href.strip())):
        return True
    return web_address(href) is None or len(leads) > LONGEST_TARGET


def test_every_link_leads_where_the_browser_would_have_gone(reading: Reading) -> None:
    tracked = 0
    for case in reading.cases:
        leads: dict[str, str | None] = case.seen["leads"]
        arrivals = {reading.arrives[href] for href in case.seen["tracked"] if href.startswith(CLICK)}
        kept = {href for href in case.seen["tracked"] if not href.startswith(CLICK)}
        assert arrivals <= set(leads.values()), case.page
        for href, lead in leads.items():
            if is_left_alone(href, lead):
                assert href in kept or lead in arrivals, (href, case.page)
            else:
                assert lead in arrivals, (href, case.page)
                assert href not in kept, (href, case.page)
        tracked += len(arrivals)
    assert tracked > PAGES  # the test is about something


def test_what_is_put_in_is_seen_once_wherever_a_page_breaks_off(reading: Reading) -> None:
    for case in reading.cases:
        assert len(set(case.seen["modes"])) == 1, case.page
        assert case.seen["strict"] == {"ours": [["div", True], ["img", True]], "isFirst": True}, case.page
        assert case.seen["loose"]["isFirst"], case.page
        assert sorted(case.seen["loose"]["ours"]) == [["a", True], ["div", True], ["img", True]], case.page


def test_nothing_else_differs(reading: Reading) -> None:
    """Of pages that do not break off in a comment or a raw text, which are somewhere else behind what is put in."""
    whole = [case for case in reading.cases if case.seen["isWhole"]]
    assert len(whole) > PAGES // 2
    for case in whole:
        for kind in ("strictly", "loosely"):
            before, after = case.seen[kind]
            assert [node[:-1] for node in before] == [node[:-1] for node in after], case.page
            for (*node, href), (*_, ours) in zip(before, after, strict=True):
                # The way out ends a link that its author left open, and what stands in that without a word is in none.
                if kind == "strictly" or node[1] == TEXT:
                    assert ours == href or reading.arrives.get(ours) == case.seen["leads"].get(href, ours), (href, case.page)


def test_the_plain_part_keeps_every_link(reading: Reading) -> None:
    for case in reading.cases:
        for href in case.seen["leads"]:
            address = web_address(href)
            assert address is None or href.strip() in case.receipt.text or address.href in case.receipt.text, (href, case.page)
