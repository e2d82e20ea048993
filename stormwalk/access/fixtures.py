"""The fixtures of the access check: `access_cell` and `access_rule` make a test of each cell and of each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from stormwalk.access.at_work import checks_of_run, rounds_of_run
from stormwalk.access.expand import matrix_of
from stormwalk.access.items import CellItem, Checks, RuleItem, cell_parameters, rule_parameters
from stormwalk.access.matrix import Matrix
from stormwalk.access.rounds import Rounds
from stormwalk.config import Project
from stormwalk.errors import UsageError
from stormwalk.fixtures import workbench


def generate(metafunc: pytest.Metafunc, project: Project) -> None:
    """Makes the items of a test that asks for a cell or a rule; their ids read like sentences."""
    matrix = expected_matrix(project)
    if "access_cell" in metafunc.fixturenames:
        cells = cell_parameters(matrix)
        ids = [f"{endpoint} as {role}" for endpoint, role, _, _ in cells]
        metafunc.parametrize("access_cell", cells, indirect=True, ids=ids, scope="function")
    if "access_rule" in metafunc.fixturenames:
        metafunc.parametrize("access_rule", rule_parameters(), indirect=True, scope="function")


def in_good_order(items: Iterable[pytest.Item], is_journey: Callable[[pytest.Item], bool]) -> list[pytest.Item]:
    """For parallel workers: first whatever needs the check and takes long itself, last what only waits for the check.

    So one worker checks and walks through the pages while the others walk the journeys, and nobody waits.
    """

    def turn(item: pytest.Item) -> int:
        needs_check = "access_checks" in getattr(item, "fixturenames", ())
        return (0 if is_journey(item) else 2) if needs_check else 1

    return sorted(items, key=turn)


def expected_matrix(project: Project) -> Matrix:
    """The matrix of the project. Raises UsageError where it has none."""
    matrix = matrix_of(project)
    if matrix is None:
        raise UsageError(f"{project.file} has no [access]: write one, or begin with `python -m stormwalk access draft`")
    return matrix


@pytest.fixture(scope="session")
def access_checks(pytestconfig: pytest.Config) -> Checks:
    """The access check of this run: made once, whichever worker comes first."""
    return checks_of_run(workbench(pytestconfig))


@pytest.fixture
def access_cell(request: pytest.FixtureRequest, access_checks: Checks) -> CellItem:
    """One role at one endpoint; the test is made once for each cell of the matrix."""
    endpoint, role, expected, writes = request.param
    return CellItem(endpoint=endpoint, role=role, expected=expected, writes=writes, checks=access_checks)


@pytest.fixture
def access_rule(request: pytest.FixtureRequest, access_checks: Checks) -> RuleItem:
    """One rule over all endpoints; the test is made once for each rule that is no matter of a single cell."""
    return RuleItem(rule=request.param, checks=access_checks)


@pytest.fixture
def rounds(project: Project, access_checks: Checks, pytestconfig: pytest.Config) -> Iterator[Rounds]:
    """Walks of every role through the pages of the matrix, to be compared with what the API allows."""
    with rounds_of_run(workbench(pytestconfig), access_checks) as walked:
        yield walked
