"""Providers: the accounts with other services that an app's messages go through. Secrets are written and never read."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from relance.accounts.audited import AuditAction
from relance.channels.kind import ServerDefault
from relance.infra.clock import RealClock
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.routes import routes
from relance.providers.service import Provider, settings_schema
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, ProviderId
from relance.web.api.services import Services

AnyRequest = Request[Any, Caller, Any]
Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["SMS in France"])]
SettingValues = Annotated[
    dict[str, Any], Meta(max_length=50, description="As the kind's `settings` schema has it.", examples=[{"account_sid": "AC0"}])
]
Secret = Annotated[str, Meta(max_length=20_000)]
SecretValues = Annotated[
    dict[str, Secret], Meta(max_length=20, description="As the kind's `secrets` schema has it; never shown.")
]
SecretChanges = Annotated[
    dict[str, Secret | None], Meta(max_length=20, description="Those to replace; null deletes one. Others stay.")
]
DryRun = Annotated[bool, Meta(description="Only check: what would be refused is refused, and nothing is changed.")]


class ProviderTypeAnswer(msgspec.Struct, frozen=True):
    """A kind of provider. ``settings`` and ``secrets`` are JSON Schemas, from which forms are drawn.

    ``service``: whose addresses it carries messages to, where the channel has several (`apns`, `fcm`); empty: all of them.
    ``leads`` names the settings that decide where secrets go: whoever changes one sends all secrets anew. ``has_callbacks``:
    it reports to the provider's ``callback_url``.
    """

    name: str
    title: str
    channel: str
    service: str
    settings: dict[str, Any]
    secrets: dict[str, Any]
    leads: list[str]
    has_callbacks: bool


class RouteAnswer(msgspec.Struct, frozen=True):
    """Where an app's messages of a channel leave; ``service``: those to its addresses, where a channel has several.

    ``provider`` is the app's active provider (null: it has none). ``server`` is what carries the messages of apps without one:
    an account of this server, or its ``sandbox``, which catches them; null: nothing, they are skipped with ``no_channel``.
    """

    channel: str
    service: str
    provider: int | None
    server: ServerDefault | None


class ProviderAnswer(msgspec.Struct, frozen=True):
    """A provider. ``secrets_set`` names the secrets that are set; ``active``: the app's messages on the channel go through it.

    ``callback_url`` is where it reports results and passes on what people answer; it begins with this address.
    """

    id: int
    channel: str
    type: str
    name: str
    settings: dict[str, Any]
    secrets_set: list[str]
    active: bool
    callback_url: str
    version: int
    created_at: int
    created_by: str
    updated_at: int


class ProviderCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new provider. An active one takes the place of the one that was active on its channel."""

    type: Annotated[str, Meta(min_length=1, max_length=64, examples=["twilio"])]
    name: Name
    settings: SettingValues = {}
    secrets: SecretValues = {}
    active: bool = True


class ProviderChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a provider; omitted fields stay as they are. ``settings`` replaces all of them."""

    version: Annotated[int, Meta(ge=1, description="The version that was read; 409 if it is no longer the current one.")]
    name: Name | UnsetType = UNSET
    settings: SettingValues | UnsetType = UNSET
    secrets: SecretChanges | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class ProviderTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The address to send a test to: a phone number, an e-mail address, a device token."""

    to: Annotated[str, Meta(min_length=1, max_length=4_096, examples=["+33612345678"])]


class ProviderTested(msgspec.Struct, frozen=True):
    """Whether the provider took the test, and what it answered."""

    taken: bool
    detail: str


def as_provider(services: Services, provider: Provider) -> ProviderAnswer:
    """A provider in the API's form, without its secrets."""
    return ProviderAnswer(
        id=provider.id,
        channel=provider.channel,
        type=provider.type,
        name=provider.name,
        settings=provider.settings,
        secrets_set=list(provider.secret_names),
        active=provider.is_active,
        callback_url=services.providers.callback_url(provider),
        version=provider.version,
        created_at=provider.created_at,
        created_by=provider.created_by,
        updated_at=provider.updated_at,
    )


def _note(request: AnyRequest, services: Services, provider: Provider, action: AuditAction, detail: dict[str, object]) -> None:
    now = RealClock().now()
    services.accounts.note(provider.app_id, request.auth.actor, action, f"provider:{provider.id}", detail, now)


@get("/types", operation_id="listProviderTypes", summary="Kinds of providers", responses=ERRORS, sync_to_thread=False)
def list_provider_types(app: AppId) -> list[ProviderTypeAnswer]:  # noqa: ARG001
    """The kinds of providers, with the settings and secrets that each needs."""
    return provider_types()


