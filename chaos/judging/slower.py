"""How much slower steps and endpoints were under each plan than in the controls of the same journeys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from chaos.degradation import degradation
from chaos.judging.experiments import Experiment
from chaos.judging.struck import EVERYTHING, sites_of
from chaos.judging.walk import Deed, Walk
from stormwalk.storm_judgement import Degradation
from stormwalk.storm_results import CallDegradation, StepDegradation

_LATENCY = "latency"
Controls = dict[str, tuple[Walk, ...]]


def steps_slower(experiments: Iterable[Experiment], controls: Controls) -> tuple[StepDegradation, ...]:
    """Every step that was struck and done without help, in the order of its journey."""
    return tuple(
        StepDegradation(journey=one.base, step=deed.name, plan=one.plan.name, degradation=_of_step(one, deed, controls))
        for one in experiments
        for deed in _struck(one.walks)
    )


def calls_slower(experiments: Iterable[Experiment], controls: Controls) -> tuple[CallDegradation, ...]:
    """Every endpoint that was struck and answered all the same. A sample is the median of one walk."""
    by_plan: defaultdict[str, list[Experiment]] = defaultdict(list)
    for one in experiments:
        by_plan[one.plan.name].append(one)
    return tuple(
        CallDegradation(endpoint=endpoint, plan=plan, degradation=slower)
        for plan, those in sorted(by_plan.items())
        for endpoint in sorted({site for one in those for site in _endpoints(one)})
        if (slower := _of_call(endpoint, those, controls)).storms
    )


def of_latency(experiments: Iterable[Experiment], controls: Controls) -> Degradation | None:
    """Of all steps of the experiments that do nothing but make calls late; None where there is none.

    A sample is what all journeys took together, walked once each: the steps that every walk of a journey has done.
    """
    late = [one for one in experiments if one.walks and one.plan.rules and _only_late(one)]
    if not late:
        return None
    # Of several such plans the one that was walked most: to add them up would walk every journey more than once.
    ((most, _),) = Counter(one.plan.name for one in late for _ in one.walks).most_common(1)
    late = [one for one in late if one.plan.name == most]
    calm: list[list[float]] = []
    storm: list[list[float]] = []
    for one in late:
        common = _common(one.walks, controls.get(one.base, ()))
        if common:
            calm.append([_sum(walk, common) for walk in controls[one.base]])
            storm.append([_sum(walk, common) for walk in one.walks])
    return degradation(_added(calm), _added(storm)) if calm else None


def _only_late(one: Experiment) -> bool:
    return all(rule.fault == _LATENCY for rule in one.plan.rules)


def _struck(walks: Sequence[Walk]) -> Iterator[Deed]:
    """The steps that were struck in any walk, each once."""
    found = {deed.place: deed for walk in walks for deed in walk.deeds if sites_of(walk, deed)}
    yield from sorted(found.values(), key=lambda one: one.index)


def _of_step(one: Experiment, deed: Deed, controls: Controls) -> Degradation:
    return degradation(_times(controls.get(one.base, ()), deed), _times(one.walks, deed))


def _times(walks: Iterable[Walk], deed: Deed) -> list[float]:
    same = (one.at(deed) for one in walks)
    return [one.took_ms for one in same if one is not None and one.took_ms is not None]


def _endpoints(one: Experiment) -> set[str]:
    sites = (site.name for walk in one.walks for deed in walk.deeds for site in sites_of(walk, deed))
    return {name for name in sites if name != EVERYTHING}


def _of_call(endpoint: str, experiments: Sequence[Experiment], controls: Controls) -> Degradation:
    calm = [walk for base in sorted({one.base for one in experiments}) for walk in controls.get(base, ())]
    storm = [walk for one in experiments for walk in one.walks]
    return degradation(_of_walks(endpoint, calm), _of_walks(endpoint, storm))


def _of_walks(endpoint: str, walks: Iterable[Walk]) -> list[float]:
    """The median of the endpoint in each walk that has an answer of it."""
    times = [
        [
            call.call.duration_ms
            for deed in walk.deeds
            if deed.observation is not None
            for call in deed.observation.calls
            if call.endpoint == endpoint and call.answered and call.call.duration_ms is not None
        ]
        for walk in walks
    ]
    return [median(each) for each in times if each]


def _common(storms: Sequence[Walk], calm: Sequence[Walk]) -> list[Deed]:
    """The steps that every walk has done without help."""
    if not (storms and calm):
        return []
    walks = (*storms, *calm)
    return [one for one in storms[0].deeds if len(_times(walks, one)) == len(walks)]


def _sum(walk: Walk, deeds: Iterable[Deed]) -> float:
    return sum(_times([walk], one)[0] for one in deeds)


def _added(samples: Sequence[Sequence[float]]) -> list[float]:
    """Sums over the journeys, walk by walk; only as many as every journey has."""
    return [sum(each) for each in zip(*samples, strict=False)]
