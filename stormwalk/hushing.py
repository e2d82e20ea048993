"""Hides secrets in what pytest itself prints of a failure: tracebacks, the error's own words, captured output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Hide = Callable[[str], str]


def hush(report: pytest.TestReport, hide: Hide) -> None:
    """Changes the report in place, before anybody prints it or sends it to another process."""
    report.sections = _hushed(report.sections, hide)
    report.longrepr = _hushed(report.longrepr, hide)


def _hushed(value: Any, hide: Hide) -> Any:
    """The same value with every text in it hidden; pytest's own objects are changed where they stand."""
    if isinstance(value, str):
        return hide(value)
    if type(value) in (list, tuple):
        return type(value)(_hushed(one, hide) for one in value)
    if type(value).__module__.startswith("_pytest."):
        for name, inner in vars(value).items():
            setattr(value, name, _hushed(inner, hide))
    return value
