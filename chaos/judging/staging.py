"""Puts a step of a storm walk beside the same step of its controls: the scene that the signs of trouble look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaos.judging.counting import amounts_of, objects_of
from chaos.judging.walk import Deed, Walk
from chaos.scene import Guarded, Healed, Limits, Scene
from chaos.seen import Observation, PageState
from stormwalk.config.storm import StormTable
from stormwalk.model import Status
from stormwalk.storm_judgement import Recovery

_ENDS_SESSIONS = "session-expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A control that a role must not be shown, by its accessible name; `for_role` is who may see it."""

    role: str
    pattern: str
    for_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all scenes of a journey have in common."""

    controls: tuple[Walk, ...]
    table: StormTable
    guards: tuple[Guard, ...] = ()

    def scene(self, walk: Walk, deed: Deed, seen: Observation) -> Scene:
        """The scene of one step; `seen` is its observation."""
        tables = self.table.end_state
        return Scene(
            step=deed.name,
            controls=self.observations(deed),
            storm=seen,
            limits=Limits(patience_ms=self.table.patience),
            healed=_healed(deed, seen),
            objects=objects_of(walk, deed, self.controls, tables),
            amounts=tuple(amounts_of(walk, deed, self.controls, tables)),
            guarded=tuple(self._guarded(deed, seen)),
            strikes_session=_ENDS_SESSIONS in walk.faults,
            trouble_words=self.table.trouble_words,
            api_cells=walk.doors if deed is _last_seen(walk) else (),
        )

    def observations(self, deed: Deed) -> tuple[Observation, ...]:
        """The same step in the controls, where somebody looked and it was done."""
        same = (one.at(deed) for one in self.controls)
        seen = (one.observation for one in same if one is not None)
        return tuple(one for one in seen if one is not None and one.done)

    def _guarded(self, deed: Deed, seen: Observation) -> Iterator[Guarded]:
        looks: Sequence[PageState | None] = (*seen.looks, deed.healed.state if deed.healed else None)
        names = dict.fromkeys(one.name for look in looks if look is not None for one in look.controls if one.name)
        for guard in self.guards:
            if guard.role == deed.role:
                yield from (Guarded(name=name, role=guard.for_role) for name in names if re.search(guard.pattern, name))


def _last_seen(walk: Walk) -> Deed | None:
    """Doors are tried at the end of a walk, so they are looked at with its last step."""
    seen = [
        one for one in walk.deeds if one.observation is not None and not (one.struck_beside or walk.hooked_beside(one))
    ]
    return seen[-1] if seen else None


def _healed(deed: Deed, seen: Observation) -> Healed | None:
    """What healed the step. One that ended its walk although nothing was striking it was healed by nothing."""
    if deed.healed is not None or seen.done:
        return deed.healed
    if not deed.strikes and deed.status is Status.FAILED:
        return Healed(rung=Recovery.NOT_RECOVERED, tried=("nothing: no call of this step was struck",))
    return None
