"""Tales of a run of storms, as the events that it would leave: a journey that opens its basket and places an order.

tale = Tale("lost-reply once @ POST /api/orders")
tale.calm()
tale.storm(basket(), order(done=False, calls=(lost(),), strikes=("POST /api/orders",), healed=Recovery.RETRY))
judged = tale.judged()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from pydantic import TypeAdapter

from chaos.judging import judge
from chaos.plan import plans_for
from chaos.seen import Observation, PageState
from stormwalk.config.storm import EndStateTable, StormTable
from stormwalk.events import (
    Event,
    EvidenceKept,
    JourneyFinished,
    JourneyStarted,
    RunPlanned,
    RunStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.experiment import experiment_id
from stormwalk.model import RunMode, Status
from stormwalk.observations import Evidence, EvidenceKind, Moment
from stormwalk.storm import BACKGROUND, DecisionKey, FaultDecision, Layer, Outcome, PlanEntry, RuleCount
from stormwalk.storm_events import (
    FaultApplied,
    FaultMissed,
    ObjectsCounted,
    RuleCounted,
    StepHealed,
    StepObserved,
    StormBegan,
    StormLifted,
    StormPlanned,
)
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import ExperimentResult, StormJudgement
from tests.chaos.scenes import BEGAN, CALM, ORDER, call, done_look, look, walk

BASKET = "GET /api/basket"
SHOPPER = "journeys/test_shopper.py::test_shopper"
ORDERS = EndStateTable(
    kind="order", read="GET /orders", items="orders", amount="total_cents", role="shopper", made_by=ORDER
)
ARTICLES = EndStateTable(kind="article", read="GET /basket", role="shopper", of_session=True)
TABLE = StormTable(end_state=(ORDERS, ARTICLES))
_OBSERVATION = TypeAdapter(Observation)
_STATE = TypeAdapter(PageState)
_TEXT = "Your basket: 2 lamps\nTotal 48.00\nGo to the checkout\nA shop to be tested"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One step of a walk. `strikes` are its struck calls, `polls` those that no step caused; without a `status` it is
    what the observation says."""

    name: str
    seen: Observation | None
    strikes: tuple[str, ...] = ()
    escapes: tuple[str, ...] = ()
    healed: Recovery | None = None
    state: PageState | None = None
    status: Status | None = None
    reason: str = ""
    weight: float = 1.0
    role: str = "shopper"
    asked_ms: float | None = None
    layer: Layer = Layer.ROUTE
    polls: tuple[str, ...] = ()
    finished: bool = True


_OF_TOLD = frozenset(Told.__dataclass_fields__)


def _told(name: str, calm: Observation, weight: float, more: dict[str, Any]) -> Told:
    of_step = {key: more.pop(key) for key in list(more) if key in _OF_TOLD}
    seen = of_step.pop("seen", replace(calm, **more))
    return Told(**{"name": name, "seen": seen, "weight": weight, **of_step})


def basket(**more: Any) -> Told:
    """The basket is opened, in a fifth of a second; fields of `Told` and of `Observation` may follow."""
    usual = walk(
        done=True,
        calls=(call(BASKET, 0.05, 0.1),),
        looks=(look(0.2, text=_TEXT, fields=()),),
        pressed=(),
        ended=BEGAN + 0.2,
    )
    return _told("Open the basket", usual, 1.0, more)


def order(**more: Any) -> Told:
    """The order is placed, in a second. One that is not done is looked at for twenty."""
    usual = CALM if more.get("done", True) else walk()
    return _told("Place the order", usual, 5.0, more)


def follow(**more: Any) -> Told:
    """The order is looked at afterwards."""
    usual = walk(
        done=True, calls=(call("GET /api/orders/{id}", 0.05, 0.1),), looks=(done_look(),), pressed=(), ended=BEGAN + 0.3
    )
    return _told("Follow the order", usual, 1.0, more)


def plan_of(written: str, name: str = "") -> PlanEntry:
    """The plan of a rule in shorthand or of a name, perhaps called something else."""
    (plan,) = plans_for(written)
    return replace(plan.entry(), name=name or plan.name)


def rule_named(plan: PlanEntry, place: int = 0) -> tuple[str, str]:
    """Id and fault of a rule."""
    return plan.rules[place].id, plan.rules[place].fault


