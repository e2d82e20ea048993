"""The judgement of a run of storms: a pure function of its events.

judgement = judge(events, project.storm)            # what the events come to
judgement = judge_run(store, run_id, project)       # the same for a run of the store, with what the matrix says
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chaos.judging.by_hand import steered
from chaos.judging.experiments import Experiment, experiments_of
from chaos.judging.figures import figures_of
from chaos.judging.findings import findings_of
from chaos.judging.slower import calls_slower, steps_slower
from chaos.judging.staging import Guard
from chaos.judging.story import story_of
from chaos.judging.unread import partly_read
from chaos.judging.walk import Story, Walk
from chaos.score import score_run
from stormwalk.config.storm import StormTable
from stormwalk.events import Event
from stormwalk.model import Status
from stormwalk.storm_judgement import StormScore
from stormwalk.storm_results import StormJudgement

__all__ = ["Guard", "judge"]


def judge(events: Iterable[Event], table: StormTable | None = None, guards: Sequence[Guard] = ()) -> StormJudgement:
    """What the events of a run come to. The same events give the same judgement, in whatever order journeys ended.

    `table` is `[storm]` of the project, with the end state that was counted. `guards` are controls that a role must
    not be shown. Nothing is raised for events that are missing: what cannot be judged is inconclusive, and says why.
    """
    table = table or StormTable()
    story = story_of(events)
    experiments = experiments_of(story, table, guards)
    calm = {one: _held(story, one) for one in sorted({one.base for one in story.walks})}
    judgement = StormJudgement(
        seed=story.seed,
        experiments=tuple(one.result for one in experiments),
        findings=findings_of(experiments),
        score=_score(experiments, table),
        figures=figures_of(experiments, calm),
        steps=steps_slower(experiments, calm),
        calls=calls_slower(experiments, calm),
        controls=sum(one.is_control for one in story.walks),
        controls_failed=tuple(f"{one.title}: {one.reason or one.broke}" for one in _failed(story)),
        fail_under=asked if (asked := story.invocation.fail_under) is not None else table.fail_under,
        judged_at=story.at,
    )
    if story.steered:
        return steered(judgement, table)
    return partly_read(judgement, story.unread) if story.unread else judgement


def _held(story: Story, base: str) -> tuple[Walk, ...]:
    return tuple(one for one in story.controls(base) if one.status is Status.PASSED)


def _score(experiments: Sequence[Experiment], table: StormTable) -> StormScore:
    """Of the cells that count. What others prove, where nobody can say which rule it was, makes a run weak as well."""
    counted = [cell for one in experiments for cell in one.counted]
    valid = (judged.cell for one in experiments for judged in one.judged if not judged.cell.invalid_because)
    return score_run(counted, table=table, proven=(trouble for cell in valid for trouble in cell.troubles))


def _failed(story: Story) -> Iterable[Walk]:
    return (one for one in story.walks if one.is_control and one.status is not Status.PASSED)
