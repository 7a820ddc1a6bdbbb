"""The preference page ``/t/s/{token}``. Public: the token is its own proof."""

from __future__ import annotations

import logging
from typing import Any

from litestar import MediaType, Request, Response, post, route
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from relance.accounts.errors import RateLimitedError
from relance.core.errors import InvalidError
from relance.links.errors import LinkInvalidError
from relance.links.signing import LinkKind, read
from relance.messaging.model import Delivery
from relance.messaging.service import Deliveries
from relance.pipeline.errors import NotSettledError, WorkerGoneError
from relance.restraint.checks import check_own
from relance.users.deletion_requests.model import DeletionState
from relance.users.deletion_requests.service import BY_LINK, DeletionRequests
from relance.web.context import Context
from relance.web.limits import RateLimit
from relance.web.preferences.deletion_page import day_of
from relance.web.preferences.form import Form, read_form, recorded, wanted, without_all
from relance.web.preferences.page import HEADERS, PreferencePage, message_page, preference_page, wordings
from relance.web.preferences.reading import Standing, decide_anew, read_standing, settle
from relance.web.preferences.standing import Choices
from relance.web.tracking.pages import Text, language_of, page

BODY_LIMIT = 20_000  # bytes
MOST_CHANGES, CHANGES_PER_SECOND = 30, 1 / 30  # by one link

AnyRequest = Request[Any, Any, Any]

logger = logging.getLogger(__name__)
_changes = RateLimit(CHANGES_PER_SECOND, most=MOST_CHANGES)


