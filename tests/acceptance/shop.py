"""What the stories are told with: one server on the story's clock, an app for each story, and the people who get its messages.

Everything goes through doors that are open to others: HTTP for apps and their makers, links in messages, the built-in sandbox.
The clock is everybody's and only goes forward.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from tests.process import Program

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
BEGIN = 1_790_000_000_000  # Monday, 21 September 2026, 14:13:20 UTC

Event = dict[str, Any]
Item = dict[str, Any]


def iso(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat()


class Server:
    """A program whose clock the stories move, and its first operator, who makes their apps."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder, clock="story", story_start=BEGIN, webhook_private="true")

    def start(self) -> None:
        """Start it and sign in by the address that its log shows."""
        self.program.start()
        deadline = time.monotonic() + 30
        while (shown := re.search(r"/setup\?token=([\w-]+)", self.program.log())) is None:
            assert time.monotonic() < deadline, self.program.log()
            time.sleep(0.05)
        who = {"token": shown[1], "email": "ada@example.org", "name": "Ada", "password": "correct horse battery"}
        request = urllib.request.Request(f"{self.program.url}/api/v1/setup", json.dumps(who).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
            self._csrf = json.loads(answer.read())["csrf"]

    def new_shop(self, name: str, **settings: Any) -> Shop:
        """An app of its own, made as an operator makes one."""
        return Shop(self, self.as_operator("POST", "/api/v1/apps", {"name": name, **settings}))

    def as_operator(self, method: str, path: str, body: Any) -> Any:
        """What the operator who is signed in does in the dashboard."""
        request = urllib.request.Request(f"{self.program.url}{path}", json.dumps(body).encode(), method=method)
        for header, value in (("Content-Type", "application/json"), ("Cookie", self._cookie), ("X-CSRF-Token", self._csrf)):
            request.add_header(header, value)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    @property
    def now(self) -> int:
        return int(self.program.get("/story/clock")["now"])

    def settle(self) -> None:
        """Wait until everything due at this instant has settled and been sent."""
        self.program.call("POST", "/story/quiet", timeout=120)

    def advance(self, to: int) -> None:
        while self.program.call("POST", "/story/advance", {"to": to}, timeout=120)["now"] < to:
            pass


class Shop:
    """An app: what its servers and pages send, what marketing makes, what people get and do."""

    def __init__(self, server: Server, made: dict[str, Any]) -> None:
        self.server, self.program = server, server.program
        self.number = int(made["app"]["id"])
        self.api, self.key = f"/api/v1/apps/{self.number}", str(made["api_key"]["text"])
        self.write_key = str(made["write_key"]["text"])

    # -- the API, as its makers use it ---------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.program.call(method, self.api + path, body, self.key, timeout=120)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body or {})

    def items(self, path: str) -> list[Item]:
        found: list[Item] = self.get(path)["items"]
        return found

    def refusal(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The error of a call that must be refused."""
        try:
            answer = self.call(method, path, body)
        except urllib.error.HTTPError as refused:
            error: dict[str, Any] = json.loads(refused.read())["error"]
            return error
        raise AssertionError(f"{method} {path} was taken: {answer}")

    # -- time ----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.server.now

    def wait(self, span: int) -> None:
        """Let time pass (ms)."""
        self.server.advance(self.now + span)

    def advance(self, to: int) -> None:
        self.server.advance(to)

    # -- events, as apps and servers send them -------------------------------------------------------------------------

    def send(self, *events: Event, path: str = "/v1/batch") -> dict[str, Any]:
        """One request, settled; ``at`` of an event is when it happened (ms), else now."""
        batch = []
        for each in events:
            answered = {key: value for key, value in each.items() if key != "at"}
            batch.append({**answered, "timestamp": iso(each.get("at") or self.now)})
        answer: dict[str, Any] = self.program.call("POST", path, {"batch": batch}, f"basic:{self.write_key}", timeout=120)
        self.server.settle()
        return answer

    def track(self, user: str, event: str, properties: dict[str, Any] | None = None, **more: Any) -> None:
        """Something that a person did; ``more`` is what stands beside it (``at``, ``context``, ``anonymousId`` …)."""
        assert self.send(track(user, event, properties, **more))["rejected"] == []

    def identify(self, user: str, traits: dict[str, Any] | None = None, **more: Any) -> None:
        assert self.send(identify(user, traits, **more))["rejected"] == []

    def reader(self, user: str, **traits: Any) -> str:
        """Somebody who agreed to e-mails; returns the address, which nobody else on the server has."""
        self.identify(user, {"email": self.address(user), "consent": {"email": True}, **traits})
        return self.address(user)

    def address(self, user: str) -> str:
        return f"{user}.{self.number}@example.com"

    def phone(self, user: str, name: str = "phone", **context: Any) -> str:
        """A device of theirs that takes pushes; returns its name in the sandbox."""
        full = f"{name} of {user} {self.number}"
        token = self.program.call("POST", "/sandbox/phones", {"name": full})
        self.identify(user, {}, context={**context, "device": {**context.get("device", {}), "token": token}})
        return full

    # -- what marketing makes ------------------------------------------------------------------------------------------

    def segment(self, rule: dict[str, Any], name: str = "") -> int:
        number = len(self.items("/segments"))
        made = self.post("/segments", {"name": name or f"segment {number}", "rule": rule})
        self.server.settle()
        return int(made["id"])

    def mail(self, name: str, html: str = '<a href="https://shop.example/">Go</a>', **more: Any) -> int:
        """An e-mail whose subject is its name."""
        content = {"subject": name, "html": html, **more.pop("content", {})}
        return int(self.post("/messages", {"name": name, "channel": "email", "content": content, **more})["id"])

    def push(self, name: str, url: str = "https://shop.example/", **more: Any) -> int:
        """A push whose title is its name."""
        content = {"title": name, "url": url, **more.pop("content", {})}
        return int(self.post("/messages", {"name": name, "channel": "web_push", "content": content, **more})["id"])

    def journey(self, entry: dict[str, Any], *nodes: dict[str, Any], **more: Any) -> int:
        """A published journey through these nodes."""
        graph = {"entry": entry, "start": nodes[0]["id"], "nodes": list(nodes), **more}
        made = int(self.post("/journeys", {"name": f"on {entry['event']}", "graph": graph})["id"])
        self.post(f"/journeys/{made}/publish")
        self.server.settle()
        return made

    # -- what can be looked up -----------------------------------------------------------------------------------------

    def person(self, user: str) -> Item:
        """Who has this user id."""
        [found] = self.items(f"/people?alias=user_id:{user}")
        return found

    def members(self, segment: int) -> set[str]:
        """The user ids of the people in a segment."""
        users = {each["id"]: each["external_id"] for each in self.items("/people?limit=200")}
        return {users[each] for each in self.get(f"/segments/{segment}/members")["items"]}

    def deliveries(self, message: int) -> list[tuple[str, str]]:
        """What became of a message: state and reason of each delivery."""
        return sorted((each["state"], each["reason"]) for each in self.items(f"/deliveries?message={message}"))

    def reasons(self, journey: int) -> list[str]:
        """How its runs ended, those aside whose place another took."""
        return [each["reason"] for each in self.items(f"/journeys/{journey}/runs") if each["reason"] != "superseded"]

    def figures(self, message: int) -> Item:
        """What the report says of one message."""
        [found] = [each for each in self.get("/reports/messages")["messages"] if each["message_id"] == message]
        return dict(found["outcome"])

    # -- what people get, and do with it -------------------------------------------------------------------------------

    def mails(self, user: str) -> list[Item]:
        """The mails somebody got, oldest first, each opened (which tells nobody: no picture is loaded)."""
        listed = self.program.get(f"/sandbox/api/mail?address={self.address(user)}&limit=200")["items"]
        return [self.program.get(f"/sandbox/api/mail/{each['id']}") for each in reversed(listed)]

    def subjects(self, user: str) -> list[str]:
        return [each["subject"] for each in self.mails(user)]

    def pushes(self, phone: str) -> list[Item]:
        """The pushes on a phone, oldest first."""
        path = f"/sandbox/api/phones/{urllib.parse.quote(phone)}/pushes?limit=200"
        return list(reversed(self.program.get(path)["items"]))

    def titles(self, phone: str) -> list[str]:
        return [each["title"] for each in self.pushes(phone)]

    def load_pictures(self, mail: Item) -> None:
        """Open a mail with its pictures."""
        for image in mail["images"]:
            if "/t/o/" in image:
                follow(image)
        self.server.settle()

    def click(self, arrived: Item) -> str:
        """Follow the first link of a mail, or a push; returns where it leads."""
        link = arrived["url"] if "url" in arrived else next(each for each in arrived["links"] if "/t/c/" in each)
        leads = follow(link)
        self.server.settle()
        return leads

    def unsubscribe(self, mail: Item) -> None:
        """The mailbox's own button (RFC 8058)."""
        [link] = [each for each in mail["list_unsubscribe"] if each.startswith("http")]
        follow(link, b"List-Unsubscribe=One-Click")
        self.server.settle()


class _NoFollowing(urllib.request.HTTPRedirectHandler):
    """The shop behind the links is nowhere: a browser's first step is all that is taken."""

    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_BROWSER = urllib.request.build_opener(_NoFollowing)


def follow(link: str, body: bytes | None = None) -> str:
    """Open an address as a browser does (a POST with ``body``), up to this server's own answer; where that leads on to."""
    try:
        with _BROWSER.open(urllib.request.Request(link, body), timeout=60):
            return ""
    except urllib.error.HTTPError as answer:
        if answer.code >= 400:
            raise
        return str(answer.headers["Location"])


def track(user: str, event: str, properties: dict[str, Any] | None = None, **more: Any) -> Event:
    ids = {"userId": user} if user else {}
    return {"type": "track", "event": event, "properties": properties or {}, **ids, **more}


def identify(user: str, traits: dict[str, Any] | None = None, **more: Any) -> Event:
    return {"type": "identify", "userId": user, "traits": traits or {}, **more}


# -- parts of graphs and rules, as they are written most often -----------------------------------------------------------------


def delay(name: str, span: str, then: str | None) -> dict[str, Any]:
    return {"id": name, "kind": "delay", "for": span, "next": then}


def say(name: str, message: int, then: str | None = None) -> dict[str, Any]:
    return {"id": name, "kind": "message", "message": message, "next": then}


def await_(name: str, event: str, up_to: str, then: str | None, otherwise: str | None, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "wait_for", "event": event, "up_to": up_to, "then": then, "else": otherwise, **more}


def on_entering(segment: int, **more: Any) -> dict[str, Any]:
    """The entry of a journey for those who enter a segment."""
    return {"event": "segment_entered", "where": [{"property": "segment", "is": "=", "value": segment}], **more}


def did(event: str, **more: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "event": event, **more}


def fact(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"kind": "person", "name": name, "is": operator, "value": value, **more}


def trait(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"kind": "trait", "name": name, "is": operator, "value": value}


def never(rule: dict[str, Any]) -> dict[str, Any]:
    return {"not": rule}
