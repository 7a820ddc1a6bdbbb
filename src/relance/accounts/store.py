"""The tables of accounts and all SQL on them. Times are real milliseconds: access is not part of a story."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from relance.accounts.audited import AuditAction
from relance.accounts.model import App, AppSettings, AuditEntry, IdentitySecret, Key, KeyKind, Operator
from relance.core.encoding import from_json, to_json
from relance.infra.database import STATE, is_postgres, upsert

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

APPS = sa.Table(
    "apps",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)
OPERATORS = sa.Table(
    "operators",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),  # empty: invited, no password chosen yet
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("removed_at", sa.BigInteger),  # kept so that their actions stay under their name
)
SESSIONS = sa.Table(
    "sessions",
    STATE,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("operator_id", sa.BigInteger, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("last_used", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("agent", sa.Text, nullable=False, server_default=""),
)
PASSWORD_LINKS = sa.Table(
    "password_links",
    STATE,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("operator_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)
KEYS = sa.Table(
    "keys",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
    sa.Column("last_used", sa.BigInteger),
)
# Stored so that it can be read again to verify signatures; sealed with a key that is not in this store.
IDENTITY_SECRETS = sa.Table(
    "identity_secrets",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
AUDIT = sa.Table(
    "audit",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Index("audit_by_app", "app_id", "id"),
)
IDEMPOTENCY = sa.Table(
    "idempotency",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("answer", sa.LargeBinary),
    sa.Column("created_at", sa.BigInteger, nullable=False, index=True),
)


_IS_THERE = OPERATORS.c.removed_at.is_(None)


def insert_app(connection: Connection, name: str, slug: str, settings: AppSettings, now: int) -> int | None:
    """The new app's id, or ``None`` if the slug is taken."""
    statement = (
        upsert(connection, APPS)
        .values(name=name, slug=slug, settings=to_json(settings), created_at=now, version=1)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(APPS.c.id)
    )
    return connection.execute(statement).scalar()


