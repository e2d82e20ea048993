"""The score of a cell, a journey and a run, and the status that it comes to.

    cell    = 100 · G · (O + R + F + P + S, each times its weight)
    journey = mean of its valid cells, each times criticality of the step and likelihood of the fault

G is 0 where something was bought twice, lost, wrongly confirmed, or opened to whom it is closed: no good behaviour
elsewhere makes up for that. The terms stand in `chaos.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import quantiles

from chaos.cell import Cell
from chaos.interval import wilson
from chaos.outcome import outcome_of
from chaos.terms import terms_of
from chaos.verdict import verdict_of
from stormwalk.config.storm import StormTable
from stormwalk.storm_judgement import CellScore, JourneyScore, ResilienceStatus, StormScore, Trouble

SCORE_VERSION = 1
PASSING = 60.0
STRONG = 85.0
WORST_OF_A_STRONG_ONE = 50.0
FEWEST_COVERED = 0.9
_LIMITS = {ResilienceStatus.STRONG: STRONG, ResilienceStatus.MODERATE: PASSING, ResilienceStatus.WEAK: 0.0}
_GRADES = (ResilienceStatus.WEAK, ResilienceStatus.MODERATE, ResilienceStatus.STRONG)


def score_cell(cell: Cell, table: StormTable | None = None) -> CellScore:
    """The score of one cell, None where it is not valid."""
    table = table or StormTable()
    terms = terms_of(cell)
    return CellScore(
        journey=cell.journey,
        step=cell.step,
        site=cell.site,
        fault=cell.fault,
        outcome=outcome_of(cell),
        verdict=verdict_of(cell),
        score=None if cell.invalid_because else _score(terms, table) * cell.gate,
        gate=cell.gate,
        terms=tuple(terms.items()),
        weight=max(0.0, cell.criticality) * table.likelihood_of(cell.fault),
        reason=cell.invalid_because,
    )


def score_run(
    cells: Sequence[Cell],
    planned: int | None = None,
    table: StormTable | None = None,
    proven: Iterable[Trouble] = (),
) -> StormScore:
    """The score of a run. `planned` is how many cells there should be; by default those that are given. `proven` is
    trouble of cells that do not count, too: what was bought twice makes a run weak, whichever rule it was.

    Raises ValueError where fewer are planned than there are.
    """
    table = table or StormTable()
    planned = len(cells) if planned is None else planned
    if planned < len(cells):
        raise ValueError(f"expected at least {len(cells)} planned cells, got {planned}")
    scores = [score_cell(one, table) for one in cells]
    valid = [one for one in scores if one.score is not None]
    violations = _violations(cells, proven)
    interval = wilson(sum(_points(one) >= PASSING for one in valid), len(valid))
    status, uncertain, reason = _status(valid, planned, violations, interval)
    return StormScore(
        status=status,
        score=_mean(valid),
        journeys=_journeys(scores),
        worst=min(valid, key=_points, default=None),
        tenth_percentile=tenth_percentile([_points(one) for one in valid]),
        valid=len(valid),
        planned=planned,
        passing=PASSING,
        interval=interval,
        uncertain=uncertain,
        violations=violations,
        weights=(*table.terms.by_name.items(), *sorted(table.likelihood.items())),
        reason=reason,
        score_version=SCORE_VERSION,
    )


def tenth_percentile(points: Sequence[float]) -> float | None:
    """The score that nine of ten cells reach, between two cells where it falls so; None without a cell."""
    if len(points) < 2:
        return points[0] if points else None
    return quantiles(points, n=10, method="inclusive")[0]


def _violations(cells: Iterable[Cell], proven: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """What takes the whole score, each kind once for a step and a call."""
    seen = (trouble for one in cells if not one.invalid_because for trouble in one.troubles)
    found = {(one.sign, one.step, one.call): one for one in (*proven, *seen) if one.gates}
    return tuple(found.values())


def _score(terms: dict[str, float], table: StormTable) -> float:
    weights = table.terms.by_name
    return 100 * sum(weights[name] * value for name, value in terms.items()) / sum(weights.values())


def _points(score: CellScore) -> float:
    return score.score or 0.0


def _mean(valid: Iterable[CellScore]) -> float | None:
    weighted = [(one.weight, _points(one)) for one in valid]
    whole = sum(weight for weight, _ in weighted)
    return sum(weight * points for weight, points in weighted) / whole if whole else None


def _journeys(scores: Sequence[CellScore]) -> tuple[JourneyScore, ...]:
    names = dict.fromkeys(one.journey for one in scores)
    return tuple(_journey(name, [one for one in scores if one.journey == name]) for name in names)


def _journey(name: str, scores: Sequence[CellScore]) -> JourneyScore:
    valid = [one for one in scores if one.score is not None]
    return JourneyScore(journey=name, score=_mean(valid), valid=len(valid), planned=len(scores))


def _status(
    valid: Sequence[CellScore], planned: int, violations: Sequence[Trouble], interval: tuple[float, float] | None
) -> tuple[ResilienceStatus, bool, str]:
    """Status, whether the interval straddles a limit, and why. What was proven stays proven with little coverage."""
    mean = _mean(valid)
    if violations:
        return ResilienceStatus.WEAK, False, violations[0].words
    if mean is None or interval is None:
        return ResilienceStatus.INCONCLUSIVE, False, "no cell counts"
    if len(valid) < FEWEST_COVERED * planned:
        return ResilienceStatus.INCONCLUSIVE, False, f"only {len(valid)} of {planned} cells could be judged"
    low, high = (100 * bound for bound in interval)
    grade = _grade(mean, valid)
    limit = _LIMITS[grade]
    if low >= limit:
        return grade, False, ""
    # One grade lower, and no more: few cells are a reason to doubt, not to condemn.
    shown = f"{low:.0f} to {high:.0f} % of the cells reach {PASSING:.0f} points"
    return _GRADES[_GRADES.index(grade) - 1], high >= limit, shown


def _grade(mean: float, valid: Sequence[CellScore]) -> ResilienceStatus:
    grade = _of_points(mean)
    weak_spot = grade is ResilienceStatus.STRONG and min(map(_points, valid)) < WORST_OF_A_STRONG_ONE
    return ResilienceStatus.MODERATE if weak_spot else grade


def _of_points(points: float) -> ResilienceStatus:
    if points >= STRONG:
        return ResilienceStatus.STRONG
    return ResilienceStatus.MODERATE if points >= PASSING else ResilienceStatus.WEAK
