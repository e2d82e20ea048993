"""The page of a run, live or long ago: the same page, from the same events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from dashboard.courses import ChartView, chart_view
from dashboard.films import FilmView, film
from dashboard.following import Follower
from dashboard.header import run_view
from dashboard.history import RunRow, latest_rows, row_of
from dashboard.house import house
from dashboard.showing import journey_view, log_view, step_view
from dashboard.snapshot import JOURNEYS, Figures, figures, workers
from dashboard.state import RunState
from dashboard.steering import SwitchesView
from dashboard.steps import JourneyState
from dashboard.views import JourneyView, LogView, RunView, StepView, WorkerView, plain
from stormwalk.figures import RunFigures
from stormwalk.store.summary import RunSummary

blueprint = Blueprint("runs", __name__)

PATIENCE = 0.4
"""Seconds that a page waits for a long run to be read; after that it shows what is known, and the rest comes later."""
LOG_PAGE = 100
SEGMENTS = 80
LONGEST_FILTER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Everything that the template needs. `loading` says that not everything was read yet."""

    id: str
    project: str
    is_storm: bool
    loading: bool
    at: int
    run: RunView
    workers: tuple[WorkerView, ...]
    figures: Figures
    film: FilmView | None
    chart: ChartView | None
    journeys: tuple[tuple[JourneyView, tuple[StepView, ...]], ...]
    page: int
    pages: int
    log: tuple[LogView, ...]
    log_counts: dict[str, int]
    switches: SwitchesView | None
    latest: tuple[RunRow, ...]


@blueprint.get("/")
def live() -> str | BaseResponse:
    """The run that goes on, or the last one."""
    here = house()
    run_id = here.settings.run or here.store.latest_run()
    if run_id is None or (here.settings.run and next(here.store.follow(run_id, 0, 1), None) is None):
        return render_template("empty.html", run_id=here.settings.run or "", nav="live")
    return _page(run_id, "runs" if here.settings.run else "live")


@blueprint.get("/newest")
def newest() -> Response:
    """The id of the newest run, for a page that waits for the first one."""
    here = house()
    found = here.settings.run or here.store.latest_run()
    there = found is not None and next(here.store.follow(found, 0, 1), None) is not None
    return _json({"run": found if there else None})


@blueprint.get("/runs/<run:run_id>")
def run(run_id: str) -> str | BaseResponse:
    here = house()
    if not here.followers.has(run_id) and next(here.store.follow(run_id, 0, 1), None) is None:
        summary = next((one for one in here.store.runs() if one.id == run_id), None)
        if summary is None:
            abort(HTTPStatus.NOT_FOUND, "There is no such run in the store.")
        return _summary_page(summary)
    return _page(run_id, "runs")


def _page(run_id: str, nav: str) -> str | BaseResponse:
    follower = house().follower(run_id)
    latest = latest_rows()
    whole = follower.caught_up(PATIENCE)
    page = follower.look(lambda state: _run_page(state, follower, latest, loading=not whole))
    return render_template("run.html", page=page, nav=nav, query=_filter())


def _summary_page(summary: RunSummary) -> str:
    """A run of which only the summary is kept."""
    store = house().store
    figures = store.figures([summary.id]).get(summary.id, RunFigures())
    return render_template(
        "summary.html",
        run=summary,
        row=row_of(summary, figures),
        figures=figures,
        journeys=store.journeys(summary.id),
        nav="runs",
    )


def _run_page(state: RunState, follower: Follower, latest: tuple[RunRow, ...], *, loading: bool) -> RunPage:
    args = request.args
    pages = max(1, -(-len(state.journeys) // JOURNEYS))
    page = min(_number("page", 1), pages)
    listed = list(reversed(state.journeys.values()))[(page - 1) * JOURNEYS : page * JOURNEYS]
    shown = figures(state)
    busiest = max(state.timings.endpoints.values(), key=lambda one: one.calls, default=None)
    return RunPage(
        id=state.id,
        project=state.project or "A run that has not begun",
        is_storm=state.is_storm,
        loading=loading,
        at=state.last,
        run=run_view(state),
        workers=workers(state, follower.frames.times),
        figures=shown,
        film=film(state, args.get("worker", ""), args.get("journey", ""), _number("until", 0)),
        chart=chart_view(state, args.get("endpoint", "")) or (chart_view(state, busiest.name) if busiest else None),
        journeys=tuple((journey_view(state, one), _segments(state, one)) for one in listed),
        page=page,
        pages=pages,
        log=_log(state),
        log_counts={name: state.log.counts[name] for name in ("error", "warning", "injected")},
        switches=state.steering.view(state.plans) if state.is_storm else None,
        latest=latest,
    )


def _segments(state: RunState, journey: JourneyState) -> tuple[StepView, ...]:
    steps = [step for _, step in sorted(journey.steps.items())][-SEGMENTS:]
    return tuple(step_view(state, journey, step) for step in steps)


def _log(state: RunState) -> tuple[LogView, ...]:
    """The newest lines that the filter lets through; it is the page's own where a script runs there."""
    level, text, without = _filter()
    found = []
    for entry in reversed(state.log.entries):
        fits = level in ("", entry.level) or (level == "injected" and bool(entry.fault))
        if (
            fits
            and not (without and entry.ours)
            and text.lower() in f"{entry.message} {entry.detail} {entry.fault} {entry.worker}".lower()
        ):
            found.append(log_view(state, entry))
    return tuple(found[:LOG_PAGE])


def _filter() -> tuple[str, str, bool]:
    """Which lines of the log are wanted: their level, a text in them, and not those that tell of our own faults."""
    level = request.args.get("level", "")
    text = request.args.get("text", "")[:LONGEST_FILTER]
    without = request.args.get("without", "") == "injected"
    return (level if level in ("error", "warning", "injected") else ""), text, without


def _number(name: str, otherwise: int) -> int:
    given = request.args.get(name, "")
    return max(int(given), otherwise) if given.isascii() and given.isdecimal() and len(given) < 8 else otherwise


@blueprint.get("/runs/<run:run_id>/film")
def film_of(run_id: str) -> Response:
    """The film of a journey (`journey`) or of what a worker walks now (`worker`), as it was after the event `at`."""
    args = request.args
    follower = house().follower(run_id)
    found, at = follower.look(lambda state: (film(state, args.get("worker", ""), args.get("journey", "")), state.last))
    return _json({**plain(found), "at": at} if found else None)


@blueprint.get("/runs/<run:run_id>/chart")
def chart_of(run_id: str) -> Response:
    """The course of one endpoint."""
    name = request.args.get("endpoint", "")
    return _json(plain(house().follower(run_id).look(lambda state: chart_view(state, name))))


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), mimetype="application/json")
