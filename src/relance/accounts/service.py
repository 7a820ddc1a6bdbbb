"""The door to accounts: apps, keys, operators and their sessions, and answers kept for repeated requests.

``now`` is always real time in ms here, even where the program's clock is a story's.
"""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.accounts import store
from relance.accounts.answers import Answers
from relance.accounts.errors import AlreadySetUpError, RateLimitedError, WrongCredentialsError
from relance.accounts.hosts import checked_hosts
from relance.accounts.keyring import Keyring
from relance.accounts.model import (
    App,
    AppSettings,
    AuditEntry,
    Key,
    KeyKind,
    NewApp,
    NewKey,
    NewSession,
    Operator,
    Session,
)
from relance.accounts.passwords import hash_password, password_fits
from relance.accounts.secrets import fingerprint, new_key
from relance.core.countries import COUNTRIES
from relance.core.errors import ConflictError, InvalidError, NotFoundError
from relance.core.time import HOUR, MINUTE
from relance.infra.database import reading, writing

__all__ = ["Accounts", "Answers"]

NAME_LONGEST = 100
MOST_LIVE_KEYS = 50
FAILURE_WINDOW = 15 * MINUTE


class Accounts:
    """Who may do what. Every method is synchronous and safe to call from several threads."""

    def __init__(
        self,
        engine: Engine,
        *,
        sign_in_attempts: int = 10,
        session_hours: int = 12,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._sign_in_attempts = sign_in_attempts
        self._session_ms = session_hours * HOUR
        self._keyring = Keyring(self._look_up, monotonic)
        self._used: dict[int, int] = {}  # key id → last use, written by ``flush_uses``

    # Apps

    def create_app(self, name: str, now: int, *, settings: AppSettings | None = None, actor: str = "system") -> NewApp:
        """Make an app with one write key and one API key, whose texts are in the answer and nowhere else."""
        name = _checked_name(name)
        settings = settings or AppSettings()
        _check_settings(settings)
        with writing(self._engine) as connection:
            app_id, slug = _insert_with_free_slug(connection, name, settings, now)
            write_key = _insert_key(connection, app_id, KeyKind.WRITE, "First write key", now)
            api_key = _insert_key(connection, app_id, KeyKind.API, "First API key", now)
            store.insert_audit(connection, app_id, actor, "app.created", f"app:{app_id}", {"name": name}, now)
        return NewApp(App(app_id, name, slug, settings, now, 1), write_key, api_key)

    def apps(self, *, after: int = 0, limit: int = 1000) -> list[App]:
        """Apps by id, those above ``after``."""
        with reading(self._engine) as connection:
            return store.list_apps(connection, after, limit)

    def app(self, app_id: int) -> App:
        """Raises ``NotFoundError``."""
        with reading(self._engine) as connection:
            return _found_app(connection, app_id)

    def update_app(
        self,
        app_id: int,
        now: int,
        *,
        version: int,
        name: str | None = None,
        timezone: str | None = None,
        language: str | None = None,
        country: str | None = None,
        link_hosts: Sequence[str] | None = None,
        currency: str | None = None,
        actor: str = "system",
    ) -> App:
        """Change what is given (an empty country or currency is none).

        Raises ``ConflictError`` with the current version where ``version`` is not it."""
        given = {"timezone": timezone, "language": language, "country": country, "currency": currency}
        changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
        if link_hosts is not None:
            changes["link_hosts"] = checked_hosts(link_hosts)
        with writing(self._engine) as connection:
            found = _found_app(connection, app_id)
            settings = msgspec.structs.replace(found.settings, **changes)
            _check_settings(settings)
            new_name = found.name if name is None else _checked_name(name)
            if found.version != version or not store.replace_app(connection, _with(found, new_name, settings)):
                raise ConflictError("The app was changed since it was read.", version=_found_app(connection, app_id).version)
            detail: dict[str, object] = {**changes, **({} if name is None else {"name": new_name})}
            store.insert_audit(connection, app_id, actor, "app.changed", f"app:{app_id}", detail, now)
            return _found_app(connection, app_id)

    def set_sending_paused(self, app_id: int, paused: bool, now: int, *, actor: str = "system") -> App:
        """Stop or resume everything the app sends. Needs no version: whoever calls last wins."""
        with writing(self._engine) as connection:
            while True:
                found = _found_app(connection, app_id)
                if found.settings.sending_paused == paused:
                    return found
                settings = msgspec.structs.replace(found.settings, sending_paused=paused)
                if store.replace_app(connection, _with(found, found.name, settings)):
                    break
            action = "sending.paused" if paused else "sending.resumed"
            store.insert_audit(connection, app_id, actor, action, f"app:{app_id}", {}, now)
            return _found_app(connection, app_id)

    def audit(self, app_id: int, limit: int = 100) -> list[AuditEntry]:
        """The app's last changes, newest first."""
        with reading(self._engine) as connection:
            return store.list_audit(connection, app_id, limit)

    def called(self, app_id: int, actors: Iterable[str]) -> dict[str, str]:
        """What the actors (``operator:<id>``, ``key:<id>``) are called; who is not there any more stays as given."""
        with reading(self._engine) as connection:
            names = {f"operator:{number}": name for number, name in store.names_of_operators(connection).items()}
            names |= {f"key:{number}": name for number, name in store.names_of_keys(connection, app_id).items()}
        return {actor: names.get(actor, actor) for actor in actors}

    def note(self, app_id: int, actor: str, action: str, target: str, detail: dict[str, object], now: int) -> None:
        """Write one line into the app's audit."""
        with writing(self._engine) as connection:
            store.insert_audit(connection, app_id, actor, action, target, detail, now)

    # Keys

    def create_key(self, app_id: int, kind: KeyKind, name: str, now: int, *, actor: str = "system") -> NewKey:
        """Make a key. Raises ``NotFoundError`` for an unknown app, ``ConflictError`` at ``MOST_LIVE_KEYS``."""
        name = _checked_name(name)
        with writing(self._engine) as connection:
            _found_app(connection, app_id, lock=True)
            if sum(key.revoked_at is None for key in store.list_keys(connection, app_id, 0, 10_000)) >= MOST_LIVE_KEYS:
                raise ConflictError(f"An app has at most {MOST_LIVE_KEYS} keys: revoke one first.")
            made = _insert_key(connection, app_id, kind, name, now)
            detail: dict[str, object] = {"kind": kind.value, "name": name}
            store.insert_audit(connection, app_id, actor, "key.created", f"key:{made.key.id}", detail, now)
        self._keyring.forget()
        return made

    def keys(self, app_id: int, *, after: int = 0, limit: int = 1000) -> list[Key]:
        """The app's keys, revoked ones too, by id."""
        self.flush_uses()
        with reading(self._engine) as connection:
            _found_app(connection, app_id)
            return store.list_keys(connection, app_id, after, limit)

    def rotate_key(self, app_id: int, key_id: int, now: int, *, actor: str = "system") -> NewKey:
        """Replace a live key by a new one of its kind and name; the old one stops within a second everywhere.

        Of two concurrent rotations one wins; the other raises ``ConflictError``, as for a key revoked before.
        """
        with writing(self._engine) as connection:
            old = _found_key(connection, app_id, key_id)
            if not store.revoke_key(connection, key_id, now):
                raise ConflictError("The key is revoked already.", key=key_id)
            made = _insert_key(connection, app_id, old.kind, old.name, now)
            detail: dict[str, object] = {"by": made.key.id}
            store.insert_audit(connection, app_id, actor, "key.rotated", f"key:{key_id}", detail, now)
        self._keyring.forget()
        return made

    def revoke_key(self, app_id: int, key_id: int, now: int, *, actor: str = "system") -> None:
        """Stop a key within a second; revoking again changes nothing. Raises ``NotFoundError``."""
        with writing(self._engine) as connection:
            _found_key(connection, app_id, key_id)
            if store.revoke_key(connection, key_id, now):
                store.insert_audit(connection, app_id, actor, "key.revoked", f"key:{key_id}", {}, now)
        self._keyring.forget()

    def live_key(self, text: str) -> Key | None:
        """The key with this text unless it is revoked; cached for at most a second."""
        key = self._keyring.key(text)
        if key is not None:
            self._used[key.id] = time.time_ns() // 1_000_000
        return key

    def remembers_key(self, text: str) -> bool:
        """Whether ``live_key`` answers without a look into the store."""
        return self._keyring.remembers(text)

    def app_of_write_key(self, text: str) -> int | None:
        """The app a write key sends to; an API key is no write key, for it must not travel where those do."""
        key = self.live_key(text)
        return None if key is None or key.kind is not KeyKind.WRITE else key.app_id

    def app_of_api_key(self, text: str) -> int | None:
        """The app an API key is bound to; a write key opens nothing here."""
        key = self.live_key(text)
        return None if key is None or key.kind is not KeyKind.API else key.app_id

    def flush_uses(self) -> None:
        """Write when keys were last used. Kept in memory until then: a request never waits for the state store's lock."""
        used, self._used = self._used, {}
        if used:
            with writing(self._engine) as connection:
                store.write_last_used(connection, used)

    def _look_up(self, text: str) -> Key | None:
        with reading(self._engine) as connection:
            return store.find_live_key(connection, fingerprint(text))

    # Operators and sessions

    def setup_needed(self) -> bool:
        """Whether nobody can sign in yet."""
        with reading(self._engine) as connection:
            return not store.any_operator(connection)

    def create_first_operator(self, email: str, name: str, password: str, now: int) -> Operator:
        """The operator of the first start. Raises ``AlreadySetUpError`` where there is one."""
        return self._create_operator(email, name, password, now, only_first=True)

    def create_operator(self, email: str, name: str, password: str, now: int) -> Operator:
        """Raises ``InvalidError`` for a bad address or password, ``ConflictError`` where the address is taken."""
        return self._create_operator(email, name, password, now, only_first=False)

    def _create_operator(self, email: str, name: str, password: str, now: int, *, only_first: bool) -> Operator:
        email = _checked_email(email)
        name = _checked_name(name)
        password_hash = hash_password(password)
        with writing(self._engine) as connection:
            store.lock_operators(connection)
            if only_first and store.any_operator(connection):
                raise AlreadySetUpError("Relance is set up already: sign in.")
            operator = store.insert_operator(connection, email, name, password_hash, now)
            if operator is None:
                raise ConflictError("An operator with this e-mail address exists already.", path="email")
            store.insert_audit(connection, 0, "system", "operator.created", f"operator:{operator.id}", {}, now)
        return operator

    def sign_in(self, email: str, password: str, address: str, now: int) -> NewSession:
        """Check a password and open a session. Raises ``WrongCredentialsError`` or ``RateLimitedError``.

        1. The attempt is written as a failure and committed, so that attempts side by side count each other.
        2. Above the limit it is taken back (a refused attempt does not lengthen the wait) and refused.
        3. The password is checked outside any transaction; success takes the failure back.
        """
        with writing(self._engine) as connection:
            store.delete_failures_before(connection, now - FAILURE_WINDOW)
            failure = store.insert_failure(connection, address, now)
        with writing(self._engine) as connection:
            failures = store.failures_since(connection, address, now - FAILURE_WINDOW)
            refused = len(failures) > self._sign_in_attempts
            if refused:
                store.delete_failure(connection, failure)
        if refused:
            wait = max(1, (failures[0] + FAILURE_WINDOW - now + 999) // 1000)
            raise RateLimitedError("Too many failed sign-ins from this address. Wait and try again.", retry_after=wait)
        with reading(self._engine) as connection:
            found = store.find_operator_by_email(connection, email.strip().lower())
        if not password_fits(password, found[1] if found else None) or found is None:
            raise WrongCredentialsError("The e-mail address or the password is wrong.")
        return self._open_session(found[0], failure, now)

    def _open_session(self, operator: Operator, failure: int, now: int) -> NewSession:
        token, csrf, expires_at = secrets.token_urlsafe(32), secrets.token_urlsafe(24), now + self._session_ms
        with writing(self._engine) as connection:
            store.delete_failure(connection, failure)
            store.delete_expired_sessions(connection, now)
            store.insert_session(connection, fingerprint(token), operator.id, csrf, now, expires_at)
        return NewSession(token, Session(operator, csrf, expires_at))

    def session(self, token: str, now: int) -> Session | None:
        """The session of a cookie's token, or ``None`` where it is unknown or has expired."""
        with reading(self._engine) as connection:
            found = store.find_session(connection, fingerprint(token), now)
        return None if found is None else Session(*found)

    def sign_out(self, token: str) -> None:
        """End the session; an unknown token is no error."""
        with writing(self._engine) as connection:
            store.delete_session(connection, fingerprint(token))


def _found_app(connection: Connection, app_id: int, *, lock: bool = False) -> App:
    app = store.find_app(connection, app_id, lock=lock)
    if app is None:
        raise NotFoundError("There is no such app.", app=app_id)
    return app


def _found_key(connection: Connection, app_id: int, key_id: int) -> Key:
    key = store.find_key(connection, app_id, key_id)
    if key is None:
        raise NotFoundError("There is no such key.", key=key_id)
    return key


def _with(app: App, name: str, settings: AppSettings) -> App:
    return msgspec.structs.replace(app, name=name, settings=settings)


def _insert_with_free_slug(connection: Connection, name: str, settings: AppSettings, now: int) -> tuple[int, str]:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:40] or "app"
    slug = stem
    while (app_id := store.insert_app(connection, name, slug, settings, now)) is None:
        slug = f"{stem}-{secrets.token_hex(3)}"
    return app_id, slug


def _insert_key(connection: Connection, app_id: int, kind: KeyKind, name: str, now: int) -> NewKey:
    text = new_key(kind)
    return NewKey(store.insert_key(connection, app_id, kind, name, fingerprint(text), text[-4:], now), text)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_LONGEST or "\x00" in name:
        raise InvalidError(f"A name has 1 to {NAME_LONGEST} characters.", path="name")
    return name


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    local, at, domain = email.rpartition("@")
    if not (at and local and domain) or len(email) > 254 or re.search(r"[\s\x00]", email):
        raise InvalidError("This is no e-mail address.", path="email")
    return email


def _check_settings(settings: AppSettings) -> None:
    try:
        ZoneInfo(settings.timezone)
    except (ValueError, KeyError, OSError) as error:
        raise InvalidError("This is no IANA time zone.", path="timezone") from error
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", settings.language):
        raise InvalidError("This is no language tag (BCP 47).", path="language")
    if settings.country and settings.country not in COUNTRIES:
        raise InvalidError("This is no country (two capital letters, ISO 3166).", path="country")
    if settings.currency and not re.fullmatch("[A-Z]{3}", settings.currency):
        raise InvalidError("This is no currency (three capital letters, ISO 4217).", path="currency")
