"""Settings: one frozen struct, read from ``relance.toml`` and the environment (which wins).

Fields are documented in place; ``docs/reference/settings.md`` is generated from them, and a test keeps the two in step.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.partitions import MOST
from relance.core.tables import decoded

PREFIX = "RELANCE_"
FORMER = {"inbox": "sandbox", "inbox_smtp_port": "sandbox_smtp_port"}  # old names, still accepted for one version


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an operator can set. The environment name of ``host`` is ``RELANCE_HOST``."""

    data: Annotated[str, Meta(description="Folder for everything the program keeps; made at first start.")] = "data"
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port to listen on.", ge=0, le=65535)] = 8400
    base_url: Annotated[str, Meta(description="Public address of this server, used in links; empty means http://host:port.")] = ""
    state_url: Annotated[
        str, Meta(description="SQLAlchemy URL of the state store; empty means SQLite files in the data folder.")
    ] = ""
    clock: Annotated[str, Meta(description="`real`, or `story`: the program's clock stands still until moved (demo, tests).")] = (
        "real"
    )
    story_start: Annotated[int, Meta(description="Where a story's clock starts, in ms since 1970; 0 means now.", ge=0)] = 0
    log_level: Annotated[str, Meta(description="Least severe level that is logged: debug, info, warning or error.")] = "info"
    log_format: Annotated[str, Meta(description="`json` for machines, `text` for people.")] = "text"
    tick_events: Annotated[int, Meta(description="Most events settled in one tick.", ge=1, le=100_000)] = 10_000
    tick_pause_ms: Annotated[
        int,
        Meta(description="Shortest time from one tick's start to the next, in ms; a longer pause settles more at once.", ge=0),
    ] = 50
    lease_seconds: Annotated[
        int, Meta(description="How long a worker may be silent before another may take its partition.", ge=1)
    ] = 15
    address_wait_seconds: Annotated[
        int,
        Meta(
            description=(
                "How long a message waits for the person's first address on its channel, or for a consent where nothing was said"
                " yet, before it is skipped; it leaves as soon as either comes. 0: not at all."
            ),
            ge=0,
            le=86_400,
        ),
    ] = 120
    partitions: Annotated[
        int, Meta(description="Partitions that people are shared out to; fixed once a store was made.", ge=1, le=MOST)
    ] = 1
    stall_seconds: Annotated[
        int,
        Meta(description="Seconds without progress in a tick after which the worker is started again; 0 means never.", ge=0),
    ] = 60
    snapshot_events: Annotated[
        int,
        Meta(description="Events settled between two snapshots of live segments: as many are read again after a crash.", ge=1),
    ] = 100_000
    late_after_ms: Annotated[
        int,
        Meta(
            description=(
                "How far segments may be behind before the alarm, in ms: on the dashboard, in `/health` and in `relance doctor`."
            ),
            ge=100,
        ),
    ] = 10_000
    log_days: Annotated[int, Meta(description="Days the event log is kept after it has settled.", ge=1)] = 7
    record_days: Annotated[
        int,
        Meta(
            description=(
                "Days that deliveries, and runs of journeys that ended, stay on the record. After that lists show them no more;"
                " their events stay in history, and figures stay as they are. What may be credited yet, or was credited, stays."
            ),
            ge=31,
            le=36_500,
        ),
    ] = 90
    content_days: Annotated[
        int,
        Meta(
            description=(
                "Days for which it can be shown what a delivery said: the values that it was filled with are kept as long, and no"
                " longer than the delivery is on the record. 0: they are not kept."
            ),
            ge=0,
            le=3_650,
        ),
    ] = 30
    rejected_days: Annotated[int, Meta(description="Days that what was set aside can be read.", ge=1)] = 30
    batch_bytes: Annotated[int, Meta(description="Largest body of a batch, in bytes (the Segment spec says 500 KB).", ge=1)] = (
        512_000
    )
    event_bytes: Annotated[int, Meta(description="Largest single event, in bytes (the Segment spec says 32 KB).", ge=1)] = 32_768
    requests_per_second: Annotated[
        int, Meta(description="Ingest requests a second allowed per write key; 0 means no limit.", ge=0)
    ] = 0
    app_backlog_events: Annotated[
        int,
        Meta(
            description=(
                "Most events of one app that are accepted and have not settled; more wait a few seconds for room and are then"
                " answered 429 `backlog_full`. Another app's event waits for as many of each busy app at most. 0 means no limit."
            ),
            ge=0,
        ),
    ] = 30_000
    confirmations_per_hour: Annotated[
        int,
        Meta(
            description=(
                "Confirmation mails within an hour to addresses of one app that browsers told without proof; beyond, an address"
                " is not asked, and listed as held back (`too_many_confirmations`), until it is told again. 0 means no limit."
            ),
            ge=0,
        ),
    ] = 100
    sign_in_attempts: Annotated[
        int,
        Meta(description="Failed sign-ins allowed in a quarter of an hour, by network (IPv6: a /64) and by account.", ge=1),
    ] = 10
    session_hours: Annotated[int, Meta(description="Hours after which an operator signs in again.", ge=1)] = 12
    idle_minutes: Annotated[int, Meta(description="Minutes without a request after which an operator signs in again.", ge=1)] = (
        120
    )
    trusted_proxies: Annotated[
        str,
        Meta(
            description=(
                "Addresses or networks, with commas between, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; "
                "empty means nobody's."
            )
        ),
    ] = "127.0.0.1,::1"
    history_url: Annotated[
        str,
        Meta(description="ClickHouse for history, `http(s)://user:password@host:port`; empty means DuckDB in the data folder."),
    ] = ""
    history_database: Annotated[
        str, Meta(description="Database on ClickHouse, made where there is none.", pattern="^[A-Za-z_][A-Za-z0-9_]*$")
    ] = "relance"
    history_memory_mb: Annotated[int, Meta(description="Memory DuckDB may use, in MB.", ge=32)] = 128
    history_columns: Annotated[
        int,
        Meta(description="Most properties that rules read which history lays out as typed columns; 0 means none.", ge=0, le=200),
    ] = 32
    smtp_host: Annotated[
        str,
        Meta(
            description=(
                "SMTP server for e-mail; empty means the built-in sandbox. Further hosts follow after commas, as "
                "`smtp1.example.com, smtp2.example.com:465`, and are tried in order where it is down."
            )
        ),
    ] = ""
    smtp_port: Annotated[int, Meta(description="Port of the SMTP server.", ge=1, le=65535)] = 587
    smtp_user: Annotated[str, Meta(description="User name at the SMTP server; empty means none.")] = ""
    smtp_password: Annotated[str, Meta(description="Password at the SMTP server.")] = ""
    smtp_security: Annotated[str, Meta(description="`starttls`, `tls` or `none`.")] = "starttls"
    email_from: Annotated[str, Meta(description="Sender of e-mail, as `Name <address>`.")] = "Relance <relance@localhost>"
    bounce_domain: Annotated[
        str,
        Meta(
            description=(
                "Domain to which notices about e-mails come back, with an MX record that leads to this server; empty means to"
                " each e-mail's sender, and that this server does not listen for them."
            ),
            max_length=253,
        ),
    ] = ""
    bounce_host: Annotated[str, Meta(description="Address on which this server listens for such notices.")] = "0.0.0.0"  # noqa: S104 - the internet's mail servers are to reach it
    bounce_port: Annotated[int, Meta(description="Port of it; port 25 must lead there. 0 takes a free one.", ge=0, le=65535)] = (
        2525
    )
    vapid_contact: Annotated[
        str, Meta(description="Contact given to push services (RFC 8292 `sub`), a mailto: or https: address.")
    ] = "mailto:relance@localhost"
    webhook_private: Annotated[
        bool, Meta(description="Whether webhooks may go to private addresses and over plain http, as within one's own network.")
    ] = False
    provider_authority: Annotated[
        str,
        Meta(
            description=(
                "File of certificates (PEM) that are trusted besides the machine's where a provider's address is not its usual"
                " one, as the sandbox's `inbox/tls/authority.pem`; needs `webhook_private`. Empty means none."
            )
        ),
    ] = ""
    sandbox: Annotated[
        bool,
        Meta(
            description=(
                "Run the built-in sandbox: services that stand in for those of browsers, Apple, Google and Twilio, an SMTP"
                " listener, and a page that shows what came."
            )
        ),
    ] = True
    sandbox_phone_port: Annotated[
        int,
        Meta(
            description=(
                "Port on this machine of the sandbox's services that stand in for Apple's, Google's and Twilio's, over TLS;"
                " 0 takes a free one, and the same at later starts."
            ),
            ge=0,
            le=65535,
        ),
    ] = 0
    sandbox_smtp_port: Annotated[
        int, Meta(description="Port of the sandbox's SMTP listener; 0 takes a free one.", ge=0, le=65535)
    ] = 8425
    sends_per_second: Annotated[
        int, Meta(description="Most messages handed to channels in a second; 0 means no limit.", ge=0)
    ] = 0

    @property
    def folder(self) -> Path:
        return Path(self.data)

    @property
    def kept_content_days(self) -> int:
        """For how many days what was sent is kept."""
        return min(self.content_days, self.record_days)

    @property
    def url(self) -> str:
        """The public address, without a trailing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def state_store(self) -> str:
        """The state store's SQLAlchemy URL."""
        return self.state_url or f"sqlite:///{self.folder.absolute()}/state.db"

    @property
    def log_store(self) -> str:
        """The log's SQLAlchemy URL. On SQLite it has a file of its own, so that a tick never delays an answer."""
        return self.state_url or f"sqlite:///{self.folder.absolute()}/log.db"


