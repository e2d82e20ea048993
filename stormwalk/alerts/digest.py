"""What is worth saying of a run: its figures, what went wrong with the answers of its calls, and what a storm showed.

Pure, and the one place where a run becomes a message. Everything passes the redactor once more, since a message leaves
the machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from stormwalk.alerts.alert import Alert, Line, Link, Part, State
from stormwalk.alerts.state import state_of
from stormwalk.config.alerts import AlertsTable
from stormwalk.gate.results import RuleResult
from stormwalk.model import FlowStatus, Run, RunMode
from stormwalk.naming import slug
from stormwalk.redact import Redactor
from stormwalk.reporting import facts, formats, gate_words, storm_facts
from stormwalk.reporting.facts import Trouble
from stormwalk.reporting.failed_beside import beside_green, failed_beside
from stormwalk.reporting.words import count, duration, moment, points, shorten, status_word
from stormwalk.storm_results import StormFinding, StormJudgement

_CALLS = 4
# Of CI servers that say so by themselves: the page of the job.
_CI_PAGES = ("CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a message needs beside the run. `environ` is asked for the page of the CI job and nothing else."""

    table: AlertsTable
    redactor: Redactor
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


def digest(run: Run, around: Surroundings) -> Alert:
    """The message about a run that has ended."""

    def hide(text: str, limit: int = 300) -> str:
        # Hidden before it is cut, or half a secret would be left.
        return shorten(around.redactor.text(text), limit)

    mode = RunMode.CHAOS if run.is_storm else RunMode.NORMAL
    return Alert(
        run_id=run.id,
        project=hide(run.project, 100),
        mode=mode,
        branch=hide(run.environment.branch, 100),
        state=state_of(run),
        headline=hide(headline(run), 100),
        subtitle=hide(_subtitle(run), 200),
        thread=thread_key(around.redactor.text(run.project), mode, around.redactor.text(run.environment.branch)),
        figures=tuple((name, hide(value)) for name, value in _figures(run)),
        parts=tuple(_parts(run, hide)),
        links=tuple(_links(run, around)),
        report_path=f"reports/{run.id}/report.html",
    )


def thread_key(project: str, mode: RunMode, branch: str) -> str:
    """The same for all runs of a project, mode and branch, and for no others, whatever they are called."""
    whole = hashlib.sha256("\0".join((project, mode, branch)).encode("utf-8", "replace")).hexdigest()[:10]
    return f"stormwalk-{slug(project)}-{mode}-{slug(branch) if branch else 'no-branch'}-{whole}"


def headline(run: Run) -> str:
    """How it ended, in the word of the summary."""
    judgement = storm_facts.judgement_of(run)
    if run.interrupted:
        return f"{_ended(run)}, interrupted"
    if not run.is_storm:
        return _ended(run)
    if judgement is None:
        return "the storm was not judged"
    score = judgement.score
    reached = "" if score.score is None else f", {points(score.score)} of 100"
    # Without these words a duplicate order, or what a gate has failed, would look like a good mark.
    before, beside = " before the gate" if reached and score.violations else "", beside_green(run)
    return f"resilience {score.word}{reached}{before}" + (f", {beside}" if beside else "")


def _ended(run: Run) -> str:
    state = state_of(run)
    if state.is_bad and run.flow_status is FlowStatus.PASSED:
        return f"Failed ({failed_beside(run)})" if state is State.FAILED else "could not be tested in full"
    return run.flow_status.value


def _subtitle(run: Run) -> str:
    took = duration((run.finished_at - run.started_at) * 1000) if run.finished_at else ""
    where = run.environment.branch and f"on {run.environment.branch}"
    parts = ("chaos" if run.is_storm else "", where, run.environment.commit[:12], moment(run.started_at), took)
    return " · ".join(part for part in parts if part)


def _figures(run: Run) -> Iterator[tuple[str, str]]:
    totals = run.totals
    if run.is_storm:
        yield "Journeys in Fair Weather", str(len(run.fair_weather))
    yield "Total Steps", str(totals.total)
    yield "Passed", str(totals.passed)
    yield "Failed", str(totals.failed)
    yield "Errors", str(totals.errors)
    yield "Skipped", str(totals.skipped)
    if run.access is not None:
        yield "Access", count(len(run.access.alarms), "finding")
    judgement = storm_facts.judgement_of(run)
    if judgement is not None:
        yield from _storm_figures(judgement)


