"""Plays the calls of a matrix to a running application in the plainest way: what it says can be done is done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from stormwalk.access.matrix import ANONYMOUS, UNIQUE, Ask, Endpoint, Matrix, ObjectKind, Proof
from stormwalk.config import Project


@dataclass(slots=True)
class Person:
    """Somebody who calls, and what they sign in with."""

    role: str
    username: str = "nobody@shop.test"
    password: str = "no password"
    token: str = ""
    refresh_token: str = "none"


@dataclass(slots=True)
class Thing:
    """An object that was made: its id, the canary in it, and its owner."""

    id: Any
    canary: str
    owner: Person


@dataclass(slots=True)
class Player:
    """One matrix and one application."""

    project: Project
    matrix: Matrix
    url: str
    http: requests.Session = field(default_factory=requests.Session)

    def somebody(self, role: str) -> Person:
        """The first actor of a role, with a session of their own."""
        if role == ANONYMOUS:
            return Person(role)
        actor = next(one for one in self.project.actors.values() if one.role == role)
        return self.signed_in(Person(role, actor.username, actor.password.get_secret_value()))

    def signed_in(self, person: Person) -> Person:
        body = {"email": person.username, "password": person.password}
        answer = self.http.post(f"{self.url}/api/session", json=body, timeout=10).json()
        person.token, person.refresh_token = answer["access_token"], answer["refresh_token"]
        return person

    def play(self, endpoint: Endpoint, role: str) -> tuple[requests.Response, dict[str, Any], Person]:
        """The answer to somebody of this role, the places that were filled, and who called."""
        caller = self.somebody(role)
        owner = caller if endpoint.expected[role].value == "own" else None
        places, things = self.places(endpoint, caller, owner)
        for ask in endpoint.before:
            self.ask(caller, ask, places).raise_for_status()
        answer = self.ask(caller, endpoint.ask, places)
        return answer, {**places, "things": things}, caller

    def places(
        self, endpoint: Endpoint, caller: Person, owner: Person | None
    ) -> tuple[dict[str, Any], dict[str, Thing]]:
        text = f"{endpoint} "
        wanted = [name for name in self.matrix.objects if f"{{{name}}}" in text or name in endpoint.shows]
        things = {name: self.make(self.matrix.objects[name], owner) for name in wanted}
        return {
            "unique": canary(),
            "username": caller.username,
            "password": caller.password,
            "refresh_token": caller.refresh_token,
            **endpoint.params,
            **{name: thing.id for name, thing in things.items()},
        }, things

    def make(self, kind: ObjectKind, owner: Person | None) -> Thing:
        maker = owner if owner is not None and owner.role in kind.made_by else self.somebody(kind.made_by[0])
        places = {"unique": canary()}
        for ask in kind.make:
            answer = self.ask(maker, ask, places)
            answer.raise_for_status()
        if kind.account is not None:
            username = filled(kind.account.username, places)
            maker = Person("shopper", username, filled(kind.account.password, places))
        return Thing(answer.json()[kind.id_field], places["unique"], maker)

    def ask(self, person: Person, ask: Ask, places: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {person.token}"} if person.token else {}
        url = f"{self.url}/api{filled(ask.path, places)}"
        # A stream of events is not read to its end.
        return self.http.request(
            ask.method,
            url,
            json=filled(ask.body, places),
            headers=headers,
            timeout=10,
            stream=ask.path.endswith("events"),
        )

    def read_back(self, endpoint: Endpoint, proof: Proof, played: dict[str, Any], caller: Person) -> requests.Response:
        kinds = [one for one in endpoint.ask.places if one in played["things"]]
        reader = self.somebody(proof.by) if proof.by else caller
        if kinds and not proof.by:
            owner = played["things"][kinds[-1]].owner
            reader = owner if owner.token else self.signed_in(owner)
        return self.ask(reader, proof.read, played)


def canary() -> str:
    return f"c{uuid.uuid4().hex[:12]}"


def filled(value: Any, places: dict[str, Any]) -> Any:
    """A text that is one place and nothing else becomes the value itself."""
    if isinstance(value, dict):
        return {name: filled(one, places) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, places) for one in value]
    if not isinstance(value, str):
        return value
    for name, one in places.items():
        if value == f"{{{name}}}" and value != UNIQUE:
            return one
        value = value.replace(f"{{{name}}}", str(one))
    return value


def at(value: Any, path: str) -> list[Any]:
    """Everything that stands at a dotted path; it leads through every item of a list."""
    if isinstance(value, list):
        return [found for one in value for found in at(one, path)]
    if not path:
        return [value]
    name, _, rest = path.partition(".")
    return at(value[name], rest) if isinstance(value, dict) and name in value else []
