"""One cell of the access matrix: what the matrix says, what happened, what the pages show, and the proof."""

from __future__ import annotations

from dashboard.access_panel import GLYPHS, SEVERITY_GLYPHS, row_name
from dashboard.cell_views import CellDetail, ExchangeView, facts
from dashboard.state import RunState
from dashboard.views import FactView
from stormwalk.access.results import Access, AccessCell, AccessFinding, Excerpt
from stormwalk.reporting import access_facts, access_grid
from stormwalk.reporting.storm_facts import listed
from stormwalk.reporting.words import block, shorten

EXCHANGES = 6
PLACES = 20
CONTROLS = 8


def access_cell(run: RunState, endpoint: str, role: str) -> CellDetail | None:
    """The cell of the row with that name and of that role; None where nothing was judged there."""
    access = run.access.build() if run.access else Access()
    found = [one for one in access.cells if one.role == role and row_name(one.endpoint) == endpoint]
    if not found:
        return None
    cell = found[-1]
    findings = access_facts.findings_at(access).get(cell.place, [])
    drawn = access_grid.grid(Access(cells=(cell,)), {}).groups[0].rows[0].cells[0]
    return CellDetail(
        title=f"{role} calls {endpoint}",
        place="Access check" + (", of a matrix that nobody has confirmed yet" if access.draft else ""),
        look=f"x-{drawn.key}",
        glyph=GLYPHS.get(drawn.key, drawn.key),
        word=cell.verdict.word,
        why="" if cell.verdict.is_good else shorten(cell.reason, 1000),
        facts=_facts(cell, access),
        proofs=tuple(row for finding in findings[:3] for row in _told(finding)),
        exchanges=tuple(
            _exchange(number, one)
            for number, one in enumerate([one for finding in findings for one in finding.excerpts][:EXCHANGES])
        ),
        replay=next((shorten(one.replay, 400) for one in findings if one.replay), ""),
    )


def access_finding(run: RunState, id_: str) -> CellDetail | None:
    """A finding with its places, whether cells show it or not; None where there is none of that name."""
    access = run.access.build() if run.access else Access()
    finding = next((one for one in access.findings if one.id == id_), None)
    if finding is None:
        return None
    key = access_facts.severity_key(finding.severity)
    return CellDetail(
        title=shorten(finding.title, 300),
        place="Access check" + (", accepted as known" if finding.accepted else ""),
        look=f"s-{'skipped' if finding.accepted else key}",
        glyph=SEVERITY_GLYPHS[key],
        word=finding.severity.value,
        why=shorten(finding.proof, 600),
        facts=facts(
            ("Places", shorten(listed(finding.places, PLACES), 2000)),
            *((one.name, one.value) for one in _told(finding) if one.name not in ("Finding", "Proof")),
        ),
        exchanges=tuple(_exchange(number, one) for number, one in enumerate(finding.excerpts[:EXCHANGES])),
        replay=shorten(finding.replay, 400),
    )


def _facts(cell: AccessCell, access: Access) -> tuple[FactView, ...]:
    mine = [one for one in access.controls if one.role == cell.role and one.endpoint == cell.endpoint]
    shown = dict.fromkeys(f"{one.kind} {one.name} on {one.page}" for one in mine if one.shown)
    hidden = dict.fromkeys(f"{one.kind} {one.name} on {one.page}" for one in mine if not one.shown)
    return facts(
        ("Role", cell.role),
        ("Rule", str(cell.expected)),
        ("Observed", shorten(cell.observed, 200)),
        ("Because", shorten(cell.reason, 600) if cell.verdict.is_good else ""),
        ("Shown to", listed(shown, CONTROLS)),
        ("Hidden", listed(hidden, CONTROLS)),
        ("Probes", f"{cell.probes:,}" if cell.probes else ""),
    )


def _told(finding: AccessFinding) -> tuple[FactView, ...]:
    accepted = ", accepted as known" if finding.accepted else ""
    return facts(
        ("Finding", f"{shorten(finding.title, 300)} ({finding.severity}{accepted})"),
        ("Proof", shorten(finding.proof, 600)),
        ("Why it matters", shorten(finding.why, 600)),
        ("What to do", shorten(finding.advice, 600)),
        ("Parity", finding.parity),
        ("Id", finding.id),
    )


def _exchange(number: int, one: Excerpt) -> ExchangeView:
    status = "no answer" if one.status is None else str(one.status)
    return ExchangeView(
        key=str(number),
        actor=shorten(one.actor, 60),
        request=block(one.request, 1500),
        answer=f"{status}\n{block(one.answer, 1500)}".strip(),
    )
