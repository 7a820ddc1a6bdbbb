"""The callback addresses ``/p/{provider}/{token}/{what}``. Public: the token names the provider, which signs what it says."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from relance.channels.callback import AnswerReport, CallbackRequest, FateReport, Keyword
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError, NotFoundError
from relance.events.flows import Flow
from relance.events.model import Event
from relance.infra.clock import RealClock
from relance.messaging.model import Delivery, DeliveryState
from relance.messaging.service import Deliveries
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.service import Provider, Providers
from relance.users.answering import answer_at
from relance.users.model import GENERAL
from relance.users.service import Directory
from relance.web.callbacks.effects import events_of_answer, events_of_fate, own_keyword
from relance.web.callbacks.used_proofs import UsedProofs
from relance.web.context import Context

BODY_LIMIT = 65_536  # bytes
MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"

_used = UsedProofs()
AnyRequest = Request[Any, Any, Any]


@post(
    "/p/{provider:int}/{token:str}/{what:str}",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=BODY_LIMIT,
)
async def hear_provider(request: AnyRequest, provider: FromPath[int], token: FromPath[str], what: FromPath[str]) -> Response[str]:
    """What a provider reports. Durable before the answer. Raises ``CallbackForgedError``."""
    context: Context = request.app.state.context
    services = Providers(
        context.state,
        context.secret,
        PROVIDER_TYPES,
        url=context.settings.url,
        private=context.settings.webhook_private,
    )
    found = await sync_to_thread(services.named, provider, token) if 0 < provider < 2**63 else None
    kind = None if found is None else PROVIDER_TYPES.get(found.type)
    if found is None or kind is None or kind.hear is None:
        raise NotFoundError(ErrorText("callback_unknown", "No provider reports to this address."))
    settings, secrets = await sync_to_thread(services.account, found)
    query, body = request.scope["query_string"], await request.body()
    is_form = request.headers.get("content-type", _FORM).startswith(_FORM)
    asked = CallbackRequest(
        f"{services.callback_url(found)}/{what}" + (f"?{query.decode('latin-1')}" if query else ""),
        what,
        _fields(query),
        _fields(body) if is_form else (),
        {name.lower(): value for name, value in request.headers.items()},
        body,
        RealClock().now(),
    )
    heard = kind.hear(settings, secrets, asked)
    _used.use(found.id, heard.proof, heard.reports, asked.received_at)
    events = await sync_to_thread(_events_of, context, found, heard.reports)
    if events:
        await context.log.append(events, flow=Flow.LINK)
    return Response(heard.reply, media_type=heard.media_type, status_code=200, headers={"Cache-Control": "no-store"})


def _fields(text: bytes) -> tuple[tuple[str, str], ...]:
    """The names and values of a form. Raises ``InvalidError`` if there are too many, or it is none."""
    try:
        return tuple(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:  # also of a text that is not UTF-8
        raise InvalidError(ErrorText("callback_form", "The request is not a form that can be read."), path="body") from None


def _events_of(context: Context, provider: Provider, reports: tuple[FateReport | AnswerReport, ...]) -> list[Event]:
    now = context.clock.now()
    events: list[Event] = []
    for report in reports:
        if isinstance(report, FateReport):
            delivery = Deliveries(context.state).locate(report.delivery)
            if delivery is not None and _could_tell(provider, delivery):
                events += events_of_fate(report, delivery, now)
            continue
        events += _answered(context, provider, report, now)
    return events


def _answered(context: Context, provider: Provider, report: AnswerReport, now: int) -> list[Event]:
    """The events of whoever has the address. Where nobody has it, as after a deletion, the answer is kept at the address."""
    directory, where = Directory(context.state), (provider.app_id, provider.channel, report.address)
    holder = directory.at(*where)
    is_refused = directory.refuses(*where, GENERAL)
    if holder is not None:
        return events_of_answer(report, provider, holder, now, is_refused=is_refused)
    keyword = own_keyword(report, is_refused=is_refused)
    if keyword is not None:
        answer_at(context.state, *where, now, granted=keyword is Keyword.START, source=keyword.value)
    return []


def _could_tell(provider: Provider, delivery: Delivery) -> bool:
    """Whether the provider can have been handed the delivery: what never left comes back from nobody."""
    is_theirs = (delivery.app_id, delivery.channel) == (provider.app_id, provider.channel)
    return is_theirs and delivery.person_id != 0 and delivery.state is not DeliveryState.SKIPPED


handlers: list[ControllerRouterHandler] = [hear_provider]
