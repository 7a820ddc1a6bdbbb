"""The built-in sandbox, as seen by the command line (start, stop), the web (push endpoint, pages) and the demo's people."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from yarl import URL

from relance.channels.sandbox.hooks import open_webhook
from relance.channels.sandbox.keys import Keys
from relance.channels.sandbox.mail import open_mail
from relance.channels.sandbox.model import (
    Arrival,
    Hook,
    Mail,
    Phone,
    PhoneDevice,
    PhoneSubscription,
    PushAnswer,
    ShownPush,
    ShownSms,
    ShownWebhook,
)
from relance.channels.sandbox.phone_services import SYSTEMS, PhoneServices
from relance.channels.sandbox.push import RefusedPushError, check_post, check_sender, decrypt, open_push
from relance.channels.sandbox.smtp import sandbox_listener
from relance.channels.sandbox.store import SandboxStore
from relance.channels.sms.number import check_number
from relance.channels.web_push.vapid import to_base64url
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError, NotFoundError
from relance.infra.clock import Clock

PUSH_PATH = "/sandbox/push/"
FORMER_PUSH_PATH = "/inbox/push/"  # of phones subscribed before; they keep it
HOOK_PATH = "/sandbox/hooks/"
NAME_LIMIT = 100  # characters of a phone's name, or a hook's
ANSWER_LIMIT = 1_600  # characters of a text that somebody writes back

logger = logging.getLogger(__name__)


class Sandbox:
    """A push service and a mailbox server in one folder (``inbox.db``, ``keys/``). Thread-safe.

    ``base_url`` is the public address of the server whose ``/sandbox/push/{id}`` hands requests to ``receive_push``; it is
    part of the endpoints given out and the audience their senders must name.
    """

    def __init__(
        self,
        folder: Path,
        base_url: str,
        smtp_port: int = 0,
        *,
        clock: Clock,
        smtp_host: str = "127.0.0.1",
        phone_port: int = 0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._base_url = base_url.rstrip("/")
        self._origin = str(URL(base_url).origin())
        self._clock = clock
        self._keys = Keys(folder / "keys")
        self._store = SandboxStore(folder / "inbox.db")
        self._listener = sandbox_listener(smtp_host, smtp_port, self.receive_mail)
        self._phones = PhoneServices(folder, self._store, self._base_url, phone_port, self._arrive)
        self._callbacks: list[Callable[[Arrival], None]] = []
        self._arrived = threading.Condition()

    @property
    def smtp_port(self) -> int:
        """The port e-mail is taken on; the real one once started."""
        return self._listener.port

    @property
    def smtp_host(self) -> str:
        return self._listener.host

    @property
    def push_prefix(self) -> str:
        """How the endpoint of every phone here starts; the web push channel is told to trust it."""
        return f"{self._base_url}{PUSH_PATH}"

    def start(self) -> None:
        """Listen for e-mail. Raises ``ConflictError`` where the port is taken."""
        self._listener.start()
        self._phones.resume()

    def stop(self) -> None:
        """Stop listening and close the file."""
        self._listener.stop()
        self._phones.stop()
        with self._arrived:
            self._arrived.notify_all()
        self._store.close()

    # Phones

    def new_subscription(self, phone: str, server_key: str = "") -> dict[str, Any]:
        """Subscribe a phone: ``{"endpoint": …, "keys": {"p256dh": …, "auth": …}}``, as a browser's ``toJSON`` gives it.

        With ``server_key`` (base64url) only that application server may post. Raises ``InvalidError`` for a bad name.
        """
        name = _checked_name(phone)
        push_id = secrets.token_urlsafe(24)
        p256dh, auth = self._keys.make(push_id)
        self._store.add_subscription(PhoneSubscription(push_id, name, server_key), self._clock.now())
        return {
            "endpoint": f"{self.push_prefix}{push_id}",
            "expirationTime": None,
            "keys": {"p256dh": to_base64url(p256dh), "auth": to_base64url(auth)},
        }

    def end_subscription(self, endpoint: str) -> None:
        """As if the person took the permission back: the endpoint answers 410 from now on, and its key is forgotten."""
        push_id = endpoint.rpartition("/")[2]
        self._store.end_subscription(push_id, self._clock.now())
        self._keys.remove(push_id)

    def receive_push(self, push_id: str, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        """Take one push, or refuse it as a push service would. ``headers`` have lower-case names."""
        subscription = self._store.subscription(push_id)
        if subscription is None:
            return PushAnswer(404, "There is no such subscription.")
        keys = self._keys.read(push_id)
        if subscription.ended or keys is None:
            return PushAnswer(410, "This subscription has ended.")
        try:
            ttl = check_post(headers, body)
            check_sender(headers.get("authorization", ""), self._origin, subscription.server_key, time.time())
            payload = decrypt(body, *keys)
        except RefusedPushError as refusal:
            return PushAnswer(refusal.status, refusal.detail)
        self._arrive(open_push(subscription, headers, ttl, payload), payload)
        return PushAnswer(201, location=f"{self._base_url}/sandbox/message/{secrets.token_urlsafe(12)}")

    def new_device(self, phone: str, system: str, number: str = "") -> PhoneDevice:
        """Give a phone a device token of ``ios`` or ``android``, or a ``number``.

        Raises ``InvalidError`` for a bad name, system or number.
        """
        name = _checked_name(phone)
        if system not in SYSTEMS:
            raise InvalidError(
                ErrorText("phone_system", "{got!r} is no system: web, ios, android or number.", got=system[:100]), path="system"
            )
        given = check_number(number, path="number") if number else ""
        return self._phones.new_device(name, system, given, self._clock.now())

    def end_device(self, address: str) -> None:
        """As if the app had been removed from the phone: its token is refused from now on."""
        self._store.end_device(address, self._clock.now())

    def providers(self) -> list[dict[str, Any]]:
        """The accounts by which an app reaches the phones here: what is posted to its ``/providers``."""
        return self._phones.providers()

    def answer_text(self, text_id: int, body: str) -> None:
        """A person writes back to a text. Raises ``NotFoundError``, and ``InvalidError`` for an empty or long answer."""
        found = self._store.arrival(text_id)
        if not isinstance(found, ShownSms):
            raise NotFoundError(ErrorText("sandbox_text_not_found", "There is no such text in the sandbox."), id=text_id)
        answer = body.strip()
        if not 0 < len(answer) <= ANSWER_LIMIT:
            raise InvalidError(
                ErrorText(
                    "text_answer", "An answer must have 1–{most} characters (got {got:,}).", most=ANSWER_LIMIT, got=len(answer)
                ),
                path="text",
            )
        self._phones.answer(found, answer)

    # Webhooks

    def new_hook(self, name: str, secret: str = "", status: int = 200, answer: str = "") -> str:
        """An address that takes webhooks, checks them by ``secret``, and answers with ``status`` and ``answer``."""
        hook = Hook(secrets.token_urlsafe(16), _checked_name(name), secret, status, answer)
        self._store.add_hook(hook, self._clock.now())
        return f"{self._base_url}{HOOK_PATH}{hook.token}"

    def change_hook(self, token: str, name: str, secret: str, status: int, answer: str) -> None:
        """Check and answer otherwise from now on. Raises ``NotFoundError``."""
        if not self._store.change_hook(Hook(token, _checked_name(name), secret, status, answer)):
            raise NotFoundError(ErrorText("sandbox_hook_not_found", "There is no such hook in the sandbox."), id=token)

    def receive_webhook(self, token: str, method: str, query: str, headers: Mapping[str, str], body: bytes) -> Hook | None:
        """Take a webhook; the hook says what it is answered with. None: there is no such hook."""
        hook = self._store.hook(token)
        if hook is not None:
            self._arrive(open_webhook(hook, method, query, headers, body, time.time()), body)
        return hook

    # Mailboxes

    def receive_mail(self, address: str, data: bytes) -> None:
        """Take one e-mail for one address; called by the SMTP listener."""
        self._arrive(open_mail(data, address), data)

    # Reading

    def phones(self, after: str = "", limit: int = 50) -> list[Phone]:
        """The phones by name, those after the name ``after``."""
        return self._store.phones(after, limit)

    def pushes(self, phone: str = "", before: int = 0, limit: int = 50) -> list[ShownPush]:
        """Pushes, newest first; "" = of all phones. ``before`` is the id of the last one already seen."""
        return [one for one in self._store.arrivals("push", phone, before, limit) if isinstance(one, ShownPush)]

    def texts(self, phone: str = "", before: int = 0, limit: int = 50) -> list[ShownSms]:
        """Texts to and from a phone, newest first; "" = of all."""
        return [one for one in self._store.arrivals("text", phone, before, limit) if isinstance(one, ShownSms)]

    def webhooks(self, before: int = 0, limit: int = 50) -> list[ShownWebhook]:
        """Webhooks, newest first."""
        return [one for one in self._store.arrivals("hook", "", before, limit) if isinstance(one, ShownWebhook)]

    def mails(self, address: str = "", before: int = 0, limit: int = 50, *, search: str = "") -> list[Mail]:
        """E-mails, newest first; "" = of all addresses. ``search``: a part of the subject or of the address."""
        found = self._store.arrivals("mail", address.lower(), before, limit, search)
        return [one for one in found if isinstance(one, Mail)]

    def mail(self, mail_id: int) -> Mail:
        """One e-mail. Raises ``NotFoundError``."""
        found = self._store.arrival(mail_id)
        if not isinstance(found, Mail):
            raise NotFoundError(ErrorText("sandbox_mail_not_found", "There is no such e-mail in the sandbox."), id=mail_id)
        return found

    def raw_mail(self, mail_id: int) -> bytes:
        """One e-mail as it came. Raises ``NotFoundError``."""
        self.mail(mail_id)
        return self._store.content(mail_id) or b""

    def messages_since(self, after: int, limit: int = 100) -> list[Arrival]:
        """Whatever came after the one with id ``after`` (0 = the first), in the order they came."""
        return self._store.since(after, limit)

    def wait(self, after: int, seconds: float) -> list[Arrival]:
        """Like ``messages_since``, but waits up to ``seconds`` of real time for something to come."""
        until = time.monotonic() + seconds
        with self._arrived:
            while not (found := self._store.since(after, 100)):
                left = until - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    return self._store.since(after, 100)
            return found

    def listen(self, callback: Callable[[Arrival], None]) -> None:
        """Call ``callback`` for each arrival, once it is kept, on the thread that took it; it must be quick."""
        self._callbacks.append(callback)

    def _arrive(self, arrival: Arrival, content: bytes) -> None:
        stamped = msgspec.structs.replace(arrival, received_at=self._clock.now(), received_real_at=time.time_ns() // 1_000_000)
        kept = self._store.arrive(stamped, content)
        if kept is None:
            return
        with self._arrived:
            self._arrived.notify_all()
        for callback in self._callbacks:
            try:
                callback(kept)
            except Exception:
                logger.exception("A listener of the sandbox failed.")


def _checked_name(given: str) -> str:
    name = given.strip()
    if not 0 < len(name) <= NAME_LIMIT or not name.isprintable() or "/" in name:
        raise InvalidError(
            ErrorText(
                "phone_name",
                "Phone name must be 1–{most} printable characters without a slash (got {got:,}).",
                most=NAME_LIMIT,
                got=len(name),
            ),
            path="name",
        )
    return name
