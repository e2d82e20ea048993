"""A role that is taken away: what it opened must be closed at once, also to a token from before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import Endpoint, RoleChange
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.results import Breach
from stormwalk.access.trials import excerpt


class RoleTakenAway(Probe):
    name = "role-taken-away"
    about = "a role is given and taken away; a token from before must not open anything any more"
    writes = True
    turn = 4

    def tasks(self) -> Iterable[Task]:
        change = self.ground.matrix.role_change
        endpoint = self.ground.matrix.endpoint(change.endpoint) if change else None
        if change is not None and endpoint is not None:
            run = partial(_tried, self.ground, change, endpoint)
            yield Task(endpoint=endpoint.name, rules=("role-kept",), run=run)


def _tried(ground: Ground, change: RoleChange, endpoint: Endpoint) -> Outcome:
    try:
        kept = [_after_demotion(ground, change, endpoint) for _ in range(2)]
    except NotReady as reason:
        return Outcome(remarks=(f"taking a role away was not tried: {reason}",))
    if not all(sent.answer.succeeded for _, sent in kept):
        unclear = [sent.answer for _, sent in kept if not sent.answer.tells_of_rights]
        remark = f"whether a role that was taken away still opens {endpoint.name} is not known"
        return Outcome(remarks=tuple(f"{remark}: {one.words}" for one in unclear[:1]))
    person, sent = kept[1]
    breach = Breach(
        rule="role-kept",
        endpoint=endpoint.name,
        role=change.back_to,
        proof=f"twice, a token from before opened {endpoint.name} although the role {change.to} had been taken away",
        excerpts=(excerpt(ground, sent, person),),
    )
    return Outcome(breaches=(breach,))


def _after_demotion(ground: Ground, change: RoleChange, endpoint: Endpoint) -> tuple[Person, Sent]:
    """Somebody who had the role for a moment, and what their old token gets."""
    thing = ground.make(change.kind)
    boss = ground.people.first(change.by)
    _give(ground, change, boss, thing.values, change.to)
    person = ground.account_of(thing, role=change.to)
    values = ground.values(endpoint, person)
    if not ground.send(endpoint.ask, person, values).answer.succeeded:
        raise NotReady(f"{endpoint.name} does not open to somebody who was just made {change.to}")
    _give(ground, change, boss, thing.values, change.back_to)
    return person, ground.send(endpoint.ask, person, values)


def _give(ground: Ground, change: RoleChange, boss: Person, values: Mapping[str, Any], role: str) -> None:
    sent = ground.send(change.ask, boss, {**values, "role": role})
    if not sent.answer.succeeded:
        raise NotReady(f"{boss.name} could not make somebody {role}: {sent.answer.words}")
