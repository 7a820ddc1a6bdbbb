"""Public interface of accounts: apps, their keys and audit, and stored answers of repeated requests.

``now`` is always real time in ms here, even where the program's clock runs a story.
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
from relance.accounts.answers import IdempotentAnswers
from relance.accounts.audited import AuditAction
from relance.accounts.branding import check_logo, check_topics
from relance.accounts.checks import checked_name
from relance.accounts.hosts import checked_hosts
from relance.accounts.keyring import Keyring
from relance.accounts.model import (
    UTM_SOURCE,
    App,
    AppSettings,
    AuditEntry,
    IdentitySecret,
    Key,
    KeyKind,
    NewApp,
    NewIdentitySecret,
    NewKey,
    ShopEvents,
    TopicTitles,
    Vouching,
)
from relance.accounts.secrets import fingerprint, new_identity_secret, new_key
from relance.core.countries import COUNTRIES
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError, InvalidError, NotFoundError
from relance.core.languages import is_language_tag
from relance.core.name_check import reject_nul
from relance.core.urls import web_address
from relance.infra.database import reading, writing
from relance.infra.sealing import seal, unseal

__all__ = ["Accounts", "IdempotentAnswers"]

MOST_LIVE_KEYS = 50
MOST_SHOP_EVENTS = 10  # names of one meaning
EVENT_NAME_LENGTH = 200  # characters
MOST_IDENTITY_SECRETS = 2  # the current one and its successor
VOUCHING_SECONDS = 1.0  # how long a change of trust settings may go unseen


def country_of_app(connection: Connection, app_id: int) -> str:
    """The app's country as its two-letter code; empty if it has none set."""
    app = store.find_app(connection, app_id)
    return "" if app is None else app.settings.country


def settings_of(connection: Connection, app_id: int) -> AppSettings:
    """The app's settings; of an app that there is none of, those of a new one."""
    app = store.find_app(connection, app_id)
    return AppSettings() if app is None else app.settings


def asks_to_confirm(connection: Connection, app_id: int) -> bool:
    """Whether the app sends confirmation mails to unconfirmed addresses."""
    app = store.find_app(connection, app_id)
    return app is not None and app.settings.confirm_addresses


def note_in(
    connection: Connection, app_id: int, actor: str, action: AuditAction, target: str, detail: dict[str, object], now: int
) -> None:
    """Add an entry to the app's audit in the caller's transaction."""
    store.insert_audit(connection, app_id, actor, action, target, detail, now)


