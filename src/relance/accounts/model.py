"""Apps, operators, sessions and keys as other packages see them. No I/O, and no secret beyond its creation."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

UTM_SOURCE = re.compile(r"^[A-Za-z0-9._-]{0,50}$")


class KeyKind(StrEnum):
    """What a key allows. A browser key is public: it sits in pages and apps and sends what visitors do. A write key belongs to a
    server and may say anything about anyone; an API key opens the REST API. Both are secret.
    """

    WRITE = "write"
    BROWSER = "browser"
    API = "api"


class TopicTitles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic of messages, and what it is called to people: language (``en``, ``fr``) → title."""

    topic: str
    titles: dict[str, str] = {}


class ShopEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an app calls the events that `last_viewed` and `last_cart` of templates come from."""

    viewed: Annotated[tuple[str, ...], Meta(description="Somebody looked at a product: the newest is `last_viewed`.")] = (
        "Product Viewed",
    )
    cart: Annotated[tuple[str, ...], Meta(description="What is in a cart, or came into it: the newest is `last_cart`.")] = (
        "Cart Viewed",
        "Cart Updated",
        "Product Added",
    )
    cart_over: Annotated[
        tuple[str, ...], Meta(description="The cart is no more, since it was bought or emptied: there is no `last_cart` then.")
    ] = ("Order Completed",)


class AppSettings(msgspec.Struct, frozen=True, omit_defaults=False):
    """An operator's decisions for a whole app."""

    timezone: Annotated[str, Meta(description="IANA zone used where a person's own zone is not known.")] = "UTC"
    language: Annotated[str, Meta(description="Language used where a person's own is not known (BCP 47).")] = "en"
    country: Annotated[
        str, Meta(description="Country used where a person's own is not known (ISO 3166, two capital letters); empty: none.")
    ] = ""
    link_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description=(
                "Hosts that values of events and people may lead tracked links to, such as `shop.example` or `*.shop.example`. "
                "Hosts that stand in a message itself need not be here."
            )
        ),
    ] = ()
    currency: Annotated[
        str, Meta(description="Currency of amounts that name none (ISO 4217, three capital letters); empty: not known.")
    ] = ""
    utm_source: Annotated[
        str,
        Meta(
            description=(
                "Tracked links tell the analytics of their target where a click came from: `utm_source` is this, `utm_medium` the"
                " channel, `utm_campaign` the message's name. Links with such parameters of their own stay; empty: none is added."
            )
        ),
    ] = ""
    sending_paused: Annotated[bool, Meta(description="Nothing is sent while this is on.")] = False
    trust_unsigned_browsers: Annotated[
        bool,
        Meta(
            description=(
                "Calls with a browser key are taken at their word although they prove no user id: whoever reads the page's"
                " source can speak for people of whom no server has spoken. For a first try without a server."
            )
        ),
    ] = False
    hold_out_percent: Annotated[
        float,
        Meta(
            description=(
                "The share of people, in percent, who get no marketing, so that the others can be compared with them. Who they"
                " are stays the same; 0: nobody."
            ),
            ge=0,
            le=50,
        ),
    ] = 0.0
    render_error_percent: Annotated[
        float,
        Meta(
            description=(
                "An audience stops by itself when more of its messages than this, in percent and of at least 100, fail to be"
                " rendered; 100: never."
            ),
            ge=0,
            le=100,
        ),
    ] = 5.0
    confirm_addresses: Annotated[
        bool,
        Meta(
            description=(
                "An e-mail address that only a browser without proof told, and that is nobody's, gets one mail that asks whoever"
                " reads it to confirm it."
            )
        ),
    ] = True
    logo: Annotated[
        str,
        Meta(description="Picture on the pages that mails lead to, as a data URL of up to 40,000 bytes; empty: the app's name."),
    ] = ""
    deletion_days: Annotated[
        int,
        Meta(
            description=(
                "How many days after it was confirmed a deletion takes place that was asked for on the preference page; until"
                " then it can be cancelled. 0: the page offers none."
            ),
            ge=0,
            le=30,
        ),
    ] = 7
    topics: Annotated[
        tuple[TopicTitles, ...],
        Meta(
            description="Topics that people can choose from on the preference page, in order; none: those of the app's messages."
        ),
    ] = ()
    site: Annotated[
        str, Meta(description="Address of the app's site, which templates read as `app.site`; empty: none.", max_length=300)
    ] = ""
    shop_events: Annotated[
        ShopEvents, Meta(description="The events that `last_viewed` and `last_cart` of templates come from.")
    ] = ShopEvents()


class App(msgspec.Struct, frozen=True):
    """A tenant: everything except operators belongs to exactly one app. ``version`` counts edits."""

    id: int
    name: str
    slug: str
    settings: AppSettings
    created_at: int
    version: int


class Operator(msgspec.Struct, frozen=True):
    """A person who can sign in. Every operator sees every app. ``is_invited``: has not chosen a password yet."""

    id: int
    email: str
    name: str
    created_at: int
    is_invited: bool = False


class Key(msgspec.Struct, frozen=True):
    """A key as it may be shown: its last four characters, never its text."""

    id: int
    app_id: int
    kind: KeyKind
    name: str
    hint: str
    created_at: int
    revoked_at: int | None
    last_used: int | None


class NewKey(msgspec.Struct, frozen=True):
    """A newly created key. ``text`` is shown only now; only its hash is stored."""

    key: Key
    text: str


class IdentitySecret(msgspec.Struct, frozen=True):
    """A secret with which an app's server signs the user ids that browsers send; never its text."""

    id: int
    app_id: int
    hint: str
    created_at: int


class NewIdentitySecret(msgspec.Struct, frozen=True):
    """A newly created identity secret. ``text`` is shown only now."""

    secret: IdentitySecret
    text: str


class NewApp(msgspec.Struct, frozen=True):
    """A newly created app with its first keys and identity secret, in clear."""

    app: App
    write_key: NewKey
    browser_key: NewKey
    api_key: NewKey
    identity_secret: NewIdentitySecret


class Vouching(msgspec.Struct, frozen=True):
    """How an app treats browser keys: which secrets sign user ids, and whether signatures are required."""

    secrets: tuple[str, ...] = ()
    trusts_unsigned: bool = False


class Session(msgspec.Struct, frozen=True):
    """A valid sign-in. ``csrf`` must come back in a header with every unsafe request; ``id`` is not secret."""

    operator: Operator
    csrf: str
    expires_at: int
    id: str


class SignedIn(msgspec.Struct, frozen=True):
    """One of an operator's sessions as listed. ``agent`` is the browser's user agent; instants are ms."""

    id: str
    created_at: int
    last_used: int
    expires_at: int
    address: str
    agent: str
    is_this: bool  # the session making the request


class NewSession(msgspec.Struct, frozen=True):
    """A new sign-in. ``token`` goes into the cookie; only its hash is stored.

    ``device`` goes into a second cookie that outlives the session: it proves that this browser has signed in before.
    """

    token: str
    session: Session
    device: str


class PasswordLink(msgspec.Struct, frozen=True):
    """A single-use token to choose a password, valid until ``expires_at``; only its hash is stored."""

    token: str
    expires_at: int


class Claim(msgspec.Struct, frozen=True):
    """The state of a request with an idempotency key: fresh, or already answered."""

    fresh: bool
    status: int = 0
    answer: bytes = b""


class AuditEntry(msgspec.Struct, frozen=True):
    """Who changed what. ``actor`` is ``operator:<id>``, ``key:<id>`` or ``system``."""

    id: int
    app_id: int
    actor: str
    action: str
    target: str
    detail: dict[str, object]
    occurred_at: int
