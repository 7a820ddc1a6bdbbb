"""The secrets with which an app's server signs user ids for browsers. Operators create and delete them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Router, delete, get, post

from relance.accounts.model import IdentitySecret, NewIdentitySecret
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, SecretId


class IdentitySecrets(msgspec.Struct, frozen=True):
    """The secrets that may sign user ids, oldest first: two at most."""

    items: list[IdentitySecret]


@get("/", operation_id="listIdentitySecrets", summary="List identity secrets", responses=ERRORS, sync_to_thread=True)
def list_identity_secrets(app: AppId, services: Behind) -> IdentitySecrets:
    """The secrets that may sign user ids, without their texts."""
    return IdentitySecrets(services.accounts.identity_secrets(app))


@post(
    "/",
    operation_id="createIdentitySecret",
    summary="Create an identity secret",
    responses=ERRORS,
    opt=OPERATOR,
    sync_to_thread=True,
)
def create_identity_secret(request: Request[Any, Caller, Any], app: AppId, services: Behind) -> NewIdentitySecret:
    """Create another secret to sign user ids with, shown only in this answer.

    Two are valid at once, so that they can be rotated without a gap. Operators only.
    """
    return services.accounts.create_identity_secret(app, RealClock().now(), actor=request.auth.actor)


@delete(
    "/{secret:int}",
    operation_id="deleteIdentitySecret",
    summary="Delete an identity secret",
    responses=ERRORS,
    opt=OPERATOR,
    sync_to_thread=True,
)
def delete_identity_secret(request: Request[Any, Caller, Any], app: AppId, secret: SecretId, services: Behind) -> None:
    """Delete a secret; within a second its signatures prove nothing. Operators only."""
    services.accounts.delete_identity_secret(app, secret, RealClock().now(), actor=request.auth.actor)


router = Router(
    path="/apps/{app:int}/identity-secrets",
    route_handlers=[list_identity_secrets, create_identity_secret, delete_identity_secret],
    tags=["Keys"],
)
