"""Judges runs of the store, and says what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from chaos.judging import judge
from chaos.judging.staging import Guard
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import ANONYMOUS, Matrix
from stormwalk.config import Project
from stormwalk.reading import read_run
from stormwalk.reporting.words import no_command, points, shorten
from stormwalk.store import Store
from stormwalk.storm_events import StormJudged
from stormwalk.storm_results import StormJudgement


def judge_run(store: Store, run_id: str, project: Project) -> StormJudgement:
    """What a stored run comes to, by the weights, the end state and the matrix of this project; nothing is appended.

    Raises StoreError where the store cannot be read.
    """
    events = (one.event for one in store.follow(run_id))
    return judge(events, project.storm, tuple(guards_of(project)))


def keep(store: Store, run_id: str, judgement: StormJudgement) -> None:
    """Appends a judgement, which replaces an earlier one also where history asks. Raises StoreError."""
    store.append(run_id, [StormJudged(at=time.time(), judgement=judgement)])
    run = read_run(store, run_id)
    if run.finished_at is not None:
        store.summarise(run)


def guards_of(project: Project) -> Iterator[Guard]:
    """The controls of the matrix that a role must not be shown, because they belong to a role that may do more.

    Nobody is a visitor here: what visitors are shown is an invitation to log in.
    """
    matrix = matrix_of(project)
    for role in matrix.roles if matrix else ():
        if matrix is not None and role != ANONYMOUS:
            yield from _guards(matrix, role)


def _guards(matrix: Matrix, role: str) -> Iterator[Guard]:
    allowed = {one.name for one in matrix.controls if role in _who(matrix, one.endpoint)}
    for control in matrix.controls:
        higher = [one for one in _who(matrix, control.endpoint) if _power(matrix, one) > _power(matrix, role)]
        if control.name not in allowed and higher:
            yield Guard(role=role, pattern=control.name, for_role=min(higher, key=lambda one: _power(matrix, one)))


def _who(matrix: Matrix, endpoint: str) -> tuple[str, ...]:
    known = matrix.endpoint(endpoint)
    return tuple(role for role in matrix.roles if known is not None and known.lets_in(role))


def _power(matrix: Matrix, role: str) -> int:
    return sum(one.lets_in(role) for one in matrix.endpoints)


def told(judgement: StormJudgement) -> list[str]:
    """What the judgement says, in lines: the score, then each experiment, then the findings."""
    score = judgement.score
    reached = "" if score.score is None else f" ({points(score.score)} of 100)"
    reason = f": {shorten(score.reason)}" if score.reason else ""
    lines = [f"System Resilience Status: {score.word}{reached}{reason}"]
    for one in judgement.experiments:
        verdict = "skipped" if one.skipped else one.verdict
        lines.append(f"  {verdict:<20} {shorten(one.name)}{f' - {shorten(one.reason)}' if one.reason else ''}")
    for finding in judgement.findings:
        said = f"{shorten(finding.title)}: {shorten(finding.words, 600)}"
        lines += [f"{finding.severity}: {said} [{shorten(finding.id, 60)}]", f"  {shorten(finding.replay, 1000)}"]
    return list(map(no_command, lines))
