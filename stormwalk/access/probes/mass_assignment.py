"""Fields that a caller may not set, sent along with what they may: a role, a price, another user's id."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from stormwalk.access.answers import about, sets_field
from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground, NotReady, Person, Thing
from stormwalk.access.matrix import ANONYMOUS, UNIQUE, Ask, Endpoint
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import right_person
from stormwalk.access.results import Breach
from stormwalk.access.trials import excerpt
from stormwalk.access.writing import Writer


class MassAssignment(Probe):
    name = "mass-assignment"
    about = "fields that a caller may not set, sent along with what they may"
    writes = True
    turn = 1

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            for field, value in endpoint.protected.items():
                run = partial(_tried, self.ground, endpoint, field, value)
                yield Task(endpoint=endpoint.name, rules=("mass-assignment",), run=run)


def _tried(ground: Ground, endpoint: Endpoint, field: str, value: Any) -> Outcome:
    try:
        person = _disposable(ground, endpoint)
        sent = [_set(ground, endpoint, person, field, value) for _ in range(2)]
    except NotReady as reason:
        return Outcome(remarks=(f"{field} was not tried at {endpoint.name}: {reason}",))
    if None in sent or sent[1] is None:
        return Outcome()
    breach = Breach(
        rule="mass-assignment",
        endpoint=endpoint.name,
        role=person.role,
        subject=field,
        proof=f"twice, {person.name} sent {field} = {value!r} along, and read it back as {value!r}",
        excerpts=(excerpt(ground, sent[1], person),),
    )
    return Outcome(breaches=(breach,))


def _disposable(ground: Ground, endpoint: Endpoint) -> Person:
    """Somebody new where the endpoint is for such, since whoever gets a field set is no longer who they were."""
    if endpoint.expected.get(ANONYMOUS) and endpoint.lets_in(ANONYMOUS):
        return ground.nobody
    change = ground.matrix.role_change
    if change is not None and endpoint.lets_in(change.back_to):
        return ground.newcomer(change.back_to) or right_person(ground, endpoint)
    return right_person(ground, endpoint)


def _set(ground: Ground, endpoint: Endpoint, person: Person, field: str, value: Any) -> Sent | None:
    """The call that set the field, None where it did not."""
    things = Writer(ground, endpoint).things(person)
    values = ground.values(endpoint, person, things)
    ask = Ask(method=endpoint.method, path=endpoint.path, body={**(endpoint.body or {}), field: value})
    with ground.turn_of(person):
        ground.prepare(endpoint, person, values)
        read = partial(_stands, ground, endpoint, things, person, values, field, value)
        if read():
            raise NotReady(f"{field} is {value!r} before anybody has set it; choose another value to try")
        sent = ground.send(ask, person, values)
        stands = read()
    # Where nothing can be read back, the answer to the call has to do.
    told = stands is None and sets_field(sent.answer.data, field, value)
    return sent if sent.answer.succeeded and (stands or told) else None


def _stands(
    ground: Ground,
    endpoint: Endpoint,
    things: tuple[Thing, ...],
    person: Person,
    values: dict[str, Any],
    field: str,
    value: Any,
) -> bool | None:
    """Whether what this probe has made or changed holds the value; None where that cannot be read."""
    if endpoint.proof is None:
        return None
    answer = ground.send(endpoint.proof.read, Writer(ground, endpoint).reader(things, person), values).answer
    if not answer.succeeded:
        return None
    canary = values["unique"]
    if canary not in str(answer.data) and UNIQUE in str(endpoint.body):
        return False  # what this probe makes is not there (yet)
    return sets_field(about(answer.data, canary), field, value)
