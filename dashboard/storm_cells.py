"""One cell of the two matrices of a storm: a journey under a plan, and a step of one with its call under a plan."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.cell_views import CellDetail, LinkView, facts
from dashboard.matrices import experiments_view, worst_so_far
from dashboard.pairs import control_of, step_named
from dashboard.showing import journey_view, step_view, weather_of
from dashboard.state import RunState
from dashboard.steps import JourneyState, StepState
from dashboard.views import FactView, PictureView, step_path, thumbnail_view
from stormwalk.reporting.storm_facts import listed, verdict_word
from stormwalk.reporting.storm_grid import step_grid
from stormwalk.reporting.words import count, points, shorten
from stormwalk.storm_judgement import CellScore, StormVerdict
from stormwalk.storm_results import ExperimentResult

MOST = 12


def experiment_cell(run: RunState, base: str, plan: str) -> CellDetail | None:
    """A journey under a plan; None where that was never walked."""
    walks = [one for one in run.journeys.values() if one.plan == plan and run.base(one.nodeid) == base]
    matrix = experiments_view(run)
    row = next((one for one in matrix.rows if one.key == base), None)
    drawn = next((one for one in row.cells if one.key == plan), None) if row else None
    if not walks or row is None or drawn is None:
        return None
    result = _result(run, base, plan)
    return CellDetail(
        title=f"{shorten(row.name, 160)} under {shorten(plan, 80)}",
        place="Experiment" + (", with " + listed(result.rules, 3) if result else ""),
        look=drawn.look,
        glyph=drawn.glyph,
        word=drawn.word or "waits",
        why=_why(result, walks),
        facts=_of_experiment(result, walks),
        proofs=_troubles(result) if result else (),
        links=tuple(_walks(run, walks)),
        replay=shorten(result.replay, 400) if result else "",
    )


def _result(run: RunState, base: str, plan: str) -> ExperimentResult | None:
    judged = run.judgement.experiments if run.judgement else ()
    return next((one for one in judged if one.plan == plan and one.journey == base), None)


def _why(result: ExperimentResult | None, walks: Iterable[JourneyState]) -> str:
    if result is None:  # not judged yet; each walk has told what it alone comes to
        verdict, words = worst_so_far(walks)
        return "" if verdict is StormVerdict.HELD else words
    return shorten(result.reason, 1000) if verdict_word(result) != "held" else ""


def _of_experiment(result: ExperimentResult | None, walks: list[JourneyState]) -> tuple[FactView, ...]:
    if result is None:
        return facts(("So far", f"{count(len(walks), 'walk')}, {sum(one.finished for one in walks)} to the end"))
    held = sum(cell.verdict.value == "held" for cell in result.cells)
    applied = sum(one.applied for one in result.counts)
    matched = sum(one.matched for one in result.counts)
    escaped = sum(each.calls for one in result.counts for each in one.escaped)
    return facts(
        ("Hypothesis", shorten(result.hypothesis, 300)),
        ("Cells", f"{held} of {count(len(result.cells), 'cell')} held" if result.cells else ""),
        ("Delivered", f"{applied:,} of {count(matched, 'call')} that it matched, {escaped:,} escaped"),
        ("Healed", listed((f"{one.step}: {one.rung.value}" for one in result.healings), MOST)),
        ("Not struck", listed((spot.what for spot in result.blind_spots), 3)),
    )


def _troubles(result: ExperimentResult) -> tuple[FactView, ...]:
    return facts(
        *(
            (
                shorten(one.sign.replace("-", " ").capitalize(), 40),
                shorten(f"{one.words} ({one.step or 'any step'})", 400),
            )
            for one in result.troubles[:MOST]
        )
    )


def _walks(run: RunState, walks: Iterable[JourneyState]) -> Iterable[LinkView]:
    for one in list(walks)[:MOST]:
        shown = journey_view(run, one)
        yield LinkView(key=one.key, name=f"The film of {weather_of(one)} ({shown.word})", href=shown.href)


def fault_cell(run: RunState, journey: str, step: str, site: str, plan: str) -> CellDetail | None:
    """A step with its call under a plan; of several cells the worst, as in the matrix. None where nothing was tried."""
    result = next((one for one in _judged(run) if one.full_title == journey and one.plan == plan), None)
    cells = [one for one in result.cells if one.step == step and one.site == site] if result else []
    if result is None or not cells:
        return None
    grid = step_grid([result], {0: 0})
    drawn = next(row for group in grid.groups for row in group.rows if (row.name, row.site) == (step, site)).cells[0]
    worst = next((one for one in cells if one.outcome.value == drawn.says), cells[0])
    walked = [(one, step_named(one, step)) for key in result.keys if (one := run.journeys.get(key))]
    there = next(((one, found) for one, found in walked if found and found.fault), None)
    return CellDetail(
        title=f"{shorten(step, 160)} under {shorten(plan, 80)}",
        place=f"{shorten(journey, 160)} · {shorten(site, 160)}",
        look=f"v-{drawn.key}" + (" gates" if drawn.gates else ""),
        glyph="none" if drawn.key == "skipped" else drawn.key,
        word=drawn.word,
        why=shorten(worst.reason, 1000) if drawn.key != "held" else "",
        facts=_of_cell(worst, len(cells)),
        pictures=_pictures(run, *there) if there else (),
        links=(_step_link(run, *there),) if there else (),
        replay=shorten(result.replay, 400),
    )


def _judged(run: RunState) -> tuple[ExperimentResult, ...]:
    return run.judgement.experiments if run.judgement else ()


def _of_cell(cell: CellScore, seen: int) -> tuple[FactView, ...]:
    return facts(
        ("Fault", shorten(cell.fault, 120)),
        ("Outcome", cell.outcome.value),
        ("Points", "" if cell.score is None else f"{points(cell.score)} of 100"),
        ("Terms", listed((f"{name} {share:.2f}" for name, share in cell.terms), 6)),
        ("Because", shorten(cell.reason, 600) if cell.verdict.value == "held" else ""),
        ("Gate", "" if cell.gate else "failed: whatever the points say, the storm is Weak"),
        ("Seen", f"{seen} times, of which the worst is shown" if seen > 1 else ""),
    )


def _pictures(run: RunState, journey: JourneyState, step: StepState) -> tuple[PictureView, ...]:
    """What the user saw, and what they see where nothing blows."""
    calm = control_of(run, journey, step)
    both = [(journey, step, f"under {journey.plan}"), *([(*calm, "the same in a control")] if calm else [])]
    return tuple(
        thumbnail_view(run.id, one.picture, label, f"Picture of {step_view(run, walked, one).says}, {label}")
        for walked, one, label in both
        if one.picture
    )


def _step_link(run: RunState, journey: JourneyState, step: StepState) -> LinkView:
    return LinkView(key="step", name="The step with its calls", href=step_path(run.id, journey.number, step.index))
