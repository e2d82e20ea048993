from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.walking import Site

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The small application to walk."""
    with Site() as site:
        yield site
