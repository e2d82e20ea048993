"""What a terminal shows of a run of storms: its figures, the findings, and what could not be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from stormwalk.access.results import Severity
from stormwalk.model import Run, Status
from stormwalk.reporting import storm_facts
from stormwalk.reporting.storm_facts import Sighting, listed, verdict_word
from stormwalk.reporting.style import COLOURS, PLAIN, Style
from stormwalk.reporting.words import count, shorten
from stormwalk.storm_judgement import ResilienceStatus
from stormwalk.storm_results import ExperimentResult, StormFinding, StormJudgement

_FINDINGS_SHOWN = 20
_OPEN_SHOWN = 8
_ENDPOINTS_SHOWN = 6
_EVIDENCE_SHOWN = 3
_STATUSES = {Severity.MEDIUM: Status.ERROR, Severity.LOW: Status.SKIPPED}
_COLOURS = {
    ResilienceStatus.STRONG: "1;32",
    ResilienceStatus.MODERATE: "1;33",
    ResilienceStatus.WEAK: "1;31",
    ResilienceStatus.INCONCLUSIVE: "1;36",
}


def storm_blocks(run: Run, report: Path | None = None, style: Style = PLAIN) -> list[str]:
    """The paragraphs of the summary below the functional part; `report` is the chaos report, if there is one."""
    judgement = storm_facts.judgement_of(run)
    blocks = [_not_judged(run)] if judgement is None else list(_blocks(run, judgement, style))
    return [*blocks, f"Chaos report: {report}"] if report is not None else blocks


def _not_judged(run: Run) -> str:
    walks = count(len(run.storm_walks), "journey")
    return f"Chaos Mode Enabled\nThe storm was not judged: {walks} had begun under a plan when the run ended."


def _blocks(run: Run, judgement: StormJudgement, style: Style) -> Iterator[str]:
    yield _figures(run, judgement)
    yield _status(judgement, style)
    seen, found = storm_facts.sightings(run), storm_facts.worst_first(judgement.findings)
    for one in found[:_FINDINGS_SHOWN]:
        yield _finding(one, seen, style)
    if len(found) > _FINDINGS_SHOWN:
        yield f"and {count(len(found) - _FINDINGS_SHOWN, 'more finding')} in the chaos report"
    rest = [*_inconclusive(judgement, style), *_skipped(judgement), *_blind_spots(judgement)]
    if rest:
        yield "\n".join(rest)


def _figures(run: Run, judgement: StormJudgement) -> str:
    if judgement.steered:
        return "Chaos Mode Enabled\nNo figures: rules were switched by hand while the run was under way."
    figures = judgement.figures
    return "\n".join(
        (
            "Chaos Mode Enabled",
            f"Injected Latency: {shorten(figures.injected, 60)}",
            "",
            f"Timeouts: {figures.timeouts}",
            f"Delayed Responses: {figures.delayed}",
            f"Failed Transactions: {figures.failed_transactions}",
            f"Response Degradation: {storm_facts.degradation_words(figures.degradation)}",
            f"API Failure Behaviour:{_api_failures(run)}",
            f"Recovery: {storm_facts.recovery_words(figures)}",
        )
    )


def _api_failures(run: Run) -> str:
    lines = [one.words for one in storm_facts.endpoint_failures(run)]
    if len(lines) > _ENDPOINTS_SHOWN:
        more = count(len(lines) - _ENDPOINTS_SHOWN, "more endpoint")
        lines = [*lines[:_ENDPOINTS_SHOWN], f"and {more} in the chaos report"]
    if len(lines) < 2:
        return f" {lines[0]}" if lines else " no call of the API failed"
    return "".join(f"\n    {line}" for line in lines)


def _status(judgement: StormJudgement, style: Style) -> str:
    score = judgement.score
    word = style.paint(score.word, _COLOURS[score.status])
    line = f"System Resilience Status: {word} ({storm_facts.status_words(judgement)})"
    return "\n    ".join([line, *storm_facts.why_words(judgement)])


def _finding(finding: StormFinding, seen: Mapping[str, Sighting], style: Style) -> str:
    status = _STATUSES.get(finding.severity, Status.FAILED)
    word = style.paint(finding.severity.value.upper(), COLOURS[status])
    verdict = storm_facts.VERDICTS[finding.verdict]
    lines = [f"{style.glyph(Status.FAILED)} {word}  {shorten(finding.title, 200)} ({verdict})"]
    lines += [shorten(finding.words, 400)] if finding.words and finding.words != finding.title else []
    lines += [f"step: {shorten(finding.step, 120)}{f', {shorten(finding.call, 120)}' if finding.call else ''}"]
    shown = listed(finding.shown_by, 3) or "not known"
    again = f"; seen in {finding.reproduced} of {count(finding.tried, 'walk')}" if finding.tried > 1 else ""
    lines += [f"shown by: {shown}{again}"]
    lines += [f"proof: {shorten(line, 240)}" for line in finding.evidence[:_EVIDENCE_SHOWN]]
    lines += [f"{name}: {seen[one].evidence.path}" for name, one in _pair(finding) if one in seen]
    lines += [f"replay: {shorten(finding.replay, 400)}"] if finding.replay else []
    return "\n    ".join(lines)


def _pair(finding: StormFinding) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("before", finding.before), ("after", finding.after)


def _inconclusive(judgement: StormJudgement, style: Style) -> Iterator[str]:
    still = judgement.inconclusive
    glyph = style.glyph(Status.ERROR)
    for one in still[:_OPEN_SHOWN]:
        yield f"{glyph} INCONCLUSIVE  {_name(one)}: {shorten(one.reason, 240) or 'no reason was given'}"
    if len(still) > _OPEN_SHOWN:
        yield f"and {count(len(still) - _OPEN_SHOWN, 'more inconclusive experiment')} in the chaos report"


def _skipped(judgement: StormJudgement) -> Iterator[str]:
    names = [_name(one) for one in judgement.experiments if verdict_word(one) == "skipped"]
    if names:
        yield f"Skipped, since the plan strikes nothing there: {listed(names, 4, 200)}"


def _blind_spots(judgement: StormJudgement) -> Iterator[str]:
    spots = storm_facts.blind_spots(judgement)
    if spots:
        named = [f"{shorten(one.what, 80)} ({count(one.calls, 'call')})" for one in spots]
        yield f"Blind spots, which no rule can reach: {listed(named, 6)}"


def _name(one: ExperimentResult) -> str:
    return f"{shorten(one.full_title, 120)} under {shorten(one.plan, 80)}"
