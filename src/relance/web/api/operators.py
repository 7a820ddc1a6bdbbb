"""Operators: who can sign in, invitations, links to choose a password."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from relance.accounts.model import Operator, PasswordLink
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page
from relance.web.api.parameters import Behind
from relance.web.api.services import Services

OperatorId = Annotated[int, PathParameter(description="The operator's id.")]


class Invitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person to invite."""

    email: Annotated[str, Meta(max_length=254, examples=["bob@example.org"])]
    name: Annotated[str, Meta(max_length=100, examples=["Bob"])]


class LinkToPassword(msgspec.Struct, frozen=True):
    """A single-use link to choose a password. Whoever has it can sign in: hand it over privately."""

    url: str
    expires_at: int


class Invited(msgspec.Struct, frozen=True):
    """An invited operator, and the link to send them."""

    operator: Operator
    link: LinkToPassword


@get("/", operation_id="listOperators", summary="List operators", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def list_operators(services: Behind) -> Page[Operator]:
    """Everyone who can sign in or was invited."""
    return Page(services.operators.all(), None)


@post("/", operation_id="inviteOperator", summary="Invite an operator", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def invite_operator(request: Request[Any, Caller, Any], data: JSONBody[Invitation], services: Behind) -> Invited:
    """Create an operator, who chooses a password through the link in the answer. It is valid for seven days and shown
    only now.
    """
    operator, link = services.operators.invite(data.email, data.name, RealClock().now(), actor=request.auth.actor)
    return Invited(operator, _shown(link, services))


@post(
    "/{operator:int}/password-link",
    operation_id="makePasswordLink",
    summary="Let an operator choose a new password",
    responses=ERRORS,
    opt=OPERATOR,
    sync_to_thread=True,
)
def make_password_link(request: Request[Any, Caller, Any], operator: OperatorId, services: Behind) -> LinkToPassword:
    """A link for an operator who forgot the password, valid for a day; replaces the previous one."""
    return _shown(services.operators.link(operator, RealClock().now(), actor=request.auth.actor), services)


@delete(
    "/{operator:int}",
    operation_id="removeOperator",
    summary="Remove an operator",
    responses=ERRORS,
    opt=OPERATOR,
    sync_to_thread=True,
)
def remove_operator(request: Request[Any, Caller, Any], operator: OperatorId, services: Behind) -> None:
    """Revoke an operator's access and sessions at once. Refused for the last one who can sign in."""
    services.operators.remove(operator, RealClock().now(), actor=request.auth.actor)


def _shown(link: PasswordLink, services: Services) -> LinkToPassword:
    # In the fragment, so that no proxy on the way, and no later page, sees the token.
    return LinkToPassword(f"{services.context.settings.url}/password#{link.token}", link.expires_at)


router = Router(
    path="/operators", route_handlers=[list_operators, invite_operator, make_password_link, remove_operator], tags=["Operators"]
)
