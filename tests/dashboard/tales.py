"""Events to show: a normal run, a storm that goes on, and one in which every text is hostile."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PIL import Image

from stormwalk.access.results import AccessCell, Expected, Verdict
from stormwalk.events import (
    AccessCellJudged,
    AccessStarted,
    CallFinished,
    ConsoleWritten,
    Event,
    EvidenceKept,
    JourneyFinished,
    JourneyStarted,
    NoteTaken,
    RunFinished,
    RunPlanned,
    RunStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.model import Environment, NoteLevel, RunMode, Status
from stormwalk.observations import Call, CallSource, ConsoleLine, Evidence, EvidenceKind, Moment
from stormwalk.storm import DecisionKey, FaultDecision, Layer, Outcome, PlanEntry, RuleEntry
from stormwalk.storm_events import FaultApplied, StormBegan, StormPlanned

RUN = "20261124-101503-7f3a"
STORM = "20261125-101503-aa11"
TRIED_AGAIN = "20261120-101503-bb22"
"""A storm that has ended, in which the application called again what was lost."""
BASE = "http://127.0.0.1:5000"
STEPS = ("Open the shop", "Log in", "Add to the basket", "Place the order")


def jpeg(colour: str = "#17744a") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG")
    return out.getvalue()


def started(mode: RunMode = RunMode.NORMAL, project: str = "Web shop", at: float | None = None) -> RunStarted:
    there = Environment(commit="9f3c1e7a5b20", branch="main", browser="Chromium 148", command="pytest journeys/")
    at = time.time() if at is None else at
    return RunStarted(at=at, project=project, mode=mode, base_url=BASE, workers=2, environment=there)


def call(template: str = "/api/products", ms: float = 24.0, status: int | None = 200, method: str = "GET") -> Call:
    return Call(
        method=method,
        url=BASE + template,
        template=template,
        source=CallSource.BROWSER,
        resource_type="fetch",
        started_at=time.time(),
        status=status,
        failure=None if status else "net::ERR_CONNECTION_RESET",
        duration_ms=ms,
    )


def picture(journey: str, index: int, moment: Moment = Moment.END, name: str = "") -> Evidence:
    name = name or f"{journey}/{index:02}-step.jpg"
    path = f"screenshots/{RUN}/{name}"
    return Evidence(
        id=name, kind=EvidenceKind.PICTURE, moment=moment, path=path, taken_at=time.time(), width=1280, height=754
    )


def begins(journey: str, worker: str = "gw0", title: str = "A shopper buys", nodeid: str = "") -> JourneyStarted:
    nodeid = nodeid or f"journeys/test_{journey}.py::test_{journey}[chromium]"
    return JourneyStarted(
        at=time.time(), worker=worker, journey=journey, nodeid=nodeid, title=title, expected_steps=STEPS
    )


def step_begins(journey: str, index: int, worker: str = "gw0", name: str = "") -> StepStarted:
    return StepStarted(at=time.time(), worker=worker, journey=journey, index=index, name=name or STEPS[index - 1])


def step_ends(
    journey: str, index: int, worker: str = "gw0", status: Status = Status.PASSED, ms: float = 412.0, name: str = ""
) -> StepFinished:
    reason = "" if status is Status.PASSED else "The confirmation was not shown within 5 s"
    return StepFinished(
        at=time.time(),
        worker=worker,
        journey=journey,
        index=index,
        name=name or STEPS[index - 1],
        status=status,
        duration_ms=ms,
        url=f"{BASE}/step/{index}",
        reason=reason,
        details=reason and f"AssertionError: {reason}\n  waiting for get_by_role('heading')",
    )


def step(journey: str, index: int, worker: str = "gw0", status: Status = Status.PASSED) -> list[Event]:
    """A step with two calls and its picture."""
    now = time.time()
    return [
        step_begins(journey, index, worker),
        CallFinished(at=now, worker=worker, journey=journey, step=index, call=call()),
        CallFinished(
            at=now,
            worker=worker,
            journey=journey,
            step=index,
            call=call("/api/orders", 96.0, 201 if status is Status.PASSED else 503, "POST"),
        ),
        EvidenceKept(at=now, worker=worker, journey=journey, step=index, evidence=picture(journey, index)),
        step_ends(journey, index, worker, status),
    ]


def ends(journey: str, worker: str = "gw0", status: Status = Status.PASSED) -> JourneyFinished:
    reason = "" if status is Status.PASSED else "Place the order failed"
    return JourneyFinished(
        at=time.time(), worker=worker, journey=journey, status=status, duration_ms=2400.0, reason=reason
    )


def walk(
    journey: str, worker: str = "gw0", status: Status = Status.PASSED, title: str = "A shopper buys"
) -> list[Event]:
    last = len(STEPS)
    found: list[Event] = [begins(journey, worker, title)]
    for index in range(1, last + 1):
        found += step(journey, index, worker, status if index == last else Status.PASSED)
    return [*found, ends(journey, worker, status)]


def thumbnails(events: list[Event]) -> dict[str, bytes]:
    return {one.evidence.id: jpeg() for one in events if isinstance(one, EvidenceKept)}


def access() -> Iterator[Event]:
    now = time.time()
    cells = [
        ("GET /api/products", "anonymous", Expected.ALLOW, Verdict.PUBLIC),
        ("GET /api/products", "shopper", Expected.ALLOW, Verdict.ENFORCED),
        ("GET /api/orders/{id}", "anonymous", Expected.UNAUTHENTICATED, Verdict.ENFORCED),
        ("GET /api/orders/{id}", "shopper", Expected.OWN, Verdict.BYPASSED),
    ]
    yield AccessStarted(at=now, roles=("anonymous", "shopper"), cells=tuple((one[0], one[1]) for one in cells))
    for endpoint, role, expected, verdict in cells:
        cell = AccessCell(endpoint=endpoint, role=role, expected=expected, verdict=verdict, observed="let in")
        yield AccessCellJudged(at=now, cell=cell)


def normal_run() -> list[Event]:
    """A run that has ended: one journey passed, one failed, and an access check with a leak."""
    return [
        started(),
        RunPlanned(at=time.time(), journeys=("a", "b")),
        *walk("shopper"),
        *walk("manager", "gw1", Status.FAILED, "A manager changes a price"),
        *access(),
        ConsoleWritten(
            at=time.time(),
            worker="gw1",
            journey="manager",
            step=4,
            line=ConsoleLine(level="error", text="TypeError: order is undefined", location="checkout.js:88"),
        ),
        NoteTaken(at=time.time(), level=NoteLevel.WARNING, message="The browser runs without its sandbox."),
        RunFinished(at=time.time(), exit_code=1),
    ]


def storm_begins(seed: str = "50adcfe4") -> list[Event]:
    plans = (
        PlanEntry(
            name="lost-reply",
            hypothesis="Nothing is bought twice.",
            rules=(RuleEntry(id="lost", fault="lost-reply", text="lost-reply once @ POST /api/**"),),
        ),
        PlanEntry(
            name="latency",
            hypothesis="Slow is not broken.",
            rules=(RuleEntry(id="slow", fault="latency", text="latency:500ms @ /api/**"),),
        ),
    )
    return [started(RunMode.CHAOS), StormPlanned(at=time.time(), seed=seed, plans=plans)]


def blows(journey: str, index: int, fault: str = "lost-reply", worker: str = "gw0") -> FaultApplied:
    key = DecisionKey(
        journey=journey,
        actor="sam",
        step=STEPS[index - 1],
        method="POST",
        template="/api/orders",
        params="",
        occurrence=1,
        rule="lost",
    )
    decision = FaultDecision(
        key=key, fault=fault, layer=Layer.ROUTE, fired=True, outcome=Outcome.APPLIED, url=f"{BASE}/api/orders"
    )
    return FaultApplied(at=time.time(), worker=worker, journey=journey, step=index, decision=decision)


def storm_walk(journey: str, plan: str, worker: str = "gw0") -> list[Event]:
    """The beginning of a walk: no step yet."""
    nodeid = f"journeys/test_shopper.py::test_shopper[{plan or 'control-1'}-chromium]"
    return [
        begins(journey, worker, nodeid=nodeid),
        StormBegan(at=time.time(), worker=worker, journey=journey, plan=plan, seed="50adcfe4"),
    ]


def tried_again() -> list[Event]:
    """A run of one journey of one step: its order was struck, and then made again."""
    long_ago = time.time() - 86_400
    began = long_ago + 1
    lost = replace(call("/api/orders", 40.0, None, "POST"), started_at=began)
    again = replace(call("/api/orders", 30.0, 201, "POST"), started_at=began + 0.3)
    struck = blows("a", 1)
    struck = replace(struck, decision=replace(struck.decision, at=began + 0.03))
    where: dict[str, Any] = {"at": began, "worker": "gw0", "journey": "a", "step": 1}
    refused = f"{BASE}/api/orders:0"
    return [
        started(RunMode.CHAOS, at=long_ago),
        *storm_begins()[1:],
        *storm_walk("a", "lost-reply"),
        step_begins("a", 1),
        struck,
        CallFinished(**where, call=lost),
        ConsoleWritten(
            **where, line=ConsoleLine(level="error", text="Failed to load resource: net::ERR_FAILED", location=refused)
        ),
        CallFinished(**where, call=again),
        ConsoleWritten(**where, line=ConsoleLine(level="error", text="TypeError: no order", location="shop.js:8")),
        step_ends("a", 1),
        ends("a"),
        RunFinished(at=began + 2, exit_code=0),
    ]
