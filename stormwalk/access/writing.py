"""How a probe writes: with objects made for it, read back by somebody who may, and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stormwalk.access.answers import Answer, all_at, leaves
from stormwalk.access.caller import Sent
from stormwalk.access.filling import fill
from stormwalk.access.ground import Ground, Thing
from stormwalk.access.matrix import Ask, Endpoint, Proof
from stormwalk.access.people import Person
from stormwalk.access.results import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write that was tried: what was sent, and whether it was read back as done (None: nothing tells)."""

    sent: Sent
    done: bool | None


class Writer:
    """Writes at one endpoint, on new objects, and reads back what came of it.

    While it writes and reads, nobody else does anything in the name of the one whose state it looks at: else the
    write of another probe would be taken for this one.
    """

    def __init__(self, ground: Ground, endpoint: Endpoint) -> None:
        self._ground = ground
        self._endpoint = endpoint

    def as_owner(
        self, person: Person, *, caller: Person | None = None, headers: Mapping[str, str] | None = None
    ) -> Write:
        """Somebody who may writes to their own object, or to one that was made for them. Raises NotReady.

        `caller` is the same person with other credentials.
        """
        return self._tried(caller or person, person, self._endpoint.ask, headers)

    def as_other(self, person: Person, owner: Person) -> Write:
        """Somebody who may not writes to what is `owner`'s. Raises NotReady."""
        return self._tried(person, owner, self._endpoint.ask, None)

    def in_disguise(self, person: Person, owner: Person, ask: Ask, headers: Mapping[str, str]) -> Write:
        """As `as_other`, by another call that is meant to have the same effect."""
        return self._tried(person, owner, ask, headers)

    def things(self, owner: Person) -> tuple[Thing, ...]:
        """New objects for the call: the owner's own where the matrix says `own`. Raises NotReady."""
        kinds = self._ground.kinds_of(self._endpoint)
        return tuple(self._ground.make(kind, self._maker(kind, owner)) for kind in kinds)

    def proven(self, proof: Proof, reader: Person, values: Mapping[str, Any]) -> bool | None:
        """Whether what the proof asks for stands there now; None where that cannot be read."""
        answer = self._ground.send(proof.read, reader, values).answer
        if proof.gone:
            return None if answer.status is None or answer.status >= 500 else answer.status in (404, 410)
        return _stands(answer, proof, values) if answer.succeeded else None

    def reader(self, things: tuple[Thing, ...], owner: Person) -> Person:
        """Who reads back: a role that the proof names, else whoever the object is or belongs to."""
        proof = self._endpoint.proof
        if proof is not None and proof.by:
            return self._ground.people.first(proof.by)
        thing = next((one for one in things if one.kind.name in self._ground.kinds_in_path(self._endpoint)), None)
        if thing is None:
            return owner
        # Signed in anew each time: a change of somebody's role ends the tokens that they have.
        return self._ground.account_of(thing, role=owner.role) if thing.kind.account else thing.owner

    def _maker(self, kind: str, owner: Person) -> Person | None:
        made_by = self._ground.matrix.objects[kind].made_by
        own = self._endpoint.expected.get(owner.role) is Expected.OWN
        return owner if own and owner.role in made_by else None

    def _tried(self, person: Person, owner: Person, ask: Ask, headers: Mapping[str, str] | None) -> Write:
        # Made before the turn is taken: making takes turns of its own, and two at once could wait for each other.
        things = self.things(owner)
        values = self._ground.values(self._endpoint, person, things)
        with self._ground.people.turn_of(owner):
            self._ground.prepare(self._endpoint, owner, values)
            if self._endpoint.proof is None:
                return Write(sent=self._ground.send(ask, person, values, headers), done=None)
            with self._put_back(things, owner, values):
                before = self.proven(self._endpoint.proof, self.reader(things, owner), values)
                sent = self._ground.send(ask, person, values, headers)
                after = self.proven(self._endpoint.proof, self.reader(things, owner), values)
        return Write(sent=sent, done=None if after is None else after and not before)

    @contextmanager
    def _put_back(self, things: tuple[Thing, ...], owner: Person, values: Mapping[str, Any]) -> Iterator[None]:
        """Puts what is no object of ours back as it was: the fields of the body, by the very call that changes them."""
        endpoint, proof = self._endpoint, self._endpoint.proof
        if proof is None or things or endpoint.method not in ("PUT", "PATCH") or not isinstance(endpoint.body, dict):
            yield
            return
        reader = self.reader(things, owner)
        was = self._ground.send(proof.read, reader, values).answer.data
        try:
            yield
        finally:
            body = {key: was[key] for key in endpoint.body if isinstance(was, dict) and key in was}
            if body and self.proven(proof, reader, values):
                self._ground.send(Ask(method=endpoint.method, path=endpoint.path, body=body), reader, values)


def _stands(answer: Answer, proof: Proof, values: Mapping[str, Any]) -> bool:
    wanted = fill(proof.becomes, values)
    if proof.field:
        return wanted in all_at(answer.data, proof.field)
    return any(value == wanted for _, value in leaves(answer.data)) or answer.holds(str(wanted))
