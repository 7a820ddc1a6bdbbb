"""Webhooks: addresses of other systems that get who entered and who left a segment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from relance.accounts.audited import AuditAction
from relance.infra.clock import RealClock
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, WebhookId
from relance.web.api.services import Services, webhooks_changed
from relance.webhooks.service import Webhook, WebhookCursor, WebhookState

AnyRequest = Request[Any, Caller, Any]
Url = Annotated[str, Meta(min_length=1, max_length=2_048, examples=["https://crm.example/relance"])]
Segment = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
SegmentIds = Annotated[list[Segment], Meta(max_length=200, description="The segments to be told of; empty means all.")]


class WebhookAnswer(msgspec.Struct, frozen=True):
    """A webhook. ``answered_at``, ``failing_since``, ``next_at`` are real time; ``detail`` is the other side's last response.

    Only an active one that fails is retried (``next_at``).
    """

    id: int
    url: str
    segments: list[int]
    state: WebhookState
    created_at: int
    created_by: str
    answered_at: int | None
    failing_since: int | None
    next_at: int | None
    detail: str


class NewWebhook(msgspec.Struct, frozen=True):
    """A webhook with its signing secret, shown only in this answer."""

    webhook: WebhookAnswer
    secret: str


class WebhookCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new webhook."""

    url: Url
    segments: SegmentIds = []


class WebhookChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a webhook; omitted fields stay as they are. A resumed one continues where it stopped."""

    url: Url | UnsetType = UNSET
    segments: SegmentIds | UnsetType = UNSET
    state: Literal["active", "paused"] | UnsetType = UNSET


class WebhookTested(msgspec.Struct, frozen=True):
    """The result of a test message."""

    taken: bool
    detail: str


def as_webhook(webhook: Webhook, places: list[WebhookCursor]) -> WebhookAnswer:
    """A webhook in the API's form: the worst of several partitions."""
    failing = [place for place in places if place.failing_since]
    newest = max(failing or places, key=lambda place: place.answered_at, default=WebhookCursor(webhook.id, 0, 0))
    return WebhookAnswer(
        id=webhook.id,
        url=webhook.url,
        segments=list(webhook.segments),
        state=webhook.state,
        created_at=webhook.created_at,
        created_by=webhook.created_by,
        answered_at=newest.answered_at or None,
        failing_since=min((place.failing_since for place in failing), default=None),
        next_at=min((place.next_at for place in failing if webhook.state is WebhookState.ACTIVE), default=None),
        detail=newest.detail,
    )


def _shown(services: Services, webhook: Webhook) -> WebhookAnswer:
    return as_webhook(webhook, list(services.webhooks.places(webhook.id)))


def _note(
    request: AnyRequest, services: Services, app: int, action: AuditAction, webhook: int, detail: dict[str, object]
) -> None:
    services.accounts.note(app, request.auth.actor, action, f"webhook:{webhook}", detail, RealClock().now())


@get("/", operation_id="listWebhooks", summary="List webhooks", responses=ERRORS, sync_to_thread=True)
def list_webhooks(app: AppId, services: Behind) -> list[WebhookAnswer]:
    """All webhooks of an app, without their secrets: 20 at most."""
    return [_shown(services, webhook) for webhook in services.webhooks.list(app)]


@post("/", operation_id="createWebhook", summary="Create a webhook", responses=ERRORS)
async def create_webhook(request: AnyRequest, app: AppId, data: JSONBody[WebhookCreation], services: Behind) -> NewWebhook:
    """Create a webhook. From now on it gets everyone who enters or leaves; its secret is shown only in this answer."""

    def make() -> NewWebhook:
        services.accounts.app(app)
        for segment in data.segments:
            services.segments.get(app, segment)
        made = services.webhooks.create(app, data.url, data.segments, RealClock().now(), request.auth.actor)
        _note(request, services, app, "webhook.created", made.id, {"url": made.url})
        return NewWebhook(_shown(services, made), made.secret)

    made = await sync_to_thread(make)
    await webhooks_changed(services)
    return made


