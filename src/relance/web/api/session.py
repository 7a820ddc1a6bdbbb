"""Signing in and out, the first operator, one's own password and sessions."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta

from relance.accounts.model import NewSession, Session, SignedIn
from relance.core.error_text import ErrorText
from relance.core.errors import ForbiddenError
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPEN, OPERATOR, Caller, session_of
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page
from relance.web.api.parameters import Behind
from relance.web.api.services import Services
from relance.web.security import COOKIE, DEVICE_COOKIE

Email = Annotated[str, Meta(description="The operator's e-mail address.", max_length=254, examples=["ada@example.org"])]
Password = Annotated[str, Meta(description="10 to 200 characters.", max_length=400)]


class SetupState(msgspec.Struct, frozen=True):
    """Whether the first operator is still to be created."""

    needed: bool


class FirstOperator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first operator, with the token printed at the first start."""

    token: Annotated[str, Meta(description="The set-up token printed at the first start.", max_length=200)]
    email: Email
    name: Annotated[str, Meta(max_length=100, examples=["Ada"])]
    password: Password


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Credentials."""

    email: Email
    password: Password


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The current password and the new one."""

    current: Annotated[str, Meta(description="The present password.", max_length=400)]
    password: Password


class PasswordChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password chosen through a link."""

    token: Annotated[str, Meta(description="The token of the link.", max_length=200)]
    password: Password


SessionId = Annotated[str, PathParameter(description="The session's id, as it is listed.")]
DEVICE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie


@get("/setup", operation_id="getSetup", summary="Is set-up needed", opt=OPEN, responses=ERRORS, sync_to_thread=True)
def get_setup(services: Behind) -> SetupState:
    """Whether this server has no operator yet."""
    return SetupState(services.operators.setup_needed())


@post("/setup", operation_id="setUp", summary="Make the first operator", opt=OPEN, responses=ERRORS)
async def set_up(request: Request[Any, Any, Any], data: JSONBody[FirstOperator], services: Behind) -> Response[Session]:
    """Create the first operator and sign in. Needs the token printed at the first start; works once."""
    expected = setup_token(services.context.secret)
    if not hmac.compare_digest(expected.encode(), data.token.strip().encode()):
        raise ForbiddenError(ErrorText("set_up_token", "This is not the set-up token that was printed at the first start."))
    now = RealClock().now()
    operators = services.operators
    await sync_to_thread(operators.create_first, data.email, data.name, data.password, now)
    made = await sync_to_thread(operators.sign_in, data.email, data.password, _address(request), now, agent=_agent(request))
    return _signed_in(made, services)


@get("/session", operation_id="getSession", summary="Who am I", opt=OPEN, responses=ERRORS)
async def get_session(request: Request[Any, Any, Any], services: Behind) -> Session | None:
    """The signed-in operator, and the CSRF token for changes; null if there is none."""
    return await session_of(request, services.operators)


@post("/session", operation_id="signIn", summary="Sign in", opt=OPEN, responses=ERRORS)
async def sign_in(request: Request[Any, Any, Any], data: JSONBody[SignIn], services: Behind) -> Response[Session]:
    """Sign in with e-mail address and password.

    Failures are limited by network and by account. A browser that has signed in before is counted separately.
    """
    now = RealClock().now()
    device = request.cookies.get(DEVICE_COOKIE, "")
    made = await sync_to_thread(
        services.operators.sign_in, data.email, data.password, _address(request), now, device=device, agent=_agent(request)
    )
    return _signed_in(made, services)


@delete("/session", operation_id="signOut", summary="Sign out", responses=ERRORS, status_code=HTTP_200_OK)
async def sign_out(request: Request[Any, Any, Any], services: Behind) -> Response[dict[str, bool]]:
    """End the session of the cookie."""
    token = request.cookies.get(COOKIE)
    if token:
        await sync_to_thread(services.operators.sign_out, token)
    response = Response({"signed_out": True})
    response.delete_cookie(COOKIE)
    return response


@put("/session/password", operation_id="changePassword", summary="Change one's password", opt=OPERATOR, responses=ERRORS)
async def change_password(
    request: Request[Any, Caller, Any], data: JSONBody[PasswordChange], services: Behind
) -> dict[str, bool]:
    """Change your own password. All your other sessions end."""
    session = own_session(request.auth)
    await sync_to_thread(services.operators.change_password, session, data.current, data.password, RealClock().now())
    return {"changed": True}


@post("/password", operation_id="choosePassword", summary="Choose a password by a link", opt=OPEN, responses=ERRORS)
async def choose_password(request: Request[Any, Any, Any], data: JSONBody[PasswordChoice], services: Behind) -> Response[Session]:
    """Choose a password through an invitation or a reset link, and sign in. The link works once; all earlier sessions end."""
    made = await sync_to_thread(
        services.operators.choose_password,
        data.token.strip(),
        data.password,
        RealClock().now(),
        address=_address(request),
        agent=_agent(request),
    )
    return _signed_in(made, services)


@get("/sessions", operation_id="listSessions", summary="Where am I signed in", opt=OPERATOR, responses=ERRORS)
async def list_sessions(request: Request[Any, Caller, Any], services: Behind) -> Page[SignedIn]:
    """Your own open sessions, most recently used first."""
    found = await sync_to_thread(services.operators.sessions, own_session(request.auth), RealClock().now())
    return Page(found, None)


@delete(
    "/sessions/{session:str}", operation_id="endSession", summary="End a session", opt=OPERATOR, responses=ERRORS, status_code=204
)
async def end_session(request: Request[Any, Caller, Any], session: SessionId, services: Behind) -> None:
    """Sign out one of your other sessions."""
    await sync_to_thread(services.operators.end_session, own_session(request.auth), session)


@delete(
    "/sessions",
    operation_id="endOtherSessions",
    summary="End all other sessions",
    opt=OPERATOR,
    responses=ERRORS,
    status_code=200,
)
async def end_other_sessions(request: Request[Any, Caller, Any], services: Behind) -> dict[str, int]:
    """Sign out all your other sessions; returns how many ended."""
    return {"ended": await sync_to_thread(services.operators.end_other_sessions, own_session(request.auth))}


def own_session(caller: Caller) -> Session:
    """The session of a signed-in caller. Raises ``ForbiddenError`` for a key."""
    if caller.session is None:
        raise ForbiddenError(ErrorText("operators_only", "Only an operator who is signed in may do this."))
    return caller.session


def setup_token(secret: bytes) -> str:
    """The token to create the first operator, for people who can read the server's terminal or its data folder."""
    return hmac.digest(secret, b"set-up token", "sha256").hex()[:32]


def _signed_in(made: NewSession, services: Services) -> Response[Session]:
    settings = services.context.settings
    return Response(
        made.session,
        cookies=[
            _cookie(COOKIE, made.token, settings.session_hours * 3600, services),
            _cookie(DEVICE_COOKIE, made.device, DEVICE_SECONDS, services),
        ],
        status_code=HTTP_201_CREATED,
    )


def _cookie(name: str, value: str, seconds: int, services: Services) -> Cookie:
    secure = services.context.settings.url.startswith("https:")
    return Cookie(key=name, value=value, httponly=True, samesite="lax", secure=secure, max_age=seconds, path="/")


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else "unknown"


def _agent(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("user-agent", "")


router = Router(
    path="/",
    route_handlers=[
        get_setup,
        set_up,
        get_session,
        sign_in,
        sign_out,
        change_password,
        choose_password,
        list_sessions,
        end_session,
        end_other_sessions,
    ],
    tags=["Sign-in"],
)