def find_app(connection: Connection, app_id: int, *, lock: bool = False) -> App | None:
    statement = sa.select(APPS).where(APPS.c.id == app_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _app(row)


def list_apps(connection: Connection, after: int, limit: int) -> list[App]:
    rows = connection.execute(sa.select(APPS).where(APPS.c.id > after).order_by(APPS.c.id).limit(limit))
    return [_app(row) for row in rows]


def replace_app(connection: Connection, app: App) -> bool:
    """Write the app if it still has the given version; increments the version."""
    statement = (
        sa.update(APPS)
        .where(APPS.c.id == app.id, APPS.c.version == app.version)
        .values(name=app.name, settings=to_json(app.settings), version=app.version + 1)
    )
    return connection.execute(statement).rowcount == 1


def _app(row: Row[tuple[object, ...]]) -> App:
    stored = from_json(row.settings)
    known = {name: stored[name] for name in AppSettings.__struct_fields__ if name in stored}
    settings = msgspec.convert(known, AppSettings)
    return App(row.id, row.name, row.slug, settings, row.created_at, row.version)


def insert_key(connection: Connection, app_id: int, kind: KeyKind, name: str, key_hash: str, hint: str, now: int) -> Key:
    values = {"app_id": app_id, "kind": kind.value, "name": name, "hint": hint, "created_at": now}
    new_id = connection.execute(sa.insert(KEYS).values(hash=key_hash, **values).returning(KEYS.c.id)).scalar_one()
    return Key(new_id, app_id, kind, name, hint, now, None, None)


def find_key(connection: Connection, app_id: int, key_id: int) -> Key | None:
    statement = sa.select(KEYS).where(KEYS.c.id == key_id, KEYS.c.app_id == app_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _key(row)


def find_live_key(connection: Connection, key_hash: str) -> Key | None:
    row = connection.execute(sa.select(KEYS).where(KEYS.c.hash == key_hash, KEYS.c.revoked_at.is_(None))).one_or_none()
    return None if row is None else _key(row)


def list_keys(connection: Connection, app_id: int, after: int, limit: int) -> list[Key]:
    statement = sa.select(KEYS).where(KEYS.c.app_id == app_id, KEYS.c.id > after).order_by(KEYS.c.id).limit(limit)
    return [_key(row) for row in connection.execute(statement)]


def revoke_key(connection: Connection, key_id: int, now: int) -> bool:
    """Whether this call revoked it."""
    statement = sa.update(KEYS).where(KEYS.c.id == key_id, KEYS.c.revoked_at.is_(None)).values(revoked_at=now)
    return connection.execute(statement).rowcount == 1


def write_last_used(connection: Connection, used: dict[int, int]) -> None:
    statement = sa.update(KEYS).where(KEYS.c.id == sa.bindparam("key")).values(last_used=sa.bindparam("used"))
    connection.execute(statement, [{"key": key, "used": used_at} for key, used_at in sorted(used.items())])


def _key(row: Row[tuple[object, ...]]) -> Key:
    return Key(row.id, row.app_id, KeyKind(row.kind), row.name, row.hint, row.created_at, row.revoked_at, row.last_used)


def insert_identity_secret(connection: Connection, app_id: int, sealed: bytes, hint: str, now: int) -> IdentitySecret:
    values = {"app_id": app_id, "sealed": sealed, "hint": hint, "created_at": now}
    new_id = connection.execute(sa.insert(IDENTITY_SECRETS).values(values).returning(IDENTITY_SECRETS.c.id)).scalar_one()
    return IdentitySecret(new_id, app_id, hint, now)


def list_identity_secrets(connection: Connection, app_id: int) -> list[tuple[IdentitySecret, bytes]]:
    """Each with its sealed text, oldest first."""
    query = sa.select(IDENTITY_SECRETS).where(IDENTITY_SECRETS.c.app_id == app_id).order_by(IDENTITY_SECRETS.c.id)
    return [(IdentitySecret(row.id, row.app_id, row.hint, row.created_at), row.sealed) for row in connection.execute(query)]


def delete_identity_secret(connection: Connection, app_id: int, secret_id: int) -> bool:
    mine = (IDENTITY_SECRETS.c.app_id == app_id, IDENTITY_SECRETS.c.id == secret_id)
    return connection.execute(sa.delete(IDENTITY_SECRETS).where(*mine)).rowcount == 1


def insert_operator(connection: Connection, email: str, name: str, password_hash: str, now: int) -> Operator | None:
    """The new operator, or ``None`` if the e-mail address is taken. A removed operator is restored."""
    values = {"name": name, "password_hash": password_hash, "created_at": now}
    statement = upsert(connection, OPERATORS).values(email=email, **values)
    back = statement.on_conflict_do_update(
        index_elements=["email"], set_={**values, "removed_at": None}, where=OPERATORS.c.removed_at.is_not(None)
    )
    new_id = connection.execute(back.returning(OPERATORS.c.id)).scalar()
    return None if new_id is None else Operator(new_id, email, name, now, is_invited=not password_hash)


def find_operator(connection: Connection, operator_id: int) -> Operator | None:
    row = connection.execute(sa.select(OPERATORS).where(OPERATORS.c.id == operator_id, _IS_THERE)).one_or_none()
    return None if row is None else _operator(row)


def find_operator_by_email(connection: Connection, email: str) -> tuple[Operator, str] | None:
    """The operator and the password's hash; excludes removed operators and those without a password."""
    chosen = (OPERATORS.c.email == email, OPERATORS.c.password_hash != "", _IS_THERE)
    row = connection.execute(sa.select(OPERATORS).where(*chosen)).one_or_none()
    return None if row is None else (_operator(row), row.password_hash)


def list_operators(connection: Connection) -> list[Operator]:
    return [_operator(row) for row in connection.execute(sa.select(OPERATORS).where(_IS_THERE).order_by(OPERATORS.c.id))]


def remove_operator(connection: Connection, operator_id: int, now: int) -> None:
    gone = {"removed_at": now, "password_hash": ""}
    connection.execute(sa.update(OPERATORS).where(OPERATORS.c.id == operator_id).values(gone))


def write_password(connection: Connection, operator_id: int, password_hash: str) -> None:
    connection.execute(sa.update(OPERATORS).where(OPERATORS.c.id == operator_id).values(password_hash=password_hash))


def names_of_operators(connection: Connection) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(sa.select(OPERATORS.c.id, OPERATORS.c.name))}


def names_of_keys(connection: Connection, app_id: int) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(sa.select(KEYS.c.id, KEYS.c.name).where(KEYS.c.app_id == app_id))}


