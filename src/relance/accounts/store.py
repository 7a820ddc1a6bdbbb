"""The tables of accounts, and all SQL on them. Times are real milliseconds: access is no part of a story."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from relance.accounts.model import App, AppSettings, AuditEntry, Key, KeyKind, Operator
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
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
SESSIONS = sa.Table(
    "sessions",
    STATE,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("operator_id", sa.BigInteger, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
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
FAILURES = sa.Table(
    "sign_in_failures",
    STATE,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("failed_at", sa.BigInteger, nullable=False),
    sa.Index("sign_in_failures_by_address", "address", "failed_at"),
)


def insert_app(connection: Connection, name: str, slug: str, settings: AppSettings, now: int) -> int | None:
    """The new app's id, or ``None`` where the slug is taken."""
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
    """Write the app if it still has the version given; the stored version becomes one higher."""
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
    """Whether this call was the one that revoked it."""
    statement = sa.update(KEYS).where(KEYS.c.id == key_id, KEYS.c.revoked_at.is_(None)).values(revoked_at=now)
    return connection.execute(statement).rowcount == 1


def write_last_used(connection: Connection, used: dict[int, int]) -> None:
    statement = sa.update(KEYS).where(KEYS.c.id == sa.bindparam("key")).values(last_used=sa.bindparam("used"))
    connection.execute(statement, [{"key": key, "used": used_at} for key, used_at in sorted(used.items())])


def _key(row: Row[tuple[object, ...]]) -> Key:
    return Key(row.id, row.app_id, KeyKind(row.kind), row.name, row.hint, row.created_at, row.revoked_at, row.last_used)


def insert_operator(connection: Connection, email: str, name: str, password_hash: str, now: int) -> Operator | None:
    """The new operator, or ``None`` where the e-mail address is taken."""
    statement = (
        upsert(connection, OPERATORS)
        .values(email=email, name=name, password_hash=password_hash, created_at=now)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(OPERATORS.c.id)
    )
    new_id = connection.execute(statement).scalar()
    return None if new_id is None else Operator(new_id, email, name, now)


def find_operator_by_email(connection: Connection, email: str) -> tuple[Operator, str] | None:
    """The operator and the password's hash."""
    row = connection.execute(sa.select(OPERATORS).where(OPERATORS.c.email == email)).one_or_none()
    return None if row is None else (_operator(row), row.password_hash)


def names_of_operators(connection: Connection) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(sa.select(OPERATORS.c.id, OPERATORS.c.name))}


def names_of_keys(connection: Connection, app_id: int) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(sa.select(KEYS.c.id, KEYS.c.name).where(KEYS.c.app_id == app_id))}


def lock_operators(connection: Connection) -> None:
    """Until the commit nobody else makes an operator; on SQLite the write transaction says so already."""
    if is_postgres(connection):
        connection.execute(sa.text("LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE"))


def any_operator(connection: Connection) -> bool:
    return connection.execute(sa.select(OPERATORS.c.id).limit(1)).first() is not None


def _operator(row: Row[tuple[object, ...]]) -> Operator:
    return Operator(row.id, row.email, row.name, row.created_at)


def insert_session(connection: Connection, token_hash: str, operator_id: int, csrf: str, now: int, expires_at: int) -> None:
    values = {"token_hash": token_hash, "operator_id": operator_id, "csrf": csrf}
    connection.execute(sa.insert(SESSIONS).values(created_at=now, expires_at=expires_at, **values))


def find_session(connection: Connection, token_hash: str, now: int) -> tuple[Operator, str, int] | None:
    """(operator, csrf, expires_at) of a session that has not expired."""
    joined = SESSIONS.join(OPERATORS, OPERATORS.c.id == SESSIONS.c.operator_id)
    statement = (
        sa.select(OPERATORS, SESSIONS.c.csrf, SESSIONS.c.expires_at)
        .select_from(joined)
        .where(SESSIONS.c.token_hash == token_hash, SESSIONS.c.expires_at > now)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (_operator(row), row.csrf, row.expires_at)


def delete_session(connection: Connection, token_hash: str) -> None:
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.token_hash == token_hash))


def delete_expired_sessions(connection: Connection, now: int) -> None:
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires_at <= now))


def insert_failure(connection: Connection, address: str, now: int) -> int:
    statement = sa.insert(FAILURES).values(address=address, failed_at=now).returning(FAILURES.c.id)
    return int(connection.execute(statement).scalar_one())


def delete_failure(connection: Connection, failure_id: int) -> None:
    connection.execute(sa.delete(FAILURES).where(FAILURES.c.id == failure_id))


def failures_since(connection: Connection, address: str, since: int) -> list[int]:
    """The instants of the address's failures after ``since``, oldest first."""
    statement = sa.select(FAILURES.c.failed_at).where(FAILURES.c.address == address, FAILURES.c.failed_at > since)
    return list(connection.execute(statement.order_by(FAILURES.c.failed_at)).scalars())


def delete_failures_before(connection: Connection, before: int) -> None:
    connection.execute(sa.delete(FAILURES).where(FAILURES.c.failed_at <= before))


def insert_audit(
    connection: Connection, app_id: int, actor: str, action: str, target: str, detail: dict[str, object], now: int
) -> None:
    values = {"app_id": app_id, "actor": actor, "action": action, "target": target}
    connection.execute(sa.insert(AUDIT).values(detail=to_json(detail), occurred_at=now, **values))


def list_audit(connection: Connection, app_id: int, limit: int) -> list[AuditEntry]:
    statement = sa.select(AUDIT).where(AUDIT.c.app_id == app_id).order_by(AUDIT.c.id.desc()).limit(limit)
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
    """Claim again what was claimed at ``since`` and never answered; only one caller can."""
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
