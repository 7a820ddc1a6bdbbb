"""Apps, and the switch that pauses all sending."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, patch, post, put
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.accounts.hosts import checked_hosts
from relance.accounts.model import UTM_SOURCE, App, AppSettings, NewApp, ShopEvents, TopicTitles
from relance.core.error_text import ErrorText
from relance.core.errors import ForbiddenError
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit
from relance.web.api.services import definitions_changed

AppName = Annotated[str, Meta(min_length=1, max_length=100, examples=["Shop"])]
Zone = Annotated[str, Meta(description="An IANA time zone.", max_length=64, examples=["Europe/Paris"])]
Language = Annotated[str, Meta(description="A BCP 47 language tag.", max_length=35, examples=["fr"])]
Country = Annotated[
    str,
    Meta(description="ISO 3166, two capital letters: of people whose country is not known; empty: none.", examples=["FR"]),
]
LinkHosts = Annotated[
    list[str],
    Meta(
        description="Hosts that values may lead tracked links to: `shop.example`, or `*.shop.example` for all below it.",
        max_length=100,
        examples=[["shop.example", "*.shop.example"]],
    ),
]
Currency = Annotated[
    str,
    Meta(description="ISO 4217, three capital letters: of amounts that name none; empty: not known.", examples=["EUR"]),
]
UtmSource = Annotated[
    str,
    Meta(
        description="`utm_source` that tracked links carry, with `utm_medium` and `utm_campaign`; empty: they carry none.",
        extra_json_schema={"pattern": UTM_SOURCE.pattern},
        examples=["relance"],
    ),
]
Version = Annotated[int, Meta(description="The version that was read; 409 if it is no longer the current one.", ge=1)]


Trusting = Annotated[
    bool,
    Meta(
        description=(
            "Whether pages do not sign user ids yet. Then calls with a browser key are taken at their word, except about people"
            " of whom a server or a signed call has spoken: for a first try without a server."
        )
    ),
]


Confirming = Annotated[
    bool,
    Meta(
        description=(
            "Whether an e-mail address that is nobody's, and that only a browser without proof told,"
            " gets one mail that asks whoever reads it to confirm it."
        )
    ),
]


RenderErrors = Annotated[
    float,
    Meta(
        description="More failures to render than this, in percent of at least 100 messages, stop an audience; 100: never.",
        ge=0,
        le=100,
    ),
]
HoldOut = Annotated[
    float,
    Meta(
        description=(
            "The share of people, in percent, who get no marketing, so that the others can be compared with them; 0: nobody."
        ),
        ge=0,
        le=50,
    ),
]


Logo = Annotated[
    str,
    Meta(
        description="Picture on the pages that mails lead to: a PNG, JPEG, GIF or WebP as a data URL; empty: the app's name.",
        max_length=60_000,
    ),
]
TopicList = Annotated[
    list[TopicTitles],
    Meta(
        description="Topics that people can choose from on the preference page, in order; none: those of the app's messages.",
        max_length=50,
        examples=[[{"topic": "offers", "titles": {"en": "Offers", "fr": "Offres"}}]],
    ),
]


DeletionDays = Annotated[
    int,
    Meta(
        description=(
            "How many days after it was confirmed a deletion takes place that was asked for on the preference page; until then it"
            " can be cancelled. 0: the page offers none."
        ),
        ge=0,
        le=30,
    ),
]


Site = Annotated[
    str,
    Meta(
        description="Address of the app's site, which templates read as `app.site`; empty: none.",
        max_length=300,
        examples=["https://shop.example"],
    ),
]


class AppCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new app."""

    name: AppName
    timezone: Zone = "UTC"
    language: Language = "en"
    country: Country = ""
    link_hosts: LinkHosts = []
    currency: Currency = ""
    trust_unsigned_browsers: Trusting = False
    confirm_addresses: Confirming = True


class AppChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of an app; omitted fields stay as they are."""

    version: Version
    name: AppName | None = None
    timezone: Zone | None = None
    language: Language | None = None
    country: Country | None = None
    link_hosts: LinkHosts | None = None
    currency: Currency | None = None
    trust_unsigned_browsers: Trusting | None = None
    confirm_addresses: Confirming | None = None
    hold_out_percent: HoldOut | None = None
    render_error_percent: RenderErrors | None = None
    logo: Logo | None = None
    topics: TopicList | None = None
    deletion_days: DeletionDays | None = None
    utm_source: UtmSource | None = None
    site: Site | None = None
    shop_events: ShopEvents | None = None


#: Settings that protect the app, or speak for it to everybody: a found API key must not allow changing them.
OPERATORS_ALONE = ("link_hosts", "trust_unsigned_browsers", "confirm_addresses", "logo", "deletion_days")


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sending switch: while paused, nothing is sent, and what falls due is skipped with the reason ``sending_paused``."""

    paused: bool


