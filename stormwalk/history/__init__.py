"""Questions to the store over many runs: how it goes, what is flaky, what two runs differ in, why things fail.

Everything is a function of a `Store` that gives frozen values and changes nothing. Only summaries are read, so that the
answers stay the same when the events of old runs are removed. Runs that never ended are left out.

    trend(store, "Web2 Application")         how pass rate, times and resilience went, run by run
    flaky(store, "Web2 Application")         steps that passed and failed on one commit, the worst first
    compare(store, before, after)            new, fixed, still failing, slower beyond the noise
    clusters(store, "Web2 Application")      failures by their reason, the most frequent first
"""

from __future__ import annotations

from stormwalk.history.clusters import FailureCluster, clusters
from stormwalk.history.comparison import Change, Comparison, Slower, compare
from stormwalk.history.flaky import FlakyStep, flaky
from stormwalk.history.past import PastRun, past_runs
from stormwalk.history.trend import (
    EndpointPoint,
    EndpointTrend,
    ScorePoint,
    ScoreTrend,
    Trend,
    TrendPoint,
    leading_to,
    trend,
)

__all__ = [
    "Change",
    "Comparison",
    "EndpointPoint",
    "EndpointTrend",
    "FailureCluster",
    "FlakyStep",
    "PastRun",
    "ScorePoint",
    "ScoreTrend",
    "Slower",
    "Trend",
    "TrendPoint",
    "clusters",
    "compare",
    "flaky",
    "leading_to",
    "past_runs",
    "trend",
]
