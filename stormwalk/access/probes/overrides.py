"""Headers that make a server take a call for another one, past the check that looked at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from stormwalk.access.answers import volatile
from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground
from stormwalk.access.judge import Case, judge
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import right_person, things_for
from stormwalk.access.results import Breach
from stormwalk.access.trials import excerpt
from stormwalk.access.writing import Writer

METHOD_HEADERS = ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method")
URL_HEADERS = ("X-Original-URL", "X-Rewrite-URL")


class MethodOverrides(Probe):
    name = "method-overrides"
    about = "a write that a role may not make, sent as another method with a header that names it"
    writes = True
    turn = 2

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            person = _kept_out(self.ground, endpoint)
            if endpoint.writes and endpoint.proof is not None and person is not None and not endpoint.ends_session:
                run = partial(_method_tried, self.ground, endpoint, person)
                yield Task(endpoint=endpoint.name, rules=("method-override",), run=run)


class UrlOverrides(Probe):
    name = "url-overrides"
    about = "a read that a role may not make, asked for by a header at an address that it may"
    turn = 2

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            person = _kept_out(self.ground, endpoint)
            if not endpoint.writes and person is not None:
                run = partial(_url_tried, self.ground, endpoint, person)
                yield Task(endpoint=endpoint.name, rules=("url-override",), run=run)


def _kept_out(ground: Ground, endpoint: Endpoint) -> Person | None:
    """Somebody with an account whom the endpoint keeps out."""
    for role in endpoint.expected:
        if role != ANONYMOUS and not endpoint.lets_in(role):
            try:
                return ground.people.first(role)
            except NotReady:
                continue
    return None


def _method_tried(ground: Ground, endpoint: Endpoint, person: Person) -> Outcome:
    """All headers at once, and each alone only where that did something and no header did not."""
    try:
        if not _does(ground, endpoint, person, METHOD_HEADERS) or _does(ground, endpoint, person, ()):
            return Outcome()
        single = [(header, _does(ground, endpoint, person, (header,))) for header in METHOD_HEADERS]
    except NotReady as reason:
        return Outcome(remarks=(f"method overrides were not tried at {endpoint.name}: {reason}",))
    breaches = (_breach(ground, endpoint, person, header, sent) for header, sent in single if sent)
    return Outcome(breaches=tuple(breaches))


def _does(ground: Ground, endpoint: Endpoint, person: Person, headers: tuple[str, ...]) -> Sent | None:
    """The call in disguise that had the effect of the one that is refused."""
    owner = right_person(ground, endpoint)
    for method in ("POST", "GET"):
        if method == endpoint.method:
            continue
        disguise = Ask(method=method, path=endpoint.path, body=endpoint.body)
        named = dict.fromkeys(headers, endpoint.method)
        write = Writer(ground, endpoint).in_disguise(person, owner, disguise, named)
        if write.done:
            return write.sent
    return None


def _url_tried(ground: Ground, endpoint: Endpoint, person: Person) -> Outcome:
    try:
        owner = right_person(ground, endpoint)
        things, canary = things_for(ground, endpoint, owner)
    except NotReady as reason:
        return Outcome(remarks=(f"address overrides were not tried at {endpoint.name}: {reason}",))
    values = ground.values(endpoint, owner, things)
    right = ground.send(endpoint.ask, owner, values)
    path = right.path
    found = []
    for door in _doors(ground, person):
        sent = ground.send(door.ask, person, ground.values(door, person), dict.fromkeys(URL_HEADERS, path))
        case = Case(
            expected=endpoint.expected[person.role],
            answer=sent.answer,
            asked=path,
            right=right.answer,
            canary=canary,
            passing=frozenset() if canary else volatile(right.answer, sent.answer),
            shell=ground.shell,
        )
        plain = ground.send(door.ask, person, ground.values(door, person)).answer
        shown_anyway = bool(canary) and plain.holds(canary)
        if judge(case).problem == "let-in" and not shown_anyway and plain.data != sent.answer.data:
            proof = f"{door.name} with a header that names {path} gave {person.name} what is behind that address"
            found.append(_breach(ground, endpoint, person, "/".join(URL_HEADERS), sent, "url-override", proof))
    return Outcome(breaches=tuple(found[:1]))


def _doors(ground: Ground, person: Person) -> Iterator[Endpoint]:
    """An endpoint or two that let the person in, from which others might be reached."""
    doors = (one for one in ground.matrix.endpoints if not one.writes and one.method == "GET" and not one.ask.places)
    yield from [one for one in doors if one.lets_in(person.role)][:1]


def _breach(
    ground: Ground,
    endpoint: Endpoint,
    person: Person,
    header: str,
    sent: Sent,
    rule: str = "method-override",
    proof: str = "",
) -> Breach:
    told = f"{sent.method} with {header}: {endpoint.method} did for {person.name} what is refused without it, twice"
    return Breach(
        rule=rule,
        endpoint=endpoint.name,
        role=person.role,
        subject=header,
        proof=proof or told,
        excerpts=(excerpt(ground, sent, person),),
    )
