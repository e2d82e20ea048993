"""Runs of storms to report on: a rich one, a calm one, and those in which something is missing."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

from PIL import Image

from stormwalk.evidence import Caption, make_thumbnail, with_strip
from stormwalk.model import Run, RunMode, RunStorm, Step
from stormwalk.observations import Moment
from stormwalk.storm import (
    PlanEntry,
    RuleEntry,
)
from stormwalk.storm_judgement import (
    CellScore,
    ResilienceStatus,
    StormScore,
    StormVerdict,
)
from stormwalk.storm_judgement import Outcome as Came
from stormwalk.storm_results import (
    StormFigures,
    StormJudgement,
)
from tests.reporting.samples import START, FakeStore, paint, plausible
from tests.reporting.storm_samples import FAULTS, JOURNEYS, PLANS, SEED, walk
from tests.reporting.storm_verdicts import judgement


def rich() -> Run:
    """Two journeys, three controls of each, eight plans, six deviations."""
    controls = [walk(one, repeat=repeat) for one in JOURNEYS for repeat in range(3)]
    storms = [
        walk(one, plan=plan, repeat=repeat)
        for one in JOURNEYS
        for plan, *_ in PLANS
        for repeat in range(3 if plan == "latency" else 1)
        if (one[0], plan) != ("test_manager", "broken-assets")
    ]
    plans = tuple(
        PlanEntry(name=name, hypothesis=says, rules=(RuleEntry(id=f"{name}/rule", fault=fault, text=text),))
        for name, fault, text, says in PLANS
    )
    storm = RunStorm(seed=SEED, plans=plans, faults=FAULTS, judgement=judgement())
    environment = replace(plausible().environment, command=f"pytest journeys/ --chaos --chaos-seed {SEED} -n 2")
    woven = [*controls[:2], *storms[:5], *controls[2:], *storms[5:]]
    return replace(
        plausible(),
        mode=RunMode.CHAOS,
        journeys=tuple(woven),
        environment=environment,
        storm=storm,
        finished_at=START + 221.4,
    )


def judged(**more: object) -> Run:
    """The rich run with something else in its judgement."""
    whole = rich()
    assert whole.storm is not None
    return replace(whole, storm=replace(whole.storm, judgement=replace(judgement(), **more)))  # type: ignore[arg-type]


def _held(cell: CellScore) -> CellScore:
    return replace(cell, verdict=StormVerdict.HELD, outcome=Came.TRANSPARENT, score=96.0, gate=True, reason="")


def calm() -> Run:
    """Everything held."""
    whole = judgement()
    held = tuple(
        replace(
            one,
            verdict=StormVerdict.HELD,
            skipped=False,
            reason="",
            troubles=(),
            healings=(),
            blind_spots=(),
            cells=tuple(
                replace(cell, verdict=StormVerdict.HELD, outcome=Came.TRANSPARENT, score=96.0, gate=True, reason="")
                for cell in one.cells
            ),
        )
        for one in whole.experiments
    )
    valid = sum(len(one.cells) for one in held)
    score = replace(
        whole.score,
        status=ResilienceStatus.STRONG,
        score=96.0,
        violations=(),
        reason="",
        valid=valid,
        planned=valid,
        interval=(0.93, 1.0),
    )
    figures = replace(whole.figures, timeouts=0, failed_transactions=0, api_failures=(), recovery=())
    return judged(experiments=held, findings=(), score=score, figures=figures)


def steered() -> Run:
    """Somebody switched rules by hand: what was counted then is thrown away."""
    nothing = StormFigures(injected="none")
    return judged(steered=True, findings=(), figures=nothing, steps=(), calls=(), score=nothing_scored())


def nothing_scored() -> StormScore:
    return StormScore(
        status=ResilienceStatus.INCONCLUSIVE,
        score=None,
        journeys=(),
        worst=None,
        tenth_percentile=None,
        valid=0,
        planned=0,
        passing=60.0,
        interval=None,
        reason="no cell counts",
    )


def only_storms() -> Run:
    """Walks under plans, and no control of them."""
    whole = rich()
    return replace(whole, journeys=whole.storm_walks)


def unjudged() -> Run:
    """A storm that was killed before it was judged."""
    whole = rich()
    assert whole.storm is not None
    return replace(whole, storm=replace(whole.storm, judgement=None), finished_at=None)


def empty() -> Run:
    """A judgement on nothing at all."""
    figures = StormFigures(injected="none")
    nothing = StormJudgement(seed=SEED, experiments=(), findings=(), score=nothing_scored(), figures=figures)
    return replace(rich(), journeys=(), storm=RunStorm(seed=SEED, judgement=nothing))


def with_storm_pictures(root: Path, whole: Run, *, files: bool = True) -> FakeStore:
    """Paint every picture of the run as a keeper of evidence would, strip and all, and keep its thumbnail."""
    store = FakeStore()
    for journey in whole.journeys:
        plan = journey.storm.plan if journey.storm else ""
        for step in journey.steps:
            for evidence in step.pictures:
                # Steps that look alike are painted once: only a name and a place are on them.
                seen = Step(index=step.index, name=step.name, actor=step.actor, url=step.url, status=step.status)
                of_storm = evidence.moment.of_storm
                picture, store.thumbnails[evidence.id] = _taken(seen, evidence.moment, plan if of_storm else "")
                if files:
                    (root / evidence.path).parent.mkdir(parents=True, exist_ok=True)
                    (root / evidence.path).write_bytes(picture)
    return store


@cache
def _taken(step: Step, moment: Moment, plan: str) -> tuple[bytes, bytes]:
    """The picture with its strip, and its thumbnail."""
    photo = _jpeg(paint(step, moment in (Moment.FAILURE, Moment.WORST)))
    caption = Caption(
        journey="",
        step=step.index,
        name=step.name,
        status=step.status,
        moment=moment,
        at=START + step.index,
        url=step.url,
        note=f"{plan} on POST /api/orders, 1.2 s ago" if moment.of_storm else "",
    )
    return with_strip(photo, caption), make_thumbnail(photo)


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()
