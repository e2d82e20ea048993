"""One step with everything that is known of it: the page, and the same for the lightbox."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request

from dashboard.house import house
from dashboard.pairs import control_of
from dashboard.replay import replay_of
from dashboard.showing import step_view, weather_of, worker_name
from dashboard.state import RunState
from dashboard.steps import JourneyState, StepState
from dashboard.views import FactView, PictureView, StepView, picture_path, plain, step_path, thumbnail_view
from stormwalk.events import CallFinished, ConsoleWritten, EvidenceKept, JourneyEvent, StepFinished
from stormwalk.observations import Call, ConsoleLine, Evidence, EvidenceKind
from stormwalk.reporting.facts import CallOutcome, answer, is_api, is_refused, outcome
from stormwalk.reporting.words import block, duration, moment, shorten
from stormwalk.storm import FaultDecision
from stormwalk.storm_events import FaultApplied
from stormwalk.strikes import Strikes

blueprint = Blueprint("step_page", __name__)

CALLS = 60
LINES = 40
MOST_EVENTS = 30_000
"""So many events are looked through for a step, of all workers together; of a longer one its beginning is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    key: str
    method: str
    path: str
    url: str
    answer: str
    look: str
    took: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    key: str
    look: str
    level: str
    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDetail:
    """`before` and `after` are the addresses of the neighbours, empty at the ends."""

    title: str
    place: str
    step: StepView
    strip: str
    reason: str
    details: str
    facts: tuple[FactView, ...]
    pictures: tuple[PictureView, ...]
    no_pictures: str
    calls: tuple[CallView, ...]
    more_calls: str
    lines: tuple[LineView, ...]
    replay: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the follower knows of a step; `control` is its picture where nothing blew."""

    journey: JourneyState
    step: StepState
    view: StepView
    base_url: str
    control: PictureView | None
    replay: str


@dataclass(slots=True)
class _Found:
    finished: StepFinished | None
    calls: list[Call]
    lines: list[ConsoleLine]
    faults: list[FaultDecision]
    evidence: list[Evidence]


@blueprint.get("/runs/<run:run_id>/journeys/<int:number>/steps/<int:index>")
def step(run_id: str, number: int, index: int) -> str | Response:
    follower = house().follower(run_id)
    follower.caught_up(2.0)

    known = follower.look(lambda run: _known(run, number, index))
    if known is None:
        abort(HTTPStatus.NOT_FOUND, "This run has no such step.")
    detail = _detail(run_id, known, _read(run_id, known.journey.key, known.step))
    if request.args.get("as") == "json":
        return Response(json.dumps(plain(detail), ensure_ascii=False), mimetype="application/json")
    return render_template("step.html", run_id=run_id, detail=detail, nav="runs")


def _known(run: RunState, number: int, index: int) -> _Known | None:
    walked = run.numbered(number)
    there = walked.steps.get(index) if walked else None
    if walked is None or there is None:
        return None
    calm = control_of(run, walked, there)
    label = f"the same in {weather_of(calm[0])}" if calm else ""
    control = thumbnail_view(run.id, calm[1].picture, label, f"Picture of {there.name}, {label}") if calm else None
    return _Known(walked, there, step_view(run, walked, there), run.base_url, control, replay_of(run, walked))


def _read(run_id: str, journey: str, step: StepState) -> _Found:
    """What the store holds of a step; its first and last event say where to look."""
    found = _Found(None, [], [], [], [])
    for recorded in house().store.follow(run_id, step.first - 1, MOST_EVENTS):
        event = recorded.event
        if recorded.id > step.last:
            break
        if not isinstance(event, JourneyEvent) or event.journey != journey:
            continue
        match event:
            case StepFinished() if event.index == step.index:
                found.finished = event
            case CallFinished() if event.step == step.index:
                found.calls.append(event.call)
            case ConsoleWritten() if event.step == step.index:
                found.lines.append(event.line)
            case FaultApplied() if event.step == step.index:
                found.faults.append(event.decision)
            case EvidenceKept() if event.step == step.index and event.evidence.kind is EvidenceKind.PICTURE:
                found.evidence.append(event.evidence)
    return found


def _detail(run_id: str, known: _Known, found: _Found) -> StepDetail:
    journey, view, finished = known.journey, known.view, found.finished
    calls = _with_strikes(found)
    indexes = sorted(journey.steps)
    at = indexes.index(view.index)
    url = finished.url.removeprefix(known.base_url) or "/" if finished and finished.url else ""
    return StepDetail(
        title=f"{view.index} {view.name}",
        place=" · ".join(
            part for part in (journey.full_title, weather_of(journey), worker_name(journey.worker)) if part
        ),
        step=view,
        strip=_strip(found.faults),
        reason=shorten(finished.reason, 1000) if finished and finished.reason else "",
        details=block(finished.details, 4000) if finished and finished.details else "",
        facts=tuple(_facts(view, url, journey)),
        pictures=_pictures(run_id, known, found),
        no_pictures="" if found.evidence else _none_yet(known),
        calls=tuple(_call(number, *one) for number, one in enumerate(calls[:CALLS])),
        more_calls=f"{len(calls) - CALLS} more calls are in the report" if len(calls) > CALLS else "",
        lines=tuple(_line(number, line) for number, line in enumerate(found.lines[:LINES])),
        replay=known.replay,
        before=_neighbour(run_id, journey, indexes, at - 1),
        after=_neighbour(run_id, journey, indexes, at + 1),
    )


def _neighbour(run_id: str, journey: JourneyState, indexes: list[int], at: int) -> str:
    return step_path(run_id, journey.number, indexes[at]) if 0 <= at < len(indexes) else ""


def _strip(faults: list[FaultDecision]) -> str:
    """What was done to the calls of the step, each once."""
    done = (f"{one.fault} → {one.key.method} {one.key.template}" for one in faults)
    return shorten(", ".join(dict.fromkeys(done)), 240)


def _facts(view: StepView, url: str, journey: JourneyState) -> list[FactView]:
    step = journey.steps[view.index]
    rows = [
        ("Page", shorten(url, 300)),
        ("Time", view.took),
        ("Control", view.control.removeprefix("control ")),
        ("Role", step.role),
        ("Began", moment(step.started_at) if step.started_at else ""),
        ("Healed", step.healed.value if step.healed else ""),
    ]
    return [FactView(key=name, name=name, value=value) for name, value in rows if value]


def _none_yet(known: _Known) -> str:
    """A picture comes after its step; one that did not come until the end of the journey never will."""
    over = known.journey.finished or known.view.look == "error"
    return "No picture was taken of this step." if over else "There is no picture yet."


def _pictures(run_id: str, known: _Known, found: _Found) -> tuple[PictureView, ...]:
    taken = sorted(found.evidence, key=lambda one: one.taken_at)
    own = [_picture(run_id, known.view, one) for one in taken]
    return (*own, known.control) if own and known.control else tuple(own)


def _picture(run_id: str, view: StepView, one: Evidence) -> PictureView:
    doubt = "" if one.certain else ", taken as the next step began"
    return PictureView(
        key=one.id,
        label=f"{one.moment.value}{doubt}",
        image=picture_path(run_id, "thumbnails", one.id),
        full=picture_path(run_id, "pictures", one.id),
        alt=f"Picture of {view.says}, {one.moment.value}",
    )


def _with_strikes(found: _Found) -> list[tuple[Call, tuple[FaultDecision, ...]]]:
    """The calls with what was done to each: those that failed first, and of the others those of the API."""
    strikes = Strikes.of(found.faults)
    struck = [(call, strikes.take(call)) for call in found.calls]
    return sorted(struck, key=lambda one: (outcome(one[0]) is not CallOutcome.FAILED, not is_api(one[0])))


def _call(number: int, call: Call, struck: tuple[FaultDecision, ...]) -> CallView:
    look = "refused" if is_refused(call) else outcome(call).value
    return CallView(
        key=str(number),
        method=shorten(call.method, 12),
        path=shorten(call.template, 160),
        url=shorten(call.url, 300),
        answer=shorten(answer(call), 60),
        look=look,
        took=duration(call.duration_ms),
        fault=shorten(", ".join(dict.fromkeys(one.fault for one in struck)), 60),
    )


def _line(number: int, line: ConsoleLine) -> LineView:
    look = "bad" if line.level in ("error", "pageerror") else "mid" if line.level == "warning" else "calm"
    return LineView(
        key=str(number),
        look=look,
        level=shorten(line.level, 12),
        text=shorten(line.text, 500),
        where=shorten(line.location, 160),
    )
