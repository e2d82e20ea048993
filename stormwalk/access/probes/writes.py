"""Every role at every endpoint that writes, on objects made for it; what happened is read back, never believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from stormwalk.access.answers import Answer
from stormwalk.access.caller import NOBODY, Sent
from stormwalk.access.filling import unknown_like
from stormwalk.access.ground import Ground
from stormwalk.access.judge import Case, judge
from stormwalk.access.matrix import Endpoint
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import another, of_others, right_person
from stormwalk.access.results import AccessCell, Breach, Expected, Verdict
from stormwalk.access.trials import Trial, breaches_of, cell_of, confirmed, expects_own, unknown_cell
from stormwalk.access.writing import Write, Writer

RULES = (
    "over-permission",
    "missing-authentication",
    "cross-user-write",
    "not-concealed",
    "wrongly-denied",
    "refused-with-success",
    "server-error",
    "forbidden-field",
)
_CONFLICT = 409
_TRIES = 4


class Writes(Probe):
    name = "writes"
    about = "every role at every endpoint that writes, on objects made for it"
    writes = True

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            if endpoint.writes:
                run = partial(_try_all_roles, self.ground, endpoint)
                yield Task(endpoint=endpoint.name, rules=RULES, run=run, judges=True)


def _try_all_roles(ground: Ground, endpoint: Endpoint) -> Outcome:
    """Those who may come first: without one that got in, a refusal proves nothing."""
    cells: list[AccessCell] = []
    breaches: list[Breach] = []
    control: Sent | None = None
    for role in sorted(endpoint.expected, key=lambda one: not endpoint.lets_in(one)):
        try:
            trials = list(_trials(ground, endpoint, role, control))
        except NotReady as reason:
            cells.append(unknown_cell(endpoint, role, str(reason)))
            continue
        cells.append(cell_of(endpoint, role, trials))
        breaches += breaches_of(ground, endpoint, trials)
        control = control or next((one.sent for one in trials if _is_control(endpoint, one)), None)
    return Outcome(cells=tuple(cells), breaches=tuple(breaches))


def _is_control(endpoint: Endpoint, trial: Trial) -> bool:
    lets_in = endpoint.lets_in(trial.person.role) and not trial.others
    return lets_in and trial.judgement.verdict in (Verdict.ENFORCED, Verdict.PUBLIC, Verdict.OWN_DATA)


def _trials(ground: Ground, endpoint: Endpoint, role: str, control: Sent | None) -> Iterator[Trial]:
    if not endpoint.lets_in(role):
        # Everybody: one whom a forgotten right lets in is enough for a leak, and need not be the first.
        for one in ground.people.of(role):
            yield confirmed(partial(_kept_out, ground, endpoint, one, control))
        return
    mine = confirmed(partial(_let_in_at_last, ground, endpoint, ground.people.first(role)))
    yield mine
    if expects_own(endpoint, role) and ground.kinds_in_path(endpoint):
        for one in ground.people.of(role):
            control = mine.sent if _is_control(endpoint, mine) else None
            yield confirmed(partial(_others, ground, endpoint, one, control))


def _let_in_at_last(ground: Ground, endpoint: Endpoint, person: Person) -> Trial:
    """An object may have moved on before the call came to it, as an order does that is shipped: then with another."""
    for _ in range(_TRIES):
        trial = _let_in(ground, endpoint, person)
        if trial.sent.answer.status != _CONFLICT:
            break
    return trial


def _let_in(ground: Ground, endpoint: Endpoint, person: Person) -> Trial:
    caller = _session_of_its_own(ground, endpoint, person)
    write = Writer(ground, endpoint).as_owner(caller)
    case = Case(
        expected=endpoint.expected[person.role],
        answer=write.sent.answer,
        writes=True,
        done=write.done,
        shell=ground.shell,
        alive=endpoint.ends_session or _alive(ground, caller, write),
        anonymous=person.anonymous,
        login_page=ground.matrix.login_page,
        statuses=endpoint.statuses,
    )
    return Trial(person=caller, sent=write.sent, judgement=judge(case))


def _kept_out(ground: Ground, endpoint: Endpoint, person: Person, control: Sent | None) -> Trial:
    owner = right_person(ground, endpoint)
    write = Writer(ground, endpoint).as_other(person, owner)
    return _refused_trial(ground, endpoint, person, write, control, endpoint.expected[person.role])


def _others(ground: Ground, endpoint: Endpoint, person: Person, control: Sent | None) -> Trial:
    """The object of another user of the same role."""
    owner = another(ground, endpoint, person)
    write = Writer(ground, endpoint).as_other(person, owner)
    return _refused_trial(ground, endpoint, person, write, control, Expected.CONCEAL, others=True)


def _refused_trial(
    ground: Ground,
    endpoint: Endpoint,
    person: Person,
    write: Write,
    control: Sent | None,
    expected: Expected,
    others: bool = False,
) -> Trial:
    answer = write.sent.answer
    case = Case(
        expected=expected,
        answer=answer,
        right=control.answer if control else None,
        shell=ground.shell,
        unknown=_nowhere(ground, endpoint, person) if expected is Expected.CONCEAL else None,
        writes=True,
        done=write.done,
        alive=_alive(ground, person, write),
        anonymous=person.anonymous,
        login_page=ground.matrix.login_page,
        statuses=of_others(endpoint) if others else endpoint.statuses,
    )
    return Trial(person=person, sent=write.sent, judgement=judge(case), others=others, right=control)


def _nowhere(ground: Ground, endpoint: Endpoint, person: Person) -> Answer:
    """What the same call gets for an object that does not exist."""
    values = ground.values(endpoint, person)
    ids = {kind: unknown_like(1) for kind in ground.kinds_in_path(endpoint)}
    return ground.send(endpoint.ask, person, {**values, **ids}).answer


def _session_of_its_own(ground: Ground, endpoint: Endpoint, person: Person) -> Person:
    """A second session where the call ends or uses up one; for nobody, somebody new to be told of in the body."""
    body = str(endpoint.body)
    if person.anonymous and any(place in body for place in ("{username}", "{password}", "{refresh_token}")):
        known = ground.newcomer(person.role)
        return replace(known, name=person.name, who=NOBODY) if known else person
    return ground.people.again(person) if endpoint.ends_session or "{refresh_token}" in body else person


def _alive(ground: Ground, person: Person, write: Write) -> bool:
    return write.sent.answer.status != 401 or ground.people.alive(person)
