"""Who is sending: a Google service account's access tokens, and Apple's provider tokens."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relance.channels.http2 import Http2Client, PostError
from relance.channels.mobile_push.fcm_account import ServiceAccount
from relance.channels.mobile_push.fcm_answer import read_grant
from relance.channels.mobile_push.meaning import Meaning, Reading

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_SECONDS = 3_600  # how long an assertion is good for; Google takes no longer one
RENEW_AHEAD = 300  # seconds before its end at which an access token is replaced

RENEW_AFTER = 40 * 60  # seconds; Apple wants a provider token to be replaced after 20 minutes at the earliest, 60 at the latest
RENEW_NOT_BEFORE = 20 * 60


class GoogleTokens:
    """One service account's access tokens: kept until shortly before their end, and asked for by one request at a time."""

    def __init__(self, account: ServiceAccount, client: Http2Client, url: str) -> None:
        self._account = account
        self._client = client
        self._url = url
        self._token = ""
        self._renew_at = 0.0
        self._asking: asyncio.Task[Reading] | None = None

    async def token(self) -> tuple[str, Reading]:
        """An access token, or the empty text and why there is none."""
        if self._token and time.time() < self._renew_at:
            return self._token, Reading(Meaning.TAKEN, "")
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask())
            self._asking.add_done_callback(self._asked)
        reading = await asyncio.shield(self._asking)
        return (self._token if reading.meaning is Meaning.TAKEN else ""), reading

    def discard(self, token: str) -> None:
        """It was refused: the next one is asked for. Does nothing where that has happened already."""
        if token == self._token:
            self._token = ""

    def _asked(self, _task: asyncio.Task[Reading]) -> None:
        self._asking = None

    async def _ask(self) -> Reading:
        now = int(time.time())
        claims = {"iss": self._account.client_email, "scope": SCOPE, "aud": self._url, "iat": now, "exp": now + ASSERTION_SECONDS}
        headers = {"kid": self._account.private_key_id} if self._account.private_key_id else None
        assertion = jwt.encode(claims, self._account.private_key, "RS256", headers)
        body = urlencode({"grant_type": GRANT, "assertion": assertion}).encode()
        try:
            answer = await self._client.post(self._url, ["content-type: application/x-www-form-urlencoded"], body)
        except PostError as error:
            return Reading(Meaning.LATER, f"Google's token endpoint: {error}")
        said, reading = read_grant(answer)
        if reading.meaning is Meaning.TAKEN:
            lasts = said.get("expires_in")
            self._token = said["access_token"]
            self._renew_at = time.time() + (lasts if isinstance(lasts, int) else ASSERTION_SECONDS) - RENEW_AHEAD
        return reading


class AppleTokens:
    """One key's provider tokens (ES256). All senders of a team and key share one, since Apple limits how often it changes."""

    def __init__(self, team_id: str, key_id: str, key: ec.EllipticCurvePrivateKey) -> None:
        self._team_id = team_id
        self._key_id = key_id
        self._key = key
        self._header = ""
        self._made_at = 0

    def authorization(self, now: int) -> str:
        """The value of the header. ``now`` is real time in seconds."""
        if not self._header or now - self._made_at >= RENEW_AFTER or now < self._made_at:
            token = jwt.encode({"iss": self._team_id, "iat": now}, self._key, "ES256", {"kid": self._key_id})
            self._header, self._made_at = f"bearer {token}", now
        return self._header

    def renew(self, authorization: str, now: int) -> bool:
        """Whether another token may be tried after this one was called expired: not within 20 minutes, which Apple forbids."""
        if authorization != self._header:
            return True
        if now - self._made_at < RENEW_NOT_BEFORE:
            return False
        self._header = ""
        return True


_TOKENS: dict[tuple[str, str, bytes], AppleTokens] = {}


def apple_tokens(team_id: str, key_id: str, key: ec.EllipticCurvePrivateKey) -> AppleTokens:
    """The tokens of a team and key: the same for all who send by it in this process."""
    fingerprint = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return _TOKENS.setdefault((team_id, key_id, fingerprint), AppleTokens(team_id, key_id, key))
