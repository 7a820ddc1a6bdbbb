"""The services by which phones are reached: receivers that speak as Apple's, Google's and Twilio's do, on one port, over TLS.

They begin with the first phone that needs them. Nobody trusts their certificate unless the setting ``provider_authority`` names
the authority that vouches for it.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import secrets
import threading
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from relance.channels.sandbox.accounts import SandboxAccounts
from relance.channels.sandbox.apns import PATH as APNS_PATH
from relance.channels.sandbox.apns import ApnsReceiver
from relance.channels.sandbox.certificate import kept_authority, server_context
from relance.channels.sandbox.fcm import TOKEN_PATH, FcmReceiver, TokenTarget
from relance.channels.sandbox.http_server import HttpServer, ReceivedRequest, Reply
from relance.channels.sandbox.model import Arrival, PhoneDevice, ShownSms
from relance.channels.sandbox.shown import answered_text, shown_by_android, shown_by_iphone, shown_text
from relance.channels.sandbox.store import SandboxStore
from relance.channels.sandbox.twilio import TwilioReceiver, signature
from relance.channels.sms.twilio_callback import INBOUND, STATUS
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError

APNS, FCM, NUMBER = "apns", "fcm", "number"  # what reaches a phone
SYSTEMS: Final = {"ios": APNS, "android": FCM, "number": NUMBER}
NUMBERS: Final = [f"+467017406{last:02d}" for last in range(6, 100)]  # kept for films and books: nobody has one
CALLBACK_TIMEOUT = 10.0  # seconds
STARTED_WITHIN = 10.0
_REPLY = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)

logger = logging.getLogger(__name__)


class PhoneServices:
    """Three services of one server, thread-safe. ``arrive`` is told what came; ``base_url`` is where reports may go."""

    def __init__(
        self, folder: Path, store: SandboxStore, base_url: str, port: int, arrive: Callable[[Arrival, bytes], object]
    ) -> None:
        self._folder = folder
        self._store = store
        self._base_url = base_url
        self._port = port
        self._arrive = arrive
        self._file = folder / "accounts.json"
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server = HttpServer(self._answer)
        self._accounts: SandboxAccounts | None = None
        self._receivers: tuple[ApnsReceiver, FcmReceiver, TwilioReceiver] | None = None

    # -- beginning and end -------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Begin if they were in use before. Raises ``ConflictError`` where the port is taken."""
        if self._file.exists():
            self.origin()

    def origin(self) -> str:
        """Their address; they begin if they have not. Raises ``ConflictError`` where the port is taken."""
        with self._lock:
            if self._loop is None:
                self._begin()
            return self._server.origin

    def providers(self) -> list[dict[str, Any]]:
        """What an app is told to send through them."""
        origin = self.origin()
        return [] if self._accounts is None else self._accounts.providers(origin)

    def stop(self) -> None:
        """End them, if they have begun."""
        with self._lock:
            loop, thread = self._loop, self._thread
            if loop is None or thread is None:
                return
            for ending in (self._server.stop(), loop.shutdown_default_executor()):
                asyncio.run_coroutine_threadsafe(ending, loop).result(STARTED_WITHIN)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            self._loop = self._thread = None

    def _begin(self) -> None:
        accounts = self._accounts = SandboxAccounts(self._file)
        self._receivers = (
            ApnsReceiver(accounts.apns, self._ended_iphone, self._to_iphone),
            FcmReceiver(accounts.fcm, self._android, self._to_android),
            TwilioReceiver(accounts.twilio, lambda _: 0, self._to_number),
        )
        _, certificate = kept_authority(self._folder / "tls")
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="sandbox-phones", daemon=True)
        thread.start()
        started = asyncio.run_coroutine_threadsafe(self._listen(certificate, accounts.port), loop)
        try:
            started.result(STARTED_WITHIN)
        except OSError as error:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            raise ConflictError(
                ErrorText(
                    "sandbox_phone_port",
                    "The sandbox cannot take phones' messages on port {port}: it is taken, or not allowed.",
                    port=self._port,
                )
            ) from error
        self._loop, self._thread = loop, thread
        accounts.moved(int(self._server.origin.rpartition(":")[2]))

    async def _listen(self, certificate: Path, last_port: int) -> None:
        """On the port that the settings name, else where they were last, else on any."""
        context = server_context(certificate, "h2", "http/1.1")
        if self._port == 0 and last_port:
            try:
                await self._server.start(context, last_port)
            except OSError:
                logger.warning("Port %s of the sandbox's phones is taken: providers with its address find nobody.", last_port)
            else:
                return
        await self._server.start(context, self._port)

    # -- phones ------------------------------------------------------------------------------------------------------

    def new_device(self, phone: str, system: str, number: str, now: int) -> PhoneDevice:
        """Give a phone an address: a token of iOS or Android, or a number (one of its own where it is given)."""
        self.origin()
        service = SYSTEMS[system]
        address = {
            APNS: lambda: secrets.token_hex(32),
            FCM: lambda: f"{secrets.token_urlsafe(16)}:APA91b{secrets.token_urlsafe(100)}",
            NUMBER: lambda: number or self._free_number(),
        }[service]()
        device = PhoneDevice(address, phone, service)
        self._store.add_device(device, now)
        return device

    def _free_number(self) -> str:
        """One that no phone has, if there is any left."""
        return next((each for each in NUMBERS if self._store.device(each) is None), secrets.choice(NUMBERS))

    def _ended_iphone(self, token: str) -> int | None:
        found = self._store.device(token)
        return 0 if found is None or found.service != APNS else found.ended_at or None

    def _android(self, token: str) -> TokenTarget:
        found = self._store.device(token)
        if found is None or found.service != FCM:
            return TokenTarget.NONE
        return TokenTarget.ENDED if found.ended_at else TokenTarget.DEVICE

    def _phone(self, address: str) -> str:
        """Whose it is. A number that nobody was given is a phone of its own: every number takes texts."""
        found = self._store.device(address)
        return address if found is None else found.phone

    # -- what comes --------------------------------------------------------------------------------------------------

    async def _answer(self, request: ReceivedRequest) -> Reply:
        return await asyncio.to_thread(self._reply, request)

    def _reply(self, request: ReceivedRequest) -> Reply:
        if self._receivers is None:
            return Reply(503)
        apns, fcm, twilio = self._receivers
        if request.path.startswith(APNS_PATH):
            return apns.reply(request)
        if request.path == TOKEN_PATH or request.path.startswith("/v1/projects/"):
            return fcm.reply(request)
        return twilio.reply(request)

    def _to_iphone(self, token: str, headers: Mapping[str, str], payload: Mapping[str, Any]) -> None:
        self._arrive(shown_by_iphone(self._phone(token), token, headers, payload), to_json(payload).encode())

    def _to_android(self, token: str, message: Mapping[str, Any]) -> None:
        self._arrive(shown_by_android(self._phone(token), token, message), to_json(message).encode())

    def _to_number(self, form: dict[str, str]) -> None:
        """A text is on the phone, which its provider reports at once."""
        text = shown_text(self._phone(form["To"]), form)
        self._arrive(text, text.body.encode())
        self._report(text.callback, {"MessageSid": text.sid, "MessageStatus": "delivered", "To": text.number})

    def answer(self, text: ShownSms, body: str) -> None:
        """A person writes back: Twilio passes it on, and what that is answered with comes to the phone."""
        self.origin()
        sid = f"SM{secrets.token_hex(16)}"
        self._arrive(answered_text(text, body, sid), body.encode())
        # With Twilio the address is entered in its console; here it stands beside that of the reports.
        inbound = text.callback.partition(f"/{STATUS}?")[0] + f"/{INBOUND}"
        said = self._report(inbound, {"MessageSid": sid, "From": text.number, "To": text.sender, "Body": body})
        for reply in _REPLY.findall(said):
            form = {"To": text.number, "From": text.sender, "Body": html.unescape(reply), "sid": f"SM{secrets.token_hex(16)}"}
            self._arrive(shown_text(text.phone, {**form, "StatusCallback": text.callback}), reply.encode())

    def _report(self, url: str, form: dict[str, str]) -> str:
        """Post to a callback address of this server, as Twilio does; what it was answered with."""
        if not url.startswith(f"{self._base_url}/p/") or self._accounts is None:
            return ""  # another server's: it is not ours to call
        headers = {"X-Twilio-Signature": signature(url, form, self._accounts.twilio.token)}
        request = urllib.request.Request(url, urlencode(form).encode(), headers)  # noqa: S310 - our own address
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=CALLBACK_TIMEOUT) as answer:
                return str(answer.read(65_536).decode("utf-8", "replace"))
        except (OSError, ValueError) as error:  # also what was refused (``HTTPError``)
            logger.warning("A report of the sandbox's texts was not taken: %s", error)
            return ""
