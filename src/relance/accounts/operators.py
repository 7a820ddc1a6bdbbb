"""Public interface of operators: accounts, sign-in, sessions, and the links to choose a password.

``now`` is always real time in ms here, even where the program's clock runs a story.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy.engine import Connection, Engine

from relance.accounts import store
from relance.accounts.attempts import Attempts, network_of
from relance.accounts.audited import AuditAction
from relance.accounts.checks import checked_email, checked_name
from relance.accounts.errors import (
    AlreadySetUpError,
    LastOperatorError,
    LinkSpentError,
    RateLimitedError,
    WrongCredentialsError,
)
from relance.accounts.model import NewSession, Operator, PasswordLink, Session, SignedIn
from relance.accounts.passwords import hash_password, password_fits
from relance.accounts.secrets import fingerprint
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError, InvalidError, NotFoundError
from relance.core.time import DAY, HOUR, MINUTE
from relance.infra.database import reading, writing

INVITATION = 7 * DAY  # validity of an invitation
RESET = DAY  # validity of a reset link
SEEN_EVERY = MINUTE  # granularity of a session's last use
AGENT_LONGEST = 200
_NO_PASSWORD = ""  # invited, no password chosen yet; no password matches it


class Operators:
    """Who may sign in. Every method is synchronous and safe to call from several threads."""

    def __init__(
        self, engine: Engine, secret: bytes, *, attempts: int = 10, session_hours: int = 12, idle_minutes: int = 120
    ) -> None:
        self._engine = engine
        self._secret = secret
        self._attempts = Attempts(attempts)
        self._session_ms = session_hours * HOUR
        self._idle_ms = idle_minutes * MINUTE

    # Accounts

    def setup_needed(self) -> bool:
        """Whether no operator exists yet."""
        with reading(self._engine) as connection:
            return not store.any_operator(connection)

    def create_first(self, email: str, name: str, password: str, now: int) -> Operator:
        """Create the first operator. Raises ``AlreadySetUpError`` if there is one."""
        email, name = checked_email(email), checked_name(name)
        password_hash = hash_password(password, email, name)
        with writing(self._engine) as connection:
            store.lock_operators(connection)
            if store.any_operator(connection):
                raise AlreadySetUpError(ErrorText("set_up_already", "Relance is set up already: sign in."))
            operator = store.insert_operator(connection, email, name, password_hash, now)
            if operator is None:
                raise AlreadySetUpError(ErrorText("set_up_already", "Relance is set up already: sign in."))
            _note(connection, "system", "operator.created", operator.id, now)
        return operator

    def all(self) -> list[Operator]:
        """Everyone who can sign in or was invited, by id."""
        with reading(self._engine) as connection:
            return store.list_operators(connection)

    def invite(self, email: str, name: str, now: int, *, actor: str) -> tuple[Operator, PasswordLink]:
        """Create an operator who chooses a password through the link, valid for ``INVITATION``.

        Raises ``InvalidError`` for a bad address or name, ``ConflictError`` if the address belongs to an operator.
        """
        email, name = checked_email(email), checked_name(name)
        with writing(self._engine) as connection:
            store.lock_operators(connection)
            operator = store.insert_operator(connection, email, name, _NO_PASSWORD, now)
            if operator is None:
                raise ConflictError(ErrorText("operator_exists", "{email} is an operator already.", email=email), path="email")
            link = _new_link(connection, operator.id, now, INVITATION)
            _note(connection, actor, "operator.invited", operator.id, now)
        return operator, link

    def link(self, operator_id: int, now: int, *, actor: str) -> PasswordLink:
        """A link to choose a new password; replaces the previous one. Raises ``NotFoundError``.

        Anyone with the link can sign in as that operator: people hand it over, the program does not send it.
        """
        with writing(self._engine) as connection:
            operator = _found(connection, operator_id)
            link = _new_link(connection, operator_id, now, INVITATION if operator.is_invited else RESET)
            _note(connection, actor, "operator.link_made", operator_id, now)
        return link

    def remove(self, operator_id: int, now: int, *, actor: str) -> None:
        """Revoke an operator's access at once. Their actions stay under their name.

        Raises ``NotFoundError``, or ``LastOperatorError`` if nobody else could sign in afterwards.
        """
        with writing(self._engine) as connection:
            store.lock_operators(connection)
            _found(connection, operator_id)
            others = [each for each in store.list_operators(connection) if each.id != operator_id and not each.is_invited]
            if not others:
                raise LastOperatorError(
                    ErrorText("last_operator", "Nobody else could sign in: invite another operator first."), operator=operator_id
                )
            store.remove_operator(connection, operator_id, now)
            store.delete_sessions_of(connection, operator_id)
            store.delete_links_of(connection, operator_id)
            _note(connection, actor, "operator.removed", operator_id, now)

    # Passwords

    def change_password(self, session: Session, current: str, new: str, now: int) -> None:
        """Change one's own password and end all other sessions of one's own.

        Raises ``WrongCredentialsError`` (counted as a failed sign-in), ``RateLimitedError`` or ``InvalidError``.
        """
        counters = [f"change:{session.operator.id}"]
        self._begin(counters, now)
        with reading(self._engine) as connection:
            found = store.find_operator_by_email(connection, session.operator.email)
        if found is None or not password_fits(current, found[1]):
            raise WrongCredentialsError(ErrorText("current_password_wrong", "The current password is wrong."), path="current")
        self._attempts.succeeded(counters, now)
        if current == new:
            raise InvalidError(
                ErrorText("password_unchanged", "The new password is the same as the current one: choose another."),
                path="password",
            )
        password_hash = hash_password(new, session.operator.email, session.operator.name)
        with writing(self._engine) as connection:
            store.write_password(connection, session.operator.id, password_hash)
            _end_others(connection, session)
            store.delete_links_of(connection, session.operator.id)
            _note(connection, f"operator:{session.operator.id}", "operator.password_changed", session.operator.id, now)

    def choose_password(self, token: str, password: str, now: int, *, address: str = "", agent: str = "") -> NewSession:
        """Choose a password through a link, which is then spent; ends all of the operator's sessions and starts one.

        Raises ``LinkSpentError`` if the link was used, replaced or has expired, ``InvalidError`` for a bad password.
        """
        with reading(self._engine) as connection:
            found = store.operator_of_link(connection, fingerprint(token), now)
        if found is None:
            raise LinkSpentError(ErrorText("link_spent", "This link was used, replaced or has ended: ask for a new one."))
        password_hash = hash_password(password, found.email, found.name)
        with writing(self._engine) as connection:
            operator = store.operator_of_link(connection, fingerprint(token), now)
            if operator is None or not store.spend_link(connection, fingerprint(token)):
                raise LinkSpentError(ErrorText("link_spent", "This link was used, replaced or has ended: ask for a new one."))
            store.write_password(connection, operator.id, password_hash)
            store.delete_sessions_of(connection, operator.id)
            _note(connection, f"operator:{operator.id}", "operator.password_chosen", operator.id, now)
        return self._open_session(operator, now, address, agent)

    # Sessions

    def sign_in(self, email: str, password: str, address: str, now: int, *, device: str = "", agent: str = "") -> NewSession:
        """Check a password and start a session. Raises ``WrongCredentialsError`` or ``RateLimitedError``.

        ``device`` is the token an earlier sign-in gave this browser. The attempt counts as failed until it succeeds, so that
        concurrent attempts count each other.
        """
        email = email.strip().lower()
        counters = self._counters(email, address, device)
        self._begin(counters, now)
        with reading(self._engine) as connection:
            found = store.find_operator_by_email(connection, email)
        if not password_fits(password, found[1] if found else None) or found is None:
            raise WrongCredentialsError(ErrorText("credentials_wrong", "The e-mail address or the password is wrong."))
        self._attempts.succeeded(counters, now)
        return self._open_session(found[0], now, address, agent)

    def session(self, token: str, now: int) -> Session | None:
        """The session of a cookie's token, or ``None`` if it is unknown, expired or idle for too long."""
        token_hash = fingerprint(token)
        with reading(self._engine) as connection:
            found = store.find_session(connection, token_hash, now, now - self._idle_ms)
        if found is None:
            return None
        operator, csrf, expires_at, last_used = found
        if now - last_used >= SEEN_EVERY:
            with writing(self._engine) as connection:
                store.touch_session(connection, token_hash, now)
        return Session(operator, csrf, expires_at, session_id(token_hash))

    def sessions(self, session: Session, now: int) -> list[SignedIn]:
        """The sessions of this session's operator, most recently used first."""
        with reading(self._engine) as connection:
            rows = store.sessions_of(connection, session.operator.id, now, now - self._idle_ms)
        return [
            SignedIn(
                id=session_id(row.token_hash),
                created_at=row.created_at,
                last_used=row.last_used,
                expires_at=row.expires_at,
                address=row.address,
                agent=row.agent,
                is_this=session_id(row.token_hash) == session.id,
            )
            for row in rows
        ]

    def end_session(self, session: Session, wanted: str) -> None:
        """End one of one's own sessions. Raises ``NotFoundError``."""
        with writing(self._engine) as connection:
            for token_hash in store.token_hashes_of(connection, session.operator.id):
                if session_id(token_hash) == wanted:
                    store.delete_session(connection, token_hash)
                    return
        raise NotFoundError(
            ErrorText("session_not_found", "There is no such session: it may have ended already."), session=wanted
        )

    def end_other_sessions(self, session: Session) -> int:
        """End all of one's sessions except this one; returns how many."""
        with writing(self._engine) as connection:
            return _end_others(connection, session)

    def sign_out(self, token: str) -> None:
        """End the session. An unknown token is not an error."""
        with writing(self._engine) as connection:
            store.delete_session(connection, fingerprint(token))

    # Inside

    def _counters(self, email: str, address: str, device: str) -> list[str]:
        if device and self._is_device_of(email, device):
            return [f"device:{device}"]
        return [f"network:{network_of(address)}", f"account:{fingerprint(email)}"]

    def _begin(self, counters: Sequence[str], now: int) -> None:
        wait = self._attempts.begin(counters, now)
        if wait:
            seconds = (wait + 999) // 1000
            raise RateLimitedError(
                ErrorText("sign_ins_limited", "Too many failed sign-ins. Wait and try again."), retry_after=seconds
            )

    def _device(self, email: str) -> str:
        """A token proving that its browser has signed in as this operator before."""
        nonce = secrets.token_hex(12)
        return f"{nonce}.{self._device_mac(email, nonce)}"

    def _is_device_of(self, email: str, device: str) -> bool:
        nonce, _, mac = device.partition(".")
        return len(device) < 200 and hmac.compare_digest(mac.encode(), self._device_mac(email, nonce).encode())

    def _device_mac(self, email: str, nonce: str) -> str:
        return hmac.digest(self._secret, f"device\0{nonce}\0{email}".encode(errors="replace"), "sha256").hex()

    def _open_session(self, operator: Operator, now: int, address: str, agent: str) -> NewSession:
        token, csrf, expires_at = secrets.token_urlsafe(32), secrets.token_urlsafe(24), now + self._session_ms
        token_hash = fingerprint(token)
        with writing(self._engine) as connection:
            store.delete_expired_sessions(connection, now)
            store.insert_session(
                connection, token_hash, operator.id, csrf, now, expires_at, address, agent[:AGENT_LONGEST].replace("\x00", "")
            )
            _note(connection, f"operator:{operator.id}", "operator.signed_in", operator.id, now)
        return NewSession(token, Session(operator, csrf, expires_at, session_id(token_hash)), self._device(operator.email))


def session_id(token_hash: str) -> str:
    """A public name for a session in lists; reveals nothing about its token."""
    return fingerprint(token_hash)[:16]


def _end_others(connection: Connection, session: Session) -> int:
    others = [each for each in store.token_hashes_of(connection, session.operator.id) if session_id(each) != session.id]
    for token_hash in others:
        store.delete_session(connection, token_hash)
    return len(others)


def _found(connection: Connection, operator_id: int) -> Operator:
    operator = store.find_operator(connection, operator_id)
    if operator is None:
        raise NotFoundError(ErrorText("operator_not_found", "There is no such operator."), operator=operator_id)
    return operator


def _new_link(connection: Connection, operator_id: int, now: int, length: int) -> PasswordLink:
    token = secrets.token_urlsafe(32)
    store.delete_links_of(connection, operator_id)
    store.insert_link(connection, fingerprint(token), operator_id, now + length)
    return PasswordLink(token, now + length)


def _note(connection: Connection, actor: str, action: AuditAction, operator_id: int, now: int) -> None:
    store.insert_audit(connection, 0, actor, action, f"operator:{operator_id}", {}, now)
