"""Makes the matrices of a storm: which journey stood which plan, and which step stood which fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from dashboard.capped import rest_of, shown_rows
from dashboard.matrix_views import CellView, KeyView, MatrixView, RowView, columns
from dashboard.state import RunState
from dashboard.steps import JourneyState
from dashboard.views import cell_path
from stormwalk.experiment import variant_of
from stormwalk.reporting import storm_facts
from stormwalk.reporting.storm_facts import VERDICTS
from stormwalk.reporting.storm_grid import StormGrid, StormRow, journey_grid, step_grid
from stormwalk.reporting.words import DASH, count, shorten
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import StormJudgement


def experiments_view(run: RunState) -> MatrixView:
    """Journeys down, plans across: what was walked, what is being walked, and the verdict once there is one."""
    plans = tuple(dict.fromkeys(plan.name for plan in run.plans))
    walks: dict[str, dict[str, list[JourneyState]]] = {}
    titles: dict[str, str] = {}
    for journey in run.journeys.values():
        base = run.base(journey.nodeid)
        titles.setdefault(base, journey.title or journey.key)
        if journey.plan:
            walks.setdefault(base, {}).setdefault(journey.plan, []).append(journey)
    for nodeid in run.planned:
        titles.setdefault(run.base(nodeid), shorten(run.base(nodeid).partition("[")[0].rpartition("::")[2], 120))
    verdicts = _verdicts(run.judgement) if run.judgement else {}
    held = sum(one.verdict is StormVerdict.HELD for one in run.journeys.values())
    rows = [
        _experiments_row(run.id, base, title, plans, walks.get(base, {}), verdicts)
        for base, title in _told_apart(titles).items()
        if plans
    ]
    finished = sum(one.finished for one in run.journeys.values() if one.plan)
    judged = Counter(word for cells in verdicts.values() for word, _, _ in cells.values())
    return MatrixView(
        columns=columns(plans),
        rows=shown_rows(rows),
        summary="the verdict on each journey under each plan"
        if verdicts
        else f"{count(finished, 'storm walk')} so far, {held:,} held",
        bad=", ".join(f"{judged[word]} {word}" for word in ("leak", "broken") if judged[word]),
        more=rest_of(rows),
    )


def _told_apart(titles: dict[str, str]) -> dict[str, str]:
    """The titles, with the parameters of a journey where another one is called the same."""
    times = Counter(titles.values())
    variants = {base: f" [{variant}]" if (variant := variant_of(base)) else "" for base in titles}
    return {
        base: title if times[title] == 1 else shorten(f"{title}{variants[base]}", 160) for base, title in titles.items()
    }


def _verdicts(judgement: StormJudgement) -> dict[str, dict[str, tuple[str, str, str]]]:
    """Word, second line and title of each experiment, by journey and plan."""
    numbers = dict.fromkeys(range(len(judgement.experiments)), 0)
    grid = journey_grid(judgement.experiments, numbers)
    bases = list(dict.fromkeys(one.journey for one in judgement.experiments))
    rows = [row for group in grid.groups for row in group.rows]
    return {
        base: {
            plan: (cell.word, cell.says, cell.title)
            for (plan, _), cell in zip(grid.columns, row.cells, strict=True)
            if cell.key != "none"
        }
        for base, row in zip(bases, rows, strict=True)
    }


def _experiments_row(
    run_id: str,
    base: str,
    title: str,
    plans: tuple[str, ...],
    walks: dict[str, list[JourneyState]],
    verdicts: dict[str, dict[str, tuple[str, str, str]]],
) -> RowView:
    cells = tuple(
        replace(
            _experiment(plan, walks.get(plan, []), verdicts.get(base, {}).get(plan), title),
            href=cell_path(run_id, "experiments", journey=base, plan=plan) if plan in walks else "",
        )
        for plan in plans
    )
    held = sum(one.look == "v-held" for one in cells)
    judged = sum(one.look in ("v-held", "v-degraded", "v-broken", "v-leak") for one in cells)
    return RowView(key=base, name=title, site="", cells=cells, sum=f"{held}/{judged}" if judged else DASH)


def _experiment(plan: str, walks: list[JourneyState], verdict: tuple[str, str, str] | None, title: str) -> CellView:
    if verdict:
        word, below, says = verdict
        look, glyph = f"v-{word}", "none" if word == "skipped" else word
        return CellView(
            key=plan, look=look, glyph=glyph, word=word, says=f"{title}, {plan}: {word} {below}", title=says
        )
    so_far = [one for one in walks if one.verdict]
    if any(not one.finished and not one.skipped for one in walks):
        look, word = "running", "running"
    elif so_far:
        return _so_far(plan, so_far, title)
    elif walks:
        look, word = ("skipped", "skipped") if all(one.skipped for one in walks) else ("walked", "walked")
    else:
        look, word = "queued", ""
    glyph = {"skipped": "none", "walked": "storm"}.get(look, look)
    return CellView(
        key=plan, look=f"v-{look}", glyph=glyph, word=word, says=f"{title}, {plan}: {word or 'waits'}", title=""
    )


def worst_so_far(walks: Iterable[JourneyState]) -> tuple[StormVerdict, str]:
    """What the walks that have ended come to, each alone, with the reason; held where none has ended."""
    told = [(one.verdict, one.words) for one in walks if one.verdict]
    return min(told, key=lambda one: list(VERDICTS).index(one[0]), default=(StormVerdict.HELD, ""))


def _so_far(plan: str, walks: list[JourneyState], title: str) -> CellView:
    """The worst that its walks have come to; the judgement of the run may still say otherwise."""
    verdict, words = worst_so_far(walks)
    word = VERDICTS[verdict]
    said = f"{title}, {plan}: {word} so far"
    return CellView(key=plan, look=f"v-{word}", glyph=word, word=word, says=said, title=f"{said}. {words}".rstrip(". "))


def faults_view(run_id: str, judgement: StormJudgement) -> MatrixView:
    """Steps with their calls down, plans across; only of a run that was judged."""
    grid = step_grid(judgement.experiments, dict.fromkeys(range(len(judgement.experiments)), 0))
    rows = [_fault_row(run_id, grid, group.name, row) for group in grid.groups for row in group.rows]
    words = storm_facts.status_words(judgement)
    drawn = columns(plan for plan, _ in grid.columns)
    legend = tuple(
        KeyView(key=key, look=f"v-{key}", glyph="none" if key == "skipped" else key, means=means)
        for key, means, _ in grid.legend
    )
    return MatrixView(columns=drawn, rows=shown_rows(rows), legend=legend, summary=words, more=rest_of(rows))


def _fault_row(run_id: str, grid: StormGrid, group: str, row: StormRow) -> RowView:
    cells = tuple(
        CellView(
            key=plan,
            look=f"v-{cell.key}" + (" gates" if cell.gates else ""),
            glyph="none" if cell.key in ("none", "skipped") else cell.key,
            word=cell.word,
            says=f"{row.name or 'Outside of a step'}, {plan}: {cell.word}{', ' + cell.says if cell.says else ''}",
            title=cell.title,
            href=""
            if cell.key == "none"
            else cell_path(run_id, "faults", journey=group, step=row.name, site=row.site, plan=plan),
        )
        for (plan, _), cell in zip(grid.columns, row.cells, strict=True)
    )
    held = sum(cell.key == "held" for cell in row.cells)
    judged = sum(cell.key not in ("none", "skipped", "inconclusive") for cell in row.cells)
    return RowView(
        key=f"{group}/{row.name}/{row.site}",
        name=shorten(row.name, 120) or "Outside of a step",
        site=shorten(row.site, 120),
        cells=cells,
        sum=f"{held}/{judged}" if judged else DASH,
    )