@route("/t/s/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def show_preferences(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """What the person chose so far, as a form. Viewing it changes nothing: scanners follow every link of an e-mail."""
    delivery = await _delivery(request, token)
    standing = None if delivery is None else await sync_to_thread(read_standing, _context(request), delivery)
    if standing is None:
        return _broken(request)
    if standing.has_moved:
        return _moved(request, standing)
    return _page(_shown(standing, _language(request, standing)))


@post("/t/s/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=BODY_LIMIT)
async def change_preferences(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Save the choices of the form. The answer offers what was chosen before."""
    delivery = await _delivery(request, token)
    standing = None if delivery is None else await sync_to_thread(read_standing, _context(request), delivery)
    if delivery is None or standing is None:
        return _broken(request)
    language = _language(request, standing)
    if standing.has_moved:
        return _moved(request, standing)
    try:
        form = read_form(await request.body())  # refused if it is too large
        if form.one("action") != "leave":  # which nothing may stand in the way of
            _changes.take(delivery.id)
    except ValueError:
        return _page(_shown(standing, language, "unchanged"), 400)
    except RateLimitedError:
        return _answer(message_page(standing.app.name, language, "busy"), 429)
    if form.one("action") in ("delete", "keep"):
        return await _decide_deletion(request, delivery, standing, language, is_wanted=form.one("action") == "delete")
    return await _change(request, delivery, standing, form, language)


async def _change(request: AnyRequest, delivery: Delivery, standing: Standing, form: Form, language: str) -> Response[bytes]:
    context, was, action = _context(request), standing.choices, form.one("action")
    becomes = without_all(was) if action == "leave" else wanted(form, was)
    try:
        check_own(becomes.quiet_hours, becomes.limit)
    except InvalidError:
        return _page(_shown(standing, language, "quiet_invalid"), 400)
    shown = _shown(standing, language)
    events = recorded(delivery, standing.person, was, becomes, wordings(shown), context.clock.now())
    if not events:
        return _page(_shown(standing, language, "unchanged"))
    has_settled = await settle(context, events)
    if has_settled:
        await sync_to_thread(decide_anew, context, delivery.app_id, standing.person)
        await _wake(context)
    note = {"leave": "left", "undo": "undone"}.get(action, "saved") if has_settled else "unsettled"
    after = await sync_to_thread(read_standing, context, delivery) if has_settled else None
    # Until it has settled, the page shows what was asked for.
    now = standing if after is None else after
    choices = becomes if after is None else after.choices
    reads = becomes.language if becomes.language != was.language else language
    return _page(_shown(now, reads if reads in ("en", "fr") else language, note, None if action == "undo" else was, choices))


async def _decide_deletion(
    request: AnyRequest, delivery: Delivery, standing: Standing, language: str, *, is_wanted: bool
) -> Response[bytes]:
    context, now = _context(request), _context(request).clock.now()
    if is_wanted:
        note = "not_offered"
        if standing.confirms is not None and standing.app.settings.sending_paused:
            note = "not_now"
        elif standing.confirms is not None:
            deliveries = Deliveries(context.state)
            note = (await sync_to_thread(deliveries.ask_for_deletion, standing.confirms, language, now)).value
            await _wake(context)
    elif standing.deletion is None:
        note = "unchanged"
    else:
        ended = await sync_to_thread(DeletionRequests(context.state).cancel, standing.deletion.id, BY_LINK, now)
        note = "kept" if ended is None or ended.state is DeletionState.CANCELLED else "not_kept"
    after = await sync_to_thread(read_standing, context, delivery)
    return _broken(request) if after is None else _page(_shown(after, language, note))


async def _wake(context: Context) -> None:
    try:
        await context.worker.call("definitions_changed")  # wakes the dispatcher
    except (WorkerGoneError, NotSettledError):
        logger.info("the dispatcher was not woken: it looks by itself")


def _shown(
    standing: Standing, language: str, note: str = "", before: Choices | None = None, choices: Choices | None = None
) -> PreferencePage:
    app = standing.app
    chosen = standing.choices if choices is None else choices
    deletion = standing.deletion
    return PreferencePage(
        app=app.name,
        logo=app.settings.logo,
        address=standing.address,
        language=language,
        choices=chosen,
        titles=standing.titles(language),
        note=note,
        before=before,
        offers_deletion=standing.confirms is not None,
        deletion="" if deletion is None else deletion.state.value,
        deleted_on=day_of(deletion, standing.zone, language),
    )


def _context(request: AnyRequest) -> Context:
    context: Context = request.app.state.context
    return context


async def _delivery(request: AnyRequest, token: str) -> Delivery | None:
    """The delivery that a link names; None where it is no such link, the record is trimmed, or it is nobody's any more."""
    named = _named(request, token)
    if named is None:
        return None
    found = await sync_to_thread(Deliveries(_context(request).state).locate, named)
    return found if found is not None and found.person_id else None


def _named(request: AnyRequest, token: str) -> str | None:
    """The id of the delivery that a link names; None where it is no such link."""
    try:
        link = read(_context(request).secret, token)
    except LinkInvalidError:
        return None
    return link.delivery_id if link.kind is LinkKind.PREFERENCES else None


def _language(request: AnyRequest, standing: Standing) -> str:
    """As the page was switched, else the person's, else the browser's."""
    return _asked_or(request, standing.reads)


def _asked_or(request: AnyRequest, language: str) -> str:
    asked, reads = request.query_params.get("lang", ""), language.lower().partition("-")[0]
    if asked in ("en", "fr"):
        return asked
    return reads if reads in ("en", "fr") else language_of(request.headers.get("accept-language", ""))


def _broken(request: AnyRequest) -> Response[bytes]:
    """A whole link has a delivery that is on the record no more, or nobody: it was not cut on its way."""
    language = _asked_or(request, "")
    is_whole = _named(request, str(request.path_params["token"])) is not None
    body = message_page("", language, "old") if is_whole else page(Text.BROKEN, language)
    return _answer(body, 404)


def _moved(request: AnyRequest, standing: Standing) -> Response[bytes]:
    """Nothing is shown of whoever had the address, nor changed for whoever has it: neither is proven by an old link."""
    language = language_of(request.headers.get("accept-language", ""))
    return _answer(message_page(standing.app.name, language, "moved"), 410)


def _page(shown: PreferencePage, status: int = 200) -> Response[bytes]:
    return _answer(preference_page(shown), status)


def _answer(body: bytes, status: int) -> Response[bytes]:
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


handlers: list[ControllerRouterHandler] = [show_preferences, change_preferences]
