"""Users who are made for one journey, and what they can do without a browser to prepare it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import SecretStr

from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.fixtures import Walker

NAME = "Nia Newcomer"
ADDRESS = "7 Fresh Lane, Porthaven"


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was placed; the total is in cents."""

    number: str
    total: int


def somebody_new() -> Actor:
    """Somebody without an account, whose email nobody has ever had."""
    email = f"nia-{uuid.uuid4().hex[:12]}@shop.test"
    return Actor(name="newcomer", role="shopper", username=email, password=SecretStr("Passw0rd-Newcomer"))


def make_account(walker: Walker) -> None:
    """Signs the walker's actor up and in, past the pages."""
    actor = walker.account
    account = {"name": NAME, "email": actor.username, "password": actor.password.get_secret_value()}
    done(walker.api.post("/users", json=account))
    walker.api.sign_in()


def fill_basket(api: ApiClient, product: int, quantity: int) -> None:
    """Puts a product into the basket, past the pages."""
    done(api.post("/basket/items", json={"product_id": product, "quantity": quantity}))


def buy(api: ApiClient, product: int, quantity: int = 1) -> Order:
    """Buys a product, past the pages."""
    fill_basket(api, product, quantity)
    order = done(api.post("/orders", json={"recipient": NAME, "address": ADDRESS}))
    return Order(str(order["id"]), order["total_cents"])


def done(answer: requests.Response) -> Any:
    """The JSON of an answer that has to be a good one."""
    call = f"{answer.request.method} {answer.request.path_url}"
    assert answer.ok, f"the journey could not be prepared: {call} answered {answer.status_code}"
    return answer.json()
