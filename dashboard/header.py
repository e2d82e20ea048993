"""Makes the header of a run: how far it is, how it stands, and how long it may take yet."""

from __future__ import annotations

import time
from collections import Counter

from dashboard.state import AccessState, RunState
from dashboard.steps import JourneyState
from dashboard.views import CountView, FactView, RunView, SegmentView
from stormwalk.model import FlowStatus, Status
from stormwalk.reporting import access_facts, storm_facts
from stormwalk.reporting.words import DASH, count, duration, shorten

STORM_LOOKS = {"Strong": "passed", "Moderate": "partial", "Weak": "failed", "Inconclusive": "inconclusive"}
FLOW_LOOKS = {FlowStatus.PASSED: "passed", FlowStatus.PARTIAL_FAILURE: "partial", FlowStatus.FAILED: "failed"}
_BAR = ("passed", "failed", "error", "skipped", "storm", "running")
SILENT = 24 * 3600.0
"""A run without an end of which nothing was heard for so long was killed."""
QUIET = 180.0
"""Seconds after which it is said that nothing was heard of a run: longer than steps take."""


def run_view(run: RunState, now: float | None = None) -> RunView:
    now = time.time() if now is None else now
    journeys = Counter(map(_kind, run.journeys.values()))
    done = sum(journeys.values()) - journeys["running"]
    planned = max(len(run.planned), len(run.journeys))
    look, word = status_of(run, now)
    ended = run.finished_at if run.finished_at is not None else (run.last_at if word == "Not finished" else None)
    return RunView(
        look=look,
        word=word,
        progress=f"{done:,} of {count(planned, 'journey')} finished" if planned else _without_journeys(run, ended),
        steps=_steps(run),
        verdicts=_verdicts(run),
        left=(_silence(run, now) or _left(run, done, planned, now)) if ended is None else "",
        done=done,
        planned=planned,
        started=run.started_at,
        heard=run.last_at,
        ended=ended,
        elapsed=duration(((ended or now) - run.started_at) * 1000) if run.begun else "",
        facts=tuple(_facts(run)),
        counts=tuple(_counts(run, journeys, planned)),
        segments=tuple(_segments(journeys, planned) if planned or not run.access else _of_cells(run.access)),
        share=_share(run),
    )


def _facts(run: RunState) -> list[FactView]:
    there = run.environment
    rows = [
        ("Seed", run.seed, "mono"),
        ("Git", there.commit[:8], "mono"),
        ("Branch", there.branch, ""),
        ("Workers", str(run.workers) if run.begun else "", ""),
        ("Browser", there.browser, ""),
        ("Target", run.base_url, "mono"),
    ]
    return [FactView(key=name, name=name, value=shorten(value, 120), look=look) for name, value, look in rows if value]


def _kind(journey: JourneyState) -> str:
    """How the journey counts in the bar. What a storm broke was broken by us: it counts as walked, not as failed."""
    if not journey.finished and not journey.skipped:
        return "running"
    if journey.skipped:
        return "skipped"
    return journey.status.value if journey.in_fair_weather and journey.status else "storm"


def status_of(run: RunState, now: float) -> tuple[str, str]:
    """The look and the word of the whole run, as its report has them."""
    if run.finished_at is None:
        silent = run.begun and run.last_at < now - SILENT
        return ("error", "Not finished") if silent else ("running", "Running")
    if run.interrupted or (run.steering.stopping and run.exit_code == 2):
        return "error", "Stopped"
    if run.is_storm and run.judgement:
        word = run.judgement.score.word
        look = STORM_LOOKS.get(run.judgement.score.status.value, "error")
        return not_green(look, f"Resilience: {word}", run.exit_code)
    if run.exit_code == 0 and not run.journeys and run.access is None:
        return "passed", "Passed"
    return outcome_of(_flow(run), run.exit_code)


def not_green(look: str, word: str, exit_code: int | None) -> tuple[str, str]:
    """The word of a storm: green only where nothing else has failed the run, or left it open."""
    if look != "passed" or not exit_code:
        return look, word
    return ("error", f"{word}, not tested in full") if exit_code == 2 else ("failed", f"{word}, run failed")


def outcome_of(flow: FlowStatus, exit_code: int | None) -> tuple[str, str]:
    """The look and the word of a run in fair weather: its flow status as reports have it, and what else failed it."""
    if exit_code == 2:
        return "error", "Could not be tested"
    if flow is FlowStatus.PASSED and exit_code == 1:
        return "failed", "Failed, journeys passed"  # by a gate, or a test beside the journeys
    return FLOW_LOOKS[flow], flow.value