class Accounts:
    """Who may do what. All methods are synchronous and thread-safe."""

    def __init__(
        self,
        engine: Engine,
        *,
        secret: bytes = b"",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._secret = secret
        self._monotonic = monotonic
        self._vouching: dict[int, tuple[float, Vouching]] = {}  # app → (expiry, value)
        self._keyring = Keyring(self._look_up, monotonic)
        self._used: dict[int, int] = {}  # key id → last use, written by ``flush_uses``

    # Apps

    def create_app(self, name: str, now: int, *, settings: AppSettings | None = None, actor: str = "system") -> NewApp:
        """Create an app with a key of each kind and an identity secret. Their texts are in the answer and nowhere else."""
        name = checked_name(name)
        settings = settings or AppSettings()
        _check_settings(settings)
        with writing(self._engine) as connection:
            app_id, slug = _insert_with_free_slug(connection, name, settings, now)
            write_key = _insert_key(connection, app_id, KeyKind.WRITE, "First write key", now)
            api_key = _insert_key(connection, app_id, KeyKind.API, "First API key", now)
            browser_key = _insert_key(connection, app_id, KeyKind.BROWSER, "First browser key", now)
            identity = self._insert_identity_secret(connection, app_id, now)
            store.insert_audit(connection, app_id, actor, "app.created", f"app:{app_id}", {"name": name}, now)
        return NewApp(App(app_id, name, slug, settings, now, 1), write_key, browser_key, api_key, identity)

    def apps(self, *, after: int = 0, limit: int = 1000) -> list[App]:
        """Apps above ``after``, by id."""
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
        trust_unsigned_browsers: bool | None = None,
        confirm_addresses: bool | None = None,
        hold_out_percent: float | None = None,
        render_error_percent: float | None = None,
        logo: str | None = None,
        topics: Sequence[TopicTitles] | None = None,
        deletion_days: int | None = None,
        utm_source: str | None = None,
        site: str | None = None,
        shop_events: ShopEvents | None = None,
        actor: str = "system",
    ) -> App:
        """Change the given fields (an empty country or currency clears it).

        Raises ``ConflictError`` with the current version if ``version`` is outdated.
        """
        given = {
            "timezone": timezone,
            "language": language,
            "country": country,
            "currency": currency,
            "trust_unsigned_browsers": trust_unsigned_browsers,
            "confirm_addresses": confirm_addresses,
            "hold_out_percent": hold_out_percent,
            "render_error_percent": render_error_percent,
            "logo": logo,
            "deletion_days": deletion_days,
            "utm_source": utm_source,
            "site": site,
            "shop_events": shop_events,
            "topics": None if topics is None else tuple(topics),
        }
        changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
        if link_hosts is not None:
            changes["link_hosts"] = checked_hosts(link_hosts)
        with writing(self._engine) as connection:
            found = _found_app(connection, app_id)
            settings = msgspec.structs.replace(found.settings, **changes)
            _check_settings(settings)
            new_name = found.name if name is None else checked_name(name)
            if found.version != version or not store.replace_app(connection, _with(found, new_name, settings)):
                raise ConflictError(
                    ErrorText("app_changed", "The app was changed since it was read."),
                    version=_found_app(connection, app_id).version,
                )
            detail: dict[str, object] = {**msgspec.to_builtins(changes), **({} if name is None else {"name": new_name})}
            if "logo" in detail:
                detail["logo"] = bool(logo)  # that it changed, not the picture
            store.insert_audit(connection, app_id, actor, "app.changed", f"app:{app_id}", detail, now)
            self._vouching.pop(app_id, None)
            return _found_app(connection, app_id)

    def set_sending_paused(self, app_id: int, paused: bool, now: int, *, actor: str = "system") -> App:
        """Pause or resume all sending of the app. Takes no version: the last caller wins."""
        with writing(self._engine) as connection:
            while True:
                found = _found_app(connection, app_id)
                if found.settings.sending_paused == paused:
                    return found
                settings = msgspec.structs.replace(found.settings, sending_paused=paused)
                if store.replace_app(connection, _with(found, found.name, settings)):
                    break
            action: AuditAction = "sending.paused" if paused else "sending.resumed"
            store.insert_audit(connection, app_id, actor, action, f"app:{app_id}", {}, now)
            return _found_app(connection, app_id)

    def audit(self, app_id: int, before: int | None = None, limit: int = 100, *, operators: bool = False) -> list[AuditEntry]:
        """The app's audit, newest first, before the entry ``before``. ``operators`` includes changes to operators' accounts."""
        with reading(self._engine) as connection:
            return store.list_audit(connection, (app_id, 0) if operators else (app_id,), before, limit)

    def called(self, app_id: int, given: Iterable[str]) -> dict[str, str]:
        """Display names of operators and keys (``operator:<id>``, ``key:<id>``); anything else, and anyone who no longer exists,
        stays as given.
        """
        with reading(self._engine) as connection:
            names = {f"operator:{number}": name for number, name in store.names_of_operators(connection).items()}
            names |= {f"key:{number}": name for number, name in store.names_of_keys(connection, app_id).items()}
        return {one: names.get(one, one) for one in given}

    def note(self, app_id: int, actor: str, action: AuditAction, target: str, detail: dict[str, object], now: int) -> None:
        """Add an entry to the app's audit."""
        with writing(self._engine) as connection:
            store.insert_audit(connection, app_id, actor, action, target, detail, now)

    # Keys

    def create_key(self, app_id: int, kind: KeyKind, name: str, now: int, *, actor: str = "system") -> NewKey:
        """Create a key. Raises ``NotFoundError`` for an unknown app, ``ConflictError`` at ``MOST_LIVE_KEYS``."""
        name = checked_name(name)
        with writing(self._engine) as connection:
            _found_app(connection, app_id, lock=True)
            if sum(key.revoked_at is None for key in store.list_keys(connection, app_id, 0, 10_000)) >= MOST_LIVE_KEYS:
                raise ConflictError(
                    ErrorText("keys_limit", "An app has at most {most} keys: revoke one first.", most=MOST_LIVE_KEYS)
                )
            made = _insert_key(connection, app_id, kind, name, now)
            detail: dict[str, object] = {"kind": kind.value, "name": name}
            store.insert_audit(connection, app_id, actor, "key.created", f"key:{made.key.id}", detail, now)
        self._keyring.forget()
        return made

    def keys(self, app_id: int, *, after: int = 0, limit: int = 1000) -> list[Key]:
        """The app's keys by id, including revoked ones."""
        self.flush_uses()
        with reading(self._engine) as connection:
            _found_app(connection, app_id)
            return store.list_keys(connection, app_id, after, limit)

    def rotate_key(self, app_id: int, key_id: int, now: int, *, actor: str = "system") -> NewKey:
        """Replace a live key by a new one of the same kind and name; the old one stops working within a second.

        Of two concurrent rotations one wins; the other raises ``ConflictError``, as for a revoked key.
        """
        with writing(self._engine) as connection:
            old = _found_key(connection, app_id, key_id)
            if not store.revoke_key(connection, key_id, now):
                raise ConflictError(ErrorText("key_revoked", "The key is revoked already."), key=key_id)
            made = _insert_key(connection, app_id, old.kind, old.name, now)
            detail: dict[str, object] = {"by": made.key.id}
            store.insert_audit(connection, app_id, actor, "key.rotated", f"key:{key_id}", detail, now)
        self._keyring.forget()
        return made

    def revoke_key(self, app_id: int, key_id: int, now: int, *, actor: str = "system") -> None:
        """Revoke a key within a second. Revoking twice changes nothing. Raises ``NotFoundError``."""
        with writing(self._engine) as connection:
            _found_key(connection, app_id, key_id)
            if store.revoke_key(connection, key_id, now):
                store.insert_audit(connection, app_id, actor, "key.revoked", f"key:{key_id}", {}, now)
        self._keyring.forget()

    def live_key(self, text: str) -> Key | None:
        """The key with this text unless revoked; cached for at most a second."""
        key = self._keyring.key(text)
        if key is not None:
            self._used[key.id] = time.time_ns() // 1_000_000
        return key

    def remembers_key(self, text: str) -> bool:
        """Whether ``live_key`` would answer from the cache."""
        return self._keyring.remembers(text)

    def sending_key(self, text: str) -> Key | None:
        """The live write or browser key with this text. API keys are excluded: they must not travel where those do."""
        key = self.live_key(text)
        return None if key is None or key.kind is KeyKind.API else key

    # Trust in browsers

    def create_identity_secret(self, app_id: int, now: int, *, actor: str = "system") -> NewIdentitySecret:
        """Create another secret to sign user ids with. Raises ``ConflictError`` at ``MOST_IDENTITY_SECRETS``."""
        with writing(self._engine) as connection:
            _found_app(connection, app_id, lock=True)
            if len(store.list_identity_secrets(connection, app_id)) >= MOST_IDENTITY_SECRETS:
                raise ConflictError(
                    ErrorText(
                        "identity_secrets_limit",
                        "An app has at most {most} identity secrets: delete the one no longer used.",
                        most=MOST_IDENTITY_SECRETS,
                    )
                )
            made = self._insert_identity_secret(connection, app_id, now)
            target = f"identity_secret:{made.secret.id}"
            store.insert_audit(connection, app_id, actor, "identity_secret.created", target, {}, now)
        self._vouching.pop(app_id, None)
        return made

    def identity_secrets(self, app_id: int) -> list[IdentitySecret]:
        """The secrets that may sign user ids, oldest first."""
        with reading(self._engine) as connection:
            _found_app(connection, app_id)
            return [secret for secret, _ in store.list_identity_secrets(connection, app_id)]

    def delete_identity_secret(self, app_id: int, secret_id: int, now: int, *, actor: str = "system") -> None:
        """Delete a secret; within a second its signatures prove nothing. Raises ``NotFoundError``."""
        with writing(self._engine) as connection:
            if not store.delete_identity_secret(connection, app_id, secret_id):
                raise NotFoundError(
                    ErrorText("identity_secret_not_found", "There is no such identity secret."), identity_secret=secret_id
                )
            store.insert_audit(connection, app_id, actor, "identity_secret.deleted", f"identity_secret:{secret_id}", {}, now)
        self._vouching.pop(app_id, None)

    def vouching(self, app_id: int) -> Vouching:
        """The app's trust settings for browser keys; cached for at most a second."""
        held = self._vouching.get(app_id)
        instant = self._monotonic()
        if held is not None and held[0] > instant:
            return held[1]
        with reading(self._engine) as connection:
            app = _found_app(connection, app_id)
            sealed = [text for _, text in store.list_identity_secrets(connection, app_id)]
        opened = (unseal(self._secret, _identity_purpose(app_id), text) for text in sealed)
        found = Vouching(tuple(text.decode() for text in opened if text is not None), app.settings.trust_unsigned_browsers)
        self._vouching[app_id] = (instant + VOUCHING_SECONDS, found)
        return found

    def _insert_identity_secret(self, connection: Connection, app_id: int, now: int) -> NewIdentitySecret:
        text = new_identity_secret()
        sealed = seal(self._secret, _identity_purpose(app_id), text.encode())
        return NewIdentitySecret(store.insert_identity_secret(connection, app_id, sealed, text[-4:], now), text)

    def app_of_api_key(self, text: str) -> int | None:
        """The app an API key belongs to; write keys are refused."""
        key = self.live_key(text)
        return None if key is None or key.kind is not KeyKind.API else key.app_id

    def flush_uses(self) -> None:
        """Write when keys were last used. Buffered until then: a request never waits for the state store's lock."""
        used, self._used = self._used, {}
        if used:
            with writing(self._engine) as connection:
                store.write_last_used(connection, used)

    def _look_up(self, text: str) -> Key | None:
        with reading(self._engine) as connection:
            return store.find_live_key(connection, fingerprint(text))


