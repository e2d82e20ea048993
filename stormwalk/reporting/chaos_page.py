"""What the chaos report says, put together for its templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from stormwalk.model import Journey, Run
from stormwalk.observations import Evidence
from stormwalk.reporting import facts, storm_facts
from stormwalk.reporting.album import Album, Shot
from stormwalk.reporting.storm_charts import Chart, Ladder, call_charts, ladders, step_charts
from stormwalk.reporting.storm_facts import Sighting, verdict_word
from stormwalk.reporting.storm_grid import StormGrid, journey_grid, step_grid
from stormwalk.reporting.words import count, duration
from stormwalk.storm import BlindSpot
from stormwalk.storm_judgement import CellScore, Recovery, ResilienceStatus, StormVerdict
from stormwalk.storm_results import ExperimentResult, StormFinding, StormJudgement

CARDS = 40
"""Findings that are shown as cards; a browser must open the page at once, and report.json has all of them."""

CELLS = 500
"""Cells in the list of all, for the same reason."""

EXPERIMENTS = 500
"""Experiments with a card of their own, for the same reason."""

WALKS = 300
"""Walks that the report of the journeys shows, and so those that can be linked."""

_BADNESS = (
    StormVerdict.LEAK,
    StormVerdict.BROKEN,
    StormVerdict.DEGRADED,
    StormVerdict.INCONCLUSIVE,
    StormVerdict.HELD,
)
_KEYS = {
    StormVerdict.LEAK: "bad",
    StormVerdict.BROKEN: "bad",
    StormVerdict.DEGRADED: "mid",
    StormVerdict.INCONCLUSIVE: "open",
}
_MEANS = {
    ResilienceStatus.STRONG: "Users would hardly have noticed these storms.",
    ResilienceStatus.MODERATE: "Users would have noticed these storms, and mostly could have gone on.",
    ResilienceStatus.WEAK: "Users would have been stuck, misled or harmed in these storms.",
    ResilienceStatus.INCONCLUSIVE: "Too little could be judged to say how the application stands up to these storms.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture of a finding. `evidence` is None where the run does not know it."""

    label: str
    evidence: Evidence | None
    shot: Shot
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCard:
    """A finding with its pair of pictures; `walk` is the number of the journey that they were taken in, 0 if none."""

    number: int
    finding: StormFinding
    word: str
    plan: str
    photos: tuple[Photo, Photo]
    walk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentCard:
    """An experiment with its walks and their numbers in the report of the journeys, `made` of them in all: those that
    the report has no room for are left out of `walks`."""

    number: int
    experiment: ExperimentResult
    word: str
    walks: tuple[tuple[int, Journey], ...]
    made: int

    @property
    def applied(self) -> int:
        return sum(one.applied for one in self.experiment.counts)

    @property
    def link(self) -> int:
        """The number of its card in the chaos report, 0 where it has none."""
        return _linked(self.number)

    @property
    def matched(self) -> int:
        return sum(one.matched for one in self.experiment.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRow:
    """A cell in the list of all; `key` is what the filter knows it by, `experiment` the number of its card, or 0."""

    cell: CellScore
    title: str
    plan: str
    word: str
    key: str
    recovered: str
    experiment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosPage:
    """Everything that the templates need of a judgement; `shown` is the number of experiments that have a card."""

    judgement: StormJudgement
    lead: str
    means: str
    why: list[str]
    verdicts: dict[str, int]
    findings: list[FindingCard]
    more_findings: list[StormFinding]
    experiments: list[ExperimentCard]
    shown: int
    cells: list[CellRow]
    all_cells: int
    by_journey: StormGrid
    by_step: StormGrid
    steps: list[Chart]
    calls: list[Chart]
    titles: Mapping[str, str]
    ladders: list[Ladder]
    blind_spots: list[BlindSpot]
    failures: list[storm_facts.EndpointFailure]
    healed_in: str


def chaos_page(run: Run, judgement: StormJudgement, album: Album) -> ChaosPage:
    experiments = storm_facts.experiments_worst_first(judgement.experiments)
    places = {id(one): number for number, one in enumerate(experiments, 1)}
    numbers = {place: _linked(places[id(one)]) for place, one in enumerate(judgement.experiments)}
    found = storm_facts.worst_first(judgement.findings)
    titles = {one.journey: one.full_title for one in judgement.experiments}
    cells = sorted(_cell_rows(experiments), key=lambda one: _BADNESS.index(one.cell.verdict))
    seen, cards = storm_facts.sightings(run), experiment_cards(run, judgement)
    walks = {walk.key: number for card in cards for number, walk in card.walks}
    return ChaosPage(
        judgement=judgement,
        lead=lead_of(judgement),
        means=_MEANS[judgement.score.status],
        why=storm_facts.why_words(judgement),
        verdicts=storm_facts.verdict_counts(judgement),
        findings=[_card(number, one, seen, walks, run, album) for number, one in enumerate(found[:CARDS], 1)],
        more_findings=found[CARDS:],
        experiments=cards,
        shown=EXPERIMENTS,
        cells=cells[:CELLS],
        all_cells=len(cells),
        by_journey=journey_grid(judgement.experiments, numbers),
        by_step=step_grid(judgement.experiments, numbers),
        steps=step_charts(judgement.steps, titles),
        titles=titles,
        calls=call_charts(judgement.calls),
        ladders=ladders(judgement),
        blind_spots=storm_facts.blind_spots(judgement),
        failures=storm_facts.endpoint_failures(run),
        healed_in=_healed_in(judgement),
    )


def experiment_cards(run: Run, judgement: StormJudgement) -> list[ExperimentCard]:
    """The experiments, worst first, each with the walks that it was made of, `WALKS` of them in all."""
    walks, numbers = {journey.key: journey for journey in run.storm_walks}, facts.numbered(run)
    cards, room = [], WALKS
    for number, one in enumerate(storm_facts.experiments_worst_first(judgement.experiments), 1):
        made = [(numbers[key], walks[key]) for key in dict.fromkeys(one.keys) if key in walks]
        shown = tuple(made[:room])
        cards.append(ExperimentCard(number=number, experiment=one, word=verdict_word(one), walks=shown, made=len(made)))
        room -= len(shown)
    return cards


def room_beside(cards: Sequence[ExperimentCard]) -> int:
    """How many more walks the report of the journeys has room for."""
    return WALKS - sum(len(card.walks) for card in cards)


def _cell_rows(experiments: Sequence[ExperimentResult]) -> Iterator[CellRow]:
    for number, one in enumerate(experiments, 1):
        rungs = list(Recovery)
        # Of several walks the worst counts, as for the cell itself.
        worst = sorted(one.healings, key=lambda healing: rungs.index(healing.rung))
        healed = {healing.step: healing.rung.value for healing in worst}
        for cell in one.cells:
            yield CellRow(
                cell=cell,
                title=one.full_title,
                plan=one.plan,
                word=storm_facts.VERDICTS[cell.verdict],
                key=_KEYS.get(cell.verdict, "good"),
                recovered=healed.get(cell.step, ""),
                experiment=_linked(number),
            )


def _linked(number: int) -> int:
    """The number of an experiment, 0 where there is no card to link."""
    return number if number <= EXPERIMENTS else 0


def lead_of(judgement: StormJudgement) -> str:
    """The storms in one sentence: how many experiments ended how."""
    if not judgement.experiments:
        return "No experiment was made."
    words = [f"{times:,} {word}" for word, times in storm_facts.verdict_counts(judgement).items()]
    whole = count(len(judgement.experiments), "experiment")
    return f"{whole}, each a journey under one plan: {', '.join(words)}."


def _healed_in(judgement: StormJudgement) -> str:
    """The median time that healing took, empty where nothing was healed."""
    took = [one.took_ms for made in judgement.experiments for one in made.healings if one.took_ms is not None]
    return duration(median(took)) if took else ""


def _card(
    number: int, one: StormFinding, seen: Mapping[str, Sighting], walks: Mapping[str, int], run: Run, album: Album
) -> FindingCard:
    where = {journey.key: journey for journey in run.storm_walks}.get(one.journey_key)
    return FindingCard(
        number=number,
        finding=one,
        word=storm_facts.VERDICTS[one.verdict],
        plan=where.storm.plan if where and where.storm else "",
        photos=(
            _photo("before the fault", one.before, one, seen, album),
            _photo("what the user saw", one.after, one, seen, album),
        ),
        walk=walks.get(one.journey_key, 0),
    )


def _photo(label: str, id_: str, one: StormFinding, seen: Mapping[str, Sighting], album: Album) -> Photo:
    sighting = seen.get(id_)
    evidence = sighting.evidence if sighting else None
    alt = f"Picture of step {one.step}, {evidence.moment.value}: {one.words}" if evidence else ""
    return Photo(label=label, evidence=evidence, shot=album.shot(evidence), alt=alt)
