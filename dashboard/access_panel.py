"""The access check of a run: the matrix, what was found cause by cause, and what the check leaves open.

Some findings stand in no cell of the matrix, as a token that lives on after log-out; they turn a run red all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dashboard.capped import rest_of, shown_rows
from dashboard.matrix_views import CellView, FindingView, KeyView, MatrixView, RowView, TextView, columns
from dashboard.state import AccessState
from dashboard.views import cell_path
from stormwalk.access.results import Access, AccessFinding
from stormwalk.reporting import access_facts, access_grid
from stormwalk.reporting.words import count, shorten

FINDINGS = 40
OPEN = 50
GLYPHS = {"none": "queued"}
SEVERITY_GLYPHS = {"failed": "leak", "error": "partial", "skipped": "info"}


def access_view(run_id: str, state: AccessState, over: bool = False) -> MatrixView:
    """Roles across, endpoints down; cells that nobody has tried yet are there from the beginning.

    `over` says that the run has ended: what was not judged by then never will be.
    """
    access = state.build()
    drawn = access_grid.grid(access, {})
    observed = {(row_name(cell.endpoint), cell.role): cell.observed for cell in access.cells}
    rows = [_access_row(run_id, row, drawn.roles, observed) for group in drawn.groups for row in group.rows]
    known = {row.key for row in rows}
    for endpoint in dict.fromkeys(endpoint for endpoint, _ in state.planned):
        if row_name(endpoint) not in known:
            rows.append(_waiting_row(endpoint, drawn.roles, "not judged" if over else "not judged yet"))
    bad, besides = _words(access)
    return MatrixView(
        columns=columns(drawn.roles, 40),
        rows=shown_rows(rows),
        legend=tuple(
            KeyView(key=key, look=f"x-{key}", glyph=GLYPHS.get(key, key), means=means) for key, means, _ in drawn.legend
        ),
        summary=", ".join([_expected(access), *besides]),
        bad=", ".join(bad),
        more=rest_of(rows),
        findings=tuple(_findings(run_id, access)),
        open=tuple(_open(access, over)),
    )


def row_name(endpoint: str) -> str:
    """An endpoint as its row has it."""
    method, _, path = endpoint.partition(" ")
    return f"{shorten(method, 12)} {shorten(path, 160)}"


def _expected(access: Access) -> str:
    counts = access_facts.counts(access)
    return f"{counts.as_expected:,} of {count(counts.cells, 'cell')} as expected"


def _words(access: Access) -> tuple[list[str], list[str]]:
    """What is wrong, and what else is not as expected: what was accepted before turns nothing red."""
    counts = access_facts.counts(access)
    alarming = replace(counts, suspect=0, inconclusive=0, not_judged=0, accepted=0).words if counts.wrong else []
    others = len(access_facts.other_alarms(access))
    if others:
        alarming.append(count(others, "other finding" if alarming else "finding"))
    return alarming, [word for word in counts.words if word not in alarming]


def _findings(run_id: str, access: Access) -> Iterator[FindingView]:
    for one in (*access.alarms, *access_facts.accepted(access))[:FINDINGS]:
        key = "skipped" if one.accepted else access_facts.severity_key(one.severity)
        yield FindingView(
            key=one.id,
            look=key,
            glyph=SEVERITY_GLYPHS[key],
            word="accepted" if one.accepted else one.severity.value,
            title=shorten(one.title, 200),
            where=_where(one),
            parity=shorten(one.parity, 60),
            href=cell_path(run_id, "findings", id=one.id),
        )


def _where(finding: AccessFinding) -> str:
    first = ", ".join(shorten(place, 120) for place in finding.places[:3])
    more = len(finding.places) - 3
    return f"{first} and {count(more, 'more place')}" if more > 0 else first


def _open(access: Access, over: bool) -> Iterator[TextView]:
    """What the check does not tell: while it goes on, that is not its fault."""
    left = list(access_facts.shortcomings(access if over else replace(access, finished=True)))
    left += [f"{one} was seen, and is not in the matrix" for one in access.coverage.uncovered]
    left += [f"{one} is in the matrix, and was never probed" for one in access.coverage.never_probed if over]
    left += access.remarks
    for number, text in enumerate(left[:OPEN]):
        yield TextView(key=str(number), text=shorten(text, 400))
    if len(left) > OPEN:
        yield TextView(key="more", text=f"{len(left) - OPEN:,} more in the report")


def _code(observed: str) -> str:
    """The status in what was observed, where it has one."""
    found = re.search(r"\b[1-5]\d\d\b", observed)
    return found[0] if found else ""


def _access_row(
    run_id: str, row: access_grid.GridRow, roles: tuple[str, ...], observed: dict[tuple[str, str], str]
) -> RowView:
    name = f"{row.method} {row.path}"
    cells = (
        CellView(
            key=role,
            look=f"x-{cell.key}",
            glyph=GLYPHS.get(cell.key, cell.key),
            word=_code(observed.get((name, role), "")),
            says=f"{role}: {cell.word}{'' if cell.is_good else ', ' + cell.says}",
            title=cell.title,
            href=cell_path(run_id, "access", endpoint=name, role=role) if cell.key != "none" else "",
        )
        for role, cell in zip(roles, row.cells, strict=True)
    )
    return RowView(key=name, name=row.path, site=row.method, cells=tuple(cells))


def _waiting_row(endpoint: str, roles: tuple[str, ...], says: str) -> RowView:
    method, _, path = row_name(endpoint).partition(" ")
    cells = (
        CellView(key=role, look="x-none", glyph="queued", word="", says=f"{role}: {says}", title="") for role in roles
    )
    return RowView(key=f"{method} {path}", name=path, site=method, cells=tuple(cells))
