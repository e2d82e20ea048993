"""The whole matrix as one grid: endpoints as rows, in groups, and roles as columns."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stormwalk.access.results import Access, AccessCell, ControlSeen, Verdict
from stormwalk.reporting.access_facts import place
from stormwalk.reporting.words import shorten

_KEYS = {
    Verdict.BYPASSED: "leak",
    Verdict.LOCK_OUT: "lock",
    Verdict.SERVER_ERROR: "server",
    Verdict.SUSPECT: "suspect",
    Verdict.INCONCLUSIVE: "incon",
}
LEGEND = {
    "in": "let in, as expected",
    "out": "kept out, as expected",
    "leak": "leak: gets in, and must not",
    "lock": "wrongly denied: should get in",
    "server": "server error",
    "suspect": "suspect: needs eyes",
    "incon": "inconclusive: could not be judged",
    "none": "not judged",
}
"""What each kind of cell means, in the order in which the legend has them."""

_PAGES = "Pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One cell as it is drawn. `key` names its look; `says` is the second line, empty where all is as expected."""

    role: str
    key: str
    word: str
    says: str = ""
    title: str = ""
    finding: int = 0

    @property
    def is_good(self) -> bool:
        return self.key in ("in", "out")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One endpoint with a cell for each role."""

    method: str
    path: str
    cells: tuple[GridCell, ...]

    @property
    def is_good(self) -> bool:
        return all(cell.is_good for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridGroup:
    """The endpoints whose paths begin alike."""

    name: str
    rows: tuple[GridRow, ...]

    @property
    def is_good(self) -> bool:
        return all(row.is_good for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The matrix as it is drawn; `legend` has (key, meaning, number of cells) of what there is."""

    roles: tuple[str, ...]
    groups: tuple[GridGroup, ...]
    legend: tuple[tuple[str, str, int], ...]


def grid(access: Access, findings: Mapping[str, int]) -> Grid:
    """The grid of the check; `findings` gives the number of the finding that a place links to."""
    roles = tuple(dict.fromkeys((*access.roles, *(cell.role for cell in access.cells))))
    endpoints: dict[str, dict[str, AccessCell]] = {}
    for cell in access.cells:
        endpoints.setdefault(cell.endpoint, {})[cell.role] = cell
    root = _common_root(endpoints)
    groups: dict[str, list[GridRow]] = {}
    for endpoint, cells in endpoints.items():
        groups.setdefault(_group(endpoint, root), []).append(_row(endpoint, roles, cells, findings))
    built = tuple(GridGroup(name=name, rows=tuple(rows)) for name, rows in groups.items())
    looks = Counter(cell.key for group in built for row in group.rows for cell in row.cells)
    legend = tuple((key, meaning, looks[key]) for key, meaning in LEGEND.items() if looks[key])
    return Grid(roles=roles, groups=built, legend=legend)


def _split(endpoint: str) -> tuple[str, str]:
    method, _, path = endpoint.partition(" ")
    return method, path


def _common_root(endpoints: Iterable[str]) -> str:
    """What all paths begin with, such as `/api`; it would put every endpoint into the same group."""
    paths = [path for method, path in map(_split, endpoints) if method != "PAGE" and path.startswith("/")]
    root = posixpath.commonpath([posixpath.dirname(path) for path in paths]) if paths else "/"
    return root if root != "/" and all(path.startswith(f"{root}/") for path in paths) else ""


def _group(endpoint: str, root: str) -> str:
    method, path = _split(endpoint)
    if method == "PAGE":
        return _PAGES
    first = path.removeprefix(root).lstrip("/").partition("/")[0]
    return shorten(f"{root}/{first}", 80)


def _row(
    endpoint: str, roles: tuple[str, ...], cells: Mapping[str, AccessCell], findings: Mapping[str, int]
) -> GridRow:
    method, path = _split(endpoint)
    drawn = (_cell(role, cells.get(role), findings) for role in roles)
    return GridRow(method=shorten(method, 12), path=shorten(path, 160), cells=tuple(drawn))


def _cell(role: str, cell: AccessCell | None, findings: Mapping[str, int]) -> GridCell:
    if cell is None:
        return GridCell(role=role, key="none", word="not judged")
    key = _KEYS.get(cell.verdict) or ("in" if cell.expected.lets_in or cell.verdict is Verdict.PUBLIC else "out")
    good = cell.verdict.is_good
    return GridCell(
        role=role,
        key=key,
        word=_good_word(cell) if good else cell.verdict.word,
        says="" if good else f"{cell.expected} → {shorten(cell.observed, 60) or 'nothing'}",
        title=_title(cell),
        finding=0 if good else findings.get(place(cell), 0),
    )


def _good_word(cell: AccessCell) -> str:
    # The intent tells more than `enforced` does, which every good cell would say.
    return cell.expected.value if cell.verdict is Verdict.ENFORCED else cell.verdict.word


def _title(cell: AccessCell) -> str:
    parts = (f"{cell.role}: {cell.verdict.word}", f"expected {cell.expected}", cell.observed, cell.reason)
    return shorten("; ".join(part for part in parts if part), 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """A control or page, and which roles saw it."""

    page: str
    kind: str
    name: str
    endpoint: str
    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def control_rows(controls: Iterable[ControlSeen]) -> list[ControlRow]:
    """The controls that were seen, each once, in the order in which they were met."""
    found: dict[tuple[str, str, str, str], dict[str, bool]] = {}
    for one in controls:
        seen = found.setdefault((one.page, one.kind, one.name, one.endpoint), {})
        seen[one.role] = seen.get(one.role, False) or one.shown
    return [
        ControlRow(
            page=page,
            kind=kind,
            name=name,
            endpoint=endpoint,
            shown=tuple(role for role, shown in seen.items() if shown),
            hidden=tuple(role for role, shown in seen.items() if not shown),
        )
        for (page, kind, name, endpoint), seen in found.items()
    ]


def odd_cells(access: Access) -> list[AccessCell]:
    """What is not as expected, worst first, then as the matrix has it."""
    order = list(_KEYS)
    return sorted((cell for cell in access.cells if not cell.verdict.is_good), key=lambda one: order.index(one.verdict))