def read_settings(file: Path | None = None, environment: Mapping[str, str] = os.environ, **given: Any) -> Settings:
    """Merge defaults, the TOML file, the environment and the command line; later sources win.

    Raises ``InvalidError`` naming the setting that is unknown or has the wrong type, or the line of the file that cannot be
    parsed.
    """
    merged: dict[str, Any] = {}
    if file is not None:
        merged.update(_renamed(_read_file(file)))
    known = {*Settings.__struct_fields__, *FORMER}
    prefixed = {name.removeprefix(PREFIX).lower(): text for name, text in environment.items() if name.startswith(PREFIX)}
    merged.update(_renamed({field: text for field, text in prefixed.items() if field in known}))
    merged.update({name: value for name, value in given.items() if value is not None})
    try:
        return msgspec.convert(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidError(ErrorText.local(f"A setting is wrong: {error}."), path="settings") from error


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings under their current names. If both names are given, the current one wins."""
    return {new: given[old] for old, new in FORMER.items() if old in given} | {
        name: value for name, value in given.items() if name not in FORMER
    }


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(decoded(file.read_bytes(), str(file), may_say=False))
    except OSError as error:
        raise InvalidError(
            ErrorText.local(f"The settings in {file} cannot be read: {error.strerror}."), path="settings"
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidError(ErrorText.local(f"The settings in {file} are not valid TOML: {error}."), path="settings") from error