class PushKey(msgspec.Struct, frozen=True):
    """The server's public key for web push (VAPID), in base64url; empty if this server sends none. One for all apps."""

    application_server_key: str


@get("/", operation_id="listApps", summary="List apps", responses=ERRORS, sync_to_thread=True)
def list_apps(request: Request[Any, Caller, Any], services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[App]:
    """For an operator all apps; for an API key its own."""
    own = request.auth.app_id
    if own is not None:
        return Page([services.accounts.app(own)], None)
    after = read_cursor(cursor, int) or 0
    return page(services.accounts.apps(after=after, limit=limit + 1), limit, lambda app: app.id)


@post("/", operation_id="createApp", summary="Create an app", responses=ERRORS, opt=OPERATOR)
async def create_app(request: Request[Any, Caller, Any], data: JSONBody[AppCreation], services: Behind) -> NewApp:
    """Create an app with a first key of each kind and an identity secret, shown only in this answer.

    Operators only.
    """
    hosts = checked_hosts(data.link_hosts)
    settings = AppSettings(
        timezone=data.timezone,
        language=data.language,
        country=data.country,
        link_hosts=hosts,
        currency=data.currency,
        trust_unsigned_browsers=data.trust_unsigned_browsers,
        confirm_addresses=data.confirm_addresses,
    )
    now, actor = RealClock().now(), request.auth.actor
    made = await sync_to_thread(services.accounts.create_app, data.name, now, settings=settings, actor=actor)
    await definitions_changed(services)
    return made


@get("/{app:int}", operation_id="getApp", summary="Read an app", responses=ERRORS, sync_to_thread=True)
def get_app(app: AppId, services: Behind) -> App:
    """One app and its settings."""
    return services.accounts.app(app)


@patch("/{app:int}", operation_id="changeApp", summary="Change an app", responses=ERRORS)
async def change_app(request: Request[Any, Caller, Any], app: AppId, data: JSONBody[AppChange], services: Behind) -> App:
    """Change name, time zone, language, country, currency, UTM source, site, shop events, hold-out, topics, logo, link hosts,
    confirmation mails, days until deletions, and trust in browsers.

    The last five need an operator.
    """
    if request.auth.app_id is not None:
        guarded = [name for name in OPERATORS_ALONE if getattr(data, name) is not None]
        if guarded:
            raise ForbiddenError(
                ErrorText(
                    "operators_only_fields",
                    "Only an operator who is signed in may change {fields}, no API key.",
                    fields=tuple(guarded),
                )
            )
    changed = await sync_to_thread(
        services.accounts.update_app,
        app,
        RealClock().now(),
        version=data.version,
        name=data.name,
        timezone=data.timezone,
        language=data.language,
        country=data.country,
        link_hosts=data.link_hosts,
        currency=data.currency,
        trust_unsigned_browsers=data.trust_unsigned_browsers,
        confirm_addresses=data.confirm_addresses,
        hold_out_percent=data.hold_out_percent,
        render_error_percent=data.render_error_percent,
        logo=data.logo,
        topics=data.topics,
        deletion_days=data.deletion_days,
        utm_source=data.utm_source,
        site=data.site,
        shop_events=data.shop_events,
        actor=request.auth.actor,
    )
    await definitions_changed(services)
    return changed


@put("/{app:int}/sending", operation_id="setSending", summary="Pause or resume all sending", responses=ERRORS)
async def set_sending(request: Request[Any, Caller, Any], app: AppId, data: JSONBody[Sending], services: Behind) -> App:
    """Pause everything the app sends, at once, or resume it."""
    now, actor = RealClock().now(), request.auth.actor
    changed = await sync_to_thread(services.accounts.set_sending_paused, app, data.paused, now, actor=actor)
    await definitions_changed(services)
    return changed


@get("/{app:int}/push-key", operation_id="getPushKey", summary="Read the key for web push", responses=ERRORS, sync_to_thread=True)
def get_push_key(app: AppId, services: Behind) -> PushKey:
    """The public key with which pages subscribe browsers. Pages can read it at `GET /v1/projects/{browser key}/settings`."""
    services.accounts.app(app)
    return PushKey(services.context.push_key)


router = Router(
    path="/apps", route_handlers=[list_apps, create_app, get_app, change_app, set_sending, get_push_key], tags=["Apps"]
)
