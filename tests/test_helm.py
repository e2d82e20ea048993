"""What is asked of a run takes effect once, in order, and never without a trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError
from stormwalk.helm import Helm


def request(kind: ControlKind, id_: int) -> ControlRequest:
    rule = "http @ /api" if kind.names_rule else ""
    return ControlRequest(kind=kind, at=1.0, by="sam", rule=rule, id=id_)


class Ship:
    """Requests, and what came of them."""

    def __init__(self) -> None:
        self.requests: list[ControlRequest] = []
        self.taken: list[ControlRequest] = []
        self.refused: list[str] = []
        self.steered: list[ControlRequest] = []
        self.locked = False
        self.asked = 0
        self.helm = Helm(self._asked, self._take, lambda request, why: self.refused.append(why))

    def _asked(self, after: int) -> list[ControlRequest]:
        self.asked += 1
        return [one for one in self.requests if one.id > after]

    def _take(self, request: ControlRequest) -> None:
        if self.locked:
            raise StoreError("the store is locked")
        self.taken.append(request)

    def in_storm(self) -> None:
        self.helm.objection = lambda request: ""
        self.helm.steer = self.steered.append

    def looks(self) -> None:
        seen = self.asked
        until(lambda: self.asked >= seen + 2)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def ship() -> Iterator[Ship]:
    ship = Ship()
    yield ship
    ship.helm.close()


def test_does_everything_that_was_asked_once_and_in_order_also_before_it_began(ship: Ship) -> None:
    ship.in_storm()
    ship.requests = [request(ControlKind.PAUSE, 3), request(ControlKind.RULE_OFF, 7)]
    ship.helm.start()
    ship.looks()
    ship.requests.append(request(ControlKind.RESUME, 9))
    ship.looks()

    assert ship.taken == ship.steered == ship.requests
    assert not ship.helm.stopping


def test_what_could_not_be_written_down_has_no_effect_and_is_tried_again(ship: Ship) -> None:
    ship.in_storm()
    ship.locked = True
    ship.requests = [request(ControlKind.PAUSE, 1), request(ControlKind.STOP, 2)]
    ship.helm.start()
    ship.looks()
    assert (ship.steered, ship.helm.stopping) == ([], False)

    ship.locked = False
    until(lambda: ship.helm.stopping)
    assert [one.kind for one in ship.steered] == [ControlKind.PAUSE]


def test_without_a_storm_a_run_can_only_be_stopped(ship: Ship) -> None:
    ship.requests = [request(ControlKind.PAUSE, 1), request(ControlKind.STOP, 2)]
    ship.helm.start()
    until(lambda: ship.helm.stopping)

    assert [one.kind for one in ship.taken] == [ControlKind.STOP]
    assert ship.refused == ["there is no storm that could be steered"]


def test_ends_without_having_begun(ship: Ship) -> None:
    ship.helm.close()
    ship.helm.close()
    assert ship.asked == 0
