"""The conftest of `bench.overhead`: the same browser for both halves of a pair, and the clock."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from bench.colours import STEPS
from bench.colours_journey import STEP_TIMES
from stormwalk.browser import find_browser, launch_options

__all__ = ["browser_type_launch_args", "pytest_runtest_protocol", "pytest_sessionfinish"]

_clock: dict[str, Any] = {}
_resident_mb: list[float] = []


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What Stormwalk would launch, for the bare half too."""
    return launch_options(find_browser(headed=False), headed=False, sandbox=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    # The first walk only warms up, so the clock starts with the second.
    if not item.name.endswith("0]") or item.name.endswith("10]"):
        _clock.setdefault("start", time.monotonic())
        _clock.setdefault("start_wall", time.time())
    result = yield
    _clock.update(end=time.monotonic(), end_wall=time.time())
    _resident_mb.append(_resident())
    return result


def _resident() -> float:
    """The memory that this process holds now, in MB; its highest so far where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmRSS:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def pytest_sessionfinish() -> None:
    clock = {**_clock, "steps": STEP_TIMES[STEPS:], "resident_mb": _resident_mb}
    Path("clock.json").write_text(json.dumps(clock), encoding="utf-8")
