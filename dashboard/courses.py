"""Makes what a page shows of response times: a row for each endpoint, and the chart of one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from dashboard.state import RunState
from dashboard.timings import WINDOW, Bin, Endpoint, rank
from dashboard.views import EndpointView, run_path
from stormwalk.reporting.words import DASH, duration

SHOWN = 40
_WIDTH, _HEIGHT = 104.0, 24.0
_NOISE = 1.5


def stretch(run: RunState) -> tuple[float, float]:
    """The stretch of time that courses show: the last minutes before the newest event, or less in a younger run."""
    return max(run.started_at, run.last_at - WINDOW), max(run.last_at, run.started_at + 1)


def endpoint_views(run: RunState) -> list[EndpointView]:
    """The endpoints, those with the slowest p95 first, at most `SHOWN`."""
    found = sorted(run.timings.endpoints.values(), key=lambda one: (-_p95(run, one), one.name))
    return [_row(run, one) for one in found[:SHOWN]]


def _p95(run: RunState, endpoint: Endpoint) -> float:
    times = endpoint.recent(run.last_at)
    return rank(times, 0.95) if times else 0.0


def _row(run: RunState, one: Endpoint) -> EndpointView:
    method, _, path = one.name.partition(" ")
    times, base = one.recent(run.last_at), [timed.ms for timed in one.controls]
    p50, p95 = (median(times), rank(times, 0.95)) if times else (None, None)
    low, high = (median(base), rank(base, 0.95)) if base else (None, None)
    since, until = stretch(run)
    course, own = one.course(since, until), one.course(since, until, own=True)
    own_times = one.recent(run.last_at, own=True)
    top = max([*(each.p50 for each in course), high or 0.0, 1.0]) * 1.05
    slow = high is not None and p95 is not None and p95 > high * _NOISE
    band = (_HEIGHT * (1 - high / top), max(2.0, _HEIGHT * (high - low) / top)) if high and low else (_HEIGHT, 0.0)
    return EndpointView(
        key=one.name,
        method=method,
        path=path,
        calls=f"{one.calls:,}",
        p50=figure(p50),
        base50=figure(low),
        p95=figure(p95),
        base95=figure(high),
        slow="up" if slow else "",
        own50=figure(median(own_times) if own_times else None),
        own95=figure(rank(own_times, 0.95) if own_times else None),
        line=_line(course, top),
        own_line=_line(own, top),
        band_y=round(band[0], 1),
        band_h=round(band[1], 1),
        says=f"{one.name}: median {duration(p50)}" + (f", in the controls {duration(low)}" if low else ""),
        href=f"{run_path(run.id)}?endpoint={run_path(one.name).removeprefix('/runs/')}#api",
    )


def _line(course: Sequence[Bin], top: float) -> str:
    return " ".join(f"{each.place * _WIDTH:.1f},{_HEIGHT * (1 - each.p50 / top):.1f}" for each in course)


def figure(ms: float | None) -> str:
    """Milliseconds without their unit, which stands above the column."""
    return DASH if ms is None else f"{ms:,.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis: where it is, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlowView:
    """What blew then; `name` is empty where there is no room for it."""

    x: float
    width: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """The course of one endpoint in a box of 430 x 150, on a logarithmic scale; `says` is it in words.

    What is called `own` is without what we injected.
    """

    name: str
    p50: str
    p95: str
    own_p50: str
    own_p95: str
    band_y: float
    band_h: float
    middle: float | None
    last_x: float
    last_y: float
    p50_y: float
    control_y: float
    levels: tuple[Tick, ...]
    times: tuple[Tick, ...]
    blows: tuple[BlowView, ...]
    says: str


_CHART_W, _CHART_H = 430.0, 150.0
# What letters need at the size that style sheets give them here on a narrow screen.
_LINE, _LETTER = 18.0, 9.0
_LEVELS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)


def chart_view(run: RunState, name: str) -> ChartView | None:
    """The chart of an endpoint; None where nothing is known of it."""
    one = run.timings.endpoints.get(name)
    since, until = stretch(run)
    course = one.course(since, until) if one else []
    if one is None or not course:
        return None
    own = one.course(since, until, own=True)
    base = [timed.ms for timed in one.controls]
    all_of_it = [*(ms for each in (*course, *own) for ms in (each.p50, each.p95)), *base]
    low, high = _bounds(min(all_of_it), max(all_of_it))
    y = _scale(low, high)
    middle, edge = (median(base), rank(base, 0.95)) if base else (None, None)
    last = y(course[-1].p50)
    p50_y, control_y = _labels(last, y(middle) if middle else None)
    beside = f", in the controls {duration(middle)}" if middle else ""
    return ChartView(
        name=name,
        p50=_points(course, [y(each.p50) for each in course]),
        p95=_points(course, [y(each.p95) for each in course]),
        own_p50=_points(own, [y(each.p50) for each in own]),
        own_p95=_points(own, [y(each.p95) for each in own]),
        band_y=y(edge) if edge else 0.0,
        band_h=max(2.0, y(min(base)) - y(edge)) if edge else 0.0,
        middle=y(middle) if middle else None,
        last_x=round(course[-1].place * _CHART_W, 1),
        last_y=last,
        p50_y=p50_y,
        control_y=control_y,
        levels=tuple(Tick(at=y(level), text=_level(level)) for level in _levels(low, high)),
        times=tuple(_times(since, until)),
        blows=tuple(_blows(run, since, until)),
        says=f"{name}: median {duration(course[-1].p50)} at the end, p95 {duration(course[-1].p95)}{beside}",
    )


def _scale(low: float, high: float) -> Callable[[float], float]:
    """Where a time stands in the box, in the logarithmic scale between two times."""

    def y(ms: float) -> float:
        share = math.log(max(ms, low) / low) / math.log(high / low)
        return round(_CHART_H * (1 - min(share, 1.0)), 1)

    return y


def _labels(p50: float, control: float | None) -> tuple[float, float]:
    """Where the names of the two lines stand beside them: never one upon the other."""
    own = p50 + 4
    if control is None:
        return own, 0.0
    theirs = control + 4
    if abs(theirs - own) >= _LINE:
        return own, theirs
    return (own, own + _LINE) if control >= p50 else (own, own - _LINE)


def _blows(run: RunState, since: float, until: float) -> list[BlowView]:
    scale = _CHART_W / (until - since)
    found, named = [], -_CHART_W
    for one in run.timings.blows:
        if one.until < since:
            continue
        x = max(0.0, (one.since - since) * scale)
        width = min(max(2.0, (one.until - one.since) * scale), _CHART_W - x)
        room = x - named > len(one.fault) * _LETTER
        named = x if room else named
        found.append(BlowView(x=round(x, 1), width=round(width, 1), name=one.fault if room else ""))
    return found


def _bounds(low: float, high: float) -> tuple[float, float]:
    below = max((one for one in _LEVELS if one <= max(low, 1)), default=1)
    above = min((one for one in _LEVELS if one >= high), default=_LEVELS[-1])
    return float(below), float(max(above, below * 2))


def _levels(low: float, high: float) -> list[int]:
    inside = [one for one in _LEVELS if low <= one <= high]
    return inside if len(inside) <= 6 else inside[::2]


def _level(ms: int) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms} ms"


def _points(course: Sequence[Bin], ys: Sequence[float]) -> str:
    return " ".join(f"{each.place * _CHART_W:.1f},{y}" for each, y in zip(course, ys, strict=True))


def _times(since: float, until: float) -> list[Tick]:
    return [
        Tick(at=_CHART_W * part / 4, text=f"{datetime.fromtimestamp(since + (until - since) * part / 4, UTC):%H:%M:%S}")
        for part in range(5)
    ]
