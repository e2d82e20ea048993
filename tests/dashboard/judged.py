"""A storm that was judged: a journey in a control and under two plans, one of which bought twice."""

from __future__ import annotations

from collections.abc import Iterator

from stormwalk.events import Event, EvidenceKept, JourneyStarted, RunFinished
from stormwalk.model import RunMode
from stormwalk.storm import PlanEntry, RuleEntry
from stormwalk.storm_events import StormBegan, StormJudged, StormPlanned
from tests.dashboard import tales
from tests.reporting.storm_samples import ORDER, PLANS
from tests.reporting.storm_verdicts import judgement

RUN = "20261118-101503-cc33"
BASE = "journeys/test_shopper.py::test_shopper"
BOUGHT_TWICE = next(one for one in judgement().experiments if one.plan == "lost-reply" and one.troubles)
SITE = BOUGHT_TWICE.troubles[0].call


def events() -> Iterator[Event]:
    plans = tuple(
        PlanEntry(name=name, hypothesis=says, rules=(RuleEntry(id="rule", fault=fault, text=text),))
        for name, fault, text, says in PLANS
    )
    yield tales.started(RunMode.CHAOS)
    yield StormPlanned(at=2.0, seed="7", plans=plans)
    yield from _walk("control", "")
    yield from _walk(BOUGHT_TWICE.keys[0], "lost-reply")
    yield StormJudged(at=9.0, judgement=judgement())
    yield RunFinished(at=10.0, exit_code=1)


def _walk(key: str, plan: str) -> Iterator[Event]:
    nodeid = f"{BASE}[chromium-{plan or 'control-1'}]"
    yield JourneyStarted(at=3.0, worker="gw0", journey=key, nodeid=nodeid, title=BOUGHT_TWICE.title)
    yield StormBegan(at=3.0, worker="gw0", journey=key, plan=plan, seed="7")
    yield tales.step_begins(key, 1, name=ORDER)
    if plan:
        yield tales.blows(key, 1)
    yield EvidenceKept(at=4.0, worker="gw0", journey=key, step=1, evidence=tales.picture(key, 1))
    yield tales.step_ends(key, 1, name=ORDER)
    yield tales.ends(key)