def lock_operators(connection: Connection) -> None:
    """Serialise creation and removal of operators until the commit. SQLite's write transaction does so already."""
    if is_postgres(connection):
        connection.execute(sa.text("LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE"))


def any_operator(connection: Connection) -> bool:
    return connection.execute(sa.select(OPERATORS.c.id).limit(1)).first() is not None


def _operator(row: Row[tuple[object, ...]]) -> Operator:
    return Operator(row.id, row.email, row.name, row.created_at, is_invited=not row.password_hash)


def insert_session(
    connection: Connection, token_hash: str, operator_id: int, csrf: str, now: int, expires_at: int, address: str, agent: str
) -> None:
    values = {"token_hash": token_hash, "operator_id": operator_id, "csrf": csrf, "address": address, "agent": agent}
    connection.execute(sa.insert(SESSIONS).values(created_at=now, last_used=now, expires_at=expires_at, **values))


def find_session(connection: Connection, token_hash: str, now: int, used_since: int) -> tuple[Operator, str, int, int] | None:
    """(operator, csrf, expires_at, last_used) of a session that has not expired and was used after ``used_since``."""
    joined = SESSIONS.join(OPERATORS, OPERATORS.c.id == SESSIONS.c.operator_id)
    statement = (
        sa.select(OPERATORS, SESSIONS.c.csrf, SESSIONS.c.expires_at, SESSIONS.c.last_used)
        .select_from(joined)
        .where(SESSIONS.c.token_hash == token_hash, _IS_THERE, *_is_open(now, used_since))
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (_operator(row), row.csrf, row.expires_at, row.last_used)


def _is_open(now: int, used_since: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (SESSIONS.c.expires_at > now, SESSIONS.c.last_used > used_since)


def sessions_of(connection: Connection, operator_id: int, now: int, used_since: int) -> list[Row[tuple[object, ...]]]:
    """The operator's sessions, most recently used first."""
    mine = (SESSIONS.c.operator_id == operator_id, *_is_open(now, used_since))
    query = sa.select(SESSIONS).where(*mine).order_by(SESSIONS.c.last_used.desc(), SESSIONS.c.token_hash)
    return list(connection.execute(query).all())


def touch_session(connection: Connection, token_hash: str, now: int) -> None:
    """Record when the session was last used."""
    statement = sa.update(SESSIONS).where(SESSIONS.c.token_hash == token_hash, SESSIONS.c.last_used < now)
    connection.execute(statement.values(last_used=now))


def delete_session(connection: Connection, token_hash: str) -> None:
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.token_hash == token_hash))


def token_hashes_of(connection: Connection, operator_id: int) -> list[str]:
    """Of all the operator's sessions, including expired ones."""
    return list(connection.execute(sa.select(SESSIONS.c.token_hash).where(SESSIONS.c.operator_id == operator_id)).scalars())


def delete_sessions_of(connection: Connection, operator_id: int) -> None:
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.operator_id == operator_id))


def delete_expired_sessions(connection: Connection, now: int) -> None:
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires_at <= now))