@get("/{webhook:int}", operation_id="getWebhook", summary="Read a webhook", responses=ERRORS, sync_to_thread=True)
def get_webhook(app: AppId, webhook: WebhookId, services: Behind) -> WebhookAnswer:
    """One webhook with its state."""
    return _shown(services, services.webhooks.get(app, webhook))


@patch("/{webhook:int}", operation_id="changeWebhook", summary="Change a webhook", responses=ERRORS)
async def change_webhook(
    request: AnyRequest, app: AppId, webhook: WebhookId, data: JSONBody[WebhookChange], services: Behind
) -> WebhookAnswer:
    """Change its address or segments, pause it, or resume it: a failed message is retried at once."""

    def change() -> WebhookAnswer:
        segments = None if data.segments is UNSET else data.segments
        for segment in segments or ():
            services.segments.get(app, segment)
        changed = services.webhooks.change(
            app,
            webhook,
            url=None if data.url is UNSET else data.url,
            segments=segments,
            paused=None if data.state is UNSET else data.state == "paused",
        )
        _note(request, services, app, "webhook.changed", webhook, {"url": changed.url, "state": changed.state.value})
        return _shown(services, changed)

    changed = await sync_to_thread(change)
    await webhooks_changed(services)
    return changed


@post("/{webhook:int}/skip", operation_id="skipWebhook", summary="Go on from now", responses=ERRORS, status_code=200)
async def skip_webhook(request: AnyRequest, app: AppId, webhook: WebhookId, services: Behind) -> WebhookAnswer:
    """Skip what has not been sent, and continue from now."""

    def skip() -> Webhook:
        _note(request, services, app, "webhook.skipped", webhook, {})
        return services.webhooks.skip(app, webhook)

    await sync_to_thread(services.webhooks.get, app, webhook)
    skipped = await sync_to_thread(skip)
    await webhooks_changed(services)
    return await sync_to_thread(_shown, services, skipped)


@post("/{webhook:int}/rotate", operation_id="rotateWebhook", summary="Rotate the secret", responses=ERRORS)
async def rotate_webhook(request: AnyRequest, app: AppId, webhook: WebhookId, services: Behind) -> NewWebhook:
    """Sign with another secret from now on."""

    def rotate() -> NewWebhook:
        rotated = services.webhooks.rotate(app, webhook)
        _note(request, services, app, "webhook.rotated", webhook, {})
        return NewWebhook(_shown(services, rotated), rotated.secret)

    rotated = await sync_to_thread(rotate)
    await webhooks_changed(services)
    return rotated


@post("/{webhook:int}/test", operation_id="testWebhook", summary="Send a test message", responses=ERRORS, status_code=200)
async def test_webhook(app: AppId, webhook: WebhookId, services: Behind) -> WebhookTested:
    """Send one test message, even if the webhook is paused, and return the result."""
    await sync_to_thread(services.webhooks.get, app, webhook)
    answer = await services.context.worker.call("webhook_test", app_id=app, number=webhook)
    return WebhookTested(answer["state"] == "sent", answer["detail"])


@delete("/{webhook:int}", operation_id="deleteWebhook", summary="Delete a webhook", responses=ERRORS)
async def delete_webhook(request: AnyRequest, app: AppId, webhook: WebhookId, services: Behind) -> None:
    """Delete it, at once and permanently."""
    await sync_to_thread(services.webhooks.delete, app, webhook)
    await sync_to_thread(_note, request, services, app, "webhook.deleted", webhook, {})
    await webhooks_changed(services)


router = Router(
    path="/apps/{app:int}/webhooks",
    route_handlers=[
        list_webhooks,
        create_webhook,
        get_webhook,
        change_webhook,
        skip_webhook,
        rotate_webhook,
        test_webhook,
        delete_webhook,
    ],
    tags=["Webhooks"],
)
