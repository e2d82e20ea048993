"""Makes the charts of a project over its runs: pass rate, resilience, response times. Each has its figures in a table.

A chart is a box of 300 x 90, oldest run on the left. A run without a figure leaves a gap: never a zero for what is not
known. Scores of two versions of the score are not joined by a line, since they cannot be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboard.views import run_path
from stormwalk.history import EndpointTrend, Trend, trend
from stormwalk.reporting.words import DASH, duration, moment, percent, points, shorten
from stormwalk.store import Store

RUNS = 60
_WIDTH, _HEIGHT = 300.0, 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """One run: where its dot is, and what it says."""

    x: float
    y: float
    run: str
    href: str
    at: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """One chart. `lines` and `bands` are points of polylines and polygons."""

    key: str
    name: str
    last: str
    says: str
    points: tuple[PointView, ...]
    lines: tuple[str, ...]
    bands: tuple[str, ...] = ()
    levels: tuple[LevelView, ...] = ()
    fainter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsView:
    project: str
    charts: tuple[TrendView, ...]
    endpoints: tuple[str, ...]
    endpoint: str
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """A figure of one run; `part` says which figures may be joined by a line."""

    run: str
    at: float
    value: float | None
    low: float | None = None
    high: float | None = None
    part: object = None


def trends_view(store: Store, project: str, endpoint: str) -> TrendsView | None:
    """The charts of a project; None with fewer than two runs, which make no trend."""
    found = trend(store, project, limit=RUNS)
    if len(found.points) < 2:
        return None
    chosen = next((one for one in found.endpoints if one.endpoint == endpoint), next(iter(found.endpoints), None))
    charts = [_rates(found), _scores(found), *([_times(found, chosen)] if chosen else [])]
    return TrendsView(
        project=shorten(project, 80),
        charts=tuple(one for one in charts if one is not None),
        endpoints=tuple(one.endpoint for one in found.endpoints[:100]),
        endpoint=chosen.endpoint if chosen else "",
        runs=len(found.points),
    )


def _rates(found: Trend) -> TrendView | None:
    values = [_Value(run=one.run, at=one.at, value=one.pass_rate) for one in found.points]
    return _chart("rate", "Pass rate", values, 100.0, percent)


def _scores(found: Trend) -> TrendView | None:
    values = [
        _Value(
            run=one.run,
            at=one.at,
            value=one.resilience,
            low=100 * one.interval[0] if one.interval else None,
            high=100 * one.interval[1] if one.interval else None,
            part=one.score_version,
        )
        for one in found.points
        if one.resilience is not None
    ]
    return _chart("score", "Resilience score", values, 100.0, points)


def _times(found: Trend, chosen: EndpointTrend) -> TrendView | None:
    slow = {one.run: one.p95_ms for one in chosen.points}
    usual = {one.run: one.p50_ms for one in chosen.points}
    values = [_Value(run=one.run, at=one.at, value=slow.get(one.run)) for one in found.points]
    top = _ceiling(max([one.value or 0 for one in values], default=0))
    chart = _chart("times", f"p95 of {shorten(chosen.endpoint, 60)}", values, top, duration)
    medians = [replace(one, value=usual.get(one.run)) for one in values]
    return replace(chart, fainter=_lines(medians, _places(values), top)) if chart else None


def _ceiling(highest: float) -> float:
    """The next of 1, 2, 5 times a power of ten, so that levels are round."""
    unit = 1.0
    while True:
        for factor in (1, 2, 5):
            if highest <= unit * factor:
                return unit * factor
        unit *= 10


def _places(values: Sequence[_Value]) -> list[float]:
    return [round(_WIDTH * (index + 0.5) / len(values), 1) for index in range(len(values))]


def _y(value: float, top: float) -> float:
    return round(_HEIGHT * (1 - min(max(value, 0.0), top) / top), 1)


def _chart(
    key: str, name: str, values: Sequence[_Value], top: float, words: Callable[[float], str]
) -> TrendView | None:
    known = [one for one in values if one.value is not None]
    if not known:
        return None
    places, last = _places(values), known[-1].value or 0.0
    first = known[0].value or 0.0
    return TrendView(
        key=key,
        name=name,
        last=words(last),
        says=f"{name} over {len(known)} runs: {words(first)} at first, {words(last)} at last",
        points=tuple(
            _point(one, x, top, words) for one, x in zip(values, places, strict=True) if one.value is not None
        ),
        lines=_lines(values, places, top),
        bands=_bands(values, places, top),
        levels=tuple(LevelView(y=_y(level, top), text=words(level)) for level in (0.0, top / 2, top)),
    )


def _point(one: _Value, x: float, top: float, words: Callable[[float], str]) -> PointView:
    value = one.value or 0.0
    return PointView(
        x=x, y=_y(value, top), run=one.run, href=run_path(one.run), at=moment(one.at), value=words(value) or DASH
    )


def _stretches(values: Sequence[_Value], places: Sequence[float]) -> list[list[tuple[_Value, float]]]:
    """What may be joined by one line: neighbours with a figure, of the same kind."""
    found: list[list[tuple[_Value, float]]] = [[]]
    for one, x in zip(values, places, strict=True):
        if one.value is None or (found[-1] and found[-1][-1][0].part != one.part):
            found.append([])
        if one.value is not None:
            found[-1].append((one, x))
    return [stretch for stretch in found if len(stretch) > 1]


def _lines(values: Sequence[_Value], places: Sequence[float], top: float) -> tuple[str, ...]:
    return tuple(
        " ".join(f"{x},{_y(one.value or 0.0, top)}" for one, x in stretch) for stretch in _stretches(values, places)
    )


def _bands(values: Sequence[_Value], places: Sequence[float], top: float) -> tuple[str, ...]:
    found = []
    for stretch in _stretches(values, places):
        sure = [(one.low, one.high, x) for one, x in stretch if one.low is not None and one.high is not None]
        upper = [f"{x},{_y(high, top)}" for _, high, x in sure]
        lower = [f"{x},{_y(low, top)}" for low, _, x in reversed(sure)]
        if len(sure) > 1:
            found.append(" ".join([*upper, *lower]))
    return tuple(found)
