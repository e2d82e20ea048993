"""What a terminal shows: a line for each step as it ends, and the summary of the run."""

from __future__ import annotations

from pathlib import Path

from stormwalk.access.results import Access
from stormwalk.model import FlowStatus, Run, Status, Step
from stormwalk.reporting import access_facts, facts
from stormwalk.reporting.access_console import access_blocks
from stormwalk.reporting.chaos import ChaosReport
from stormwalk.reporting.cut_off import cut_off
from stormwalk.reporting.facts import RoleResult, Trouble
from stormwalk.reporting.gate_words import gate_block
from stormwalk.reporting.storm_console import storm_blocks
from stormwalk.reporting.style import COLOURS, PLAIN, Style
from stormwalk.reporting.words import count, duration, shorten, status_word

__all__ = ["PLAIN", "Style", "apis_line", "roles_line", "step_line", "summary"]

_FLOW_COLOURS = {FlowStatus.PASSED: "1;32", FlowStatus.PARTIAL_FAILURE: "1;33", FlowStatus.FAILED: "1;31"}
_TROUBLES_SHOWN = 20
_CALLS_SHOWN = 6


def step_line(step: Step, expected: int = 0, style: Style = PLAIN) -> str:
    """One line for a step that has ended; `expected` is the number of steps of the journey, 0 where none is known."""
    place = f"{step.index}/{expected}" if expected else f"step {step.index} of ?"
    parts = [f"  {style.glyph(step.status)} {place} {shorten(step.name, 100)}"]
    if step.duration_ms is not None:
        parts.append(style.paint(duration(step.duration_ms), "2"))
    if step.reason and step.status is not Status.PASSED:
        parts.append(shorten(step.reason, 160))
    return style.fit("  ".join(parts))


def summary(run: Run, report: Path | None = None, style: Style = PLAIN) -> str:
    """The figures of the run, then what is red, worst first, then where the report is.

    In a run of storms the figures are those of fair weather, and what the storms showed stands below them.
    """
    blocks = [f"Project: {shorten(run.project, 200)}", _totals(run), _checks(run), _flow_status(run, style)]
    found = facts.troubles(run)
    blocks += [_trouble(one, style) for one in found[:_TROUBLES_SHOWN]]
    if len(found) > _TROUBLES_SHOWN:
        blocks.append(f"and {len(found) - _TROUBLES_SHOWN} more in the report")
    blocks += access_blocks(run.access, style) if run.access else []
    blocks += storm_blocks(run, report and report.with_name(ChaosReport.filename), style) if run.is_storm else []
    blocks += [gate_block(run.gate, style)] if run.gate else []
    if report is not None:
        blocks.append(f"Report: {report}")
    return style.fit("\n\n".join(blocks) + "\n")


def _totals(run: Run) -> str:
    totals = run.totals
    weather = [f"Journeys in Fair Weather: {len(run.fair_weather)}"] if run.is_storm else []
    return "\n".join(
        (
            *weather,
            f"Total Steps: {totals.total}",
            f"Passed: {totals.passed}",
            f"Failed: {totals.failed}",
            f"Errors: {totals.errors}",
            f"Skipped: {totals.skipped}",
        )
    )


def _checks(run: Run) -> str:
    return f"APIs executed: {apis_line(run)}\nRole Validation: {roles_line(run)}"


def apis_line(run: Run) -> str:
    """`41 (12 endpoints), 39 passed, 2 failed`, with the cancelled ones where there are any."""
    apis = facts.apis(run)
    if not apis.calls:
        return "0"
    line = f"{apis.calls} ({count(apis.endpoints, 'endpoint')}), {apis.passed} passed, {apis.failed} failed"
    return f"{line}, {apis.cancelled} cancelled" if apis.cancelled else line


def roles_line(run: Run) -> str:
    """`passed (9 of 9 checks; 164 of 164 cells)`; a check that was not made is not one that passed."""
    roles = facts.role_validation(run)
    if roles.result is RoleResult.NOT_CHECKED:
        return roles.result.value
    passed = "" if roles.result is RoleResult.PASSED else " passed"
    parts = [f"{roles.passed} of {count(roles.total, 'check')}{passed}"] if roles.total else []
    parts += _cells(run.access) if run.access else []
    return f"{roles.result} ({'; '.join(parts)})"


def _cells(access: Access) -> list[str]:
    cells = access_facts.counts(access)
    words = cells.words
    others = len(access_facts.other_alarms(access))
    if others:
        words = [*words, count(others, "other finding" if cells.wrong else "finding")]
    whole = f"{cells.as_expected:,} of {count(cells.cells, 'cell')}"
    return [whole, ", ".join(words)] if words else [whole]


def _flow_status(run: Run, style: Style) -> str:
    if run.only_storms:
        why = "; ".join(filter(None, ("no journey was walked in fair weather", cut_off(run))))
        return f"Overall Flow Status: not checked ({why})"
    line = f"Overall Flow Status: {style.paint(run.flow_status.value, _FLOW_COLOURS[run.flow_status])}"
    return f"{line} ({cut_off(run)})" if cut_off(run) else line


def _trouble(trouble: Trouble, style: Style) -> str:
    step, word = trouble.step, status_word(trouble.status).upper()
    name = f"step {step.index}, {shorten(step.name, 120)}" if step else "outside of its steps"
    word = style.paint(word, COLOURS[trouble.status])
    lines = [f"{style.glyph(trouble.status)} {word}  {shorten(trouble.journey.full_title, 120)}: {name}"]
    lines.append(shorten(trouble.reason, 400))
    if step:
        lines += _whereabouts(step)
    return "\n    ".join(lines)


def _whereabouts(step: Step) -> list[str]:
    lines = [f"at {shorten(step.url, 300)}"] if step.url else []
    bad = facts.suspects(step.calls)
    for call in bad[:_CALLS_SHOWN]:
        lines.append(f"call: {call.method} {shorten(call.template, 200)} {shorten(facts.answer(call), 80)}")
    if len(bad) > _CALLS_SHOWN:
        lines.append(f"and {count(len(bad) - _CALLS_SHOWN, 'more call')}")
    if step.picture:
        lines.append(f"picture: {step.picture.path}")
    return lines
