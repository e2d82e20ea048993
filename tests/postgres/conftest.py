"""Tests that need a PostgreSQL server: left out, and counted as deselected, unless one is named.

`STORMWALK_TEST_POSTGRES` is the URL of an empty database that these tests may write to, as in
`postgresql://sam@127.0.0.1:5432/stormwalk_test`; the driver is `pip install 'psycopg[binary]'`.
"""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres: needs a server, named by STORMWALK_TEST_POSTGRES")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("STORMWALK_TEST_POSTGRES"):
        return
    without = [item for item in items if item.get_closest_marker("postgres")]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]
