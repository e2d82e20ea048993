"""What a run comes to, as a number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stormwalk.access.results import Access, AccessCoverage, Verdict
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.exit_code import exit_code
from stormwalk.model import Journey, JourneyStorm, Note, NoteLevel, Run, RunMode, RunStorm, Status, Step
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import StormJudgement
from tests.reporting.access_samples import cell
from tests.reporting.storm_runs import calm

P, F, E, S = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


def run_of(*journeys: Status | None, steps: tuple[Status | None, ...] = (), notes: tuple[NoteLevel, ...] = ()) -> Run:
    walked = [
        Journey(
            key=str(number),
            nodeid=str(number),
            title="",
            status=status,
            steps=tuple(Step(index=n, name="", status=one) for n, one in enumerate(steps, 1)),
        )
        for number, status in enumerate(journeys)
    ]
    return Run(
        id="run",
        project="shop",
        mode=RunMode.NORMAL,
        base_url="",
        started_at=0.0,
        journeys=tuple(walked),
        notes=tuple(Note(level=level, message="") for level in notes),
    )


@pytest.mark.parametrize(
    ("run", "pytest_exit", "interrupted", "code"),
    [
        (run_of(P), 0, False, 0),
        (run_of(P, S), 0, False, 0),
        (run_of(P, steps=(P, S)), 0, False, 0),
        (run_of(P, notes=(NoteLevel.WARNING, NoteLevel.INFO)), 0, False, 0),
        (run_of(P, F), 1, False, 1),
        (run_of(P, steps=(F,)), 0, False, 1),
        (run_of(F, E), 1, False, 1),
        (run_of(F, None), 2, True, 1),
        (run_of(F, notes=(NoteLevel.ERROR,)), 1, False, 1),
        (run_of(P, E), 1, False, 2),
        (run_of(P, steps=(E,)), 1, False, 2),
        (run_of(P, None), 0, False, 2),
        (run_of(P, notes=(NoteLevel.ERROR,)), 0, False, 2),
        (run_of(P), 2, True, 2),
        (run_of(P), 0, True, 2),
        (run_of(S), 0, False, 2),
        (run_of(), 0, False, 2),
        (run_of(), 5, False, 2),
        (run_of(P), 1, False, 1),
        (run_of(P), 2, False, 2),
        (run_of(P), 3, False, 2),
        (run_of(P), 4, False, 2),
        (run_of(P), 5, False, 2),
    ],
)
def test_the_exit_code(run: Run, pytest_exit: int, interrupted: bool, code: int) -> None:
    assert exit_code(run, pytest_exit=pytest_exit, interrupted=interrupted) == code


def stormy(run: Run, *under_storm: Status | None, told: object = ()) -> Run:
    """The run as one of storms: `told` changes the judgement on nothing but calm; None is no judgement."""
    walks = run_of(*under_storm).journeys
    walks = tuple(replace(one, key=f"s{one.key}", storm=JourneyStorm(plan="outage", seed="7")) for one in walks)
    judgement = None if told is None else replace(judged_calm(), **dict(told))  # type: ignore[call-overload]
    storm = RunStorm(seed="7", judgement=judgement)
    return replace(run, mode=RunMode.CHAOS, journeys=(*run.journeys, *walks), storm=storm)


def judged_calm() -> StormJudgement:
    whole = calm().storm
    assert whole is not None
    assert whole.judgement is not None
    return whole.judgement


DEVIATED = replace(judged_calm().experiments[0], verdict=StormVerdict.DEGRADED)
OPEN = replace(judged_calm().experiments[0], verdict=StormVerdict.INCONCLUSIVE)
STOP = (ControlRequest(kind=ControlKind.STOP, at=1.0, by="sam", id=1),)
NOT_DONE = replace(OPEN, skipped=True)


@pytest.mark.parametrize(
    ("run", "pytest_exit", "interrupted", "code"),
    [
        pytest.param(stormy(run_of(P), P), 0, False, 0, id="held"),
        pytest.param(replace(run_of(P), requests=STOP), 0, False, 2, id="stopped by hand before all was walked"),
        pytest.param(replace(run_of(P, F), requests=STOP), 1, False, 1, id="stopped after something was found"),
        pytest.param(
            stormy(run_of(P), F, E, None), 1, False, 0, id="what failed under a storm does not count by itself"
        ),
        pytest.param(stormy(run_of(P), F), 3, False, 2, id="pytest broke"),
        pytest.param(stormy(run_of(F), P), 1, False, 1, id="a control failed"),
        pytest.param(stormy(run_of(E), P), 1, False, 2, id="a control could not be walked"),
        pytest.param(stormy(run_of(), P), 0, False, 2, id="no control"),
        pytest.param(stormy(run_of(P), P, told={"experiments": (DEVIATED, OPEN)}), 0, False, 1, id="deviated"),
        pytest.param(stormy(run_of(E), told={"experiments": (DEVIATED,)}), 1, True, 1, id="deviated before the end"),
        pytest.param(
            stormy(run_of(), F, told={"experiments": (DEVIATED,)}), 1, False, 1, id="replayed without control"
        ),
        pytest.param(stormy(run_of(P), told={"fail_under": 97.0}), 0, False, 1, id="below the gate"),
        pytest.param(stormy(run_of(P), told={"fail_under": 96.0}), 0, False, 0, id="on the gate"),
        pytest.param(stormy(run_of(P), told={"experiments": (OPEN,)}), 0, False, 2, id="inconclusive"),
        pytest.param(
            stormy(run_of(P), told={"experiments": (NOT_DONE,)}), 0, False, 2, id="nothing was struck anywhere"
        ),
        pytest.param(stormy(run_of(P), told={"steered": True, "experiments": (DEVIATED,)}), 0, False, 2, id="steered"),
        pytest.param(stormy(run_of(P), F, told=None), 1, False, 2, id="not judged"),
        pytest.param(replace(run_of(P), mode=RunMode.CHAOS), 0, False, 2, id="nothing planned"),
        pytest.param(stormy(run_of(P)), 2, True, 2, id="interrupted"),
    ],
)
def test_the_exit_code_of_a_storm(run: Run, pytest_exit: int, interrupted: bool, code: int) -> None:
    assert exit_code(run, pytest_exit=pytest_exit, interrupted=interrupted, beside_failed=False) == code


@pytest.mark.parametrize("walks", [(P, S), (F,)], ids=["all walks passed", "a walk failed, and held"])
def test_a_test_beside_the_journeys_is_excused_by_no_storm(walks: tuple[Status, ...]) -> None:
    assert exit_code(stormy(run_of(P), *walks), pytest_exit=1, interrupted=False, beside_failed=True) == 1


@pytest.mark.parametrize(
    ("verdicts", "more", "code"),
    [
        ((Verdict.ENFORCED,), {}, 0),
        ((Verdict.ENFORCED, Verdict.INCONCLUSIVE), {}, 2),
        ((Verdict.ENFORCED, Verdict.SUSPECT), {}, 2),
        ((Verdict.ENFORCED,), {"finished": False}, 2),
        ((Verdict.ENFORCED,), {"coverage": AccessCoverage(cells=2, judged=1, threshold=0.9)}, 1),
        ((), {}, 0),
    ],
)
def test_the_exit_code_of_an_access_check(verdicts: tuple[Verdict, ...], more: dict[str, Any], code: int) -> None:
    cells = tuple(cell(f"GET /api/{number}", verdict=verdict) for number, verdict in enumerate(verdicts))
    checked = replace(run_of(P), access=Access(**{"cells": cells, "finished": True, **more}))

    assert exit_code(checked, pytest_exit=0, interrupted=False) == code
