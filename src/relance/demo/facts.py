"""The server's figures for both apps at the end of the story: the report, by name and in a fixed order."""

from __future__ import annotations

from typing import Any

from relance.demo.shop import Shop
from relance.demo.site import Site


def gather(site: Site, cdnow: int, shop: Shop) -> dict[str, Any]:
    """The report without machine-dependent figures."""
    return {"cdnow": _cdnow(site, cdnow), "shop": _shop(site, shop.app), "latency": latency(site, shop.app)}


def latency(site: Site, app: int) -> Any:
    """From an event's acceptance to its segments, and to the resulting message: real milliseconds."""
    return site.call("GET", f"/api/v1/apps/{app}/reports/latency")


def overview(site: Site, app: int) -> Any:
    """People, events, segments and messages at a glance."""
    return site.call("GET", f"/api/v1/apps/{app}/reports/overview")


def _cdnow(site: Site, app: int) -> dict[str, Any]:
    root = f"/api/v1/apps/{app}/reports"
    seen, rfm = overview(site, app), site.call("GET", f"{root}/rfm")
    return {
        "people": seen["people"],
        "events": seen["events"],
        "segments": _segments(seen["segments"]),
        "rfm": {each["cell"]: each["people"] for each in rfm["cells"]},
    }


def _shop(site: Site, app: int) -> dict[str, Any]:
    root = f"/api/v1/apps/{app}/reports"
    seen = overview(site, app)
    return {
        "people": seen["people"],
        "events": seen["events"],
        "derived_events": seen["derived"],
        "segments": _segments(seen["segments"]),
        "journeys": {
            journey["name"]: {
                node["node"]: {"arrived": node["arrived"], "waiting": node["waiting"], "stopped": node["stopped"]}
                for node in sorted(journey["nodes"], key=lambda node: str(node["node"]))
            }
            for journey in sorted(seen["journeys"], key=lambda journey: str(journey["name"]))
        },
        "messages": {each["name"]: _outcome(each["outcome"]) for each in site.call("GET", f"{root}/messages")["messages"]},
        "not_sent": [
            {"message": each["name"], "reason": each["reason"], "why": each["sentence"], "count": each["count"]}
            for each in sorted(
                site.call("GET", f"{root}/skipped")["messages"], key=lambda each: (str(each["name"]), str(each["reason"]))
            )
        ],
    }


def _segments(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    ordered = sorted(rows, key=lambda row: str(row["name"]))
    return {row["name"]: {"size": row["size"], "entered": row["entered"], "left": row["left"]} for row in ordered}


def _outcome(outcome: dict[str, Any]) -> dict[str, Any]:
    names = ("sent", "delivered", "opened", "clicked", "dismissed", "converted", "unsubscribed", "skipped", "failed", "unknown")
    return {**{name: outcome[name] for name in names}, "revenue": round(outcome["revenue"], 2)}
