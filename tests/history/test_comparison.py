from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.access.results import Verdict
from stormwalk.cells import Cell, CellKind, Colour
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError
from stormwalk.history import compare
from stormwalk.history.comparison import changed
from stormwalk.model import Journey, RunMode, Status
from stormwalk.store import Store
from stormwalk.storm_judgement import StormVerdict
from tests.history.past import PROJECT, journey, keep, run, step, under
from tests.reporting.access_samples import everything, finding
from tests.reporting.access_samples import with_access as checked
from tests.reporting.storm_runs import judged, rich
from tests.storing import run_started

FAILED, SKIPPED = Status.FAILED, Status.SKIPPED
STOP = ControlRequest(id=1, kind=ControlKind.STOP, at=1.0)


def test_tells_new_fixed_still_failing_and_no_longer_judged(store: Store) -> None:
    old = journey(step("Log in"), step("Search", FAILED), step("Buy", FAILED), step("Pay"))
    new = journey(step("Log in"), step("Search"), step("Buy", FAILED), step("Pay", FAILED), step("Rate", FAILED))
    before, after = keep(store, run(1, old), run(2, new))

    told = compare(store, before, after)

    assert [one.name for one in told.new] == ["A shopper buys > Pay", "A shopper buys > Rate"]
    assert [one.name for one in told.fixed] == ["A shopper buys > Search"]
    assert [one.name for one in told.still_failing] == ["A shopper buys > Buy"]
    assert told.unjudged == ()


def test_a_page_that_nobody_opened_again_is_not_fixed(store: Store) -> None:
    """`access check` opens no page."""
    whole = checked(everything())
    assert whole.access is not None
    place = "PAGE /admin/users as shopper"
    cells = tuple(
        replace(one, verdict=Verdict.BYPASSED if one.place == place else Verdict.ENFORCED) for one in whole.access.cells
    )
    leaky = replace(whole.access, cells=cells, findings=(finding("over-permission", place),))
    without = tuple(one for one in cells if not one.endpoint.startswith("PAGE"))
    before, after = keep(
        store,
        replace(whole, id="20261001-000001-aaaa", started_at=1.0, access=leaky),
        replace(whole, id="20261001-000002-aaaa", started_at=2.0, access=replace(leaky, cells=without, findings=())),
    )

    told = compare(store, before, after)

    assert [one.name for one in told.fixed] == []


def test_what_is_not_reached_any_more_is_neither_fixed_nor_failing(store: Store) -> None:
    old = journey(step("Log in"), step("Buy", FAILED), step("Pay"))
    new = journey(step("Log in", Status.ERROR), step("Buy", SKIPPED), step("Pay", SKIPPED))
    before, after = keep(store, run(1, old), run(2, new))

    told = compare(store, before, after)

    assert (told.new, told.fixed, told.still_failing) == ((), (), ())
    assert [one.name.rpartition(" ")[2] for one in told.unjudged] == ["in", "Buy", "Pay"]


def test_a_control_of_a_storm_is_the_journey_of_a_normal_run(store: Store) -> None:
    nodeid = "journeys/test_shopper.py::test_shopper[chromium]"
    fair = journey(step("Buy"), nodeid=nodeid)
    control = under("", journey(step("Buy", FAILED), nodeid=nodeid.replace("]", "-control-2]")))
    before, after = keep(store, run(1, fair), run(2, control, mode=RunMode.CHAOS))

    told = compare(store, before, after)

    assert [one.key for one in told.new] == [f"{nodeid} > Buy"]
    assert "different modes" in told.remark


def test_a_step_is_slower_only_beyond_the_noise(store: Store) -> None:
    def walk(calm: float, restless: float) -> object:
        return journey(step("Calm", ms=calm), step("Restless", ms=restless))

    times = [(100, 100), (104, 400), (98, 150), (101, 700), (102, 90)]
    *_, before = keep(store, *(run(n, walk(*pair)) for n, pair in enumerate(times)))  # type: ignore[arg-type]
    (after,) = keep(store, run(9, walk(400, 600)))  # type: ignore[arg-type]

    told = compare(store, before, after)

    assert [one.key.rpartition(" > ")[2] for one in told.slower] == ["Calm"]
    assert told.slower[0].percent == pytest.approx(296, abs=1)
    (quick,) = keep(store, run(10, walk(20, 20)))  # type: ignore[arg-type]
    assert [one.key.rpartition(" > ")[2] for one in compare(store, before, quick).faster] == ["Calm"]


def test_with_too_few_times_nothing_is_said_of_the_pace(store: Store) -> None:
    before, after = keep(store, run(1, journey(step("Buy", ms=10))), run(2, journey(step("Buy", ms=9000))))

    told = compare(store, before, after)

    assert (told.slower, told.unmeasured) == ((), 1)


def test_what_became_slowest_stands_first(store: Store) -> None:
    def walk(ms: float, times: float) -> Journey:
        return journey(step("A little", ms=2 * ms), step("A lot", ms=times * ms), step("More", ms=3 * ms))

    *_, before = keep(store, *(run(number, walk(100, 1)) for number in range(3)))
    (after,) = keep(store, run(9, walk(300, 9)))

    told = compare(store, before, after)

    assert told.slower[0].key.endswith("A lot")
    assert [one.percent for one in told.slower] == sorted((one.percent for one in told.slower), reverse=True)
    assert len(told.slower) == 3


