"""What a rich run of storms is made of: its plans, its faults, and its walks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stormwalk.model import Journey, JourneyStorm, Status, Step
from stormwalk.observations import Evidence, EvidenceKind, Moment
from stormwalk.storm import (
    DecisionKey,
    Escape,
    FaultDecision,
    FaultEntry,
    Layer,
    Outcome,
    ParameterEntry,
    Phase,
    RuleCount,
)
from stormwalk.storm_judgement import Outcome as Came
from stormwalk.storm_judgement import (
    Recovery,
    StormVerdict,
)
from stormwalk.storm_results import (
    Healing,
)
from tests.reporting.samples import BASE, RUN_ID, START, call

SEED = "20417"
PLANS = (
    ("latency", "latency", "latency:500ms @ /api/**", "The journey completes; while it waits, the page says so."),
    ("flaky-api", "http", "http:503 20% once @ /api/**", "A call that failed once is tried again, and never twice."),
    ("outage", "http", "http:503,retry_after=5 @ /api/**", "The page says so, and keeps input."),
    ("lost-reply", "lost-reply", "lost-reply once @ POST,PUT,PATCH,DELETE /api/**", "What the user did is done once."),
    (
        "offline",
        "offline",
        "offline:2s once @ POST,PUT,PATCH,DELETE /api/**",
        "The page says that there is none.",
    ),
    ("expired-session", "session-expiry", "session-expiry @ POST,PUT,PATCH /api/**", "The user logs in and goes on."),
    ("rate-limited", "rate-limit", "rate-limit:1 @ /api/**", "The page waits as long as it is told to."),
    ("broken-assets", "asset-failure", "asset-failure:404 @ ** type=image,font,media", "It works without pictures."),
)
FAULTS = (
    FaultEntry(
        name="latency",
        about="the answer comes later",
        phases=(Phase.BEFORE, Phase.AFTER),
        layers=(Layer.ROUTE, Layer.API),
        maskable=True,
        parameters=(ParameterEntry(name="delay", about="how much later", default="500", unit="ms"),),
    ),
    FaultEntry(name="http", about="the server answers with this status", layers=(Layer.ROUTE, Layer.API)),
    FaultEntry(name="lost-reply", about="the server does the work, and its answer is lost", phases=(Phase.AFTER,)),
    FaultEntry(name="offline", about="there is no network for a while", engines=("chromium",)),
    FaultEntry(name="session-expiry", about="the session ends in the middle of the journey"),
    FaultEntry(name="rate-limit", about="the server answers 429 beyond so many calls"),
    FaultEntry(name="asset-failure", about="a picture, font, style or script does not come"),
    FaultEntry(name="quic-loss", about="packets of HTTP/3 are lost", unsupported="a browser's QUIC cannot be reached"),
)
_SHOPPER = (
    ("Log in", "/login", "POST /api/session", 268),
    ("Browse the products", "/products", "GET /api/products", 233),
    ("Add it to the basket", "/products/17", "POST /api/basket/items", 204),
    ("Start the checkout", "/checkout", "GET /api/basket", 298),
    ("Place the order", "/checkout", "POST /api/orders", 314),
    ("Find the order in the dashboard", "/dashboard", "GET /api/orders", 241),
    ("Log out", "/", "DELETE /api/session", 122),
)
_MANAGER = (
    ("Log in", "/login", "POST /api/session", 251),
    ("Change a price", "/manage/products/17", "PATCH /api/products/{id}", 377),
    ("Read the sales", "/manage/sales", "GET /api/reports/sales", 640),
    ("Log out", "/", "DELETE /api/session", 122),
)
JOURNEYS: tuple[tuple[Any, ...], ...] = (
    ("test_shopper", "A shopper buys", "From sign-up to logout, with an order", "shopper", _SHOPPER),
    ("test_manager", "A manager changes a price", "and reads the sales", "manager", _MANAGER),
)
ORDER, _PRICE, _BASKET, _SALES = "Place the order", "Change a price", "Add it to the basket", "Read the sales"
HELD, _DEGRADED, _BROKEN = StormVerdict.HELD, StormVerdict.DEGRADED, StormVerdict.BROKEN
# What did not hold: (journey, plan) -> verdict, step, outcome, rung, sign.
DEVIATIONS: dict[tuple[str, str], tuple[StormVerdict, str, Came, Recovery, str]] = {
    ("test_shopper", "lost-reply"): (_BROKEN, ORDER, Came.CORRUPT, Recovery.RETRY, "duplicate-order"),
    ("test_shopper", "outage"): (_BROKEN, ORDER, Came.STUCK, Recovery.RELOAD, "endless-spinner"),
    ("test_shopper", "expired-session"): (_DEGRADED, _BASKET, Came.NO_FEEDBACK, Recovery.NEW_LOGIN, "session-lost"),
    ("test_manager", "outage"): (_BROKEN, _PRICE, Came.STUCK, Recovery.NOT_RECOVERED, "endless-spinner"),
    ("test_manager", "flaky-api"): (
        _DEGRADED,
        "Read the sales",
        Came.DEGRADED_SILENT,
        Recovery.ALONE,
        "silent-failure",
    ),
    ("test_manager", "rate-limited"): (StormVerdict.LEAK, _PRICE, Came.FAIL_OPEN, Recovery.ALONE, "access-opened"),
}
GATING = ("duplicate-order", "access-opened")


def _decision(journey: str, step: str, site: str, rule: str, fault: str, **more: Any) -> FaultDecision:
    method, _, template = site.partition(" ")
    key = DecisionKey(
        journey=journey,
        actor="sam",
        step=step,
        method=method,
        template=template,
        params="9c1f",
        occurrence=1,
        rule=rule,
    )
    given = {"layer": Layer.ROUTE, "fired": True, "outcome": Outcome.APPLIED, "delivered": True, **more}
    return FaultDecision(key=key, fault=fault, url=BASE + template, at=START + 9, **given)


def pictures(key: str, index: int, name: str, *moments: Moment) -> tuple[Evidence, ...]:
    slug = name.lower().replace(" ", "-")
    return tuple(
        Evidence(
            id=f"{key}/{index:02}-{slug}{number or ''}.jpg",
            kind=EvidenceKind.PICTURE,
            moment=moment,
            path=f"screenshots/{RUN_ID}/{key}/{index:02}-{slug}{number or ''}.jpg",
            taken_at=START + index + number / 10,
            width=1280,
            height=788 if moment.of_storm else 720,
        )
        for number, moment in enumerate(moments)
    )


def walk(journey: tuple[Any, ...], plan: str = "", repeat: int = 0) -> Journey:
    """A control, or a walk under the plan."""
    name, title, goal, role, rows = journey
    key = f"{name}-{plan}{repeat or ''}" if plan else f"{name}-control-{repeat}"
    wrong = DEVIATIONS.get((name, plan))
    fault = next((one for one in PLANS if one[0] == plan), None)
    steps, decisions, healed, lost = [], [], [], False
    for index, (step, path, site, ms) in enumerate(rows, 1):
        struck, method = wrong is not None and wrong[1] == step, site.split()[0]
        if lost:
            steps.append(Step(index=index, name=step, role=role, actor=role, status=Status.SKIPPED))
            continue
        moments = (Moment.BEFORE_FAULT, Moment.WORST, Moment.RECOVERED) if struck else (Moment.END,)
        status = Status.FAILED if struck else Status.PASSED
        answer = call(
            site.split()[1], 503 if struck and plan in ("outage", "flaky-api") else 200, ms / 3, method=method
        )
        if struck and plan == "lost-reply":
            answer = replace(answer, status=None, failure="net::ERR_FAILED")
        steps.append(
            Step(
                index=index,
                name=step,
                role=role,
                actor=role,
                status=status,
                url=BASE + path,
                duration_ms=5021.0 if struck else ms + 503.0 * (plan == "latency") + repeat * 7,
                reason="The confirmation was not shown within 5 s" if struck else "",
                calls=(answer,),
                evidence=pictures(key, index, step, *moments),
            )
        )
        if fault and (struck or plan == "latency"):
            delay = {"asked_ms": 500.0, "observed_ms": 503.0} if plan == "latency" else {"server_status": 201}
            decisions.append((index, _decision(name, step, site, f"{plan}/rule", fault[1], **delay)))
        if struck and wrong:
            healed.append((index, Healing(step=step, rung=wrong[3], took_ms=1800.0, tried=("alone",))))
            lost = wrong[3] is Recovery.NOT_RECOVERED
    return Journey(
        key=key,
        nodeid=f"journeys/{name}.py::{name}[chromium-{plan or f'control-{repeat}'}]",
        title=title,
        goal=goal,
        worker=f"gw{repeat % 2}",
        status=Status.FAILED if wrong else Status.PASSED,
        started_at=START + repeat,
        duration_ms=sum(one.duration_ms or 0 for one in steps),
        reason="Place the order was not done" if wrong else "",
        steps=tuple(steps),
        storm=JourneyStorm(
            plan=plan,
            seed=SEED,
            repeat=repeat,
            decisions=tuple(decisions),
            healed=tuple(healed),
            counts=(count(plan, fault[1], len(decisions)),) if fault else (),
        ),
    )


def count(plan: str, fault: str, applied: int) -> RuleCount:
    escaped = (Escape(reason="made by a service worker", calls=1),) if plan == "offline" else ()
    applied = 0 if plan == "broken-assets" else max(applied, 2)
    return RuleCount(
        rule=f"{plan}/rule",
        fault=fault,
        matched=applied + 3 + len(escaped),
        applied=applied,
        withheld=3,
        escaped=escaped,
    )
