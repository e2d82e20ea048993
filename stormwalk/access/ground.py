"""What all probes stand on: objects made for the purpose, with a canary in each, and calls that are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from stormwalk.access.answers import Answer, at, id_in, id_in_page, volatile
from stormwalk.access.caller import Caller, Sent
from stormwalk.access.filling import fill, filled, unique
from stormwalk.access.leftovers import Leftovers
from stormwalk.access.matrix import READING, UNIQUE, Ask, Endpoint, Matrix, ObjectKind
from stormwalk.access.people import NotReady, People, Person
from stormwalk.config import Project
from stormwalk.redact import Redactor

_NOWHERE = "/stormwalk-is-nowhere/at-all"
_NO_LONGER_THERE = (404, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object that was made: its id, and the canary that nobody but its owner has written.

    `kept` is what else is known of it, by the place that stands for it: `{"order.number": "100003"}`.
    """

    kind: ObjectKind
    id: Any
    canary: str
    owner: Person
    values: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)


class Ground:
    """Signs people in, makes objects, fills calls in. From any thread; removes at the end what it has made."""

    def __init__(self, project: Project, matrix: Matrix, caller: Caller, redactor: Redactor) -> None:
        self.project = project
        self.matrix = matrix
        self.caller = caller
        self.redactor = redactor
        self.people = People(project, matrix, caller, redactor)
        self._made: list[Thing] = []
        self._leftovers = Leftovers(matrix, project.actors)
        self._shared: dict[tuple[str, str], Thing | str] = {}
        self._lock = Lock()
        self.shell = Answer(status=None)

    def open(self) -> None:
        """Signs every actor in, and sees what a path gets that is nowhere. Raises nothing: see `People.of`."""
        self.shell = self.caller.call(Ask(method="GET", path=_NOWHERE)).answer
        self.people.sign_in_all()

    # Objects, and those of them that are people.

    def newcomer(self, role: str) -> Person | None:
        """Somebody new whom nobody will miss, with a session; None where the matrix says of nobody how to sign up."""
        kind = next((one for one in self.matrix.objects.values() if one.account), None)
        return self.account_of(self.make(kind.name), role=role) if kind else None

    def account_of(self, thing: Thing, *, role: str) -> Person:
        """A session of somebody who was made for a probe. Raises NotReady."""
        account = thing.kind.account
        if account is None:
            raise NotReady(f"objects.{thing.kind.name} has no account to sign in with")
        username, password = (str(fill(one, thing.values)) for one in (account.username, account.password))
        return self.people.sign_in(username, password, role=role, name=_newcomer(thing))

    def make(self, kind_name: str, owner: Person | None = None) -> Thing:
        """A new object of this kind. Raises NotReady where one of its calls is not answered with a success."""
        kind = self.matrix.objects[kind_name]
        owner = owner or self.people.first(kind.made_by[0])
        values: dict[str, Any] = {"unique": unique(), "username": owner.username, "password": owner.password}
        with self.people.turn_of(owner):
            last = self._call_in_order(kind, owner, values)
        found = _id_of(kind, last, values["unique"])
        if found is None:
            wanted = f"nothing that the pattern {kind.pattern} finds" if kind.pattern else f"no {kind.id_field}"
            raise NotReady(f"no {kind.name} could be made: the answer holds {wanted}")
        thing = Thing(
            kind=kind,
            id=found,
            canary=values["unique"],
            owner=owner,
            values={**values, kind.name: found},
            kept={f"{kind.name}.{place}": values[place] for ask in kind.make for place in ask.keep},
        )
        self._keep(thing)
        return thing

    def shared(self, kind_name: str, owner: Person | None = None) -> Thing:
        """An object for all who only read; made once for each owner. Raises NotReady."""
        kind = self.matrix.objects[kind_name]
        owner = owner or self.people.first(kind.made_by[0])
        key = (kind_name, owner.name)
        with self.people.turn_of(owner):
            if key not in self._shared:
                try:
                    self._shared[key] = self.make(kind_name, owner)
                except NotReady as reason:
                    self._shared[key] = str(reason)
            found = self._shared[key]
        if isinstance(found, str):
            raise NotReady(found)
        return found

    def owners(self, kind_name: str) -> list[Person]:
        """Everybody who can make an object of this kind."""
        return [one for role in self.matrix.objects[kind_name].made_by for one in self.people.of(role)]

    def clean_up(self) -> tuple[str, ...]:
        """Takes back what probes have done: roles they gave, then what they made, newest first. What stays is told of,
        once for a kind."""
        return (*self._take_roles_back(), *self._remove(), *self._leftovers.remarks())

    def doubt_role_of(self, person: Person) -> None:
        """Somebody new may have got a role that a probe asked for: it is set back at the end."""
        for thing in list(self._made):
            if thing.canary and person.name == _newcomer(thing):
                self._leftovers.promoted(thing.kind.name, thing.id)

    def _call_in_order(self, kind: ObjectKind, owner: Person, values: dict[str, Any]) -> Answer:
        """The answer to the last of the calls that make an object. What is to be kept of each is put into `values`."""
        answer = Answer(status=None)
        for ask in kind.make:
            answer = self.caller.call(filled(ask, values), owner.who).answer
            if not answer.succeeded and not (ask.form and answer.redirects):
                raise NotReady(f"no {kind.name} could be made: {ask.method} {ask.path}: {answer.words}")
            self._leftovers.done(ask, owner.name, values)
            values |= {place: at(answer.data, field) for place, field in ask.keep.items()}
        return answer

    def _take_roles_back(self) -> tuple[str, ...]:
        change, left = self.matrix.role_change, dict[Any, str]()
        for who in self._leftovers.with_a_role if change and not self.caller.gone else ():
            assert change is not None
            try:
                ask = filled(change.ask, {change.kind: who, "role": change.back_to})
                answer = self.caller.call(ask, self.people.first(change.by).who).answer
                if not answer.succeeded and answer.status not in _NO_LONGER_THERE:
                    left[who] = answer.words
            except NotReady as reason:
                left[who] = str(reason)
        told = "; ".join(dict.fromkeys(left.values()))
        return (f"{len(left)} {change.kind} objects keep a role that probes gave: {told}",) if change and left else ()

    def _remove(self) -> tuple[str, ...]:
        left: dict[str, str] = {}
        for thing in reversed(self._made):
            undo = thing.kind.undo
            if undo is None or self.caller.gone:
                continue
            with suppress(NotReady):
                who = self.people.first(thing.kind.undo_by) if thing.kind.undo_by else thing.owner
                answer = self.caller.call(filled(undo, thing.values), who.who).answer
                if not answer.succeeded and answer.status not in (*_NO_LONGER_THERE, 409):
                    left[thing.kind.name] = f"what was made for probes is left ({thing.kind.name}): {answer.words}"
        return tuple(left.values())

    def _keep(self, thing: Thing) -> None:
        self._leftovers.made(thing.kind)
        with self._lock:
            self._made.append(thing)

    # Calls.

    def kinds_in_path(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The kinds of objects that stand in the path of an endpoint, and so are asked for."""
        kinds = (place.partition(".")[0] for place in endpoint.ask.places)
        return tuple(dict.fromkeys(kind for kind in kinds if kind in self.matrix.objects))

    def kinds_of(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The same, and those that its body and the calls before it name."""
        named = str((endpoint.body, *((ask.path, ask.body) for ask in endpoint.before)))
        further = (kind for kind in self.matrix.objects if f"{{{kind}}}" in named or f"{{{kind}." in named)
        return tuple(dict.fromkeys((*self.kinds_in_path(endpoint), *further)))

    def values(self, endpoint: Endpoint, person: Person, things: Iterable[Thing] = ()) -> dict[str, Any]:
        """What the places of a call of this person stand for."""
        # Whoever has no account says something of the right form, so that it is the caller who is refused.
        mine = {
            "unique": unique(),
            "username": person.username or "nobody@stormwalk.test",
            "password": person.password or "of-nobody-at-all",
            "refresh_token": person.refresh_token or "of-no-session-at-all",
        }
        known = [{thing.kind.name: thing.id, **thing.kept} for thing in things]
        return {**mine, **endpoint.params, **{place: value for one in known for place, value in one.items()}}

    def prepare(self, endpoint: Endpoint, person: Person, values: Mapping[str, Any]) -> None:
        """Makes the calls that go before. Raises NotReady where one is not answered with a success."""
        for ask in endpoint.before:
            sent = self.send(ask, person, values)
            if not sent.answer.succeeded:
                raise NotReady(f"{sent.method} {sent.path}, which goes before: {sent.answer.words}")

    def send(
        self, ask: Ask, person: Person, values: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Sent:
        sent = self.caller.call(filled(ask, values), person.who, headers=headers)
        if sent.answer.succeeded:
            self._leftovers.done(ask, person.name, values)
            self._adopt(ask, person, values, sent.answer)
        return sent

    def _adopt(self, ask: Ask, person: Person, values: Mapping[str, Any], answer: Answer) -> None:
        """What a probe itself has made is removed at the end like what was made for it."""
        for kind in self.matrix.objects.values() if ask.method not in READING else ():
            last, found = kind.make[-1], _id_of(kind, answer, str(values.get("unique", "")))
            if found is None or (last.method, last.path) != (ask.method, ask.path):
                continue
            if ask.body != last.body:
                self._leftovers.promoted(kind.name, found)
            with suppress(NotReady):
                owner = person if person.role in kind.made_by else self.people.first(kind.made_by[0])
                self._keep(Thing(kind=kind, id=found, canary="", owner=owner, values={kind.name: found}))

    def passing(self, ask: Ask, person: Person, values: Mapping[str, Any], first: Answer) -> frozenset[str]:
        """The paths of an answer that differ from one call of the same person to the next."""
        return volatile(first, self.send(ask, person, values).answer)


def _id_of(kind: ObjectKind, answer: Answer, canary: str) -> Any:
    """The id of the object that was made; None where the answer does not hold it."""
    if not kind.pattern:
        return id_in(answer.data, kind.id_field)
    return id_in_page(answer, kind.pattern.replace(UNIQUE, canary))


def _newcomer(thing: Thing) -> str:
    return f"newcomer {thing.canary}"
