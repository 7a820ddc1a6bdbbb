"""An app's keys. Only operators create and revoke them: a found API key must not allow creating more."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import JSONBody
from msgspec import Meta

from relance.accounts.model import Key, KeyKind, NewKey
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, KeyId, Limit


class KeyCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new key: ``browser`` is public and sits in pages and apps; ``write`` is a server's, which may say anything about anyone;
    ``api`` opens this API. The latter two are secret.
    """

    kind: KeyKind
    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["Web shop"])]


@get("/", operation_id="listKeys", summary="List keys", responses=ERRORS, sync_to_thread=True)
def list_keys(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[Key]:
    """All keys, including revoked ones, without their texts."""
    after = read_cursor(cursor, int) or 0
    return page(services.accounts.keys(app, after=after, limit=limit + 1), limit, lambda key: key.id)


@post("/", operation_id="createKey", summary="Create a key", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def create_key(request: Request[Any, Caller, Any], app: AppId, data: JSONBody[KeyCreation], services: Behind) -> NewKey:
    """Create a key. Its text is shown only in this answer. Operators only."""
    return services.accounts.create_key(app, data.kind, data.name, RealClock().now(), actor=request.auth.actor)


@post("/{key:int}/rotate", operation_id="rotateKey", summary="Rotate a key", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def rotate_key(request: Request[Any, Caller, Any], app: AppId, key: KeyId, services: Behind) -> NewKey:
    """Replace a key by a new one; the old one stops working within a second. Operators only."""
    return services.accounts.rotate_key(app, key, RealClock().now(), actor=request.auth.actor)


@delete("/{key:int}", operation_id="revokeKey", summary="Revoke a key", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def revoke_key(request: Request[Any, Caller, Any], app: AppId, key: KeyId, services: Behind) -> None:
    """Revoke a key within a second, permanently. Operators only."""
    services.accounts.revoke_key(app, key, RealClock().now(), actor=request.auth.actor)


router = Router(path="/apps/{app:int}/keys", route_handlers=[list_keys, create_key, rotate_key, revoke_key], tags=["Keys"])
