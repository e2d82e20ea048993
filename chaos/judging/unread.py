"""What a judgement comes to when a part of what was stored cannot be read: what deviates stays proven, and nothing
else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from stormwalk.storm_judgement import ResilienceStatus, StormScore, StormVerdict
from stormwalk.storm_results import ExperimentResult, StormJudgement


def partly_read(judgement: StormJudgement, unread: Mapping[str, int]) -> StormJudgement:
    """The same judgement with every experiment inconclusive that would have held. `unread` counts events by kind.

    Nobody knows of which walk such an event was, nor what it told: that an order was made twice, for example.
    """
    kind, times = next(iter(unread.items()))
    reason = f"{times} event{'s' * (times > 1)} of kind {kind} cannot be read"
    return replace(
        judgement,
        experiments=tuple(_open(one, reason) for one in judgement.experiments),
        score=_without_praise(judgement.score, reason),
    )


def _open(one: ExperimentResult, reason: str) -> ExperimentResult:
    return replace(one, verdict=StormVerdict.INCONCLUSIVE, reason=reason) if one.verdict is StormVerdict.HELD else one


def _without_praise(score: StormScore, reason: str) -> StormScore:
    if score.status is ResilienceStatus.WEAK:
        return score
    return replace(score, status=ResilienceStatus.INCONCLUSIVE, uncertain=False, reason=reason)