@dataclass
class Tale:
    """A run that is told walk by walk; the first plan is meant where none is named."""

    plans: tuple[PlanEntry, ...]
    journey: str = SHOPPER
    title: str = "Shopper"
    seed: str = "7"
    walks: list[list[Event]] = field(default_factory=list)
    planned: tuple[str, ...] = ()

    def __init__(self, *plans: str | PlanEntry, **more: Any) -> None:
        self.plans = tuple(one if isinstance(one, PlanEntry) else plan_of(one) for one in plans)
        self.walks = []
        for key, value in more.items():
            setattr(self, key, value)
        self._numbers = count(1)

    def calm(self, times: int = 3, *steps: Told, **more: Any) -> None:
        """Controls, in which two lamps lie in the basket and one order is made."""
        for number in range(times):
            self._walk("", number + 1, steps or (basket(), order(), follow()), **more)

    def storm(self, *steps: Told, plan: PlanEntry | None = None, repeat: int = 0, **more: Any) -> str:
        """One walk under a plan; gives its key."""
        return self._walk((plan or self.plans[0]).name, repeat, steps, plan=plan or self.plans[0], **more)

    @property
    def events(self) -> list[Event]:
        head: list[Event] = [
            RunStarted(at=1.0, project="shop", mode=RunMode.CHAOS, base_url="http://shop.test"),
            StormPlanned(at=1.0, seed=self.seed, plans=self.plans),
        ]
        return [*head, RunPlanned(at=1.0, journeys=self.planned), *(event for one in self.walks for event in one)]

    def judged(self, table: StormTable = TABLE, **more: Any) -> StormJudgement:
        return judge(self.events, table, **more)

    def result(self, table: StormTable = TABLE, **more: Any) -> ExperimentResult:
        """The only experiment of the run."""
        (one,) = self.judged(table, **more).experiments
        return one

    def _walk(
        self,
        plan_name: str,
        number: int,
        steps: Sequence[Told],
        *,
        plan: PlanEntry | None = None,
        orders: tuple[Sequence[str], Sequence[str]] | None = (("1",), ("1", "2")),
        articles: tuple[Sequence[str], Sequence[str]] | None = (("lamp",), ()),
        amounts: dict[str, int] | None = None,
        status: Status | None = Status.PASSED,
        reason: str = "",
        counts: tuple[RuleCount, ...] | None = None,
        rules: Iterable[int] = (0,),
        base: str = "[chromium]",
    ) -> str:
        key = f"{next(self._numbers)}-{experiment_id(plan_name, number)}"
        nodeid = f"{self.journey}{base[:-1]}-{experiment_id(plan_name, number)}]"
        told: list[Event] = [
            JourneyStarted(at=BEGAN, journey=key, nodeid=nodeid, title=self.title),
            StormBegan(at=BEGAN, journey=key, plan=plan_name, seed=self.seed, repeat=number),
        ]
        for index, step in enumerate(steps, 1):
            told += self._counts(key, index if step.name == "Place the order" else 0, orders, articles, amounts, 0)
            told += _step_events(key, index, step, [rule_named(plan, one) for one in rules] if plan else [])
        told += self._counts(key, 0, orders, articles, amounts, 1) if status is not None else []
        struck = sum(len(one.strikes) + len(one.polls) for one in steps)
        if plan is not None:
            usual = tuple(
                RuleCount(rule=rule, fault=fault, matched=struck, applied=struck)
                for rule, fault in (rule_named(plan, one) for one in rules)
            )
            told += [
                RuleCounted(at=BEGAN + 90, journey=key, count=one) for one in (usual if counts is None else counts)
            ]
        if status is not None:
            told.append(JourneyFinished(at=BEGAN + 90, journey=key, status=status, duration_ms=9e4, reason=reason))
        self.walks.append(told)
        return key

    def _counts(
        self,
        key: str,
        index: int,
        orders: tuple[Sequence[str], Sequence[str]] | None,
        articles: tuple[Sequence[str], Sequence[str]] | None,
        amounts: dict[str, int] | None,
        end: int,
    ) -> list[Event]:
        if not (index or end):
            return []
        found: list[Event] = []
        for kind, ids in (("order", orders), ("article", articles)):
            if ids is not None:
                sums = tuple((amounts or {}).get(one, 4800) for one in ids[end]) if kind == "order" else ()
                found.append(
                    ObjectsCounted(at=BEGAN, journey=key, step=index, of=kind, ids=tuple(ids[end]), amounts=sums)
                )
        return found


def _step_events(key: str, index: int, step: Told, rules: Sequence[tuple[str, str]]) -> list[Event]:
    status = step.status or (Status.PASSED if step.seen is None or step.seen.done or step.healed else Status.FAILED)
    told: list[Event] = [
        StepStarted(at=BEGAN, journey=key, index=index, name=step.name, weight=step.weight, role=step.role)
    ]
    for rule, fault in rules:
        told += [
            FaultApplied(at=BEGAN, journey=key, step=index, decision=decision(one, step, rule, fault))
            for one in (*step.strikes, *step.polls)
        ]
        told += [
            FaultMissed(at=BEGAN, journey=key, step=index, decision=decision(one, step, rule, fault, Outcome.ESCAPED))
            for one in step.escapes
        ]
    if step.seen is not None:
        seen = _OBSERVATION.dump_json(step.seen).decode()
        told.append(StepObserved(at=BEGAN, journey=key, step=index, observation=seen))
    if step.healed is not None:
        state = _STATE.dump_json(step.state).decode() if step.state else ""
        told.append(StormLifted(at=BEGAN, journey=key, step=index))
        told.append(StepHealed(at=BEGAN, journey=key, step=index, rung=step.healed, took_ms=400.0, state=state))
    told += [_picture(key, index, moment) for moment in (Moment.BEFORE_FAULT, Moment.WORST) if step.strikes]
    if step.finished:
        told.append(StepFinished(at=BEGAN, journey=key, index=index, name=step.name, status=status, reason=step.reason))
    return told


def decision(
    endpoint: str, step: Told, rule: str, fault: str, outcome: Outcome = Outcome.APPLIED, at: float = BEGAN + 0.4
) -> FaultDecision:
    method, _, template = endpoint.partition(" ")
    key = DecisionKey(
        journey="shopper",
        actor="nia",
        step=BACKGROUND if endpoint in step.polls else step.name,
        method=method,
        template=template,
        params="",
        occurrence=1,
        rule=rule,
    )
    return FaultDecision(
        key=key,
        fault=fault,
        layer=step.layer,
        fired=True,
        outcome=outcome,
        asked_ms=step.asked_ms,
        observed_ms=step.asked_ms,
        reason="" if outcome is Outcome.APPLIED else "a service worker answered",
        at=at,
    )


def _picture(key: str, index: int, moment: Moment) -> Event:
    picture = Evidence(
        id=f"{key}/{index}-{moment.name}", kind=EvidenceKind.PICTURE, moment=moment, path="p.jpg", taken_at=BEGAN
    )
    return EvidenceKept(at=BEGAN, journey=key, step=index, evidence=picture)