def insert_link(connection: Connection, token_hash: str, operator_id: int, expires_at: int) -> None:
    values = {"token_hash": token_hash, "operator_id": operator_id, "expires_at": expires_at}
    connection.execute(sa.insert(PASSWORD_LINKS).values(values))


def operator_of_link(connection: Connection, token_hash: str, now: int) -> Operator | None:
    """The operator whose password a link sets; None if it has expired."""
    joined = PASSWORD_LINKS.join(OPERATORS, OPERATORS.c.id == PASSWORD_LINKS.c.operator_id)
    live = (PASSWORD_LINKS.c.token_hash == token_hash, PASSWORD_LINKS.c.expires_at > now, _IS_THERE)
    row = connection.execute(sa.select(OPERATORS).select_from(joined).where(*live)).one_or_none()
    return None if row is None else _operator(row)


def spend_link(connection: Connection, token_hash: str) -> bool:
    """Whether this call spent it."""
    return connection.execute(sa.delete(PASSWORD_LINKS).where(PASSWORD_LINKS.c.token_hash == token_hash)).rowcount == 1


def delete_links_of(connection: Connection, operator_id: int) -> None:
    connection.execute(sa.delete(PASSWORD_LINKS).where(PASSWORD_LINKS.c.operator_id == operator_id))


def insert_audit(
    connection: Connection, app_id: int, actor: str, action: AuditAction, target: str, detail: dict[str, object], now: int
) -> None:
    values = {"app_id": app_id, "actor": actor, "action": action, "target": target}
    connection.execute(sa.insert(AUDIT).values(detail=to_json(detail), occurred_at=now, **values))


def list_audit(connection: Connection, apps: Collection[int], before: int | None, limit: int) -> list[AuditEntry]:
    """Newest first, before the entry ``before``."""
    statement = sa.select(AUDIT).where(AUDIT.c.app_id.in_(apps)).order_by(AUDIT.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AUDIT.c.id < before)
    return [
        AuditEntry(row.id, row.app_id, row.actor, row.action, row.target, from_json(row.detail), row.occurred_at)
        for row in connection.execute(statement)
    ]


def claim_request(connection: Connection, app_id: int, key_hash: str, request_hash: str, now: int) -> bool:
    """Whether this call was the first to use the key."""
    values = {"app_id": app_id, "key_hash": key_hash, "request_hash": request_hash, "created_at": now}
    statement = upsert(connection, IDEMPOTENCY).values(**values).on_conflict_do_nothing().returning(IDEMPOTENCY.c.app_id)
    return connection.execute(statement).first() is not None


def find_request(connection: Connection, app_id: int, key_hash: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(sa.select(IDEMPOTENCY).where(*_request(app_id, key_hash))).one_or_none()


def take_over_request(connection: Connection, app_id: int, key_hash: str, since: int, now: int) -> bool:
    """Claim again what was claimed at ``since`` and never answered; only one caller succeeds."""
    unanswered = (IDEMPOTENCY.c.status.is_(None), IDEMPOTENCY.c.created_at == since)
    statement = sa.update(IDEMPOTENCY).where(*_request(app_id, key_hash), *unanswered).values(created_at=now)
    return connection.execute(statement).rowcount == 1


def answer_request(connection: Connection, app_id: int, key_hash: str, status: int, answer: bytes) -> None:
    connection.execute(sa.update(IDEMPOTENCY).where(*_request(app_id, key_hash)).values(status=status, answer=answer))


def release_request(connection: Connection, app_id: int, key_hash: str) -> None:
    connection.execute(sa.delete(IDEMPOTENCY).where(*_request(app_id, key_hash), IDEMPOTENCY.c.status.is_(None)))


def delete_requests_before(connection: Connection, before: int) -> None:
    connection.execute(sa.delete(IDEMPOTENCY).where(IDEMPOTENCY.c.created_at < before))


def _request(app_id: int, key_hash: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (IDEMPOTENCY.c.app_id == app_id, IDEMPOTENCY.c.key_hash == key_hash)
