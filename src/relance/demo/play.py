"""The demo from its first sign-in to its report."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from relance.core.time import DAY, HOUR
from relance.demo.cast import SHOWN, cast_story, evening
from relance.demo.claims import check_claims
from relance.demo.client import TrackingClient
from relance.demo.facts import gather, overview
from relance.demo.narrator import Bar, Narrator
from relance.demo.plan import plan_story
from relance.demo.purchases import Purchase, read_purchases
from relance.demo.shop import CDNOW_SEGMENTS, gather_cast, make_segments, open_shop
from relance.demo.site import Site
from relance.demo.story import Story

DAYS = 3  # of visits
AFTER = DAY + 14 * HOUR  # until the last waits are over, and an afternoon with newly left carts has begun
FIRST = "zoe"  # the first to sign up


class Played(msgspec.Struct):
    """The results. ``report`` is what ``--report`` writes; everything under ``real_time`` depends on the machine.

    ``pages`` are the dashboard pages of the eight people, by key. ``now`` is the clock's final instant (ms).
    """

    report: dict[str, Any]
    pages: dict[str, str]
    now: int

    @property
    def came_out(self) -> bool:
        return all(self.report["claims"].values())


class Apps(msgspec.Struct):
    """The two apps. Purchases use a server's key; the shop's pages use a browser's, and its server signs its users."""

    cdnow: int
    cdnow_key: str
    shop: int
    shop_key: str
    shop_secret: str


def play(
    site: Site, narrator: Narrator, *, seed: int, speed: float, visitors: int, email: str, password: str, token: str
) -> Played:
    """Load the real purchases, play the shop, check the claims."""
    began = time.monotonic()
    apps = _make_apps(site, email, password, token)
    shop = open_shop(site, apps.shop)
    first = {"first_message_seconds": _first_message(site, apps, began)}
    if first["first_message_seconds"] is not None:
        narrator.say(f"The first message was out {first['first_message_seconds']:.1f} s after the first sign-in.")
    today = datetime.fromtimestamp(site.now() / 1000, UTC).date()
    purchases = read_purchases(today)
    load = _load_purchases(site, narrator, apps, purchases, f"Loading {len(purchases):,} purchases of CDNOW")
    make_segments(site, apps.cdnow, CDNOW_SEGMENTS)
    story = _play_story(site, narrator, apps, seed=seed, speed=speed, visitors=visitors)
    pages = gather_cast(site, shop.app, SHOWN)
    before = overview(site, apps.cdnow)
    _load_purchases(site, narrator, apps, purchases, "Loading them a second time")
    again = {"loaded_again_unchanged": overview(site, apps.cdnow) == before}
    facts = gather(site, apps.cdnow, shop)
    whole = {"latency": facts.pop("latency"), "whole_seconds": round(time.monotonic() - began, 2)}
    real_time = {**first, **load, **story, **again, **whole}
    report = {"seed": seed, "visitors": visitors, "date": today.isoformat(), **facts, "real_time": real_time}
    return Played({**report, "claims": check_claims(site, shop, report)}, pages, site.now())


def _make_apps(site: Site, email: str, password: str, token: str) -> Apps:
    """The first operator signs in and creates the two apps."""
    opened = site.call("POST", "/api/v1/setup", {"token": token, "email": email, "name": "Demo", "password": password})
    site.use_session(opened["csrf"])
    # The shop first: the dashboard opens the first app.
    shop = site.call("POST", "/api/v1/apps", {"name": "The shop", "currency": "EUR"})
    cdnow = site.call("POST", "/api/v1/apps", {"name": "CDNOW", "currency": "USD"})
    return Apps(
        cdnow=cdnow["app"]["id"],
        cdnow_key=cdnow["write_key"]["text"],
        shop=shop["app"]["id"],
        shop_key=shop["browser_key"]["text"],
        shop_secret=shop["identity_secret"]["text"],
    )


def _first_message(site: Site, apps: Apps, began: float) -> float | None:
    """Someone signs up as the shop opens: real seconds from the demo's start until the welcome is in their mailbox."""
    now = site.now()
    device = TrackingClient(apps.shop_key, site.url, lambda: now, identity_secret=apps.shop_secret)
    device.identify(
        FIRST, {"email": f"{FIRST}@example.com", "first_name": "Zoe"}, anonymous_id=f"{FIRST}-device0", message_id="first-1"
    )
    device.track("Signed Up", {"url": f"{site.url}/shop"}, user_id=FIRST, anonymous_id=f"{FIRST}-device0", message_id="first-2")
    device.flush()
    site.settle()
    device.close()
    return round(time.monotonic() - began, 2) if site.arrivals(0) else None


def _load_purchases(site: Site, narrator: Narrator, apps: Apps, purchases: list[Purchase], title: str) -> dict[str, Any]:
    """Load all purchases through the real client; returns the time until the last had settled."""
    now = site.now()  # a story's clock stands still meanwhile
    device = TrackingClient(apps.cdnow_key, site.url, lambda: now, upload_interval=0.5)
    began = time.monotonic()
    with narrator.bar(title) as bar:
        for number, each in enumerate(purchases, start=1):
            device.track(
                "Order Completed",
                {"order_id": each.message_id, "total": each.total, "quantity": each.quantity, "currency": "USD"},
                user_id=f"cdnow-{each.customer}",
                message_id=each.message_id,
                timestamp=each.moment,
            )
            if number % 1_000 == 0:
                bar.at(0.9 * (number - device.waiting()) / len(purchases))
        _drain(device, bar, len(purchases))
        site.settle()
    seconds = time.monotonic() - began
    device.close()
    return {"cdnow_seconds": round(seconds, 2), "cdnow_refused_by_the_client": device.refused}


def _drain(device: TrackingClient, bar: Bar, total: int) -> None:
    while device.waiting():
        bar.at(0.95 * (total - device.waiting()) / total)
        time.sleep(0.1)
    device.flush()


def _play_story(site: Site, narrator: Narrator, apps: Apps, *, seed: int, speed: float, visitors: int) -> dict[str, Any]:
    start = site.now() - site.now() % DAY + DAY
    crowd, steps = plan_story(seed, visitors, start, DAYS)
    until = start + DAYS * DAY + AFTER
    cast, written = cast_story(start)
    late, left = evening(until)
    started = time.monotonic()
    with narrator.bar(f"Playing {DAYS + 1} days and a half of a shop with {visitors + len(cast) + len(late)} visitors") as bar:
        story = Story(
            site,
            lambda now: TrackingClient(apps.shop_key, site.url, now, identity_secret=apps.shop_secret),
            crowd | cast | late,
            steps + written + left,
            seed=seed,
            until=until,
            speed=speed,
            progress=bar.at,
        )
        story.play()
    story.device.close()
    return {
        "story_seconds": round(time.monotonic() - started, 2),
        "shop_refused_by_the_client": story.device.refused,
    }
