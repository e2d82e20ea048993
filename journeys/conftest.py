from __future__ import annotations

from collections.abc import Callable

import pytest

from journeys.people import make_account, somebody_new
from stormwalk.config import Actor
from stormwalk.fixtures import Walker


@pytest.fixture
def newcomer(walk_as: Callable[[Actor], Walker]) -> Walker:
    """Somebody who has no account yet and wants to buy."""
    return walk_as(somebody_new())


@pytest.fixture
def shopper(newcomer: Walker) -> Walker:
    """A shopper of this journey alone, signed in to the API and not yet in the browser."""
    make_account(newcomer)
    return newcomer
