"""The gate of a run in words, the same in every format."""

from __future__ import annotations

from collections.abc import Iterator

from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Status
from stormwalk.reporting.style import PLAIN, Style
from stormwalk.reporting.words import shorten

CELLS_SHOWN = 10

_STATUSES = {True: Status.PASSED, False: Status.FAILED, None: Status.SKIPPED}


def status_of(rule: RuleResult) -> Status:
    """A rule that could not be judged is skipped."""
    return _STATUSES[rule.passed]


def verdict_of(gate: GateResult) -> str:
    """`failed: ratchet, pass rate`, `passed`, `not judged`."""
    if gate.failed:
        return f"failed: {', '.join(name_of(one) for one in gate.failed)}"
    return "passed" if gate.passed else "not judged"


def name_of(rule: RuleResult) -> str:
    return rule.rule.replace("_", " ")


def notes_of(gate: GateResult) -> Iterator[str]:
    """What is worth knowing beside the rules."""
    if gate.remark:
        yield gate.remark
    if gate.excused:
        names = [shorten(one, 120) for one in gate.excused[:CELLS_SHOWN]]
        more = f" and {len(gate.excused) - len(names)} more" if len(gate.excused) > len(names) else ""
        yield f"Red, and red before, so that the ratchet lets it pass: {'; '.join(names)}{more}."


def gate_block(gate: GateResult, style: Style = PLAIN) -> str:
    """The paragraph of the summary: each rule with what broke it."""
    colour = {True: "1;32", False: "1;31", None: "1;33"}[gate.passed]
    lines = [f"Quality Gate: {style.paint(verdict_of(gate), colour)}"]
    for rule in gate.rules:
        lines.append(f"{style.glyph(status_of(rule))} {name_of(rule)}: {shorten(rule.words, 300)}")
        lines += [f"    {shorten(one, 200)}" for one in rule.cells[:CELLS_SHOWN]]
        if len(rule.cells) > CELLS_SHOWN:
            lines.append(f"    and {len(rule.cells) - CELLS_SHOWN} more in the report")
    return "\n    ".join([*lines, *notes_of(gate)])
