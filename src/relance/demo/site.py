"""The demo's access to the server: over HTTP only, like anyone's."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import msgspec
import requests

from relance.core.error_text import ErrorText
from relance.demo.errors import StoryError

_CART = re.compile(r"cart=(cart-[a-z0-9-]+)")
_VISITOR = re.compile(r"\((\w+)\)")
_TIMEOUT = 120
_PAGE = 200


class Arrival(msgspec.Struct, frozen=True):
    """A message that reached someone, as the sandbox shows it, with the links a person could follow.

    ``cause`` identifies the message as the person sees it, the same in every run: its words, and its cart.
    """

    order: int
    is_push: bool
    visitor: str
    cause: str
    cart: str
    links: dict[str, str]
    is_text: bool = False


class Site:
    """A running server with a story's clock."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def use_key(self, key: str) -> None:
        """Call the REST API with this key from now on."""
        self._session.headers["Authorization"] = f"Bearer {key}"

    def use_session(self, csrf: str) -> None:
        """Call it as the operator of this session's cookie."""
        self._session.headers["X-CSRF-Token"] = csrf

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """One call of the REST API. Raises ``StoryError`` with the server's own words."""
        answer = self._session.request(method, self.url + path, json=body, params=query, timeout=_TIMEOUT)
        if answer.status_code >= 400:
            raise StoryError(ErrorText.local(f"{method} {path} was answered {answer.status_code}: {answer.text[:500]}"))
        return answer.json() if answer.content else None

    def every(self, path: str, **query: Any) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor = None
        while True:
            page = self.call("GET", path, cursor=cursor, limit=_PAGE, **query)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def now(self) -> int:
        """The program's instant (ms)."""
        return int(self.call("GET", "/story/clock")["now"])

    def advance(self, to: int) -> int:
        """Move the clock to ``to``, or to the first earlier instant at which something is due; returns its position."""
        return int(self.call("POST", "/story/advance", {"to": to})["now"])

    def settle(self) -> None:
        """Wait until everything sent has settled."""
        self.call("POST", "/story/quiet")

    def run_free(self) -> None:
        """Let the clock run at real speed."""
        self.call("POST", "/story/run_free")

    def get(self, url: str) -> int:
        """Follow a link like a browser, but no further than this server's own answer."""
        return self._session.get(url, allow_redirects=False, timeout=_TIMEOUT).status_code

    def post(self, url: str) -> int:
        """What a mailbox does for one-click unsubscribing (RFC 8058), and a phone for its receipts."""
        return self._session.post(url, data={"List-Unsubscribe": "One-Click"}, timeout=_TIMEOUT).status_code

    def new_phone(self, name: str) -> dict[str, Any]:
        """The counterpart of a browser's ``PushManager.subscribe``."""
        subscription: dict[str, Any] = self.call("POST", "/sandbox/phones", {"name": name})
        return subscription

    def new_device(self, name: str, system: str) -> str:
        """A phone's address besides its browser: a token of ``ios`` or ``android``, or a ``number``."""
        made = self.call("POST", "/sandbox/phones", {"name": name, "system": system})
        return str(made.get("token") or made["number"])

    def answer(self, text: int, words: str) -> None:
        """Write back to a text."""
        self.call("POST", f"/sandbox/api/texts/{text}/answer", {"text": words})

    def arrivals(self, after: int) -> list[Arrival]:
        """Messages after the one of that number, in an order that is the same in every run."""
        found = self.call("GET", "/sandbox/api/messages", after=after, limit=_PAGE)
        return sorted((self._arrival(each) for each in found), key=lambda each: (each.visitor, each.cause))

    def _arrival(self, item: dict[str, Any]) -> Arrival:
        match item["kind"]:
            case "push":
                return self._push(item)
            case "mail":
                return self._mail(item)
            case "text":
                return self._text(item)
        return Arrival(item["id"], False, "", "", "", {})  # a webhook: no person gets it

    def _text(self, item: dict[str, Any]) -> Arrival:
        named = _VISITOR.search(item["phone"])
        visitor = named[1] if named and item["way"] == "to_phone" else ""
        return Arrival(item["id"], False, visitor, item["body"], "", {}, is_text=True)

    def _push(self, item: dict[str, Any]) -> Arrival:
        named = _VISITOR.search(item["phone"])
        receipts = item["receipts"]
        target = target_of(item["url"])
        links = {"dismiss": receipts.get("dismissed", ""), "delivered": receipts.get("delivered", "")}
        links |= {"click": item["url"]} if item["service"] == "browser" else {"tap": receipts.get("clicked", "")}
        cart = _cart_of([target])
        return Arrival(item["id"], True, named[1] if named else "", f"{item['title']} {cart}", cart, _given(links))

    def _mail(self, item: dict[str, Any]) -> Arrival:
        page = self.call("GET", f"/sandbox/api/mail/{item['id']}")
        clicks = [link for link in page["links"] if "/t/c/" in link]
        opens = [image for image in page["images"] if "/t/o/" in image]
        leave = page["list_unsubscribe"]
        links = {
            "open": opens[0] if opens else "",
            "click": clicks[0] if clicks else "",
            "unsubscribe": leave[0] if leave else "",
        }
        cart = _cart_of([target_of(link) for link in clicks])
        return Arrival(item["id"], False, item["address"].partition("@")[0], f"{item['subject']} {cart}", cart, _given(links))


def target_of(link: str) -> str:
    """A click's target, decoded from the link itself (base64url of kind, delivery, target, proof): decoding is not clicking."""
    token = link.rpartition("/")[2]
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4)) if "/t/c/" in link else b""
    return raw[17:-16].decode()


def _given(links: dict[str, str]) -> dict[str, str]:
    return {name: link for name, link in links.items() if link}


def _cart_of(targets: list[str]) -> str:
    for target in targets:
        found = _CART.search(target)
        if found:
            return found[1]
    return ""
