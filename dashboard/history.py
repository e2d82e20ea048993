"""The list of runs with filters, and how it went over them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from dashboard.header import STORM_LOOKS, not_green, outcome_of
from dashboard.house import house
from dashboard.trends import TrendsView, trends_view
from dashboard.views import run_path
from stormwalk.figures import RunFigures
from stormwalk.model import RunMode
from stormwalk.reporting.words import DASH, duration, iso, moment, points, shorten
from stormwalk.store.summary import RunSummary

blueprint = Blueprint("history", __name__)

PAGE = 50
STATUSES = (
    ("passed", "passed, strong"),
    ("partial", "partial failure, moderate"),
    ("failed", "failed, weak"),
    ("error", "stopped, could not be tested"),
    ("inconclusive", "inconclusive"),
    ("skipped", "steered by hand"),
    ("running", "running or killed"),
)
"""What the list can be filtered for: looks, with their words."""
LATEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run of the list. The bar has `parts` of (look, where it begins, how long it is), of 100."""

    id: str
    href: str
    project: str
    at: str
    iso: str
    chaos: bool
    look: str
    word: str
    steps: str
    took: str
    commit: str
    branch: str
    pruned: bool
    parts: tuple[tuple[str, float, float], ...]


@blueprint.get("/runs")
def runs() -> str:
    """The runs that the filters let through, newest first, a page at a time."""
    every = house().store.runs()
    wanted = {name: request.args.get(name, "")[:200] for name in ("project", "mode", "status", "branch")}
    found = _with_status([one for one in every if _fits(one, wanted)], wanted["status"])
    given = request.args.get("page", "1")
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(int(given), 1), pages) if given.isascii() and given.isdecimal() and len(given) < 8 else 1
    return render_template(
        "history.html",
        rows=_rows(found[(page - 1) * PAGE : page * PAGE]),
        every=len(every),
        found=len(found),
        wanted=wanted,
        statuses=STATUSES,
        projects=sorted({one.project for one in every})[:200],
        branches=sorted({one.branch for one in every if one.branch})[:200],
        page=page,
        pages=pages,
        newer=_link(wanted, page - 1) if page > 1 else "",
        older=_link(wanted, page + 1) if page < pages else "",
        trends=_trends(every, wanted["project"]),
        nav="runs",
    )


def _trends(every: list[RunSummary], project: str) -> TrendsView | None:
    """Those of the project that was chosen, or else of the one that ran last."""
    name = project or next((one.project for one in every), "")
    return trends_view(house().store, name, request.args.get("endpoint", "")) if name else None


def _link(wanted: dict[str, str], page: int) -> str:
    return "/runs?" + urlencode({**{name: value for name, value in wanted.items() if value}, "page": page})


def _fits(run: RunSummary, wanted: dict[str, str]) -> bool:
    return (
        wanted["project"] in ("", run.project)
        and wanted["mode"] in ("", run.mode.value)
        and wanted["branch"] in ("", run.branch)
    )


def _with_status(runs: list[RunSummary], look: str) -> list[RunSummary]:
    """Those whose result looks so in the list: storms by their resilience."""
    if not look:
        return runs
    figures = house().store.figures([one.id for one in runs])
    return [one for one in runs if result_of(one, figures.get(one.id, RunFigures()))[0] == look]


def _look(run: RunSummary) -> tuple[str, str]:
    if run.flow_status is not None:
        return outcome_of(run.flow_status, run.exit_code)
    return ("running", "Running or killed") if run.finished_at is None else ("error", "Not summarised")


def latest_rows() -> tuple[RunRow, ...]:
    """The newest runs, as a page of one run names them."""
    return tuple(_rows(house().store.runs(LATEST)))


def _rows(runs: list[RunSummary]) -> list[RunRow]:
    figures = house().store.figures([one.id for one in runs])
    return [row_of(one, figures.get(one.id, RunFigures())) for one in runs]


def result_of(run: RunSummary, figures: RunFigures) -> tuple[str, str]:
    """A run of storms is known by its resilience: that its controls passed is the least that can be said of it."""
    storm = figures.resilience
    if figures.steered and not run.interrupted:
        return "skipped", "Steered by hand"
    if run.interrupted or (figures.stopped and run.exit_code == 2):
        return "error", "Stopped"
    if storm is None or run.mode is not RunMode.CHAOS:
        return _look(run)
    reached = "" if storm.score is None else f", {points(storm.score)}"
    return not_green(STORM_LOOKS.get(storm.status, "error"), f"{storm.status}{reached}", run.exit_code)


def row_of(run: RunSummary, figures: RunFigures) -> RunRow:
    """A run as the list has it."""
    look, word = result_of(run, figures)
    totals = run.totals
    return RunRow(
        id=run.id,
        href=run_path(run.id),
        project=shorten(run.project, 80),
        at=moment(run.started_at),
        iso=iso(run.started_at),
        chaos=run.mode is RunMode.CHAOS,
        look=look,
        word=word,
        steps=f"{totals.passed:,} of {totals.total:,}" if totals and totals.total else DASH,
        took=duration((run.finished_at - run.started_at) * 1000) if run.finished_at else DASH,
        commit=shorten(run.commit[:8], 8),
        branch=shorten(run.branch, 60),
        pruned=run.pruned,
        parts=_parts(run),
    )


def _parts(run: RunSummary) -> tuple[tuple[str, float, float], ...]:
    if run.totals is None or not run.totals.total:
        return ()
    numbers = (
        ("passed", run.totals.passed),
        ("failed", run.totals.failed),
        ("error", run.totals.errors),
        ("skipped", run.totals.skipped),
    )
    parts, x = [], 0.0
    for look, number in numbers:
        width = 100 * number / run.totals.total
        parts.append((look, round(x, 2), round(width, 2)))
        x += width
    return tuple(parts)
