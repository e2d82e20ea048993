"""What holds for every test of this checkout: they try its own code, and not that of another one."""

from __future__ import annotations

from pathlib import Path

import pytest

import stormwalk

ROOT = Path(__file__).resolve().parent


def pytest_configure(config: pytest.Config) -> None:
    imported = Path(stormwalk.__file__).resolve().parent.parent
    if imported != ROOT:
        raise pytest.UsageError(
            f"stormwalk comes from {imported} and not from this checkout: set it up with `make setup`"
        )
