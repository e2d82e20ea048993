"""The quality gate: whether a run is good enough by the rules that a project has set itself. Pure but for `gate_of`."""

from __future__ import annotations

from collections.abc import Iterator

from stormwalk.access.results import Severity
from stormwalk.cells import Cell, CellKind, Colour, cells_of, step_keys
from stormwalk.config.gate import GateTable
from stormwalk.figures import figures_of
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.history.base import Base, base_of
from stormwalk.history.state import State
from stormwalk.model import Run, Status
from stormwalk.reporting.words import count, duration, percent
from stormwalk.store import Store


def gate_of(store: Store, run: Run, table: GateTable, state: State | None = None) -> GateResult | None:
    """What the gate of a project says of a run; None where no rule was named. `state` is what `--baseline` gave.

    Raises StoreError.
    """
    if not table.is_on:
        return None
    given = state.base(run.mode, table.base_branch) if state else None
    base = base_of(store, run.project, run.mode, table.base_branch, before=run, given=given)
    return judge(run, table, base)


def judge(run: Run, table: GateTable, base: Base | None) -> GateResult:
    """Every rule that was named, against the base branch where it needs one."""
    judgement = run.storm.judgement if run.storm else None
    if judgement is not None and judgement.steered:
        return GateResult(
            remark="Somebody switched rules by hand: the gate stays out, and so does the next comparison."
        )
    if run.interrupted or run.stopped:
        return GateResult(remark="The run was cut off before its end: the gate stays out.")
    red = tuple(one for one in cells_of(run) if one.colour is Colour.RED)
    known = {one.place for one in base.cells if one.colour is Colour.RED} if base else set()
    held = table.ratchet and base is not None
    return GateResult(
        rules=tuple(_rules(run, table, base, red)),
        compared_with=base.run if base else "",
        holds_reds=held,
        excused=tuple(one.name for one in red if held and one.place in known),
    )


def _rules(run: Run, table: GateTable, base: Base | None, red: tuple[Cell, ...]) -> Iterator[RuleResult]:
    if table.pass_rate is not None:
        yield _pass_rate(run, table.pass_rate)
    if table.resilience is not None and run.is_storm:
        yield _resilience(run, table.resilience)
    compared = {
        "ratchet": table.ratchet,
        "new_findings": table.new_findings is not None,
        "slower_than": table.slower_than is not None,
    }
    if base is None:
        yield from (_without_base(name, table.base_branch) for name, wanted in compared.items() if wanted)
        return
    if table.ratchet:
        yield _ratchet(red, base, _graver(run, base))
    if table.new_findings is not None:
        yield _new_findings(run, red, base, table.new_findings)
    if table.slower_than is not None:
        yield _slower(run, base, table.slower_than)


def _without_base(name: str, branch: str) -> RuleResult:
    words = f"no earlier run of {branch} is known: run it there first, or name what was exported there with --baseline"
    return RuleResult(rule=name, passed=None, words=words)


def _pass_rate(run: Run, least: float) -> RuleResult:
    totals = run.totals
    if not totals.total:
        return RuleResult(rule="pass_rate", passed=None, words="no step was walked in fair weather")
    reached = 100 * totals.passed / totals.total
    words = f"{percent(reached)} of {count(totals.total, 'step')} passed, {percent(least)} are asked for"
    return RuleResult(rule="pass_rate", passed=reached >= least, words=words)


def _resilience(run: Run, least: float) -> RuleResult:
    score = run.storm.judgement.score.score if run.storm and run.storm.judgement else None
    said = "no score could be given" if score is None else f"the score is {int(score * 10) / 10:g}"
    passed = score is not None and score >= least
    return RuleResult(rule="resilience", passed=passed, words=f"{said}, {least:g} is asked for")


def _graver(run: Run, base: Base) -> tuple[str, ...]:
    """Critical findings of storms that the base has not, in cells that are red there for something less, as where the
    user was told nothing and an order is made twice now."""
    known = {one.id for one in base.findings if one.kind is CellKind.STORM}
    red = {one.name for one in base.cells if one.kind is CellKind.STORM and one.colour is Colour.RED}
    critical = (one for one in figures_of(run).findings if one.severity is Severity.CRITICAL)
    new = [one for one in critical if one.kind is CellKind.STORM and one.id not in known]
    return tuple(f"{place}: {one.title}" for one in new for place in one.places if place in red)


def _ratchet(red: tuple[Cell, ...], base: Base, graver: tuple[str, ...]) -> RuleResult:
    """Red now and not red before; a finding stands for the cell of the matrix that it breaks."""
    before = {one.place: one.colour for one in base.cells}
    new = [one for one in red if before.get(one.place) is not Colour.RED]
    told = [one for one in new if not any(other.key.startswith(f"{one.key}: ") for other in new)]
    green = sum(before.get(one.place) is Colour.GREEN for one in told)
    if not told and not graver:
        words = f"nothing is red that was not red on {base.branch} already"
    else:
        unseen = len(told) - green
        parts = [f"{count(green, 'cell')} green on {base.branch} and red now"] if green else []
        parts += (
            [f"{count(unseen, 'cell')} red that {'was' if unseen == 1 else 'were'} never judged there"]
            if unseen
            else []
        )
        parts += [f"{count(len(graver), 'cell')} red there for something less"] if graver else []
        words = ", ".join(parts)
    cells = (*(one.name for one in told), *graver)
    return RuleResult(rule="ratchet", passed=not cells, words=words, cells=cells)


def _new_findings(run: Run, red: tuple[Cell, ...], base: Base, most: int) -> RuleResult:
    """Findings of access check and storms that the base has not, and failed steps that did not fail there."""
    before = {one.place for one in base.cells if one.colour is Colour.RED}
    found, known = figures_of(run).findings, {(one.kind, one.id) for one in base.findings}
    new = [one.title for one in found if (one.kind, one.id) not in known]
    new += [one.name for one in red if one.kind is CellKind.JOURNEY and one.place not in before]
    words = f"{count(len(new), 'new finding')}, {most or 'none'} allowed"
    return RuleResult(rule="new_findings", passed=len(new) <= most, words=words, cells=tuple(new))


def _slower(run: Run, base: Base, percent: float) -> RuleResult:
    paces = {one.key: one.pace for one in base.paces}
    slow, measured = [], 0
    for journey in run.fair_weather:
        keys = step_keys(journey.nodeid, (one.name for one in journey.steps))
        for (key, label), step in zip(keys, journey.steps, strict=True):
            pace, ms = paces.get(key), step.duration_ms
            if pace is None or ms is None or step.status is not Status.PASSED:
                continue
            measured += 1
            if pace.is_slower(ms, percent=percent):
                slow.append(f"{journey.full_title} > {label}: {duration(ms)} instead of {duration(pace.median_ms)}")
    if not measured:
        words = f"no step has three times on {base.branch} yet, so that nobody knows its noise"
        return RuleResult(rule="slower_than", passed=None, words=words)
    words = (
        f"{len(slow)} of {count(measured, 'step')} slower than on {base.branch} by {percent:g} % and the noise there"
    )
    return RuleResult(rule="slower_than", passed=not slow, words=words, cells=tuple(slow))