def _flow(run: RunState) -> FlowStatus:
    """As `Run.flow_status` has it: what the access check found counts, and a run of nothing else is judged by it."""
    walked = [one.status or Status.ERROR for one in run.journeys.values() if one.in_fair_weather]
    access = run.access.build() if run.access else None
    bad = bool({Status.FAILED, Status.ERROR} & {*walked, *totals_of(run)})
    if access is not None:
        bad = bad or bool(access.alarms or access.unjudged) or not access.finished
        walked += [Status.PASSED for one in access.cells if not run.journeys and one.verdict.is_good]
    if Status.PASSED not in walked:
        return FlowStatus.FAILED
    return FlowStatus.PARTIAL_FAILURE if bad else FlowStatus.PASSED


def totals_of(run: RunState) -> Counter[Status]:
    """Steps in fair weather by status."""
    whole: Counter[Status] = Counter()
    for journey in run.journeys.values():
        if journey.in_fair_weather:
            whole.update(journey.counts)
    return whole


def _steps(run: RunState) -> str:
    totals = totals_of(run)
    where = " in fair weather" if run.is_storm else ""
    whole = sum(totals.values())
    return f"{totals[Status.PASSED]:,} of {count(whole, 'step')} passed{where}" if whole else ""


def _share(run: RunState) -> str:
    totals = totals_of(run)
    whole = sum(totals.values())
    return f"{totals[Status.PASSED]:,} of {whole:,}" if whole else DASH


def _without_journeys(run: RunState, ended: float | None) -> str:
    """A run may check access and nothing else."""
    if run.access is None:
        return "no journey yet" if ended is None else "no journey was walked"
    counts = access_facts.counts(run.access.build())
    return f"{counts.cells - counts.not_judged:,} of {count(counts.cells, 'cell')} of the access matrix tried"


def _verdicts(run: RunState) -> str:
    if run.judgement is None:
        return ""
    found = storm_facts.verdict_counts(run.judgement)
    return "Verdicts: " + ", ".join(f"{times:,} {word}" for word, times in found.items()) if found else ""


def _silence(run: RunState, now: float) -> str:
    """Whoever was killed says nothing of it; a step may take minutes, so that nobody is declared dead for silence."""
    quiet = now - run.last_at
    return f"nothing was heard of it for {duration(quiet * 1000)}: it hangs, or was killed" if quiet > QUIET else ""


def _left(run: RunState, done: int, planned: int, now: float) -> str:
    """An estimate from the journeys until now; nothing before the third, since it would only be wrong."""
    if done < 3 or planned <= done:
        return ""
    left = (now - run.started_at) / done * (planned - done)
    return f"about {duration(max(left, 1) * 1000)} left" if left < 36000 else ""


def _counts(run: RunState, journeys: Counter[str], planned: int) -> list[CountView]:
    totals = totals_of(run)
    shown = [
        ("passed", "passed", "Passed", totals[Status.PASSED]),
        ("failed", "failed", "Failed", totals[Status.FAILED]),
        ("error", "error", "Errors", totals[Status.ERROR]),
        ("skipped", "skipped", "Skipped", totals[Status.SKIPPED]),
    ]
    if run.is_storm:
        shown.append(("storm", "storm", "Storm walks", journeys["storm"]))
    if run.finished_at is None:
        waiting = max(0, planned - sum(journeys.values()))
        shown += [("running", "running", "Running", journeys["running"]), ("queued", "queued", "Queued", waiting)]
    return [CountView(key=key, look=look, word=word, number=f"{number:,}") for key, look, word, number in shown]


def _segments(journeys: Counter[str], planned: int) -> list[SegmentView]:
    parts, x = [], 0.0
    for kind in _BAR:
        width = 1000 * journeys[kind] / planned if planned else 0.0
        parts.append(SegmentView(key=kind, look=kind, x=round(x, 2), width=round(width, 2)))
        x += width
    return parts


def _of_cells(state: AccessState) -> list[SegmentView]:
    counts = access_facts.counts(state.build())
    good, open_ = counts.as_expected + counts.accepted, counts.suspect + counts.inconclusive
    return _segments(Counter(passed=good, failed=counts.wrong, error=open_), counts.cells)
