"""Makes the cells of a storm walk: one for each step and each of its calls that a rule struck.

What a fault broke may show only later, so the steps after it are looked at as well: trouble of theirs belongs to the
cells of the last step that was struck, and a later step that is not done has a cell of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chaos.attack import Attack, cell_of
from chaos.cell import Cell
from chaos.judging.counting import uncounted
from chaos.judging.fair import is_maskable
from chaos.judging.staging import Stage
from chaos.judging.struck import EVERYTHING, Site, delay_ms, sites_of
from chaos.judging.walk import Deed, Place, Walk
from chaos.verdict import verdict_of
from stormwalk.access.results import Severity
from stormwalk.model import Status
from stormwalk.storm import BACKGROUND, PlanEntry, RuleEntry
from stormwalk.storm_judgement import Trouble

NO_CONTROL = "no control shows this step"
# These are told from objects that are counted between two counts, and so by every step that lies between them.
_OF_OBJECTS = ("duplicate-order", "lost-order", "session-lost", "untold-order", "wrong-total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A cell, the walk and the step that it comes from, and which rule struck."""

    cell: Cell
    walk: Walk
    deed: Deed
    rule: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether something that was struck could not be judged. A step that only a storm has, such as the closing of a
        notice, may be done and leave nothing to compare."""
        cell, deed = self.cell, self.deed
        spare = cell.error == NO_CONTROL and cell.done and not cell.troubles
        struck = cell.delivered or deed.unreadable or deed.status is Status.FAILED
        return bool(cell.error) and struck and not spare

    @property
    def same(self) -> tuple[Place, str, str]:
        """Cells of several walks for which this is the same are one cell."""
        place = (BACKGROUND, 0) if self.cell.step == BACKGROUND else self.deed.place
        return place, self.cell.site, self.rule


def cells_of(walk: Walk, plan: PlanEntry, stage: Stage, unfair: str) -> tuple[Judged, ...]:
    """The cells of a walk. `unfair` says why nothing of it can be judged, and is empty where something can."""
    return tuple(_Walking(walk, plan, stage, unfair).cells())


class _Walking:
    def __init__(self, walk: Walk, plan: PlanEntry, stage: Stage, unfair: str) -> None:
        self._walk = walk
        self._stage = stage
        self._unfair = unfair
        self._entries = {one.id: one for one in plan.rules}
        self._found: list[Judged] = []
        self._latest: list[int] = []
        self._told: set[tuple[str, str]] = set()

    def cells(self) -> list[Judged]:
        for deed in self._walk.deeds:
            sites = sites_of(self._walk, deed)
            hooked_beside = self._walk.hooked_beside(deed)
            if sites and not hooked_beside:
                self._struck(deed, sites)
            elif self._latest and not (deed.struck_beside or hooked_beside):
                self._aftermath(deed)
        self._end()
        self._missed()
        return [self._doubted(one) for one in self._found]

    def _struck(self, deed: Deed, sites: Iterable[Site]) -> None:
        """A cell for each call; trouble goes to the call that it names, else to the one that matters most."""
        seen = self._seen(deed)
        self._latest = []
        for site in sites:
            self._latest.append(len(self._found))
            self._add(deed, site, self._cell(deed, site, seen))
        self._blame(seen.troubles if seen else ())

    def _aftermath(self, deed: Deed) -> None:
        seen = self._seen(deed)
        if seen is not None and not seen.done:
            first = self._found[self._latest[0]]
            site = Site(rule=first.rule, fault=first.cell.fault, name=first.cell.site)
            self._latest = [len(self._found)]
            self._add(deed, site, self._cell(deed, site, seen))
        self._blame(_proven(seen) if seen else ())

    def _end(self) -> None:
        """A walk that fails where nobody looked must not pass for one that held."""
        walk = self._walk
        unseen = next((one for one in walk.deeds if _failed_unseen(one)), None)
        outside = all(one.status is not Status.FAILED for one in walk.deeds)
        if walk.status is not Status.FAILED or not self._latest or not (unseen or outside):
            return
        if any(not (one.cell.done or _helped(one.cell)) for one in self._found):
            return  # what was not done in a page, as a cell says, may well be missed later
        name = unseen.name if unseen else ""
        words = f'the step "{name}" fails although the fault is over' if name else "the journey fails afterwards"
        reason = (unseen.reason if unseen else "") or walk.reason
        trouble = Trouble(
            sign="not-recovered", severity=Severity.HIGH, gates=False, words=words, evidence=(reason,), step=name
        )
        self._blame([trouble])

    def _missed(self) -> None:
        """Calls that should have been struck and were not: cells that were never tested."""
        tested = {(one.deed.place, one.cell.site) for one in self._found}
        for deed in self._walk.deeds:
            for one in deed.escapes:
                site = Site(rule=one.key.rule, fault=one.fault, name=f"{one.key.method} {one.key.template}")
                if (deed.place, site.name) not in tested:
                    tested.add((deed.place, site.name))
                    self._add(deed, site, replace(self._bare(deed, site), delivered=False))

    def _doubted(self, one: Judged) -> Judged:
        """What held is open where its objects could not be counted: there may be one too many, or none."""
        if one.cell.invalid_because or verdict_of(one.cell).deviated:
            return one
        kind = uncounted(self._walk, one.deed, self._stage.controls, self._stage.table.end_state)
        words = f"the objects of kind {kind} could not be counted, so that nobody knows how many there are"
        return replace(one, cell=replace(one.cell, error=words)) if kind else one

    def _seen(self, deed: Deed) -> Cell | None:
        """What was seen of a step, with all trouble in it, whatever struck; None where nothing can be judged."""
        if deed.observation is None or self._unfair:
            return None
        scene = self._stage.scene(self._walk, deed, deed.observation)
        seen = cell_of(scene, Attack(journey=self._walk.base, site="", fault=""))
        return seen if scene.controls else replace(seen, error=NO_CONTROL)

    def _bare(self, deed: Deed, site: Site) -> Cell:
        return Cell(
            journey=self._walk.base,
            step=BACKGROUND if site.in_background else deed.name,
            site=site.name,
            fault=site.fault,
            criticality=1.0 if site.in_background else deed.weight,
            error=self._unfair or _error(self._walk, deed),
        )

    def _cell(self, deed: Deed, site: Site, seen: Cell | None) -> Cell:
        """The cell of one site, without the trouble of its step, which one site only is to blame for."""
        bare = self._bare(deed, site)
        if seen is None or bare.error:
            return bare
        return replace(
            seen,
            step=bare.step,
            site=bare.site,
            fault=bare.fault,
            criticality=bare.criticality,
            maskable=self._maskable(site),
            delay_ms=_delay(site, deed, seen),
            troubles=(),
            input_kept=True,
        )

    def _maskable(self, site: Site) -> bool:
        entry = self._entries.get(site.rule) or RuleEntry(id=site.rule, fault=site.fault, text=site.rule)
        return is_maskable(entry, site.call, site.decisions, self._stage.table.patience)

    def _add(self, deed: Deed, site: Site, cell: Cell) -> None:
        self._found.append(Judged(cell=cell, walk=self._walk, deed=deed, rule=site.rule))

    def _blame(self, troubles: Iterable[Trouble]) -> None:
        for trouble in self._fresh(troubles):
            named = (one for one in self._latest if self._found[one].cell.site == trouble.call)
            place = next(named, self._latest[0])
            cell = self._found[place].cell
            kept = cell.input_kept and trouble.sign != "input-lost"
            more = replace(cell, troubles=(*cell.troubles, trouble), input_kept=kept)
            self._found[place] = replace(self._found[place], cell=more)

    def _fresh(self, troubles: Iterable[Trouble]) -> Iterator[Trouble]:
        for one in troubles:
            said = (one.sign, one.words)
            if not is_counted(one) or said not in self._told:
                self._told.add(said)
                yield one


def is_counted(trouble: Trouble) -> bool:
    """Whether the trouble is told from objects that were counted."""
    return trouble.sign in _OF_OBJECTS


def _proven(seen: Cell) -> tuple[Trouble, ...]:
    """The trouble of a step; of one that no control shows only what was counted, since nobody knows what is usual."""
    return tuple(one for one in seen.troubles if is_counted(one)) if seen.error else seen.troubles


def _helped(cell: Cell) -> bool:
    return cell.recovery is not None and cell.recovery.recovered


def _failed_unseen(deed: Deed) -> bool:
    return deed.status is Status.FAILED and deed.observation is None and not deed.struck_beside


def _error(walk: Walk, deed: Deed) -> str:
    """Why nothing can be said of this step."""
    if deed.status is Status.ERROR:
        return deed.reason or "the step could not be tested"
    if deed.unreadable:
        return "what was seen of the step cannot be read"
    if deed.observation is not None:
        return ""
    return walk.broke or "nobody looked at the step"


def _delay(site: Site, deed: Deed, cell: Cell) -> float:
    """What the step had to wait at least. Of a rule that holds for every call nobody knows; it costs no points."""
    if site.name == EVERYTHING:
        return max(0.0, (cell.fault_ms or 0.0) - (cell.base_ms or 0.0))
    return delay_ms(deed.strikes)