def test_a_finding_of_the_access_check_that_is_gone_is_fixed(store: Store) -> None:
    whole = checked()
    assert whole.access is not None
    place = "GET /api/products as shopper"
    leaky = replace(
        whole, id="20261001-000001-aaaa", access=replace(whole.access, findings=(finding("over-permission", place),))
    )
    clean = replace(whole, id="20261001-000002-aaaa", access=replace(whole.access, findings=()))
    keep(store, leaky, clean)

    told = compare(store, leaky.id, clean.id)

    assert [one.key for one in told.fixed] == [place, f"{place}: over-permission"]
    assert [one.key for one in compare(store, clean.id, leaky.id).new] == [place, f"{place}: over-permission"]


def test_names_the_cells_of_a_storm(store: Store) -> None:
    bad = replace(rich(), id="20261001-000002-aaaa")
    judgement = bad.storm.judgement if bad.storm else None
    assert judgement is not None
    held = tuple(
        replace(
            one,
            verdict=StormVerdict.HELD,
            cells=tuple(replace(cell, verdict=StormVerdict.HELD) for cell in one.cells),
        )
        for one in judgement.experiments
    )
    good = replace(judged(experiments=held), id="20261001-000001-aaaa")
    keep(store, good, bad)

    names = [one.name for one in compare(store, good.id, bad.id).new]

    assert "A shopper buys > Place the order, POST /api/orders, lost-reply, lost-reply" in names
    assert "A shopper buys under lost-reply" in names


def test_says_of_a_run_that_was_cut_off_that_it_did_not_come_to_everything(store: Store) -> None:
    whole, more = run(1, journey(step("Log in"), step("Pay"))), journey(step("Log in"), step("Pay", FAILED))
    cut, stopped = run(2, journey(step("Log in")), interrupted=True), run(3, more, requests=(STOP,))
    before, interrupted, ended = keep(store, whole, cut, stopped)

    assert compare(store, before, before).remark == ""
    assert f"Run {interrupted} was interrupted" in compare(store, before, interrupted).remark
    assert f"Run {interrupted} was interrupted" in compare(store, interrupted, before).remark
    assert f"Run {ended} was stopped by hand" in compare(store, before, ended).remark


def test_says_of_a_run_that_was_steered_that_its_storms_are_left_out(store: Store) -> None:
    good, steered = replace(rich(), id="good"), replace(judged(steered=True), id="steered")
    keep(store, good, steered)

    told = compare(store, "good", "steered")

    assert told.unjudged
    assert "Run steered was steered by hand" in told.remark


def test_says_everything_that_stands_between_two_runs(store: Store) -> None:
    one, other = run(1, journey(step("Buy"))), run(2, journey(step("Buy")), mode=RunMode.CHAOS, interrupted=True)
    before, after = keep(store, one, other)

    remark = compare(store, before, after).remark

    assert "different modes" in remark
    assert "was interrupted" in remark


def test_says_of_two_runs_in_the_wrong_order_that_new_means_fixed(store: Store) -> None:
    earlier, later = keep(store, run(1, journey(step("Buy", FAILED))), run(2, journey(step("Buy"))))

    told = compare(store, later, earlier)

    assert [one.name for one in told.new] == ["A shopper buys > Buy"]
    assert "The first of the two runs is the later one" in told.remark


def test_a_red_cell_of_a_storm_hides_no_journey_that_is_not_judged_any_more(store: Store) -> None:
    base = "journeys/test_shopper.py::test_shopper"
    before = (Cell(kind=CellKind.JOURNEY, key=base, name="A shopper buys", colour=Colour.GREEN),)
    after = (Cell(kind=CellKind.STORM, key=f"{base} > Buy, outage", name="Buy, outage", colour=Colour.RED),)

    assert [one.name for one in changed(before, after)] == ["Buy, outage", "A shopper buys"]


def test_refuses_a_run_that_is_not_there_or_has_not_ended(store: Store) -> None:
    (there,) = keep(store, run(1, journey(step("Buy"))))
    store.append("killed", [run_started(project=PROJECT)])

    with pytest.raises(StoreError, match="no run nowhere in the store"):
        compare(store, there, "nowhere")
    with pytest.raises(StoreError, match="killed has not ended"):
        compare(store, "killed", there)


def test_a_check_that_could_not_look_there_fixes_nothing_there(store: Store) -> None:
    whole = checked()
    assert whole.access is not None
    where = "GET /api/orders/{id} as shopper"
    leaky = replace(whole.access, findings=(finding("over-permission", where),))
    unseen = tuple(replace(one, verdict=Verdict.INCONCLUSIVE) if one.place == where else one for one in leaky.cells)
    before, after = keep(
        store,
        replace(whole, id="a", access=leaky),
        replace(whole, id="b", access=replace(leaky, findings=(), cells=unseen)),
    )

    told = compare(store, before, after)

    assert told.fixed == ()
    assert where in [one.key for one in told.unjudged]
