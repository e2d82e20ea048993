"""Every role at every endpoint that only reads: vertical, horizontal, and anonymous."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from stormwalk.access.answers import Answer
from stormwalk.access.caller import Sent
from stormwalk.access.filling import unknown_like
from stormwalk.access.ground import Ground, Thing
from stormwalk.access.judge import Case, judge
from stormwalk.access.matrix import Endpoint
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.results import AccessCell, Breach, Expected
from stormwalk.access.trials import Trial, breaches_of, cell_of, confirmed, expects_own, unknown_cell

RULES = (
    "over-permission",
    "missing-authentication",
    "cross-user-read",
    "not-concealed",
    "wrongly-denied",
    "refused-with-success",
    "server-error",
    "forbidden-field",
)
_SAME_MINUTE_S = 55.0


class Reads(Probe):
    name = "reads"
    about = "every role at every endpoint that only reads"

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            if not endpoint.writes:
                run = partial(_try_all_roles, self.ground, endpoint)
                yield Task(endpoint=endpoint.name, rules=RULES, run=run, judges=True)


def _try_all_roles(ground: Ground, endpoint: Endpoint) -> Outcome:
    try:
        control = Control.of(ground, endpoint)
    except NotReady as reason:
        return Outcome(cells=tuple(unknown_cell(endpoint, role, str(reason)) for role in endpoint.expected))
    cells: list[AccessCell] = []
    breaches: list[Breach] = []
    for role in endpoint.expected:
        try:
            trials = list(_trials(ground, endpoint, role, control))
        except NotReady as reason:
            cells.append(unknown_cell(endpoint, role, str(reason)))
            continue
        cells.append(cell_of(endpoint, role, trials))
        breaches += breaches_of(ground, endpoint, trials)
    return Outcome(cells=tuple(cells), breaches=tuple(breaches))


@dataclass(slots=True)
class Control:
    """The right role and nobody at the same endpoint, asked anew when they are no longer of the same minute."""

    ground: Ground
    endpoint: Endpoint
    person: Person
    things: tuple[Thing, ...]
    canary: str
    right: Sent
    nobody: Answer
    passing: frozenset[str]

    @classmethod
    def of(cls, ground: Ground, endpoint: Endpoint) -> Control:
        """Raises NotReady where nobody who may can be had, or no object."""
        person = right_person(ground, endpoint)
        things, canary = things_for(ground, endpoint, person)
        values = ground.values(endpoint, person, things)
        right = asked(ground, endpoint, person, values)
        nobody = ground.send(endpoint.ask, ground.people.nobody, values).answer
        passing = frozenset[str]() if canary else ground.passing(endpoint.ask, person, values, right.answer)
        return cls(ground, endpoint, person, things, canary, right, nobody, passing)

    def fresh(self) -> Sent:
        """The answer to the right role, not older than a minute."""
        if time.monotonic() - self.right.at > _SAME_MINUTE_S:
            values = self.ground.values(self.endpoint, self.person, self.things)
            self.right = asked(self.ground, self.endpoint, self.person, values)
        return self.right


def asked(ground: Ground, endpoint: Endpoint, person: Person, values: Mapping[str, Any]) -> Sent:
    """The answer to somebody who is let in, after the calls that go before. Raises NotReady."""
    if not endpoint.before:
        return ground.send(endpoint.ask, person, values)
    with ground.people.turn_of(person):
        ground.prepare(endpoint, person, values)
        return ground.send(endpoint.ask, person, values)


def right_person(ground: Ground, endpoint: Endpoint) -> Person:
    """Somebody whom the matrix lets in, with an account if that is possible. Raises NotReady."""
    by_intent = {Expected.ALLOW: 0, Expected.OWN: 1}
    doors = [(by_intent[one], role) for role, one in endpoint.expected.items() if one.lets_in]
    roles = [role for _, role in sorted(doors, key=lambda door: (door[1] == "anonymous", door[0]))]
    for role in roles:
        owners = {kind_owner.role for kind in ground.kinds_in_path(endpoint) for kind_owner in ground.owners(kind)}
        if expects_own(endpoint, role) and owners and role not in owners:
            continue
        return ground.people.first(role)
    raise NotReady("the matrix lets nobody in, so that there is nobody to compare with")


def things_for(
    ground: Ground, endpoint: Endpoint, person: Person, *, new: bool = False
) -> tuple[tuple[Thing, ...], str]:
    """The objects of a call of this person, and the canary of the one that the answer shows. Raises NotReady.

    Where the role has its own objects they are the person's, else those of the first who can make them.
    """
    get = ground.make if new else ground.shared
    own = expects_own(endpoint, person.role)
    kinds = ground.kinds_of(endpoint)
    things = tuple(get(kind, person if own and _makes(ground, kind, person) else None) for kind in kinds)
    shown = next((thing for thing in things if thing.kind.name in endpoint.shows), None)
    if shown is None and endpoint.shows:
        kind = endpoint.shows[0]
        shown = get(kind, person if own and _makes(ground, kind, person) else None)
    return things, shown.canary if shown else ""


def _makes(ground: Ground, kind: str, person: Person) -> bool:
    return person.role in ground.matrix.objects[kind].made_by


def _trials(ground: Ground, endpoint: Endpoint, role: str, control: Control) -> Iterator[Trial]:
    for person in ground.people.of(role):
        if expects_own(endpoint, role):
            yield confirmed(partial(_own, ground, endpoint, person, control))
            if ground.kinds_in_path(endpoint):
                yield confirmed(partial(_others, ground, endpoint, person))
        else:
            yield confirmed(partial(_plain, ground, endpoint, person, control))


def _plain(ground: Ground, endpoint: Endpoint, person: Person, control: Control) -> Trial:
    """A role that is let in to everything, or kept out of everything."""
    expected, right = endpoint.expected[person.role], control.fresh()
    values = ground.values(endpoint, person, control.things)
    sent = (asked if expected.lets_in else _asked_unprepared)(ground, endpoint, person, values)
    unknown = None
    if expected is Expected.CONCEAL and control.things:
        unknown = _unknown(ground, endpoint, person, control.things)
    case = Case(
        expected=expected,
        answer=sent.answer,
        asked=sent.path,
        right=right.answer,
        nobody=control.nobody,
        unknown=unknown,
        shell=_shell(ground, right.answer),
        canary=control.canary,
        passing=control.passing,
        alive=_alive(ground, person, sent.answer),
        anonymous=person.anonymous,
        login_page=ground.matrix.login_page,
        statuses=endpoint.statuses,
    )
    return Trial(person=person, sent=sent, judgement=judge(case), right=right)


def _asked_unprepared(ground: Ground, endpoint: Endpoint, person: Person, values: Mapping[str, Any]) -> Sent:
    return ground.send(endpoint.ask, person, values)


def _own(ground: Ground, endpoint: Endpoint, person: Person, control: Control) -> Trial:
    """One's own object, or one's own data where the path names none."""
    things, canary = things_for(ground, endpoint, person)
    sent = asked(ground, endpoint, person, ground.values(endpoint, person, things))
    case = Case(
        expected=Expected.OWN,
        answer=sent.answer,
        shell=_shell(ground, control.right.answer),
        canary=canary,
        foreign=_foreign(ground, endpoint, person),
        strangers=tuple(one.username for one in _others_of(ground, person)),
        alive=_alive(ground, person, sent.answer),
        login_page=ground.matrix.login_page,
        statuses=endpoint.statuses,
    )
    return Trial(person=person, sent=sent, judgement=judge(case))


def _others(ground: Ground, endpoint: Endpoint, person: Person) -> Trial:
    """The object of another user of the same role: it must look as if it were not there."""
    owner = another(ground, endpoint, person)
    things, canary = things_for(ground, endpoint, owner)
    values = ground.values(endpoint, person, things)
    right = ground.send(endpoint.ask, owner, values)
    sent = ground.send(endpoint.ask, person, values)
    case = Case(
        expected=Expected.CONCEAL,
        answer=sent.answer,
        asked=sent.path,
        right=right.answer,
        nobody=ground.send(endpoint.ask, ground.people.nobody, values).answer,
        unknown=_unknown(ground, endpoint, person, things),
        shell=_shell(ground, right.answer),
        canary=canary,
        alive=_alive(ground, person, sent.answer),
        login_page=ground.matrix.login_page,
        statuses=of_others(endpoint),
    )
    return Trial(person=person, sent=sent, judgement=judge(case), others=True, right=right)


def of_others(endpoint: Endpoint) -> Mapping[Expected, tuple[int, ...]]:
    """The codes that conceal here, where the object is another user's."""
    hidden = endpoint.statuses.get(Expected.OWN) or endpoint.statuses.get(Expected.CONCEAL, (404,))
    return {**endpoint.statuses, Expected.CONCEAL: hidden}


