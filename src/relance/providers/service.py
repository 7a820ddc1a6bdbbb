"""Public interface of providers: an app's accounts with them, and the transports opened from these (``transports``)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.channels.provider_type import Price, ProviderContext, ProviderType
from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.mismatch import mismatch
from relance.core.name_check import is_name, name_text
from relance.infra.database import hold_app, reading, writing
from relance.infra.sealing import PROVIDER_SECRETS, Sealing
from relance.providers import store
from relance.providers.errors import ProviderLimitError, StaleProviderError
from relance.providers.model import Provider

__all__ = ["Provider", "Providers"]

MOST_PROVIDERS = 50  # per app
NAME_LIMIT = 200  # characters


class Providers:
    """The providers of all apps. ``url`` is this server's public address, ``secret`` its secret.

    ``private`` allows providers in private networks, which ``authority``, a file of certificates, may vouch for. ``types`` are
    the kinds there are, by name.
    """

    def __init__(
        self,
        engine: Engine,
        secret: bytes,
        types: Mapping[str, ProviderType],
        *,
        url: str,
        private: bool,
        authority: str = "",
    ) -> None:
        self.engine = engine
        self.types = types
        self._secret = secret
        self._sealing = Sealing(secret, PROVIDER_SECRETS)
        self._url = url
        self._private = private
        self._authority = authority

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, app_id: int, number: int) -> Provider:
        """Raises ``ProviderNotFoundError``."""
        with reading(self.engine) as connection:
            return store.found_provider(connection, app_id, number)

    def list(self, app_id: int) -> Sequence[Provider]:
        """All of them, by id."""
        with reading(self.engine) as connection:
            return store.select_providers(connection, store.PROVIDERS.c.app_id == app_id)

    def named(self, number: int, token: str) -> Provider | None:
        """The provider that a callback address names; None if its token is not the one that was given out."""
        with reading(self.engine) as connection:
            found = store.select_providers(connection, store.PROVIDERS.c.id == number)
        wanted = self._token(number)
        return found[0] if found and hmac.compare_digest(wanted.encode(), token.encode("utf-8", "replace")) else None

    def active(self, connection: Connection, known: Mapping[int, Provider]) -> dict[int, Provider]:
        """The active providers of all apps, by id; ``known``: from an earlier call, of which only what changed is read again."""
        versions = store.active_versions(connection)
        kept = {number: one for number, one in known.items() if versions.get(number) == one.version}
        if kept.keys() == versions.keys():
            return kept
        missing = [number for number in versions if number not in kept]
        found = store.select_providers(connection, store.PROVIDERS.c.id.in_(missing), store.PROVIDERS.c.is_active)
        return kept | {one.id: one for one in found}

    def price(self, app_id: int, channel: str, shown: Mapping[str, Any]) -> Price | None:
        """What a message, as a preview shows it, costs by the app's active provider; None where that is not known."""
        with reading(self.engine) as connection:
            mine = (store.PROVIDERS.c.app_id == app_id, store.PROVIDERS.c.channel == channel, store.PROVIDERS.c.is_active)
            found = store.select_providers(connection, *mine)
        price_of = self.types[found[0].type].price if found and found[0].type in self.types else None
        return None if price_of is None else price_of(self._settings(found[0]), shown)

    def callback_url(self, provider: Provider) -> str:
        """Where the provider may report results; only who was given it knows it."""
        return f"{self._url}/p/{provider.id}/{self._token(provider.id)}"

    def account(self, provider: Provider) -> tuple[Any, Any]:
        """Its settings and its secrets in clear, as the structs of its type. Raises ``InvalidError`` if they cannot be used."""
        kind = self._type(provider.type)
        return self._settings(provider), _read(kind.secrets, self._clear(provider), "secrets")

    def _settings(self, provider: Provider) -> Any:
        return _read(self._type(provider.type).settings, provider.settings, "settings")

    def keys(self, app_id: int) -> Sequence[str]:
        """The keys of the app's active providers by which addresses name them, in order of the providers' ids."""
        return [key for each in self.list(app_id) if each.is_active and (key := self.key(each))]

    def key(self, provider: Provider) -> str:
        """The key by which addresses name it; empty for all others."""
        kind = self.types.get(provider.type)
        return "" if kind is None or kind.key_of is None else kind.key_of(self._settings(provider))

    def context(self, provider: Provider) -> ProviderContext:
        """Where it is used."""
        return ProviderContext(self._private, self.callback_url(provider), self._authority)

    # -- writing ---------------------------------------------------------------------------------------------------

    def create(
        self,
        app_id: int,
        type_name: str,
        name: str,
        settings: Mapping[str, Any],
        secrets: Mapping[str, str],
        now: int,
        *,
        author: str = "",
        active: bool = True,
    ) -> Provider:
        """Add a provider. Raises ``InvalidError`` naming the field, and ``ProviderLimitError``."""
        kind = self._type(type_name)
        _check_name(name)
        held = self._checked(kind, settings, secrets, "")
        values = {"app_id": app_id, "channel": kind.channel, "type": kind.name, "name": name, "is_active": active, **held}
        with writing(self.engine) as connection:
            hold_app(connection, app_id)
            if len(store.select_providers(connection, store.PROVIDERS.c.app_id == app_id)) >= MOST_PROVIDERS:
                raise ProviderLimitError(
                    ErrorText("providers_limit", "An app has at most {most} providers.", most=MOST_PROVIDERS),
                    limit=MOST_PROVIDERS,
                )
            self._check_key(connection, app_id, kind, settings, 0)
            times = {"version": 1, "created_at": now, "created_by": author, "updated_at": now}
            made = store.insert_provider(connection, {**values, **times})
            if active:
                store.deactivate_others(connection, app_id, self._rivals(made.type), made.id, now)
        return made

    def change(
        self,
        app_id: int,
        number: int,
        version: int,
        now: int,
        *,
        name: str | None = None,
        settings: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str | None] | None = None,
        active: bool | None = None,
        dry_run: bool = False,
    ) -> Provider:
        """None leaves a field as it is. ``settings`` replaces all; of ``secrets`` those given are replaced (None: deleted).

        ``dry_run``: everything is checked and nothing changed; the answer is the provider as it is.
        Raises ``InvalidError`` naming the field, ``ProviderNotFoundError``, ``StaleProviderError``.
        """
        values: dict[str, Any] = {"version": version + 1, "updated_at": now}
        if name is not None:
            _check_name(name)
            values["name"] = name
        with writing(self.engine) as connection:
            hold_app(connection, app_id)
            found = store.found_provider(connection, app_id, number)
            if found.version != version:
                raise StaleProviderError(
                    ErrorText("provider_changed", "This provider has been changed since it was read."), version=found.version
                )
            if settings is not None or secrets:
                # Other secrets than those that are all replaced must be readable to be kept.
                replaced = set(found.secret_names) <= set(secrets or ())
                kept = {} if replaced else self._clear(found)
                merged = {key: value for key, value in {**kept, **(secrets or {})}.items() if value is not None}
                given = found.settings if settings is None else settings
                if not replaced:
                    _check_leads(self._type(found.type), found.settings, given)
                self._check_key(connection, app_id, self._type(found.type), given, number)
                values |= self._checked(self._type(found.type), given, merged, found.secrets if not secrets else "")
            if dry_run:
                return found
            if active is not None:
                values["is_active"] = active
            store.update_provider(connection, number, values)
            if active:
                store.deactivate_others(connection, app_id, self._rivals(found.type), number, now)
            return store.found_provider(connection, app_id, number)

    def delete(self, app_id: int, number: int) -> Provider:
        """Raises ``ProviderNotFoundError``; the answer is what was deleted."""
        with writing(self.engine) as connection:
            found = store.found_provider(connection, app_id, number)
            store.delete_provider(connection, number)
        return found

    # -- parts -----------------------------------------------------------------------------------------------------

    def _rivals(self, name: str) -> Sequence[str]:
        """The types that carry messages to the same addresses."""
        kind = self._type(name)
        if kind.key_of is not None:
            return []
        return [each.name for each in self.types.values() if (each.channel, each.service) == (kind.channel, kind.service)]

    def _check_key(self, connection: Connection, app_id: int, kind: ProviderType, settings: Mapping[str, Any], but: int) -> None:
        """Addresses name one account by a key. Raises ``InvalidError`` if another than ``but`` has the same one."""
        if kind.key_of is None:
            return
        key = kind.key_of(_read(kind.settings, settings, "settings"))
        same = store.select_providers(connection, store.PROVIDERS.c.app_id == app_id, store.PROVIDERS.c.type == kind.name)
        taken = next((each for each in same if each.id != but and self.key(each) == key), None)
        if taken is not None:
            raise InvalidError(
                ErrorText("provider_key_taken", "The app has this key already, as {name!r}.", name=taken.name), path="settings"
            )

    def _type(self, name: str) -> ProviderType:
        kind = self.types.get(name)
        if kind is None:
            raise InvalidError(
                ErrorText(
                    "provider_type_unknown",
                    "Provider type {got!r} does not exist. Use one of: {known}.",
                    got=name,
                    known=tuple(sorted(self.types)),
                ),
                path="type",
            )
        return kind

    def _checked(
        self, kind: ProviderType, settings: Mapping[str, Any], secrets: Mapping[str, Any], sealed: str
    ) -> dict[str, Any]:
        """The columns that hold them; ``sealed``: the secrets as they are kept already."""
        read, clear = _read(kind.settings, settings, "settings"), _read(kind.secrets, secrets, "secrets")
        kind.check(read, clear, ProviderContext(self._private, self._url))
        names = sorted(name for name, value in secrets.items() if value)
        return {
            "settings": dict(settings),
            "secrets": sealed or self._sealing.seal(to_json({name: secrets[name] for name in names})),
            "secret_names": names,
        }

    def _clear(self, provider: Provider) -> dict[str, Any]:
        clear: dict[str, Any] = from_json(self._sealing.open(provider.secrets))
        return clear

    def _token(self, number: int) -> str:
        digest = hmac.digest(self._secret, b"provider callback %d" % number, "sha256")
        return urlsafe_b64encode(digest[:18]).decode()


def _check_leads(kind: ProviderType, before: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Secrets that are kept go where they went. Raises ``InvalidError`` at the setting that leads them elsewhere."""
    usual = {
        field.encode_name: field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(kind.settings)
    }
    for name in kind.leads:
        if given.get(name, usual[name]) != before.get(name, usual[name]):
            raise InvalidError(
                ErrorText(
                    "secrets_needed_again", "{field} decides where secrets are sent: send all of them again with it.", field=name
                ),
                path=f"settings.{name}",
            )


def _check_name(name: str) -> None:
    if not is_name(name, NAME_LIMIT):
        raise InvalidError(name_text(name, NAME_LIMIT), path="name")


def _read(struct: type[msgspec.Struct], given: Mapping[str, Any], path: str) -> Any:
    """Raises ``InvalidError`` at a path below ``path``."""
    try:
        return msgspec.convert(dict(given), struct)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, given)
        raise InvalidError(text, path=f"{path}{place}") from None


def settings_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a type's settings or secrets, by which forms are drawn."""
    (schema,), parts = msgspec.json.schema_components((struct,))
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = parts[name]
    return found
