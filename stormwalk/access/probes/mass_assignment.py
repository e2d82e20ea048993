"""Fields that a caller may not set, sent along with what they may: a role, a price, another user's id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from stormwalk.access.answers import about, times_set
from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint
from stormwalk.access.people import NotReady, Person
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
        people = [_disposable(ground, endpoint) for _ in range(2)]
        sent = [_set(ground, endpoint, person, field, value) for person in people]
    except NotReady as reason:
        return Outcome(remarks=(f"{field} was not tried at {endpoint.name}: {reason}",))
    if None in sent or sent[1] is None:
        return Outcome()
    person = people[1]
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
        return ground.people.nobody
    change = ground.matrix.role_change
    if change is not None and endpoint.lets_in(change.back_to):
        return ground.newcomer(change.back_to) or right_person(ground, endpoint)
    return right_person(ground, endpoint)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A call, and how often the value stood where it was looked for afterwards."""

    sent: Sent
    times: int


def _set(ground: Ground, endpoint: Endpoint, person: Person, field: str, value: Any) -> Sent | None:
    """The call that set the field, None where it did not: the same call without it shows what stands there anyway."""
    plain = _attempt(ground, endpoint, person, field, value, {})
    tried = _attempt(ground, endpoint, person, field, value, {field: value})
    return tried.sent if tried.sent.answer.succeeded and tried.times > plain.times else None


def _attempt(
    ground: Ground, endpoint: Endpoint, person: Person, field: str, value: Any, further: dict[str, Any]
) -> _Attempt:
    writer = Writer(ground, endpoint)
    things = writer.things(person)
    values = ground.values(endpoint, person, things)
    ask = Ask(method=endpoint.method, path=endpoint.path, body={**(endpoint.body or {}), **further})
    with ground.people.turn_of(person):
        ground.prepare(endpoint, person, values)
        sent = ground.send(ask, person, values)
        if further and sent.answer.succeeded:
            ground.doubt_role_of(person)
        proof = endpoint.proof
        read = ground.send(proof.read, writer.reader(things, person), values).answer if proof else sent.answer
    # Where nothing can be read back, the answer to the call has to do.
    data = read.data if read.succeeded else sent.answer.data
    return _Attempt(sent, times_set(about(data, values["unique"]), field, value))
