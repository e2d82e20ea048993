"""The people of an access check: who they are, their sessions, and whose turn it is to work in whose name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from stormwalk.access.answers import at
from stormwalk.access.caller import NOBODY, Caller, Credentials
from stormwalk.access.cookie_jar import cookies_of
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint, Matrix
from stormwalk.access.turns import Turn, Turns
from stormwalk.api.proof import proof_in
from stormwalk.api.sign_in import Knock, NotLetIn, Reply, Session, SigningIn, session_for
from stormwalk.config import Actor, Project, SignInTable
from stormwalk.errors import StormwalkError
from stormwalk.redact import Redactor

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


class People:
    """Signs people in, and knows who of each role has a session. From any thread."""

    def __init__(self, project: Project, matrix: Matrix, caller: Caller, redactor: Redactor) -> None:
        self.nobody = Person(name="nobody", role=ANONYMOUS)  # with the proof of a page once `sign_in_all` has seen one
        self._project = project
        self._matrix = matrix
        self._caller = caller
        self._redactor = redactor
        self._signed_in: dict[str, list[Person]] = {}
        self._refused: dict[str, dict[str, str]] = {}
        self._turns = Turns(caller.base_url)

    def sign_in_all(self) -> None:
        """Signs every actor in. Raises nothing: see `of`."""
        self.nobody = replace(self.nobody, who=self._of_a_page())
        for role in self._matrix.roles:
            actors = [one for one in self._project.actors.values() if one.role == role]
            self._signed_in[role] = [one for one in map(self._let_in, actors) if one is not None]

    def of(self, role: str) -> list[Person]:
        """Everybody of a role who could sign in. Raises NotReady where nobody could."""
        if role == ANONYMOUS:
            return [self.nobody]
        found = self._signed_in.get(role, [])
        if not found:
            reason = next(iter(self.kept_away(role).values()), "it has no actor")
            raise NotReady(f"nobody of the role {role} could sign in: {reason}")
        return found

    def kept_away(self, role: str) -> Mapping[str, str]:
        """The actors of a role who could not sign in, and why: what the others show is not the whole of the role."""
        return self._refused.get(role, {})

    def first(self, role: str) -> Person:
        return self.of(role)[0]

    def sign_in(self, username: str, password: str, *, role: str, name: str) -> Person:
        """A session of its own for somebody. Raises NotReady where it is refused."""
        table = self._project.sign_in
        if table is None:
            raise NotReady(f"{self._project.file} does not say how to sign in")
        session = self._session_of(Actor(name=name, role=role, username=username, password=SecretStr(password)), table)
        refresh = at(session.answer, self._matrix.tokens.refresh_field)
        self._learn([*session.secrets, session.token, refresh, password])
        return Person(
            name=name,
            role=role,
            username=username,
            password=password,
            refresh_token=refresh if isinstance(refresh, str) else "",
            set_cookies=session.set_cookies,
            session_cookie=_session_cookie(session, table),
            who=self._credentials(session),
        )

    def again(self, person: Person) -> Person:
        """A second session of the same person. Raises NotReady."""
        return self.sign_in(person.username, person.password, role=person.role, name=person.name)

    def alive(self, person: Person) -> bool:
        """Whether the session of a person still works: asked at an endpoint that lets the role in."""
        if person.anonymous:
            return True
        door = next((one for one in self._matrix.endpoints if _is_plain_door(one, person.role)), None)
        return door is None or self._caller.call(door.ask, person.who).answer.succeeded

    def turn_of(self, person: Person) -> Turn:
        """Held while somebody does several things in a row that others of the same person would disturb."""
        return self._turns.of(person.name)

    def _let_in(self, actor: Actor) -> Person | None:
        try:
            password = actor.password.get_secret_value()
            return self.sign_in(actor.username, password, role=actor.role, name=actor.name)
        except NotReady as reason:
            self._refused.setdefault(actor.role, {})[actor.name] = str(reason)
            return None

    def _of_a_page(self) -> Credentials:
        """What whoever has opened a page has, account or none: else a write is refused for want of its proof, and who
        may write is not seen."""
        csrf = self._project.sign_in.csrf if self._project.sign_in else None
        if csrf is None or csrf.page is None:
            return NOBODY
        page = self._knock(Knock(method="GET", path=csrf.page, from_root=True))
        return self._credentials(Session(cookies=page.cookies, proof=proof_in(csrf, page.text, page.cookies)))

    def _session_of(self, actor: Actor, table: SignInTable) -> Session:
        folder, base_url = self._project.path.parent, self._caller.base_url
        visit = SigningIn(actor=actor, table=table, base_url=base_url, ask=self._knock, folder=folder)
        try:
            return session_for(visit)
        except (NotLetIn, StormwalkError) as problem:
            raise NotReady(f"{actor.name} could not sign in: {problem}") from None

    def _credentials(self, session: Session) -> Credentials:
        if session.token:
            return Credentials(token=session.token, further=tuple(session.headers.items()))
        csrf = self._project.sign_in.csrf if self._project.sign_in else None
        proof = (session.proof or session.cookies.get(csrf.cookie, "")) if csrf else ""
        writing = ((csrf.header, proof), ("Referer", f"{self._caller.base_url}/")) if csrf and proof else ()
        cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        return Credentials(
            cookies=cookies,
            further=tuple(session.headers.items()),
            writing=writing,
            in_form=((csrf.field, proof),) if csrf and proof else (),
        )

    def _knock(self, knock: Knock) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in knock.cookies.items())
        ask = Ask(method=knock.method, path=knock.path, body=knock.body, form=knock.form)
        sent = self._caller.call(ask, Credentials(cookies=cookies), headers=knock.headers, from_root=knock.from_root)
        answer, raw = sent.answer, tuple(value for name, value in sent.answer.headers if name.lower() == "set-cookie")
        return Reply(
            status=answer.status,
            words=answer.words,
            data=answer.data,
            cookies=cookies_of(raw),
            set_cookies=raw,
            location=answer.location,
            text=answer.text,
        )

    def _learn(self, values: Iterable[Any]) -> None:
        for one in values:
            if isinstance(one, str) and len(one) >= _SHORTEST_SECRET:
                self._redactor.learn(one)


def _session_cookie(session: Session, table: SignInTable) -> tuple[str, str]:
    """Name and value of the cookie that stands for the session; nothing where a token does."""
    if session.token:
        return ("", "")
    name = table.session_cookie or next(iter(session.cookies), "")
    return (name, session.cookies.get(name, ""))


def _is_plain_door(endpoint: Endpoint, role: str) -> bool:
    return (
        not endpoint.writes
        and not endpoint.ask.places
        and endpoint.lets_in(role)
        and not endpoint.expected.get(ANONYMOUS, endpoint.expected[role]).lets_in
    )