def _storm_figures(judgement: StormJudgement) -> Iterator[tuple[str, str]]:
    figures = judgement.figures
    verdicts = ", ".join(f"{word} {times}" for word, times in storm_facts.verdict_counts(judgement).items())
    yield "System Resilience Status", f"{judgement.score.word} ({storm_facts.status_words(judgement)})"
    yield "Experiments", verdicts or "none"
    yield "Injected Latency", figures.injected
    yield "Timeouts", str(figures.timeouts)
    yield "Failed Transactions", str(figures.failed_transactions)
    yield "Response Degradation", storm_facts.degradation_words(figures.degradation)
    yield "Recovery", storm_facts.recovery_words(figures)


def _parts(run: Run, hide: Callable[..., str]) -> Iterator[Part]:
    judgement = storm_facts.judgement_of(run)
    if run.gate and run.gate.failed:
        yield Part(title="The quality gate failed", lines=tuple(_rule(one, hide) for one in run.gate.failed))
    if judgement is not None:
        findings = tuple(_finding(one, hide) for one in storm_facts.worst_first(judgement.findings))
        failures = tuple(Line(label="", text=hide(one.words)) for one in storm_facts.endpoint_failures(run))
        yield Part(title="What the storms showed", lines=findings)
        yield Part(title="How calls failed in storms", lines=failures)
    troubles = tuple(_trouble(one, hide) for one in facts.troubles(run))
    yield Part(title="Failed in fair weather" if run.is_storm else "What failed", lines=troubles)
    alarms = run.access.alarms if run.access else ()
    found = (Line(label=f"access · {hide(one.severity.value)}", text=hide(one.title), more=_given(hide(one.replay)))
             for one in alarms)  # fmt: skip
    yield Part(title="Who gets in who should not", lines=tuple(found))


def _rule(one: RuleResult, hide: Callable[..., str]) -> Line:
    """A rule of the gate with what broke it, by name."""
    more = [hide(cell, 200) for cell in one.cells[:_CALLS]]
    if len(one.cells) > _CALLS:
        more.append(f"and {len(one.cells) - _CALLS} more")
    return Line(label=f"gate · {gate_words.name_of(one)}", text=hide(one.words), more=tuple(more))


def _trouble(one: Trouble, hide: Callable[..., str]) -> Line:
    """Why a step failed, and what its calls were answered."""
    name = f"{one.step.index} {one.step.name}" if one.step else "outside of its steps"
    bad = facts.suspects(one.step.calls) if one.step else []
    calls = [hide(f"{call.method} {call.template}: {facts.answer(call)}", 200) for call in bad[:_CALLS]]
    if len(bad) > _CALLS:
        calls.append(f"and {count(len(bad) - _CALLS, 'more call')}")
    label = f"{status_word(one.status)} · {one.journey.full_title} · {name}"
    return Line(label=hide(label, 160), text=hide(one.reason), more=tuple(calls))


def _finding(one: StormFinding, hide: Callable[..., str]) -> Line:
    label = f"{one.severity.value} · {storm_facts.VERDICTS[one.verdict]} · {one.step}"
    words = one.words if one.words != one.title else ""
    return Line(label=hide(label, 160), text=hide(one.title), more=_given(hide(words), hide(one.replay)))


def _given(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _links(run: Run, around: Surroundings) -> Iterator[Link]:
    report = around.table.report_url
    if report:
        yield Link(text="Report", url=report.replace("{run}", run.id))
    if report and run.is_storm and report.endswith("/report.html"):
        chaos = formats()["chaos"].filename
        yield Link(text="Chaos report", url=report.replace("{run}", run.id).removesuffix("report.html") + chaos)
    if around.table.dashboard_url:
        yield Link(text="Dashboard", url=around.table.dashboard_url.replace("{run}", run.id))
    page = _ci_page(around.environ)
    if page:
        yield Link(text="CI job", url=page)


def _ci_page(environ: Mapping[str, str]) -> str:
    github = tuple(environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    known = (f"{github[0]}/{github[1]}/actions/runs/{github[2]}" if all(github) else "",)
    pages = (*known, *(environ.get(name, "") for name in _CI_PAGES))
    fine = (one for one in pages if one.startswith(("https://", "http://")) and "@" not in one and not one.split()[1:])
    return next(fine, "")
