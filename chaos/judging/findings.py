"""One finding for each cause: a mistake of the application that shows in several journeys, steps or walks is one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chaos.judging.cells import Judged
from chaos.judging.experiments import Experiment
from chaos.judging.fair import family_of
from chaos.judging.struck import EVERYTHING
from chaos.judging.walk import Deed, Walk
from chaos.lexicon import pattern_of
from chaos.outcome import outcome_of
from chaos.verdict import expected_at_worst, verdict_of
from stormwalk.access.results import Severity
from stormwalk.observations import Moment
from stormwalk.storm_judgement import Outcome, StormVerdict, Trouble
from stormwalk.storm_results import StormFinding

# What is said of a cell that deviates without a sign that says why.
_DEVIATIONS = {
    Outcome.GRACEFUL: ("not-hidden", Severity.LOW, "the user had to help, although this could have been hidden"),
    Outcome.DEGRADED_SILENT: ("degraded-silently", Severity.MEDIUM, "a part of the step is missing or lost"),
    Outcome.NO_FEEDBACK: ("no-feedback", Severity.MEDIUM, "the step is not done, and nothing tells the user"),
    Outcome.STUCK: ("stuck", Severity.HIGH, "the step is not done, and does not come to an end"),
}
_VERDICTS = (StormVerdict.LEAK, StormVerdict.BROKEN, StormVerdict.DEGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A trouble where it showed."""

    trouble: Trouble
    judged: Judged
    experiment: Experiment

    @property
    def call(self) -> str:
        """The call that the trouble names, or else the one that was struck."""
        return self.trouble.call or (self.judged.cell.site if self.judged.cell.site != EVERYTHING else "")

    @property
    def where(self) -> str:
        return self.call or pattern_of(self.trouble.step)

    @property
    def cause(self) -> tuple[str, str, str]:
        """What it has in common with others of the same cause."""
        return self.trouble.sign, self.where, family_of(frozenset({self.judged.cell.fault}))

    @property
    def verdict(self) -> StormVerdict:
        """What would be said of the cell if there were nothing but this trouble."""
        alone = verdict_of(replace(self.judged.cell, troubles=(self.trouble,)))
        return alone if alone.deviated else StormVerdict.DEGRADED


def findings_of(experiments: Iterable[Experiment]) -> tuple[StormFinding, ...]:
    """All findings, worst first. Those that did not show in every walk come behind their like."""
    grouped: defaultdict[tuple[str, str, str], list[_Shown]] = defaultdict(list)
    for experiment in experiments:
        for one in _shown_in(experiment):
            grouped[one.cause].append(one)
    found = [_finding(cause, shown) for cause, shown in grouped.items()]
    return tuple(sorted(found, key=_worst_first))


def finding_id(sign: str, where: str, family: str) -> str:
    """The same for the same cause in every run."""
    return hashlib.blake2b("\x1f".join((sign, where, family)).encode("utf-8", "replace"), digest_size=5).hexdigest()


def _shown_in(experiment: Experiment) -> Iterator[_Shown]:
    """Every trouble of every cell that could be judged. A cell that deviates without any, in a step that has none
    either, is a trouble of its own."""
    explained = {(id(one.walk), one.deed.place) for one in experiment.judged if one.cell.troubles}
    for one in experiment.judged:
        if one.cell.invalid_because:
            continue
        troubles: tuple[Trouble, ...] = one.cell.troubles
        if not troubles and (id(one.walk), one.deed.place) not in explained and verdict_of(one.cell).deviated:
            troubles = (_deviation(one),)
        for trouble in troubles:
            yield _Shown(trouble=trouble, judged=one, experiment=experiment)


def _deviation(one: Judged) -> Trouble:
    cell = one.cell
    outcome = outcome_of(cell)
    sign, severity, words = _DEVIATIONS.get(outcome, ("deviated", Severity.MEDIUM, f"the outcome is {outcome}"))
    evidence = [f"under {cell.fault} on {cell.site}: {outcome}; at worst expected: {expected_at_worst(cell)}"]
    evidence += [f"healed by: {cell.recovery}"] if cell.recovery else []
    call = "" if cell.site == EVERYTHING else cell.site
    return Trouble(
        sign=sign, severity=severity, gates=False, words=words, evidence=tuple(evidence), step=cell.step, call=call
    )


def _finding(cause: tuple[str, str, str], shown: Sequence[_Shown]) -> StormFinding:
    first = min(shown, key=lambda one: (one.trouble.severity.rank, -len(one.trouble.evidence)))
    trouble, walk, deed = first.trouble, first.judged.walk, first.judged.deed
    walks = {one.judged.walk.key for one in shown}
    experiments = {(one.experiment.base, one.experiment.plan.name): one.experiment for one in shown}
    before, after = _pictures(walk, _step_of(walk, trouble, deed))
    return StormFinding(
        id=finding_id(*cause),
        sign=trouble.sign,
        severity=trouble.severity,
        verdict=min((one.verdict for one in shown), key=_VERDICTS.index),
        title=f"{trouble.sign.replace('-', ' ').capitalize()}: {first.call or trouble.step or 'after the storm'}",
        words=trouble.words,
        step=trouble.step,
        call=first.call,
        evidence=trouble.evidence,
        shown_by=tuple(one.result.name for one in experiments.values()),
        journey_key=walk.key,
        before=before,
        after=after,
        reproduced=len(walks),
        tried=sum(len(one.walks) for one in experiments.values()),
        replay=first.experiment.result.replay,
    )


def _step_of(walk: Walk, trouble: Trouble, struck: Deed) -> Deed:
    """Trouble may show in a later step than the one that was struck."""
    later = (one for one in walk.deeds if one.index >= struck.index and one.name == trouble.step)
    return next(later, struck)


def _pictures(walk: Walk, deed: Deed) -> tuple[str, str]:
    """The ids of the pictures before the fault and at the worst moment, or of those that come nearest to them."""
    previous = [one for one in walk.deeds if one.index < deed.index]
    before = _picture(deed, Moment.BEFORE_FAULT) or (_picture(previous[-1], Moment.END) if previous else "")
    after = (_picture(deed, moment) for moment in (Moment.WORST, Moment.FAILURE, Moment.END))
    return before, next(filter(None, after), "")


def _picture(deed: Deed, moment: Moment) -> str:
    return next((one.id for one in deed.pictures if one.moment is moment), "")


def _worst_first(one: StormFinding) -> tuple[int, int, float, str, str]:
    """By what it means for the user first: an opened door, something broken, something degraded."""
    return one.severity.rank, _VERDICTS.index(one.verdict), -one.reproduced / max(one.tried, 1), one.sign, one.id