def provider_types() -> list[ProviderTypeAnswer]:
    """All of them, as the API describes them."""
    return [
        ProviderTypeAnswer(
            each.name,
            each.title,
            each.channel,
            each.service,
            settings_schema(each.settings),
            settings_schema(each.secrets),
            list(each.leads),
            each.hear is not None,
        )
        for each in PROVIDER_TYPES.values()
    ]


@get("/routes", operation_id="listProviderRoutes", summary="Where messages leave", responses=ERRORS, sync_to_thread=True)
def list_provider_routes(app: AppId, services: Behind) -> list[RouteAnswer]:
    """For each channel, the provider that the app's messages go through, and what carries them without one."""
    active = {
        (one.channel, PROVIDER_TYPES[one.type].service): one.id
        for one in services.providers.list(app)
        if one.is_active and one.type in PROVIDER_TYPES
    }
    return [
        RouteAnswer(each.channel, each.service, active.get((each.channel, each.service)), each.default)
        for each in routes(PROVIDER_TYPES, services.context.settings)
    ]


@get("/", operation_id="listProviders", summary="List providers", responses=ERRORS, sync_to_thread=True)
def list_providers(app: AppId, services: Behind) -> list[ProviderAnswer]:
    """All providers of an app, without their secrets: 50 at most."""
    return [as_provider(services, each) for each in services.providers.list(app)]


@post("/", operation_id="createProvider", summary="Add a provider", responses=ERRORS, sync_to_thread=True)
def create_provider(request: AnyRequest, app: AppId, data: JSONBody[ProviderCreation], services: Behind) -> ProviderAnswer:
    """Add a provider. Its secrets are stored encrypted, and are in no answer, export or log."""
    services.accounts.app(app)
    made = services.providers.create(
        app,
        data.type,
        data.name,
        data.settings,
        data.secrets,
        RealClock().now(),
        author=request.auth.actor,
        active=data.active,
    )
    _note(request, services, made, "provider.created", {"type": made.type, "name": made.name, "active": made.is_active})
    return as_provider(services, made)


@get("/{provider:int}", operation_id="getProvider", summary="Read a provider", responses=ERRORS, sync_to_thread=True)
def get_provider(app: AppId, provider: ProviderId, services: Behind) -> ProviderAnswer:
    """One provider, without its secrets."""
    return as_provider(services, services.providers.get(app, provider))


@patch("/{provider:int}", operation_id="changeProvider", summary="Change a provider", responses=ERRORS, sync_to_thread=True)
def change_provider(
    request: AnyRequest, app: AppId, provider: ProviderId, data: JSONBody[ProviderChange], services: Behind
) -> ProviderAnswer:
    """Change its name or settings, replace secrets, make it the active one of its channel or stop using it."""
    apart, dry_run = ("version", "dry_run"), data.dry_run is True
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET and name not in apart}
    changed = services.providers.change(app, provider, data.version, RealClock().now(), dry_run=dry_run, **given)
    if dry_run:
        return as_provider(services, changed)
    secrets = sorted(given.get("secrets", ()))
    detail = {"name": changed.name, "active": changed.is_active, "changed": sorted(given), "secrets": secrets}
    _note(request, services, changed, "provider.changed", detail)
    return as_provider(services, changed)


@post("/{provider:int}/test", operation_id="testProvider", summary="Send a test", responses=ERRORS, status_code=200)
async def test_provider(
    request: AnyRequest, app: AppId, provider: ProviderId, data: JSONBody[ProviderTest], services: Behind
) -> ProviderTested:
    """Send a fixed text to an address through the provider, active or not, and return what it answered."""
    found = await sync_to_thread(services.providers.get, app, provider)
    answer = await services.context.worker.call("provider_test", app_id=app, number=provider, to=data.to)
    await sync_to_thread(_note, request, services, found, "provider.tested", {"taken": answer["state"] == "sent"})
    return ProviderTested(answer["state"] == "sent", answer["detail"])


@delete("/{provider:int}", operation_id="deleteProvider", summary="Delete a provider", responses=ERRORS, sync_to_thread=True)
def delete_provider(request: AnyRequest, app: AppId, provider: ProviderId, services: Behind) -> None:
    """Delete it with its secrets, at once and permanently. What waits goes through the server's own, or is skipped."""
    gone = services.providers.delete(app, provider)
    _note(request, services, gone, "provider.deleted", {"type": gone.type, "name": gone.name})


router = Router(
    path="/apps/{app:int}/providers",
    route_handlers=[
        list_provider_types,
        list_provider_routes,
        list_providers,
        create_provider,
        get_provider,
        change_provider,
        test_provider,
        delete_provider,
    ],
    tags=["Providers"],
)
