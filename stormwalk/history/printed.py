"""How history reads in a terminal, and as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from stormwalk.history.clusters import FailureCluster
from stormwalk.history.comparison import Change, Comparison, Slower
from stormwalk.history.flaky import FlakyStep
from stormwalk.history.trend import Trend, TrendPoint
from stormwalk.reporting.words import DASH, count, duration, iso, moment, percent, points, run_word, shorten

SHOWN = 30
_COLUMNS = (
    "run", "started_at", "mode", "branch", "commit", "flow_status", "exit_code", "steps", "passed", "failed", "errors",
    "skipped", "pass_rate", "duration_ms", "resilience", "resilience_status", "findings", "steered",
    "interrupted", "stopped",
)  # fmt: skip


def as_json(trend: Trend, flaky: Sequence[FlakyStep], clusters: Sequence[FailureCluster]) -> str:
    """Everything that history knows, as one document."""
    return json_of(
        {
            "schema": "stormwalk-history/1",
            **asdict(trend),
            "flaky": [asdict(one) | {"failure_rate": one.failure_rate} for one in flaky],
            "failures": [asdict(one) for one in clusters],
        }
    )


def json_of(document: dict[str, Any]) -> str:
    """Pure ASCII, which every console can write, so that it is still JSON behind it."""
    return json.dumps(document, indent=1)


def as_csv(trend: Trend) -> str:
    """A line for each run, oldest first, for a spreadsheet."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    table.writerows([_safe(value) for value in _row(point)] for point in trend.points)
    return text.getvalue().rstrip("\n")


def _row(point: TrendPoint) -> tuple[object, ...]:
    totals = point.totals
    return (
        point.run, iso(point.at), point.mode.value, point.branch, point.commit,
        point.flow_status.value if point.flow_status else "", point.exit_code, totals.total, totals.passed,
        totals.failed, totals.errors, totals.skipped, _rounded(point.pass_rate), _rounded(point.duration_ms),
        _rounded(point.resilience), point.resilience_status, point.findings, point.steered,
        point.interrupted, point.stopped,
    )  # fmt: skip


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)


def _safe(value: object) -> object:
    """A branch can be called `=cmd()`, and a spreadsheet would obey it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def history_lines(trend: Trend, clusters: Sequence[FailureCluster]) -> Iterator[str]:
    """The newest runs, then what failed most often, then the slowest endpoints."""
    if not trend.points:
        yield f"No run of {shorten(trend.project, 80)} has ended yet. Walk the journeys first: pytest journeys/"
        return
    for point in trend.points[-SHOWN:]:
        yield _line(point)
    if len(trend.points) > SHOWN:
        yield f"and {len(trend.points) - SHOWN} older ones; --json and --csv have them"
    yield from _scores(trend)
    yield from _failures(clusters)
    yield from _endpoints(trend)


def _line(point: TrendPoint) -> str:
    rate = DASH if point.pass_rate is None else percent(point.pass_rate)
    score = () if point.resilience is None else (f"resilience {points(point.resilience)}",)
    told = ", ".join((*score, *point.by_hand))
    status = run_word(point.flow_status, point.exit_code)
    where = f"{shorten(point.branch, 24)} {point.commit[:8]}".strip()
    took = duration(point.duration_ms)
    return f"{point.run}  {moment(point.at)}  {status:<15} {rate:>7}  {took:>11}  {told:<14} {where}".rstrip()


def _scores(trend: Trend) -> Iterator[str]:
    for heading, series in (("Resilience by journey", trend.journeys), ("Resilience by plan", trend.plans)):
        if series:
            yield f"\n{heading}:"
        for one in series:
            last = [points(point.score) for point in one.points[-8:]]
            yield f"  {shorten(one.name, 60):<40} {' '.join(last)}"


def _failures(clusters: Sequence[FailureCluster]) -> Iterator[str]:
    if clusters:
        yield "\nFailures by reason:"
    for one in clusters[:10]:
        runs, steps = count(len(one.runs), "run"), count(len(one.steps), "step")
        yield f"  {one.count} x {one.status.value}, {steps}, {runs}, last {one.runs[-1]}: {shorten(one.pattern, 160)}"


def _endpoints(trend: Trend) -> Iterator[str]:
    newest = [(one.endpoint, one.points[-1]) for one in trend.endpoints]
    slowest = sorted(newest, key=lambda pair: -(pair[1].p95_ms or 0))[:10]
    if slowest:
        yield "\nSlowest endpoints (median, 95th percentile of their newest run):"
    for endpoint, point in slowest:
        yield f"  {shorten(endpoint, 60):<44} {duration(point.p50_ms):>9} {duration(point.p95_ms):>9}"


def flaky_lines(found: Sequence[FlakyStep]) -> Iterator[str]:
    if not found:
        yield "No step passed and failed on the same commit."
    for one in found:
        yield (
            f"{one.flips} x changed, failed {one.failed} of {one.failed + one.passed}: "
            f"{shorten(one.journey, 80)} > {shorten(one.step, 80)}"
        )
        yield f"    last in run {one.last_run}: {shorten(one.reason, 160) or 'no reason was given'}"


def comparison_lines(told: Comparison) -> Iterator[str]:
    yield f"{told.before.id} ({moment(told.before.started_at)}) and {told.after.id} ({moment(told.after.started_at)})"
    if told.remark:
        yield told.remark
    yield from _changes("New", told.new)
    yield from _changes("Fixed", told.fixed)
    yield from _changes("Still failing", told.still_failing)
    yield from _changes("Judged before, and not now", told.unjudged)
    yield from _paces("Slower, beyond the noise", told.slower)
    yield from _paces("Faster, beyond the noise", told.faster)
    if told.unmeasured:
        yield f"Of {count(told.unmeasured, 'step')} too few times are known to say whether they became slower."


def _changes(heading: str, changes: Iterable[Change]) -> Iterator[str]:
    taken = list(changes)
    yield f"{heading}: {len(taken)}"
    for one in taken[:SHOWN]:
        yield f"  {shorten(one.name, 160)}{f': {shorten(one.words, 160)}' if one.words else ''}"
    if len(taken) > SHOWN:
        yield f"  and {len(taken) - SHOWN} more; --json has them"


def _paces(heading: str, changes: Sequence[Slower]) -> Iterator[str]:
    if changes:
        yield f"{heading}: {len(changes)}"
    for one in changes[:SHOWN]:
        yield (
            f"  {shorten(one.key, 120)}: {duration(one.ms)} instead of {duration(one.pace.median_ms)} "
            f"± {duration(one.pace.noise_ms)} ({one.percent:+.0f} %)"
        )
