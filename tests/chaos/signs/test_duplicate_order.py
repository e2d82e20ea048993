from __future__ import annotations

import pytest

from chaos.scene import Counted, Scene
from chaos.signs.duplicate_order import DuplicateOrder
from tests.chaos.scenes import call, failed, healed, orders, scene


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(scene(objects=(orders(after=3),)), "2 orders where one was asked for", id="two orders"),
        pytest.param(
            scene(
                calls=(failed(status=None, server_status=201), call(at=2)),
                objects=(orders(after=3),),
                healed=healed(tried=("alone",)),
            ),
            "2 orders",
            id="two orders after a retry",
        ),
        pytest.param(
            scene(calls=(failed(),), objects=(orders(before=0, after=2),)),
            "2 orders",
            id="two orders although the page shows none",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = DuplicateOrder().check(seen)

    assert found
    assert {one.sign for one in found} == {"duplicate-order"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(done=True, objects=(orders(after=2),)), id="exactly one"),
        pytest.param(scene(objects=(orders(),)), id="none"),
        pytest.param(
            scene(calls=(failed(status=None, server_status=201),), objects=(orders(after=2),)),
            id="a lost reply and one order",
        ),
        pytest.param(scene(objects=(orders(after=9, made=0),)), id="objects that the step does not make"),
        pytest.param(
            scene(calls=(failed(status=None, server_status=201), call(at=2)), objects=(orders(after=2),)),
            id="two calls and one order: the key held",
        ),
        pytest.param(scene(calls=(call(), call(at=1))), id="nothing was counted"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert DuplicateOrder().check(seen) == ()


def test_the_proof_names_orders_calls_and_what_was_tried() -> None:
    seen = scene(
        calls=(failed(status=None, server_status=201), call("GET /api/orders"), call(at=2)),
        objects=(orders(after=3),),
        healed=healed(tried=("alone",)),
    )
    (found,) = DuplicateOrder().check(seen)

    assert found.gates
    assert found.call == "POST /api/orders"
    assert found.evidence == (
        "orders that are new: 2, 3; expected: 1",
        "the server has done POST /api/orders (the page saw: no answer)",
        "the server has done POST /api/orders (the page saw: 200)",
        "then: alone",
        "then: retry",
    )


def test_an_object_that_a_list_has_twice_is_one_object() -> None:
    seen = scene(
        done=True, calls=(call(),), objects=(Counted(kind="order", before=("1",), after=("1", "2", "2"), made=1),)
    )

    assert DuplicateOrder().check(seen) == ()
