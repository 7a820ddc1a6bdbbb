"""Signing in and out, and the first operator."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta

from relance.accounts.model import NewSession, Session
from relance.core.errors import ForbiddenError, UnauthorizedError
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPEN, session_of
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import Behind
from relance.web.api.services import Services
from relance.web.security import COOKIE

Email = Annotated[str, Meta(description="The operator's e-mail address.", max_length=254, examples=["ada@example.org"])]
Password = Annotated[str, Meta(description="10 to 200 characters.", max_length=400)]


class SetupState(msgspec.Struct, frozen=True):
    """Whether the first operator is still to be made."""

    needed: bool


class FirstOperator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first operator, with the token that was printed at the first start."""

    token: Annotated[str, Meta(description="The set-up token printed at the first start.", max_length=200)]
    email: Email
    name: Annotated[str, Meta(max_length=100, examples=["Ada"])]
    password: Password


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to sign in."""

    email: Email
    password: Password


@get("/setup", operation_id="getSetup", summary="Is set-up needed", opt=OPEN, responses=ERRORS, sync_to_thread=True)
def get_setup(services: Behind) -> SetupState:
    """Whether this server still waits for its first operator."""
    return SetupState(services.accounts.setup_needed())


@post("/setup", operation_id="setUp", summary="Make the first operator", opt=OPEN, responses=ERRORS)
async def set_up(request: Request[Any, Any, Any], data: JSONBody[FirstOperator], services: Behind) -> Response[Session]:
    """Make the first operator and sign in. Needs the token printed at the first start; works once."""
    expected = setup_token(services.context.secret)
    if not hmac.compare_digest(expected.encode(), data.token.strip().encode()):
        raise ForbiddenError("This is not the set-up token that was printed at the first start.")
    now = RealClock().now()
    accounts = services.accounts
    await sync_to_thread(accounts.create_first_operator, data.email, data.name, data.password, now)
    made = await sync_to_thread(accounts.sign_in, data.email, data.password, _address(request), now)
    return _signed_in(made, services)


@get("/session", operation_id="getSession", summary="Who am I", opt=OPEN, responses=ERRORS)
async def get_session(request: Request[Any, Any, Any], services: Behind) -> Session:
    """The operator who is signed in, and the CSRF token for changes."""
    session = await session_of(request, services.accounts)
    if session is None:
        raise UnauthorizedError("Nobody is signed in.")
    return session


@post("/session", operation_id="signIn", summary="Sign in", opt=OPEN, responses=ERRORS)
async def sign_in(request: Request[Any, Any, Any], data: JSONBody[SignIn], services: Behind) -> Response[Session]:
    """Sign in with e-mail address and password. Failures are limited per network address."""
    now = RealClock().now()
    made = await sync_to_thread(services.accounts.sign_in, data.email, data.password, _address(request), now)
    return _signed_in(made, services)


@delete("/session", operation_id="signOut", summary="Sign out", responses=ERRORS, status_code=HTTP_200_OK)
async def sign_out(request: Request[Any, Any, Any], services: Behind) -> Response[dict[str, bool]]:
    """End the session of the cookie."""
    token = request.cookies.get(COOKIE)
    if token:
        await sync_to_thread(services.accounts.sign_out, token)
    response = Response({"signed_out": True})
    response.delete_cookie(COOKIE)
    return response


def setup_token(secret: bytes) -> str:
    """The token that lets someone make the first operator: whoever can read the server's terminal or its data folder."""
    return hmac.digest(secret, b"set-up token", "sha256").hex()[:32]


def _signed_in(made: NewSession, services: Services) -> Response[Session]:
    settings = services.context.settings
    cookie = Cookie(
        key=COOKIE,
        value=made.token,
        httponly=True,
        samesite="lax",
        secure=settings.url.startswith("https:"),
        max_age=settings.session_hours * 3600,
        path="/",
    )
    return Response(made.session, cookies=[cookie], status_code=HTTP_201_CREATED)


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else "unknown"


router = Router(path="/", route_handlers=[get_setup, set_up, get_session, sign_in, sign_out], tags=["Sign-in"])
