"""What the page says of an access check, put together for its templates."""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.access.results import Access, AccessCell, AccessFinding
from stormwalk.reporting import access_facts
from stormwalk.reporting.access_facts import AccessCounts, percent
from stormwalk.reporting.access_grid import ControlRow, Grid, control_rows, grid, odd_cells
from stormwalk.reporting.words import count, duration

CARDS = 40
"""Findings that are shown as cards; a browser must open the page at once, and report.json has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """Everything that the templates need; `numbers` are the anchors of the findings, by their ids."""

    access: Access
    counts: AccessCounts
    grid: Grid
    alarms: tuple[AccessFinding, ...]
    accepted: tuple[AccessFinding, ...]
    numbers: dict[str, int]
    odd: list[AccessCell]
    controls: list[ControlRow]
    shortcomings: tuple[str, ...]
    cards: int = CARDS

    @property
    def fits(self) -> bool:
        """Whether a wide screen shows the whole grid without a box that scrolls."""
        return len(self.grid.roles) <= 6 and sum(len(group.rows) for group in self.grid.groups) <= 60

    @property
    def coverage_says(self) -> str:
        """The line below the figure."""
        coverage = self.access.coverage
        wanted = f"{percent(coverage.threshold)} wanted" if coverage.threshold else "no threshold is set"
        missing = f", {count(len(coverage.uncovered), 'endpoint')} uncovered" if coverage.uncovered else ""
        return wanted + missing

    @property
    def probes_say(self) -> str:
        """The line below the figure."""
        took = self.access.duration_ms
        if not took:
            return "the time is not known"
        return f"in {duration(took)}, {self.access.probes / took * 1000:,.0f} a second"


def access_page(access: Access) -> AccessPage:
    alarms, accepted = access.alarms, access_facts.accepted(access)
    numbers = {finding.id: number for number, finding in enumerate((*alarms[:CARDS], *accepted), 1)}
    return AccessPage(
        access=access,
        counts=access_facts.counts(access),
        grid=grid(access, _links(access, numbers)),
        alarms=alarms,
        accepted=accepted,
        numbers=numbers,
        odd=odd_cells(access),
        controls=control_rows(access.controls),
        shortcomings=tuple(access_facts.shortcomings(access)),
    )


def _links(access: Access, numbers: dict[str, int]) -> dict[str, int]:
    """The number of the finding that each place links to: the worst one that has an anchor."""
    found = access_facts.findings_at(access)
    linked = {place: [numbers[one.id] for one in findings if one.id in numbers] for place, findings in found.items()}
    return {place: those[0] for place, those in linked.items() if those}


def lead_of(access: Access) -> str:
    """The check in one sentence, for the top of the page."""
    counts = access_facts.counts(access)
    whole = f"{counts.as_expected:,} of {count(counts.cells, 'cell')} of the access matrix are as expected"
    words = counts.words
    others = len(access_facts.other_alarms(access))
    words += [count(others, "other finding" if counts.wrong else "finding")] if others else []
    return f"{whole}{'; ' if words else ''}{', '.join(words)}."
