"""A run of storms in which everything that can be a text is one that wants to do harm."""

from __future__ import annotations

from dataclasses import replace

from stormwalk.access.results import Severity
from stormwalk.model import Journey, JourneyStorm, Run, RunMode, RunStorm, Status, Step
from stormwalk.storm import (
    BlindSpot,
    DecisionKey,
    Escape,
    FaultDecision,
    FaultEntry,
    Layer,
    Outcome,
    ParameterEntry,
    PlanEntry,
    RuleCount,
    RuleEntry,
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
from tests.reporting.samples import START, plausible


def hostile(text: str) -> Run:
    """The text wherever an application, a plan or a user can put one."""
    step = Step(index=1, name=text, status=Status.FAILED, reason=text, url=text, role=text, actor=text)
    key = DecisionKey(
        journey=text, actor=text, step=text, method=text, template=text, params=text, occurrence=1, rule=text
    )
    decision = FaultDecision(
        key=key, fault=text, layer=Layer.ROUTE, fired=True, outcome=Outcome.ESCAPED, url=text, reason=text
    )
    healing = Healing(step=text, rung=Recovery.NOT_RECOVERED, tried=(text,))
    count = RuleCount(rule=text, fault=text, matched=2, escaped=(Escape(reason=text, calls=2),))
    weather = JourneyStorm(
        plan=text, seed=text, decisions=((1, decision),), healed=((1, healing),), counts=(count,), skipped=text
    )
    bare = Journey(key="walk", nodeid=text, title=text, goal=text, status=Status.FAILED, reason=text, steps=(step,))
    trouble = Trouble(
        sign=text, severity=Severity.CRITICAL, gates=True, words=text, evidence=(text,) * 9, step=text, call=text
    )
    cell = CellScore(
        journey=text,
        step=text,
        site=text,
        fault=text,
        outcome=Came.STUCK,
        verdict=StormVerdict.BROKEN,
        score=None,
        reason=text,
    )
    spot = BlindSpot(what=text, example=text, calls=1)
    slower = Degradation(
        control_ms=1e9, storm_ms=1e12, controls=3, storms=3, percent=1e5, interval=(0, 1e6), words=text
    )
    experiments = tuple(
        ExperimentResult(
            journey=text,
            title=text,
            plan=f"{text}{number}",
            rules=(text,),
            keys=("walk", text),
            verdict=verdict,
            reason=text,
            hypothesis=text,
            cells=(cell,),
            troubles=(trouble,),
            healings=(healing,),
            counts=(count,),
            blind_spots=(spot,),
            replay=text,
        )
        for number, verdict in enumerate(StormVerdict)
    )
    finding = StormFinding(
        id=text,
        sign=text,
        severity=Severity.CRITICAL,
        verdict=StormVerdict.LEAK,
        title=text,
        words=text,
        step=text,
        call=text,
        evidence=(text,) * 40,
        shown_by=(text,) * 40,
        journey_key=text,
        before=text,
        after=text,
        replay=text,
    )
    score = StormScore(
        status=ResilienceStatus.WEAK,
        score=0.0,
        journeys=(JourneyScore(journey=text, score=None, valid=0, planned=1),),
        worst=cell,
        tenth_percentile=None,
        valid=0,
        planned=1,
        passing=60.0,
        interval=None,
        violations=(trouble,),
        weights=((text, 0.5),),
        reason=text,
    )
    figures = StormFigures(
        injected=text, degradation=slower, api_failures=(ApiFailure(endpoint=text, failure=text, calls=1),)
    )
    told = StormJudgement(
        seed=text,
        experiments=experiments,
        findings=(finding, replace(finding, id="other")),
        score=score,
        figures=figures,
        steps=(StepDegradation(journey=text, step=text, plan=text, degradation=slower),),
        calls=(CallDegradation(endpoint=text, plan=text, degradation=slower),),
        controls_failed=(text,),
        fail_under=50.0,
        judged_at=START,
    )
    fault = FaultEntry(
        name=text, about=text, parameters=(ParameterEntry(name=text, about=text, default=text),), unsupported=text
    )
    plan = PlanEntry(name=text, hypothesis=text, rules=(RuleEntry(id=text, fault=text, text=text),))
    return replace(
        plausible(),
        mode=RunMode.CHAOS,
        journeys=(bare, replace(bare, key="storm", storm=weather)),
        storm=RunStorm(seed=text, plans=(plan,), faults=(fault,), judgement=told),
    )
