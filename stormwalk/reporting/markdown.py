"""The run in Markdown, as long as a person reads on: for the summary of a CI job, a merge request, a chat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stormwalk.exit_code import COULD_NOT_TEST
from stormwalk.model import Run
from stormwalk.reporting import facts, gate_words, storm_facts
from stormwalk.reporting.access_facts import shortcomings
from stormwalk.reporting.again import command_again
from stormwalk.reporting.album import Album
from stormwalk.reporting.console import apis_line, roles_line
from stormwalk.reporting.cut_off import cut_off
from stormwalk.reporting.failed_beside import beside_green, failed_beside
from stormwalk.reporting.formats import Report
from stormwalk.reporting.words import duration, shorten, status_word
from stormwalk.storm_results import StormJudgement

SHOWN = 20
"""Troubles and findings of each kind that are listed; the report has all of them."""

_BARE_HOST = re.compile(r"(www)\.", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


class MarkdownReport(Report):
    name = "markdown"
    filename = "summary.md"
    about = "the run in a few lines of Markdown, for the summary of a CI job"

    def render(self, run: Run, album: Album) -> str:
        return "\n\n".join(_blocks(run)) + "\n"


def escaped(text: str, limit: int = 200) -> str:
    """Text of the application that Markdown shows as it is: no link, no picture, no tag, no mention, on one line."""
    line = _SPECIAL.sub(r"\\\1", shorten(text, limit)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Mentions and mail addresses are looked for once all is unescaped: a word joiner, which nobody sees, parts them.
    line = line.replace("@", "&#64;&#8288;").replace("://", ":&#47;&#47;")
    return _BARE_HOST.sub(r"\1&#46;", line)


def _blocks(run: Run) -> Iterator[str]:
    yield f"## {escaped(run.project)}: {_verdict(run)}"
    yield _table(run)
    if run.gate:
        yield _gate(run)
    troubles = [_trouble(one) for one in facts.troubles(run)]
    yield from _listed("What went wrong", troubles)
    alarms = run.access.alarms if run.access else ()
    access = [f"**{one.severity.value}** {escaped(one.title)}: {escaped(one.proof, 300)}" for one in alarms]
    access += map(escaped, shortcomings(run.access) if run.access else ())
    yield from _listed("Who may do what", access)
    yield from _storms(run)
    yield f"Run {_code(run.id)}, {_code(command_again(run) or 'command not recorded')}"


def _verdict(run: Run) -> str:
    """How the run ended: whoever reads nothing else must not take a weak one, or one that a gate failed, for green."""
    beside = failed_beside(run)
    verdict = "Failed" if beside else run.flow_status.value
    if run.is_storm:
        fair = "no journey was walked in fair weather" if run.only_storms else f"{verdict} in fair weather"
        judgement = storm_facts.judgement_of(run)
        verdict = f"{fair}, {f'resilience {judgement.score.word}' if judgement else 'the storms were not judged'}"
    unknown = beside_green(run) if run.exit_code == COULD_NOT_TEST and not (beside or cut_off(run)) else ""
    why = "; ".join(filter(None, (beside, unknown, cut_off(run))))
    return f"{verdict} ({why})" if why else verdict


def _table(run: Run) -> str:
    totals = run.totals
    took = duration((run.finished_at - run.started_at) * 1000) if run.finished_at else "not finished"
    rows = [
        ("Steps", f"{totals.passed} of {totals.total} passed"),
        ("Failed, errors, skipped", f"{totals.failed}, {totals.errors}, {totals.skipped}"),
        ("API calls", apis_line(run)),
        ("Roles", roles_line(run)),
        ("Duration", took),
    ]
    if run.is_storm:
        rows.append(("Resilience", _resilience(storm_facts.judgement_of(run))))
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {escaped(value)} |" for name, value in rows)])


def _resilience(judgement: StormJudgement | None) -> str:
    # Without the word a score before the gate would look like a good mark.
    return (
        f"{judgement.score.word}: {storm_facts.status_words(judgement)}" if judgement else "the storms were not judged"
    )


def _gate(run: Run) -> str:
    assert run.gate is not None
    lines = [f"### Quality gate {escaped(gate_words.verdict_of(run.gate))}", ""]
    for rule in run.gate.rules:
        word = {True: "passed", False: "**failed**", None: "not judged"}[rule.passed]
        lines.append(f"- {escaped(gate_words.name_of(rule))}: {word}, {escaped(rule.words, 300)}")
        lines += [f"  - {escaped(one)}" for one in rule.cells[:SHOWN]]
    return "\n".join([*lines, *(f"- {escaped(note, 2000)}" for note in gate_words.notes_of(run.gate))])


def _trouble(one: facts.Trouble) -> str:
    where = f" > {escaped(one.step.name, 120)}" if one.step else ""
    return f"**{status_word(one.status)}** {escaped(one.journey.full_title, 120)}{where}: {escaped(one.reason, 300)}"


def _storms(run: Run) -> Iterator[str]:
    judgement = storm_facts.judgement_of(run) if run.is_storm else None
    if judgement is None:
        return
    yield from _listed("What the score comes to", [escaped(why, 400) for why in storm_facts.why_words(judgement)])
    found = storm_facts.worst_first(judgement.findings)
    told = [
        f"**{one.severity.value}** {escaped(one.title)}: {escaped(one.words, 300)}\n  {_code(one.replay)}"
        for one in found
    ]
    yield from _listed("What the storms showed", told)


def _listed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        more = [f"- and {len(told) - SHOWN} more in the report"] if len(told) > SHOWN else []
        yield "\n".join([f"### {heading}", "", *(f"- {one}" for one in told[:SHOWN]), *more])


def _code(text: str) -> str:
    """Text in code, which Markdown leaves as it is but for backticks."""
    return f"`{shorten(text, 500).replace('`', chr(39))}`" if text else ""
