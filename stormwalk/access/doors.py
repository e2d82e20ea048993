"""A look at a few closed doors: calls that only read, which the matrix keeps a role out of, tried as this role.

It makes nothing and writes nothing, so it can be done in the middle of anything else, and as often as one likes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from stormwalk.access.check import AccessCheck
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import ANONYMOUS, Endpoint, Matrix
from stormwalk.access.results import AccessCell, Expected
from stormwalk.config import Project
from stormwalk.redact import Redactor

MOST_DOORS = 12


def closed_doors(project: Project, role: str) -> tuple[str, ...]:
    """The names of the endpoints that are tried for a role: those that fewest may enter first, `MOST_DOORS` at most."""
    matrix = matrix_of(project)
    return tuple(one.name for one in _closed(matrix, role)) if matrix else ()


def tried_doors(
    project: Project, base_url: str, redactor: Redactor, role: str, names: Collection[str]
) -> tuple[AccessCell, ...]:
    """What is behind these doors for the role, in the order of `closed_doors`. Each counts only beside somebody who is
    let in there; where nobody is, or the application does not answer, the cell is inconclusive.

    Raises UsageError for a host that is not allowed.
    """
    matrix = matrix_of(project)
    doors = [one for one in _closed(matrix, role) if one.name in names] if matrix else []
    if matrix is None or not doors:
        return ()
    few = _only(matrix, role, doors)
    check = AccessCheck(project, few, base_url, redactor=redactor, wanted=lambda task: task.judges)
    found = {one.endpoint: one for one in check.run().cells if one.role == role}
    return tuple(found[one.name] for one in doors if one.name in found)


def _closed(matrix: Matrix, role: str) -> list[Endpoint]:
    reading = matrix.for_reading().endpoints
    shut = [one for one in reading if one.expected.get(role) is Expected.DENY and _insiders(one)]
    return sorted(shut, key=lambda one: len(_insiders(one)))[:MOST_DOORS]


def _insiders(endpoint: Endpoint) -> list[str]:
    """Who is let in, the roles with the fewest rights elsewhere being as good as any."""
    return [role for role, one in endpoint.expected.items() if one is Expected.ALLOW and role != ANONYMOUS]


def _only(matrix: Matrix, role: str, doors: Iterable[Endpoint]) -> Matrix:
    """The matrix with nothing but these doors, and of the roles only this one and for each door one who is let in."""
    kept = []
    for door in doors:
        insider = _insiders(door)[-1]
        kept.append(replace(door, expected={role: door.expected[role], insider: door.expected[insider]}))
    known = {name for door in kept for name in door.expected}
    roles = tuple(one for one in matrix.roles if one in known)
    return replace(matrix.for_reading(), roles=roles, endpoints=tuple(kept), writes_allowed=())