def _found_app(connection: Connection, app_id: int, *, lock: bool = False) -> App:
    app = store.find_app(connection, app_id, lock=lock)
    if app is None:
        raise NotFoundError(ErrorText("app_not_found", "There is no such app."), app=app_id)
    return app


def _identity_purpose(app_id: int) -> str:
    return f"identity secret of app {app_id}"


def _found_key(connection: Connection, app_id: int, key_id: int) -> Key:
    key = store.find_key(connection, app_id, key_id)
    if key is None:
        raise NotFoundError(ErrorText("key_not_found", "There is no such key."), key=key_id)
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


def _check_settings(settings: AppSettings) -> None:
    try:
        ZoneInfo(settings.timezone)
    except (ValueError, KeyError, OSError) as error:
        raise InvalidError(
            ErrorText(
                "time_zone", "There is no time zone {got!r}: use an IANA name such as Europe/Paris.", got=settings.timezone
            ),
            path="timezone",
        ) from error
    if not is_language_tag(settings.language):
        raise InvalidError(
            ErrorText(
                "language_tag",
                "Language must be the BCP 47 tag of a language that exists, such as fr or pt-BR (got {got!r}).",
                got=settings.language,
            ),
            path="language",
        )
    if settings.country and settings.country not in COUNTRIES:
        raise InvalidError(
            ErrorText("country", "Country must be two capital letters of ISO 3166 (got {got!r}).", got=settings.country),
            path="country",
        )
    if settings.currency and not re.fullmatch("[A-Z]{3}", settings.currency):
        raise InvalidError(
            ErrorText("currency", "Currency must be three capital letters of ISO 4217 (got {got!r}).", got=settings.currency),
            path="currency",
        )
    if not UTM_SOURCE.fullmatch(settings.utm_source):
        raise InvalidError(
            ErrorText(
                "utm_source",
                "UTM source must be at most 50 letters without accents, digits, dots, hyphens and underscores (got {got!r}).",
                got=settings.utm_source[:100],
            ),
            path="utm_source",
        )
    if settings.site and (len(settings.site) > 300 or web_address(settings.site) is None):
        raise InvalidError(
            ErrorText(
                "app_site",
                "The site must be an http or https address of up to {most} characters (got {got!r}).",
                most=300,
                got=settings.site[:100],
            ),
            path="site",
        )
    _check_shop_events(settings.shop_events)
    check_logo(settings.logo)
    check_topics(settings.topics)


def _check_shop_events(given: ShopEvents) -> None:
    for field in given.__struct_fields__:
        names, path = getattr(given, field), f"shop_events.{field}"
        if len(names) > MOST_SHOP_EVENTS:
            text = ErrorText(
                "shop_events", "At most {most} events may stand here (got {got}).", most=MOST_SHOP_EVENTS, got=len(names)
            )
            raise InvalidError(text, path=path)
        wrong = next((name for name in names if not name.strip() or len(name) > EVENT_NAME_LENGTH), None)
        if wrong is not None:
            text = ErrorText(
                "event_name_length",
                "Event name must be 1–{most} characters without NUL (got {got:,}).",
                most=EVENT_NAME_LENGTH,
                got=len(wrong.strip()),
            )
            raise InvalidError(text, path=path)
        reject_nul([*names], path)
