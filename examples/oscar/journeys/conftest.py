from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from stormwalk.config import Actor
from stormwalk.fixtures import Walker


@pytest.fixture
def newcomer(walk_as: Callable[[Actor], Walker]) -> Walker:
    """Somebody who has no account yet and wants to buy."""
    name = f"walker-{secrets.token_hex(4)}"
    return walk_as(Actor(name=name, role="customer", username=f"{name}@shop.test", password=SecretStr("Passw0rd-new")))
