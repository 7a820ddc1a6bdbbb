"""Plays a story: visitors act, the program works, people react, and the clock moves only when everything has settled.

The clock goes to whatever comes first: a visitor's next step, or the next instant at which the program has something due. At each
stop everything due settles before anyone continues; so one seed gives one story on any machine.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

from relance.demo.client import TrackingClient
from relance.demo.plan import Act, PlanStep, Visitor
from relance.demo.reactions import Reaction, react_to_mail, react_to_push, react_to_text
from relance.demo.site import Arrival, Site

OPEN, CLICK, TAP, DISMISS, UNSUBSCRIBE, ANSWER = "open", "click", "tap", "dismiss", "unsubscribe", "answer"


class Story:
    """One run of the shop. ``progress`` is called with the share of the story that is over (0–1)."""

    def __init__(
        self,
        site: Site,
        open_device: Callable[[Callable[[], int]], TrackingClient],
        people: dict[str, Visitor],
        steps: list[PlanStep],
        *,
        seed: int,
        until: int,
        speed: float = 0.0,
        progress: Callable[[float], None],
    ) -> None:
        self.site = site
        self.people = people
        self.seed = seed
        self.until = until
        self.speed = speed
        self.now = site.now()
        self.device = open_device(lambda: self.now)
        self.began = self.now
        self._started = time.monotonic()
        self._progress = progress
        self._ahead: list[PlanStep] = list(steps)
        heapq.heapify(self._ahead)
        self._signed_in: set[tuple[str, int]] = set()
        self._carts: dict[str, dict[str, Any]] = {}  # the last product put into each cart
        self._bought: set[str] = set()
        self._made = 0
        self._last_arrival = 0

    def play(self) -> None:
        """From the first step to ``until``."""
        while True:
            coming = self._ahead[0].instant if self._ahead else self.until
            if coming > self.until:
                break
            self._move(min(coming, self.until))
            if self.now >= self.until and not (self._ahead and self._ahead[0].instant <= self.until):
                break
            self._act()
            self._progress((self.now - self.began) / (self.until - self.began))
        self._progress(1.0)

    def _move(self, to: int) -> None:
        """Move the clock there, or to the first earlier instant at which the program has something due."""
        self._pace(to)
        self.now = self.site.advance(max(to, self.now))
        self._receive()

    def _pace(self, to: int) -> None:
        if self.speed:
            ahead = (to - self.began) / 1000 / self.speed - (time.monotonic() - self._started)
            time.sleep(max(0.0, ahead))

    def _act(self) -> None:
        acted = False
        while self._ahead and self._ahead[0].instant <= self.now:
            self._do(heapq.heappop(self._ahead))
            acted = True
        if acted:
            self.device.flush()

    # -- what visitors do --------------------------------------------------------------------------------------------

    def _do(self, step: PlanStep) -> None:
        visitor = self.people[step.visitor]
        match step.act:
            case Act.PAGE:
                self.device.page(step.name, {}, **self._ids(step))
            case Act.TRACK:
                self._track(step)
            case Act.ALLOW_PUSH:
                subscription = self.site.new_phone(f"{visitor.first_name} ({visitor.key})")
                self._send("Push Allowed", {}, step, context={"device": {"type": "web", "push": subscription}})
            case Act.OPEN_APP:
                system = str(step.details["system"])
                token = self.site.new_device(f"{visitor.first_name} ({visitor.key})", system)
                self._signed_in.add((step.visitor, step.device))
                self._send("Application Opened", {}, step, context={"device": {"type": system, "token": token}})
            case Act.GIVE_NUMBER:
                number = self.site.new_device(f"{visitor.first_name} ({visitor.key})", "number")
                self.device.identify(visitor.key, {"phone": number, "consent": {"sms": True}}, **self._named(step))
            case Act.SIGN_UP | Act.SIGN_IN:
                self._signed_in.add((step.visitor, step.device))
                self.device.identify(visitor.key, visitor.traits(), **self._named(step))
                properties = {"url": f"{self.site.url}/shop"}  # where a welcome may lead
                self._send("Signed Up" if step.act == Act.SIGN_UP else "Signed In", properties, step)
            case _:
                self._answer_message(step)

    def _track(self, step: PlanStep) -> None:
        cart = step.details.get("cart_id", "")
        if step.name == "Order Completed":
            if cart in self._bought:
                return
            self._bought.add(cart)
        elif step.name == "Product Added":
            self._carts[cart] = step.details
        properties = dict(step.details)
        if step.name == "Order Shipped":
            properties["url"] = f"shop://orders/{properties['order_id']}"  # the app's own
            properties["image_url"] = f"{self.site.url}/shop/{properties['sku']}.svg"
        elif "sku" in properties:
            properties["image_url"] = f"{self.site.url}/shop/{properties['sku']}.svg"
            properties["url"] = f"{self.site.url}/shop/cart?cart={cart}&sku={properties['sku']}"
        self._send(step.name, properties, step)

    def _send(self, name: str, properties: dict[str, Any], step: PlanStep, **more: Any) -> None:
        self.device.track(name, properties, **self._ids(step), **more)

    def _ids(self, step: PlanStep) -> dict[str, Any]:
        ids = self._named(step)
        if (step.visitor, step.device) in self._signed_in:
            ids["user_id"] = step.visitor
        return ids

    def _named(self, step: PlanStep) -> dict[str, Any]:
        self._made += 1
        return {"anonymous_id": f"{step.visitor}-device{step.device}", "message_id": f"shop-{self.seed}-{self._made}"}

    # -- what people do about messages -------------------------------------------------------------------------------

    def _receive(self) -> None:
        while arrivals := self.site.arrivals(self._last_arrival):
            self._last_arrival = max(each.order for each in arrivals)
            for arrival in arrivals:
                self._meet(arrival)

    def _meet(self, arrival: Arrival) -> None:
        react = react_to_push if arrival.is_push else react_to_mail
        visitor = arrival.visitor
        if arrival.is_text:
            answer = react_to_text(visitor, arrival.cause)
            if answer.text:
                self._later(visitor, answer.after, arrival.cause, ANSWER, answer.text, {"text": arrival.order})
            return
        if "delivered" in arrival.links:
            self.site.post(arrival.links["delivered"])
        if visitor in self.people:
            self._plan(visitor, arrival, react(self.seed, visitor, arrival.cause))

    def _plan(self, visitor: str, arrival: Arrival, reaction: Reaction) -> None:
        links, cart = arrival.links, arrival.cart
        for name, delay in (
            (OPEN, reaction.opens_after),
            (CLICK, reaction.clicks_after),
            (TAP, reaction.clicks_after),
            (DISMISS, reaction.dismisses_after),
            (UNSUBSCRIBE, reaction.unsubscribes_after),
        ):
            if delay is not None and name in links:
                self._later(visitor, delay, arrival.cause, name, "", {"link": links[name]})
        if reaction.buys_after is not None and cart in self._carts:
            product = self._carts[cart]
            order = {"order_id": f"order-{cart}", "cart_id": cart, "total": product["price"], "currency": "EUR"}
            self._later(visitor, reaction.buys_after, arrival.cause, Act.TRACK.value, "Order Completed", order)

    def _later(self, visitor: str, delay: int, cause: str, act: str, name: str, details: dict[str, Any]) -> None:
        # Reactions come after planned steps of the same person and minute; what they respond to orders them.
        number = 1_000 + crc32(f"{cause}{act}".encode())
        heapq.heappush(self._ahead, PlanStep(self.now + delay, visitor, number, act, name, 0, details))

    def _answer_message(self, step: PlanStep) -> None:
        if step.act == ANSWER:
            self.site.answer(step.details["text"], step.name)
            return
        link = step.details["link"]
        if step.act in (UNSUBSCRIBE, DISMISS, TAP):
            self.site.post(link)
        else:
            self.site.get(link)