def another(ground: Ground, endpoint: Endpoint, person: Person) -> Person:
    """Somebody else who owns objects of the endpoint's kind. Raises NotReady where there is nobody."""
    kind = ground.kinds_in_path(endpoint)[0]
    for owner in ground.owners(kind):
        if owner.name != person.name:
            return owner
    raise NotReady(f"there is no second owner of a {kind}: a role with `own` needs two actors")


def _foreign(ground: Ground, endpoint: Endpoint, person: Person) -> tuple[str, ...]:
    """What must not stand in one's own data: the canaries of the objects of others in the role."""
    kinds = [kind for kind in endpoint.shows if _makes(ground, kind, person)]
    return tuple(ground.shared(kind, owner).canary for kind in kinds for owner in _others_of(ground, person))


def _others_of(ground: Ground, person: Person) -> list[Person]:
    return [one for one in ground.people.of(person.role) if one.name != person.name]


def _unknown(ground: Ground, endpoint: Endpoint, person: Person, things: tuple[Thing, ...]) -> Answer:
    values = ground.values(endpoint, person, things)
    known = {place: value for one in things for place, value in {one.kind.name: one.id, **one.kept}.items()}
    nowhere = {place: unknown_like(value) for place, value in known.items()}
    return ground.send(endpoint.ask, person, {**values, **nowhere}).answer


def _shell(ground: Ground, right: Answer) -> Answer | None:
    """The application's shell, unless the right role gets a page as well: then pages are what the endpoint gives."""
    return None if right.is_html else ground.shell


def _alive(ground: Ground, person: Person, answer: Answer) -> bool:
    """Only a 401 raises the question: whoever is refused with a 403 was recognised."""
    return answer.status != 401 or ground.people.alive(person)
