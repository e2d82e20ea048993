"""The runs before this one as a small chart: pass rates, or resilience scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stormwalk.history.trend import TrendPoint
from stormwalk.model import FlowStatus
from stormwalk.reporting.words import DASH, count, moment, run_word

WIDTH = 900.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 18.0, 12.0, 112.0
_FLOW = {FlowStatus.PASSED: "passed", FlowStatus.PARTIAL_FAILURE: "error", FlowStatus.FAILED: "failed"}
_WORDS = {"Strong": "passed", "Moderate": "error", "Weak": "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A run in the chart; `key` is the status that colours it, `now` says that it is the one that is reported."""

    x: float
    y: float
    key: str
    words: str
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """What the template draws. `lines` are separate where the rules of scoring changed in between."""

    what: str
    words: str
    points: tuple[TrendPoint, ...]
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    value_words: Callable[[TrendPoint], str]
    status_words: Callable[[TrendPoint], str]
    grid: tuple[tuple[float, str], ...] = ()
    width: float = WIDTH


def pass_rates(earlier: Sequence[TrendPoint], run: str = "") -> TrendChart | None:
    """Pass rates of the runs until the one with the id `run`; None with fewer than two, which make no trend."""
    points = tuple(one for one in earlier if one.pass_rate is not None)
    if len(points) < 2:
        return None
    dots = tuple(_dots(points, _rate, lambda one: _FLOW.get(one.flow_status or FlowStatus.FAILED, "failed"), run))
    return TrendChart(
        what="Steps passed",
        words=_told(points, _rate, "steps passed", " %", run),
        points=points,
        dots=dots,
        lines=tuple(_lines(points, dots, lambda one: 0)),
        value_words=lambda one: f"{_floor(_rate(one))} % of {one.totals.total:,}",
        status_words=lambda one: _with_hand(run_word(one.flow_status, one.exit_code), one),
        grid=_grid(" %"),
    )


def resilience(earlier: Sequence[TrendPoint], run: str = "") -> TrendChart | None:
    """Scores of the storms until the run with the id `run`; steered runs have none. None with fewer than two."""
    points = tuple(one for one in earlier if one.resilience is not None)
    if len(points) < 2:
        return None
    dots = tuple(_dots(points, _score, lambda one: _WORDS.get(one.resilience_status.split(" ")[0], "skipped"), run))
    return TrendChart(
        what="Resilience",
        words=_told(points, _score, "resilience", "", run),
        points=points,
        dots=dots,
        lines=tuple(_lines(points, dots, lambda one: one.score_version or 0)),
        value_words=lambda one: f"{_floor(_score(one))} of 100",
        status_words=lambda one: _with_hand(one.resilience_status or DASH, one),
        grid=_grid(""),
    )


def _with_hand(words: str, one: TrendPoint) -> str:
    """A run that was cut short reached less than the others, and its mark must not stand beside theirs as if it had."""
    return ", ".join((words, *one.by_hand))


def _rate(one: TrendPoint) -> float:
    return one.pass_rate or 0.0


def _score(one: TrendPoint) -> float:
    return one.resilience or 0.0


def _floor(value: float) -> str:
    return f"{int(value * 10) / 10:g}"


def _told(points: Sequence[TrendPoint], value: Callable[[TrendPoint], float], what: str, unit: str, run: str) -> str:
    now, before = value(points[-1]), value(points[-2])
    change = ", as in the run before" if now == before else f", {_floor(before)}{unit} in the run before"
    if run not in ("", points[-1].run):
        # It was steered, say: what the chart ends with is an earlier one.
        change = " in the last of them, this run has none"
    lowest = min(value(one) for one in points)
    return f"{count(len(points), 'run')}: {what} {_floor(now)}{unit}{change}, lowest {_floor(lowest)}{unit}"


def _dots(
    points: Sequence[TrendPoint], value: Callable[[TrendPoint], float], key: Callable[[TrendPoint], str], run: str
) -> Iterator[Dot]:
    between = (WIDTH - _LEFT - _RIGHT) / (len(points) - 1)
    for place, one in enumerate(points):
        commit = f", commit {one.commit[:12]}" if one.commit else ""
        words = _with_hand(f"{moment(one.at)}: {_floor(value(one))}{commit}", one)
        x, y = round(_LEFT + place * between, 1), _y(value(one))
        yield Dot(x=x, y=y, key=key(one), words=words, now=one.run == run)


def _lines(points: Sequence[TrendPoint], dots: Sequence[Dot], group: Callable[[TrendPoint], int]) -> Iterator[str]:
    line: list[str] = []
    for place, (point, dot) in enumerate(zip(points, dots, strict=True)):
        if place and group(point) != group(points[place - 1]):
            yield " ".join(line)
            line = []
        line.append(f"{dot.x},{dot.y}")
    yield " ".join(line)


def _grid(unit: str) -> tuple[tuple[float, str], ...]:
    return tuple((_y(value), f"{value}{unit}") for value in (0, 50, 100))


def _y(value: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * min(max(value, 0.0), 100.0) / 100, 1)
