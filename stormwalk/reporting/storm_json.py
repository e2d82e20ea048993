"""The storm of a run and of a journey as data. Names are values here, never keys, so that a schema can hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from stormwalk.model import JourneyStorm, RunStorm
from stormwalk.storm_judgement import CellScore, StormScore
from stormwalk.storm_results import ExperimentResult, StormFigures, StormJudgement


def journey_storm(storm: JourneyStorm) -> dict[str, Any]:
    """The weather of a journey; each decision and healing with the index of its step, 0 outside of any."""
    return asdict(storm) | {
        "control": storm.is_control,
        "decisions": [{"step": step, **asdict(decision)} for step, decision in storm.decisions],
        "healed": [{"index": step, **asdict(healing)} for step, healing in storm.healed],
    }


def run_storm(storm: RunStorm) -> dict[str, Any]:
    """The storm of the run; `judgement` is null until it has been judged."""
    judgement = _judgement(storm.judgement) if storm.judgement else None
    return {
        "seed": storm.seed,
        "plans": [asdict(one) for one in storm.plans],
        "faults": [asdict(one) for one in storm.faults],
        "judgement": judgement,
    }


def _judgement(judgement: StormJudgement) -> dict[str, Any]:
    return asdict(judgement) | {
        "experiments": [_experiment(one) for one in judgement.experiments],
        "score": _score(judgement.score),
        "figures": _figures(judgement.figures),
        "below_gate": judgement.below_gate,
    }


def _experiment(one: ExperimentResult) -> dict[str, Any]:
    return asdict(one) | {"cells": [_cell(cell) for cell in one.cells]}


def _cell(cell: CellScore) -> dict[str, Any]:
    return asdict(cell) | {"terms": _named(cell.terms)}


def _score(score: StormScore) -> dict[str, Any]:
    worst = _cell(score.worst) if score.worst else None
    return asdict(score) | {"worst": worst, "weights": _named(score.weights), "coverage": score.coverage}


def _figures(figures: StormFigures) -> dict[str, Any]:
    return asdict(figures) | {"recovery": [{"rung": rung, "steps": steps} for rung, steps in figures.recovery]}


def _named(pairs: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]
