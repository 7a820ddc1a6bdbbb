"""The demo's claims, each checked from outside: the cast's stories by their deliveries, the rest by the report."""

from __future__ import annotations

from typing import Any

from relance.core.time import HOUR, MINUTE
from relance.demo.cast import OPEN_CARTS, REMINDED
from relance.demo.shop import Shop
from relance.demo.site import Site

# Computed from the same file by an independent program.
RFM = {
    "Champions": 4135,
    "Loyal": 3322,
    "Potential Loyalist": 2367,
    "New": 0,
    "Promising": 0,
    "Need Attention": 960,
    "About To Sleep": 3339,
    "At Risk": 867,
    "Can't Lose": 11,
    "Hibernating": 8569,
}
PEOPLE, PURCHASES = 23_570, 69_659
FIRST_MESSAGE_WITHIN = 60.0
PUSH_AFTER, MAIL_AFTER = 2 * HOUR, 24 * HOUR


class Witness:
    """Looks up the messages of one person."""

    def __init__(self, site: Site, shop: Shop) -> None:
        self._site = site
        self._root = f"/api/v1/apps/{shop.app}"
        self._shop = shop
        self._found: dict[str, list[dict[str, Any]]] = {}

    def people(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._site.call("GET", f"{self._root}/people", alias=f"user_id:{key}")["items"]
        return found

    def deliveries(self, key: str, message: str) -> list[dict[str, Any]]:
        """The deliveries of one message to one person, oldest first."""
        if key not in self._found:
            person = self.people(key)[0]["id"]
            self._found[key] = list(self._site.every(f"{self._root}/people/{person}/deliveries"))
        wanted = self._shop.messages[message]
        return sorted((each for each in self._found[key] if each["message_id"] == wanted), key=lambda each: each["created_at"])

    def states(self, key: str, message: str) -> list[str]:
        return [each["reason"] or each["state"] for each in self.deliveries(key, message)]

    def subject(self, key: str, message: str) -> str:
        """The subject of an e-mail to a person, from a preview."""
        path = f"{self._root}/messages/{self._shop.messages[message]}/preview"
        return str(self._site.call("POST", path, {"alias": f"user_id:{key}"})["content"]["subject"])

    def wrote(self, key: str, name: str) -> list[int]:
        """When a person did something (ms), oldest first."""
        person = self.people(key)[0]["id"]
        events = self._site.every(f"{self._root}/events", name=name, person=person)
        return sorted(each["occurred_at"] for each in events)


def check_claims(site: Site, shop: Shop, report: dict[str, Any]) -> dict[str, bool]:
    """Every claim, and whether it holds."""
    witness = Witness(site, shop)
    return {**_of_the_load(report), **_of_the_cast(witness), **_of_the_crowd(report)}


def _of_the_load(report: dict[str, Any]) -> dict[str, bool]:
    cdnow, real = report["cdnow"], report["real_time"]
    return {
        "every_purchase_counts_once": cdnow["events"] == PURCHASES and cdnow["people"] == PEOPLE,
        "the_client_refused_nothing": real["cdnow_refused_by_the_client"] == 0 and real["shop_refused_by_the_client"] == 0,
        "loading_again_changes_nothing": real["loaded_again_unchanged"],
        "rfm_cells_equal_the_reference": cdnow["rfm"] == RFM,
        "the_first_message_is_out_within_a_minute": (real["first_message_seconds"] or 1e9) <= FIRST_MESSAGE_WITHIN,
    }


def _of_the_cast(witness: Witness) -> dict[str, bool]:
    return {
        "ada_at_two_in_the_night_and_bo_at_three_get_the_same_welcome": _welcomed(witness, "ada") and _welcomed(witness, "bo"),
        "cleo_gets_a_push_after_two_hours": _follows(witness, "cleo", "reminder", PUSH_AFTER),
        "cleo_gets_an_email_a_day_later": _follows(witness, "cleo", "last_call", PUSH_AFTER + MAIL_AFTER),
        "ada_hears_of_her_parcel_on_her_iphone_and_bo_on_his_android_phone": witness.states("ada", "shipped_push") == ["sent"]
        and witness.states("bo", "shipped_push") == ["sent"],
        "dan_gets_texts_answers_stop_to_an_offer_and_gets_no_second_one": witness.states("dan", "shipped_text")
        == ["sent", "sent"]
        and witness.states("dan", "offer_text") == ["sent", "unsubscribed"],
        "dan_buys_in_time_and_hears_nothing_about_the_cart": not witness.states("dan", "reminder")
        and not witness.states("dan", "last_call"),
        "eve_has_two_carts_hears_of_the_one_left_and_buys_it": len(witness.states("eve", "reminder")) == 1
        and len(witness.wrote("eve", "Order Completed")) == 2,
        "finn_gets_the_push_but_no_email_and_the_reason_is_kept": witness.states("finn", "reminder") == ["sent"]
        and witness.states("finn", "last_call") == ["no_consent"],
        "gus_unsubscribes_and_gets_no_second_email": witness.states("gus", "last_call") == ["sent", "unsubscribed"],
        "hal_on_two_devices_is_one_person_with_one_past": len(witness.people("hal")) == 1
        and len(witness.wrote("hal", "Product Viewed")) == 3,
        "hal_wants_no_offers_and_gets_none": witness.states("hal", "welcome") == ["sent"]
        and witness.states("hal", "discovery") == ["unsubscribed"],
        "the_welcome_is_in_the_language_of_each": witness.subject("ada", "welcome") == "Bienvenue, Ada",
    }


def _welcomed(witness: Witness, key: str) -> bool:
    """Within a minute of signing up, at any hour."""
    signed_up, sent = witness.wrote(key, "Signed Up"), witness.deliveries(key, "welcome")
    return len(sent) == 1 and sent[0]["state"] == "sent" and 0 <= sent[0]["sent_at"] - signed_up[0] <= MINUTE


def _follows(witness: Witness, key: str, message: str, after: int) -> bool:
    """Sent once, exactly that long after the cart was filled."""
    added, sent = witness.wrote(key, "Product Added"), witness.deliveries(key, message)
    return len(sent) == 1 and sent[0]["state"] == "sent" and sent[0]["sent_at"] - added[0] == after


def _of_the_crowd(report: dict[str, Any]) -> dict[str, bool]:
    messages, journeys = report["shop"]["messages"], report["shop"]["journeys"]
    reminder = messages["Cart reminder (push)"]
    waiting = {node: counted["waiting"] for node, counted in journeys["Abandoned cart"].items()}
    return {
        "pushes_were_sent_clicked_and_led_to_purchases": min(reminder["sent"], reminder["clicked"], reminder["converted"]) > 0
        and reminder["revenue"] > 0,
        "nothing_failed_and_nothing_is_unknown": all(each["failed"] == each["unknown"] == 0 for each in messages.values()),
        "whatever_was_not_sent_has_a_reason": all(each["why"] for each in report["shop"]["not_sent"])
        and sum(each["count"] for each in report["shop"]["not_sent"]) == sum(each["skipped"] for each in messages.values()),
        "only_the_carts_just_left_are_waited_for": waiting
        == {"wait": len(OPEN_CARTS) - REMINDED, "wait_a_day": REMINDED, "remind": 0, "last_call": 0, "bought": 0, "over": 0},
        "whoever_has_just_left_a_cart_is_in_the_segment": report["shop"]["segments"]["Cart left behind"]["size"]
        >= len(OPEN_CARTS)
        and report["shop"]["segments"]["Window shoppers"]["size"] >= len(OPEN_CARTS),
        "both_ways_of_the_cart_journey_are_taken": journeys["Abandoned cart"]["bought"]["arrived"] > 0
        and journeys["Abandoned cart"]["over"]["arrived"] > 0,
    }
