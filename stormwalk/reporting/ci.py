"""What CI servers show of a run beside its log: the summary of a job, and annotations of lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from stormwalk.errors import UsageError
from stormwalk.model import Run, Status
from stormwalk.reporting import facts, gate_words, storm_facts
from stormwalk.reporting.album import Album
from stormwalk.reporting.markdown import MarkdownReport
from stormwalk.reporting.words import plain, shorten

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""Where GitHub says which file a step may append its summary to."""

MOST_ANNOTATIONS = 10
"""GitHub shows no more of one kind for a step."""


def write_summary(run: Run, file: Path | None, environ: Mapping[str, str]) -> None:
    """Write the summary to `file`, or append it to the one that the CI server names; nothing where neither is there.

    Raises UsageError where that cannot be done.
    """
    text = MarkdownReport().render(run, Album())
    given = environ.get(SUMMARY_VARIABLE)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="replace")
        elif given:
            # Other steps' tools have written to the same file.
            with Path(given).open("a", encoding="utf-8", errors="replace") as stream:
                stream.write(text)
    except OSError as error:
        raise UsageError(f"The summary cannot be written to {file or given}: {error.strerror}.") from error


def annotations_of(run: Run, environ: Mapping[str, str]) -> list[str]:
    """The lines that make GitHub mark what is wrong; none where it does not run us."""
    if environ.get("GITHUB_ACTIONS") != "true":
        return []
    return list(islice(_errors(run), MOST_ANNOTATIONS)) + list(islice(_warnings(run), MOST_ANNOTATIONS))


def _errors(run: Run) -> Iterator[str]:
    for rule in run.gate.failed if run.gate else ():
        told = f"{rule.words}: {'; '.join(rule.cells[:5])}" if rule.cells else rule.words
        yield _line("error", f"Quality gate: {gate_words.name_of(rule)}", told)
    for one in facts.troubles(run):
        if one.status is Status.FAILED:
            yield _of_trouble("error", one)
    for alarm in run.access.alarms if run.access else ():
        yield _line(
            "error", f"{alarm.severity.value}: {alarm.title}", alarm.proof, run.access.matrix if run.access else ""
        )
    judgement = storm_facts.judgement_of(run) if run.is_storm else None
    for finding in storm_facts.worst_first(judgement.findings) if judgement and not judgement.steered else ():
        yield _line("error", f"{finding.severity.value}: {finding.title}", f"{finding.words} Replay: {finding.replay}")


def _warnings(run: Run) -> Iterator[str]:
    for one in facts.troubles(run):
        if one.status is not Status.FAILED:
            yield _of_trouble("warning", one)


def _of_trouble(level: str, one: facts.Trouble) -> str:
    name = f"{one.journey.full_title}: {one.step.name}" if one.step else one.journey.full_title
    return _line(level, name, one.reason, one.journey.nodeid.partition("::")[0])


def _line(level: str, title: str, message: str, file: str = "") -> str:
    """One command of a workflow. What a page says can end neither the command nor its line."""
    where = f"file={_property(file)}," if file else ""
    return f"::{level} {where}title={_property(title)}::{_data(shorten(message, 900))}"


def _data(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(shorten(text, 200)).replace(":", "%3A").replace(",", "%2C")
