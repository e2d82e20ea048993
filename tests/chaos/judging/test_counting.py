from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chaos.judging.counting import amounts_of, objects_of
from chaos.judging.walk import Deed, Walk, place_of
from stormwalk.storm_events import ObjectsCounted
from tests.chaos.scenes import CALM, ORDER, call, failed, walk
from tests.chaos.tales import ARTICLES, ORDERS

OPENS, BUYS, LOOKS = (
    Deed(index=one, name=name, place=place_of(name, 0)) for one, name in ((1, "a"), (2, "b"), (3, "c"))
)


def counted(step: int, what: str, *ids: str, amounts: tuple[int, ...] = ()) -> ObjectsCounted:
    return ObjectsCounted(at=0.0, journey="j", step=step, of=what, ids=ids, amounts=amounts)


def walked(*counts: ObjectsCounted, buys: Deed | None = None) -> Walk:
    buys = buys or Deed(index=2, name="b", place=BUYS.place, observation=CALM)
    return Walk(key="k", nodeid="n", base="n", title="t", plan="", deeds=(OPENS, buys, LOOKS), counted=counts)


def orders(walk_: Walk, deed: Deed, *controls: Walk) -> tuple[tuple[str, ...], tuple[str, ...], int] | None:
    found = objects_of(walk_, deed, controls, (ORDERS,))
    return (found[0].before, found[0].after, found[0].made) if found else None


def test_a_step_lies_between_the_last_count_before_it_and_the_next_one() -> None:
    told = walked(counted(2, "order", "1"), counted(3, "order", "1", "2"), counted(0, "order", "1", "2", "3"))

    assert orders(told, BUYS, told) == (("1",), ("1", "2"), 1)
    assert orders(told, LOOKS, told) == (("1", "2"), ("1", "2", "3"), 0)
    assert orders(told, OPENS, told) is None, "nobody counted before it"


def test_without_the_last_count_nothing_is_known() -> None:
    assert orders(walked(counted(2, "order", "1")), BUYS) is None
    assert orders(walked(counted(0, "order", "1")), BUYS) is None
    assert orders(walked(counted(2, "article", "1"), counted(0, "article")), BUYS) is None


def test_the_controls_show_which_step_makes_the_objects() -> None:
    told = walked(counted(2, "order", "1"), counted(0, "order", "1"))
    calm = walked(counted(2, "order", "0"), counted(0, "order", "0", "1"))
    silent = Deed(index=2, name="b", place=BUYS.place, observation=walk(calls=(call("GET /api/me"),)))

    assert orders(told, silent, calm) == (("1",), ("1",), 1), "the storm kept the call from being made"
    assert orders(told, silent, told) == (("1",), ("1",), 0), "the control made none that was not there before"
    assert orders(told, silent) == (("1",), ("1",), 0)


@pytest.mark.parametrize("made_by", [None, "POST /api/purchases"], ids=["no call is named", "no control makes it"])
def test_what_grew_in_a_control_was_made_by_the_step_that_wrote(made_by: str | None) -> None:
    table = ORDERS.model_copy(update={"made_by": made_by})
    calm = walked(counted(2, "order", "0"), counted(0, "order", "0", "1"))
    twice = walked(counted(2, "order", "0"), counted(0, "order", "0", "1", "2"))

    (found,) = objects_of(twice, BUYS, (calm,), (table,))
    assert (found.new, found.made, found.made_by) == (("1", "2"), 1, "")
    assert not objects_of(twice, OPENS, (calm,), (table,)), "nobody counted before it"
    (after_it,) = objects_of(twice, LOOKS, (calm,), (table,))
    assert after_it.made == 0, "a step that was not counted before made nothing"
    read_only = walked(*calm.counted, buys=Deed(index=2, name="b", place=BUYS.place, observation=walk(calls=())))
    (unmade,) = objects_of(twice, BUYS, (read_only,), (table,))
    assert unmade.made == 0, "who writes nothing makes nothing"


def removes(deed: Deed, *controls: Walk) -> bool:
    told = walked(counted(2, "article", "lamp"), counted(0, "article"), buys=deed)
    return objects_of(told, deed, controls, (ARTICLES,))[0].removes


def bought(**more: Any) -> Deed:
    return Deed(index=2, name="b", place=BUYS.place, observation=walk(**more))


