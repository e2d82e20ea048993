"""What a judgement comes to when somebody had a hand in the storms: what was seen is told, and nothing of it counts."""

from __future__ import annotations

from dataclasses import replace

from chaos.judging.figures import figures_of
from chaos.score import score_run
from stormwalk.config.storm import StormTable
from stormwalk.storm_judgement import CellScore, Outcome, StormVerdict
from stormwalk.storm_results import ExperimentResult, StormJudgement

STEERED = "rules were switched by hand while the run was under way"


def steered(judgement: StormJudgement, table: StormTable) -> StormJudgement:
    """The same judgement with every experiment inconclusive: no finding, no score, no comparison of times.

    Nobody can say any more which calls a rule would have struck, in walks before the first switch neither: all
    experiments of a journey are judged against the same controls.
    """
    return replace(
        judgement,
        steered=True,
        experiments=tuple(map(_inconclusive, judgement.experiments)),
        findings=(),
        score=score_run([], table=table),
        figures=figures_of((), {}),
        steps=(),
        calls=(),
    )


def _inconclusive(one: ExperimentResult) -> ExperimentResult:
    if one.skipped:
        return one
    cells = tuple(map(_not_valid, one.cells))
    return replace(one, verdict=StormVerdict.INCONCLUSIVE, reason=STEERED, cells=cells)


def _not_valid(cell: CellScore) -> CellScore:
    return replace(
        cell, outcome=Outcome.INVALID, verdict=StormVerdict.INCONCLUSIVE, score=None, terms=(), reason=STEERED
    )
