from __future__ import annotations

from collections.abc import Iterator

import pytest

from stormwalk.access.caller import Caller
from stormwalk.access.expand import matrix_of
from stormwalk.access.ground import Ground
from stormwalk.config import Project
from stormwalk.redact import Redactor


@pytest.fixture
def ground(project: Project, url: str) -> Iterator[Ground]:
    """The access check of the file's own project, in its own application: it has a caller of its own."""
    matrix = matrix_of(project)
    assert matrix is not None
    caller = Caller(url, "", allowed=True, per_second=1000, parallel=2)
    ground = Ground(project, matrix, caller, Redactor(project.secrets()))
    ground.open()
    yield ground
    caller.close()
