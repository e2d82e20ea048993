"""What all probes stand on: people who are signed in, and objects made for the purpose with a canary in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from pydantic import SecretStr

from stormwalk.access.answers import Answer, at, id_in, volatile
from stormwalk.access.caller import NOBODY, Caller, Credentials, Sent
from stormwalk.access.cookie_jar import cookies_of
from stormwalk.access.filling import fill, filled, unique
from stormwalk.access.leftovers import Leftovers
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint, Matrix, ObjectKind
from stormwalk.access.turns import Turn, Turns
from stormwalk.api.sign_in import Knock, NotLetIn, Reply, Session, SigningIn, session_for
from stormwalk.config import Actor, Project
from stormwalk.errors import StormwalkError
from stormwalk.redact import Redactor

_NOWHERE = "/stormwalk-is-nowhere/at-all"
_NO_LONGER_THERE = (404, 410)
_SHORTEST_SECRET = 8


class NotReady(Exception):
    """A probe cannot be made: somebody could not sign in, or an object could not be made. The message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a session, or nobody in the role anonymous. `set_cookies` are the cookies of the sign-in, raw;
    `session_cookie` is name and value of the one that stands for the session, where one does."""

    name: str
    role: str
    username: str = ""
    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    set_cookies: tuple[str, ...] = field(default=(), repr=False)
    session_cookie: tuple[str, str] = field(default=("", ""), repr=False)
    who: Credentials = NOBODY

    @property
    def anonymous(self) -> bool:
        return self.role == ANONYMOUS

    @property
    def token(self) -> str:
        """What stands for the session: a token, or the value of its cookie."""
        return self.who.token or self.session_cookie[1]

    def with_token(self, token: str) -> Person:
        """The same person with another token in its place, and nothing else that could stand for a session."""
        if self.who.token or not self.session_cookie[0]:
            return replace(self, who=Credentials(token=token))
        return replace(self, who=replace(self.who, cookies=f"{self.session_cookie[0]}={token}"))


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
        self.nobody = Person(name="nobody", role=ANONYMOUS)  # with the proof of a page once `open` has seen one
        self._people: dict[str, list[Person]] = {}
        self._refused: dict[str, dict[str, str]] = {}
        self._made: list[Thing] = []
        self._leftovers = Leftovers(matrix, project.actors)
        self._shared: dict[tuple[str, str], Thing | str] = {}
        self._turns = Turns(caller.base_url)
        self._lock = Lock()
        self.shell = Answer(status=None)

    # People.

    def open(self) -> None:
        """Signs every actor in, and sees what a path gets that is nowhere. Raises nothing: see `people`."""
        self.shell = self.caller.call(Ask(method="GET", path=_NOWHERE)).answer
        self.nobody = replace(self.nobody, who=self._of_a_page())
        for role in self.matrix.roles:
            actors = [one for one in self.project.actors.values() if one.role == role]
            self._people[role] = [one for one in map(self._signed_in, actors) if one is not None]

    def _of_a_page(self) -> Credentials:
        """What whoever has opened a page has, account or none: else a write is refused for want of its proof, and who
        may write is not seen."""
        csrf = self.project.sign_in.csrf if self.project.sign_in else None
        if csrf is None or csrf.page is None:
            return NOBODY
        return self._credentials(
            Session(cookies=self._knock(Knock(method="GET", path=csrf.page, from_root=True)).cookies)
        )

    def people(self, role: str) -> list[Person]:
        """Everybody of a role who could sign in. Raises NotReady where nobody could."""
        if role == ANONYMOUS:
            return [self.nobody]
        found = self._people.get(role, [])
        if not found:
            reason = next(iter(self.kept_away(role).values()), "it has no actor")
            raise NotReady(f"nobody of the role {role} could sign in: {reason}")
        return found

    def kept_away(self, role: str) -> Mapping[str, str]:
        """The actors of a role who could not sign in, and why: what the others show is not the whole of the role."""
        return self._refused.get(role, {})

    def first(self, role: str) -> Person:
        return self.people(role)[0]

    def sign_in(self, username: str, password: str, *, role: str, name: str) -> Person:
        """A session of its own for somebody. Raises NotReady where it is refused."""
        table = self.project.sign_in
        if table is None:
            raise NotReady(f"{self.project.file} does not say how to sign in")
        actor = Actor(name=name, role=role, username=username, password=SecretStr(password))
        folder, base_url = self.project.path.parent, self.caller.base_url
        visit = SigningIn(actor=actor, table=table, base_url=base_url, ask=self._knock, folder=folder)
        try:
            session = session_for(visit)
        except (NotLetIn, StormwalkError) as problem:
            raise NotReady(f"{name} could not sign in: {problem}") from None
        refresh = at(session.answer, self.matrix.tokens.refresh_field)
        self._learn([*session.secrets, session.token, refresh, password])
        stands_for_it = table.session_cookie or next(iter(session.cookies), "")
        return Person(
            name=name,
            role=role,
            username=username,
            password=password,
            refresh_token=refresh if isinstance(refresh, str) else "",
            set_cookies=session.set_cookies,
            session_cookie=(stands_for_it, session.cookies.get(stands_for_it, "")) if not session.token else ("", ""),
            who=self._credentials(session),
        )

    def _credentials(self, session: Session) -> Credentials:
        if session.token:
            return Credentials(token=session.token, further=tuple(session.headers.items()))
        csrf = self.project.sign_in.csrf if self.project.sign_in else None
        value = session.cookies.get(csrf.cookie, "") if csrf else ""
        writing = ((csrf.header, value), ("Referer", f"{self.caller.base_url}/")) if csrf and value else ()
        cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        return Credentials(cookies=cookies, further=tuple(session.headers.items()), writing=writing)

    def _knock(self, knock: Knock) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in knock.cookies.items())
        ask = Ask(method=knock.method, path=knock.path, body=knock.body, form=knock.form)
        sent = self.caller.call(ask, Credentials(cookies=cookies), headers=knock.headers, from_root=knock.from_root)
        answer, raw = sent.answer, tuple(value for name, value in sent.answer.headers if name.lower() == "set-cookie")
        return Reply(
            status=answer.status, words=answer.words, data=answer.data, cookies=cookies_of(raw), set_cookies=raw
        )

    def _learn(self, values: Iterable[Any]) -> None:
        for one in values:
            if isinstance(one, str) and len(one) >= _SHORTEST_SECRET:
                self.redactor.learn(one)

    def again(self, person: Person) -> Person:
        """A second session of the same person. Raises NotReady."""
        return self.sign_in(person.username, person.password, role=person.role, name=person.name)

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
        return self.sign_in(username, password, role=role, name=_newcomer(thing))

    def alive(self, person: Person) -> bool:
        """Whether the session of a person still works: asked at an endpoint that lets the role in."""
        if person.anonymous:
            return True
        door = next((one for one in self.matrix.endpoints if _is_plain_door(one, person.role)), None)
        return door is None or self.caller.call(door.ask, person.who).answer.succeeded

    def turn_of(self, person: Person) -> Turn:
        """Held while somebody does several things in a row that others of the same person would disturb."""
        return self._turns.of(person.name)

    def _signed_in(self, actor: Actor) -> Person | None:
        try:
            password = actor.password.get_secret_value()
            return self.sign_in(actor.username, password, role=actor.role, name=actor.name)
        except NotReady as reason:
            self._refused.setdefault(actor.role, {})[actor.name] = str(reason)
            return None

    # Objects.

    def make(self, kind_name: str, owner: Person | None = None) -> Thing:
        """A new object of this kind. Raises NotReady where one of its calls is not answered with a success."""
        kind = self.matrix.objects[kind_name]
        owner = owner or self.first(kind.made_by[0])
        canary = unique()
        values: dict[str, Any] = {"unique": canary, "username": owner.username, "password": owner.password}
        with self.turn_of(owner):
            answer = Answer(status=None)
            for ask in kind.make:
                answer = self.caller.call(filled(ask, values), owner.who).answer
                if not answer.succeeded and not (ask.form and answer.redirects):
                    raise NotReady(f"no {kind.name} could be made: {ask.method} {ask.path}: {answer.words}")
                self._leftovers.done(ask, owner.name, values)
                kept = {place: at(answer.data, field) for place, field in ask.keep.items()}
                values |= kept
        found = id_in(answer.data, kind.id_field)
        if found is None:
            raise NotReady(f"no {kind.name} could be made: the answer holds no {kind.id_field}")
        thing = Thing(
            kind=kind,
            id=found,
            canary=canary,
            owner=owner,
            values={**values, kind.name: found},
            kept={f"{kind.name}.{place}": values[place] for ask in kind.make for place in ask.keep},
        )
        self._keep(thing)
        return thing

    def shared(self, kind_name: str, owner: Person | None = None) -> Thing:
        """An object for all who only read; made once for each owner. Raises NotReady."""
        kind = self.matrix.objects[kind_name]
        owner = owner or self.first(kind.made_by[0])
        key = (kind_name, owner.name)
        with self.turn_of(owner):
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
        return [one for role in self.matrix.objects[kind_name].made_by for one in self.people(role)]

    def clean_up(self) -> tuple[str, ...]:
        """Takes back what probes have done: roles they gave, then what they made, newest first. What stays is told of,
        once for a kind."""
        return (*self._take_roles_back(), *self._remove(), *self._leftovers.remarks())

    def doubt_role_of(self, person: Person) -> None:
        """Somebody new may have got a role that a probe asked for: it is set back at the end."""
        for thing in list(self._made):
            if thing.canary and person.name == _newcomer(thing):
                self._leftovers.promoted(thing.kind.name, thing.id)

    def _take_roles_back(self) -> tuple[str, ...]:
        change, left = self.matrix.role_change, dict[Any, str]()
        for who in self._leftovers.with_a_role if change and not self.caller.gone else ():
            assert change is not None
            try:
                ask = filled(change.ask, {change.kind: who, "role": change.back_to})
                answer = self.caller.call(ask, self.first(change.by).who).answer
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
                who = self.first(thing.kind.undo_by) if thing.kind.undo_by else thing.owner
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
            self._adopt(ask, person, sent.answer)
        return sent

    def _adopt(self, ask: Ask, person: Person, answer: Answer) -> None:
        """What a probe itself has made is removed at the end like what was made for it."""
        for kind in self.matrix.objects.values():
            last, found = kind.make[-1], id_in(answer.data, kind.id_field)
            if found is None or (last.method, last.path) != (ask.method, ask.path):
                continue
            if ask.body != last.body:
                self._leftovers.promoted(kind.name, found)
            with suppress(NotReady):
                owner = person if person.role in kind.made_by else self.first(kind.made_by[0])
                self._keep(Thing(kind=kind, id=found, canary="", owner=owner, values={kind.name: found}))

    def passing(self, ask: Ask, person: Person, values: Mapping[str, Any], first: Answer) -> frozenset[str]:
        """The paths of an answer that differ from one call of the same person to the next."""
        return volatile(first, self.send(ask, person, values).answer)


def _newcomer(thing: Thing) -> str:
    return f"newcomer {thing.canary}"


def _is_plain_door(endpoint: Endpoint, role: str) -> bool:
    return (
        not endpoint.writes
        and not endpoint.ask.places
        and endpoint.lets_in(role)
        and not endpoint.expected.get(ANONYMOUS, endpoint.expected[role]).lets_in
    )