def test_what_the_controls_take_away_is_taken_away_on_purpose_if_the_step_came_so_far() -> None:
    emptied = walked(counted(2, "article", "lamp"), counted(0, "article"))
    kept = walked(counted(2, "article", "lamp"), counted(0, "article", "lamp"))
    lost_reply = bought(calls=(call(ORDER, status=None, fault="lost-reply", server_status=201),))

    assert removes(bought(done=True), emptied)
    assert removes(lost_reply, emptied), "the server has done the work"
    assert not removes(bought(calls=(failed(),)), emptied), "no order was made of what is gone"
    assert not removes(bought(done=True), kept)


def test_without_a_count_of_any_control_nothing_is_said_to_be_lost() -> None:
    only_the_end = walked(counted(0, "article"))

    assert removes(bought(done=True), only_the_end)
    assert removes(bought(done=True))


def kept(walk_: Walk, *controls: Walk) -> Sequence[tuple[int | None, int | None]]:
    deed = walk_.deeds[1]
    return [(one.kept, one.right) for one in amounts_of(walk_, deed, controls, (ORDERS,))]


def test_the_right_sum_is_the_one_that_all_controls_agree_upon() -> None:
    def made(*sums: int) -> Walk:
        ids = tuple(str(number) for number in range(len(sums) + 1))
        return walked(counted(2, "order", "0"), counted(0, "order", *ids, amounts=(0, *sums)))

    assert kept(made(4700), made(4800), made(4800)) == [(4700, 4800)]
    assert kept(made(4700, 4800), made(4800)) == [(4700, 4800), (4800, 4800)]
    assert kept(made(4700), made(4800), made(4900)) == [(4700, None)]
    assert kept(walked(counted(2, "order"), counted(0, "order", "1")), made(4800)) == [], "sums were not read"


def test_what_an_earlier_step_took_away_is_not_missed_when_a_later_one_fails() -> None:
    emptied = walked(counted(2, "article", "lamp"), counted(0, "article"))
    failing = Deed(index=3, name="c", place=LOOKS.place, observation=walk(calls=(failed("PATCH /api/me"),)))
    bought_ = bought(done=True)
    told = Walk(key="k", nodeid="n", base="n", title="t", plan="", deeds=(bought_, failing), counted=emptied.counted)

    assert objects_of(told, failing, (emptied,), (ARTICLES,))[0].removes


def test_a_step_makes_as_many_as_in_its_controls() -> None:
    again = walked(counted(2, "order", "1"), counted(0, "order", "1"))
    anew = walked(counted(2, "order", "1"), counted(0, "order", "1", "2"))

    assert orders(again, BUYS, again) == (("1",), ("1",), 0), "it adds to what is there"
    assert orders(again, BUYS, anew) == (("1",), ("1",), 1)


def test_a_sum_knows_which_call_kept_it() -> None:
    told = walked(counted(2, "order", "0"), counted(0, "order", "0", "1", amounts=(0, 4700)))

    assert [one.made_by for one in amounts_of(told, BUYS, (told,), (ORDERS,))] == [ORDER]


def test_a_renewed_session_is_no_reason_for_an_empty_basket() -> None:
    """No control writes there, so it is none of the step's own work."""
    emptied = walked(counted(2, "article", "lamp"), counted(0, "article"))
    renewal = call("POST /api/session/refresh", server_status=200, fault="session-expiry")

    assert not removes(bought(calls=(renewal, failed(status=409))), emptied)


def test_two_steps_between_two_counts_may_make_two() -> None:
    """A count that could not be read makes no order of the next step a second one of this."""
    later = Deed(index=4, name="d", place=place_of("d", 0), observation=CALM)
    made = (counted(2, "order", "1"), counted(4, "order", "1", "2"), counted(0, "order", "1", "2", "3"))
    calm = walked(*made)
    calm = replace(calm, deeds=(*calm.deeds, later))
    blind = replace(calm, counted=(made[0], made[2]))

    assert [found(one, deed, calm) for one in (calm, blind) for deed in (calm.deeds[1], later)] == [
        (1, 1), (1, 1), (2, 2), (2, 2),
    ]  # fmt: skip
    assert found(walked(*made[::2]), LOOKS, walked(*made[:2])) == (2, 1), "what was made in a step before"


def found(walk_: Walk, deed: Deed, *controls: Walk) -> tuple[int, int]:
    """How many objects are new, and how many may be."""
    (one,) = objects_of(walk_, deed, controls, (ORDERS,))
    return len(one.new), one.at_most
