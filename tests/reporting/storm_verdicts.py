"""The judgement on the rich run of storms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stormwalk.access.results import Severity
from stormwalk.observations import Moment
from stormwalk.storm import (
    BlindSpot,
)
from stormwalk.storm_judgement import (
    CellScore,
    Degradation,
    JourneyScore,
    Recovery,
    ResilienceStatus,
    StormScore,
    StormVerdict,
    Trouble,
)
from stormwalk.storm_judgement import Outcome as Came
from stormwalk.storm_results import (
    ApiFailure,
    CallDegradation,
    ExperimentResult,
    Healing,
    StepDegradation,
    StormFigures,
    StormFinding,
    StormJudgement,
)
from tests.reporting.samples import START
from tests.reporting.storm_samples import DEVIATIONS, GATING, HELD, JOURNEYS, ORDER, PLANS, SEED, count, pictures


def _trouble(sign: str, step: str, site: str) -> Trouble:
    severity = Severity.CRITICAL if sign in GATING else Severity.HIGH
    words = {
        "duplicate-order": "One action of the user made two orders, 1042 and 1043.",
        "access-opened": "While the permission call failed, the page offered what only an administrator may do.",
        "endless-spinner": "The page shows that it is loading, and never stops.",
        "session-lost": "The basket that the user had filled is empty after logging in again.",
        "silent-failure": "The call failed, and the page shows and says nothing of it.",
    }[sign]
    evidence = (f"{site} was answered 201, and the answer was lost after 96 ms", "the page shows “Try again” at 5.0 s")
    return Trouble(
        sign=sign, severity=severity, gates=sign in GATING, words=words, evidence=evidence, step=step, call=site
    )


def _cells(name: str, title: str, rows: Any, plan: str, fault: str) -> Iterator[CellScore]:
    wrong = DEVIATIONS.get((name, plan))
    for step, _, site, _ in rows:
        writes = not site.startswith("GET")
        if plan in ("lost-reply", "offline", "expired-session") and not writes:
            continue
        terms = (("outcome", 1.0), ("recovery", 1.0), ("feedback", 0.8), ("performance", 0.9), ("stability", 1.0))
        made = CellScore(
            journey=title,
            step=step,
            site=site,
            fault=fault,
            outcome=Came.TRANSPARENT,
            verdict=HELD,
            score=94.0,
            terms=terms,
        )
        if wrong and wrong[1] == step:
            score = 0.0 if wrong[4] in GATING else 41.0
            made = replace(made, outcome=wrong[2], verdict=wrong[0], score=score, gate=wrong[4] not in GATING)
        elif plan == "outage":
            made = replace(made, outcome=Came.GRACEFUL, score=82.0)
        elif plan == "offline" and step == "Log out":
            made = replace(
                made,
                outcome=Came.INVALID,
                verdict=StormVerdict.INCONCLUSIVE,
                score=None,
                reason="the fault was never delivered",
            )
        yield made


def _experiment(journey: tuple[Any, ...], plan: str, fault: str, text: str, hypothesis: str) -> ExperimentResult:
    name, title, _, _, rows = journey
    wrong = DEVIATIONS.get((name, plan))
    repeats = 3 if plan == "latency" else 1
    keys = tuple(f"{name}-{plan}{repeat or ''}" for repeat in range(repeats))
    idle = plan == "broken-assets"
    skipped = idle and name == "test_manager"
    reason = "no call of this journey is one that the plan strikes" if skipped else "no fault was applied"
    site = next((one[2] for one in rows if wrong and one[0] == wrong[1]), "")
    verdict = wrong[0] if wrong else StormVerdict.INCONCLUSIVE if idle else HELD
    return ExperimentResult(
        journey=f"journeys/{name}.py::{name}[chromium]",
        title=title,
        plan=plan,
        rules=(text,),
        keys=() if skipped else keys,
        verdict=verdict,
        reason=reason if idle else "",
        hypothesis=hypothesis,
        skipped=skipped,
        cells=() if idle else tuple(_cells(name, title, rows, plan, fault)),
        troubles=(_trouble(wrong[4], wrong[1], site),) if wrong else (),
        healings=(Healing(step=wrong[1], rung=wrong[3], took_ms=1800.0, tried=("alone",)),) if wrong else (),
        counts=(count(plan, fault, 3),),
        blind_spots=(BlindSpot(what="redirect hop", example="GET /login", calls=2),) if plan == "offline" else (),
        replay=f"pytest journeys/{name}.py --chaos-plan {plan} --chaos-seed {SEED} -k {plan}",
    )


def _finding(one: ExperimentResult) -> StormFinding:
    trouble = one.troubles[0]
    journey, key = one.keys[0].split("-")[0], one.keys[0]
    rows = next(rows for name, *_, rows in JOURNEYS if name == journey)
    index = next(number for number, row in enumerate(rows, 1) if row[0] == trouble.step)
    before, after, _ = pictures(key, index, trouble.step, Moment.BEFORE_FAULT, Moment.WORST, Moment.RECOVERED)
    titles = {
        "duplicate-order": "Retrying after a lost reply places a second order",
        "access-opened": "The page opens what is for administrators while permissions fail",
        "endless-spinner": "The page waits for ever when the server is down",
        "session-lost": "An expired session empties the basket",
        "silent-failure": "Sales that could not be loaded look like no sales",
    }
    return StormFinding(
        id=f"s{one.title[2]}{len(trouble.step)}{trouble.sign[:2]}",
        sign=trouble.sign,
        severity=trouble.severity,
        verdict=one.verdict,
        title=titles[trouble.sign],
        words=trouble.words,
        step=trouble.step,
        call=trouble.call,
        evidence=trouble.evidence,
        shown_by=(f"{one.title} under {one.plan}",),
        journey_key=key,
        before=before.id,
        after=after.id,
        reproduced=2 if one.plan == "lost-reply" else 1,
        tried=3 if one.plan == "lost-reply" else 1,
        replay=one.replay,
    )


def _slower(control: float, storm: float, *, spread: float = 22.0, significant: bool = True) -> Degradation:
    percent = 100 * (storm - control) / control
    bounds = (percent - 30, percent + 28)
    times = f"{storm:.0f} ms against {control:.0f} ms"
    words = f"{percent:+.0f} % ({bounds[0]:+.0f} to {bounds[1]:+.0f} %; {times})" if significant else f"n.s. ({times})"
    return Degradation(
        control_ms=control,
        storm_ms=storm,
        controls=3,
        storms=3,
        control_spread_ms=spread,
        percent=percent,
        interval=bounds,
        significant=significant,
        words=words,
    )


def _step_slower(step: str, site: str, ms: float) -> Degradation:
    felt = "GET" in site or step == ORDER
    return _slower(ms, ms + (503 if felt else 12) * (1 + (step == ORDER)), significant=felt)


def judgement() -> StormJudgement:
    """The judgement of the rich run."""
    made = [
        _experiment(journey, plan, fault, text, hypothesis)
        for journey in JOURNEYS
        for plan, fault, text, hypothesis in PLANS
    ]
    cells = [cell for one in made for cell in one.cells]
    valid = [cell for cell in cells if cell.score is not None]
    findings = sorted((_finding(one) for one in made if one.troubles), key=lambda one: one.severity.rank)
    score = StormScore(
        status=ResilienceStatus.WEAK,
        score=84.3,
        journeys=tuple(
            JourneyScore(journey=title, score=88.0 - 9 * place, valid=30, planned=31)
            for place, (_, title, *_) in enumerate(JOURNEYS)
        ),
        worst=min(valid, key=lambda one: one.score or 0),
        tenth_percentile=41.0,
        valid=len(valid),
        planned=len(cells),
        passing=60.0,
        interval=(0.81, 0.96),
        violations=tuple(one.troubles[0] for one in made if one.troubles and one.troubles[0].gates),
        weights=(("outcome", 0.4), ("recovery", 0.2), ("feedback", 0.15), ("performance", 0.15), ("stability", 0.1)),
        reason="One action of the user made two orders, 1042 and 1043.",
    )
    steps = [
        StepDegradation(journey=title, step=step, plan="latency", degradation=_step_slower(step, site, ms))
        for _, title, _, _, rows in JOURNEYS
        for step, _, site, ms in rows
    ]
    sites = dict.fromkeys((row[2], row[3]) for _, _, _, _, rows in JOURNEYS for row in rows)
    calls = [
        CallDegradation(endpoint=site, plan="latency", degradation=_slower(ms / 3, ms / 3 + 503, spread=9))
        for site, ms in sites
    ]
    figures = StormFigures(
        injected="0 to 2000ms",
        asked_ms=500.0,
        observed_ms=503.2,
        delayed=33,
        timeouts=2,
        failed_transactions=1,
        degradation=_slower(314, 980),
        api_failures=(
            ApiFailure(endpoint="POST /api/orders", failure="503", calls=3),
            ApiFailure(endpoint="POST /api/orders", failure="net::ERR_FAILED", calls=1),
            ApiFailure(endpoint="GET /api/reports/sales", failure="503", calls=1),
        ),
        recovery=((Recovery.ALONE, 4), (Recovery.RETRY, 2), (Recovery.NEW_LOGIN, 1), (Recovery.NOT_RECOVERED, 1)),
    )
    return StormJudgement(
        seed=SEED,
        experiments=tuple(made),
        findings=tuple(findings),
        score=score,
        figures=figures,
        steps=tuple(steps),
        calls=tuple(calls),
        controls=6,
        judged_at=START + 21,
    )
