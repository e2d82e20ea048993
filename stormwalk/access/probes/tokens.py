"""Tokens that must no longer work, or never did: forged, expired, of a session that has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from stormwalk.access.answers import volatile
from stormwalk.access.caller import Sent
from stormwalk.access.forge import forgeries, is_jwt, signed_again
from stormwalk.access.ground import Ground, NotReady, Person
from stormwalk.access.judge import Case, judge
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import right_person, things_for
from stormwalk.access.results import Breach, Expected
from stormwalk.access.trials import Trial, excerpt

FORGED = ("garbage-token-accepted", "signature-not-checked", "signature-stripped-accepted", "alg-none-accepted")
_AN_HOUR_S = 3600.0


class Tokens(Probe):
    name = "tokens"
    about = "forged, expired and ended tokens at every endpoint that reads and needs one"
    turn = 1

    def tasks(self) -> Iterable[Task]:
        for endpoint in guarded(self.ground):
            yield Task(endpoint=endpoint.name, rules=FORGED, run=partial(_forged, self.ground, endpoint))
            yield Task(
                endpoint=endpoint.name, rules=("expired-token-accepted",), run=partial(_expired, self.ground, endpoint)
            )
            yield Task(
                endpoint=endpoint.name, rules=("token-after-logout",), run=partial(_ended, self.ground, endpoint)
            )
        if self.ground.matrix.tokens.refresh is not None:
            refresh = self.ground.matrix.tokens.refresh
            yield Task(
                endpoint=f"{refresh.method} {self.ground.project.application.api_root}{refresh.path}",
                rules=("refresh-after-logout",),
                run=partial(_refreshed, self.ground, refresh),
            )


def guarded(ground: Ground) -> Iterator[Endpoint]:
    """The endpoints that only read, and need an account."""
    for endpoint in ground.matrix.endpoints:
        anonymous = endpoint.expected.get(ANONYMOUS)
        if not endpoint.writes and not endpoint.ends_session and (anonymous is None or not anonymous.lets_in):
            yield endpoint


def _forged(ground: Ground, endpoint: Endpoint) -> Outcome:
    def breaches(person: Person) -> Iterator[Breach]:
        said: set[str] = set()
        for forgery in forgeries(person.who.token):
            if forgery.rule not in said and (trial := _gets_in(ground, endpoint, person, forgery.token)):
                said.add(forgery.rule)
                yield _breach(ground, endpoint, trial, forgery.rule, forgery.what)

    return _tried(ground, endpoint, lambda person: tuple(breaches(person)))


def _expired(ground: Ground, endpoint: Endpoint) -> Outcome:
    rules = ground.matrix.tokens
    key = rules.signing_key.get_secret_value() if rules.signing_key else ""
    if not key:
        return Outcome(remarks=("expired tokens were not tried: access.tokens names no signing_key of a test system",))

    def breaches(person: Person) -> tuple[Breach, ...]:
        if not is_jwt(person.who.token):
            raise NotReady("expired tokens were not tried: the access token is no JSON Web Token")
        signed = partial(signed_again, person.who.token, key, rules.algorithm)
        if not _answer(ground, endpoint, person.with_token(signed(age_s=-_AN_HOUR_S)), person).answer.succeeded:
            raise NotReady(
                "expired tokens were not tried: a token that was signed with access.tokens.signing_key and has not "
                "expired is refused, so that it is not the application's key"
            )
        trial = _gets_in(ground, endpoint, person, signed(age_s=_AN_HOUR_S))
        return (_breach(ground, endpoint, trial, "expired-token-accepted", "a token of an hour ago"),) if trial else ()

    return _tried(ground, endpoint, breaches)


def _ended(ground: Ground, endpoint: Endpoint) -> Outcome:
    def breaches(person: Person) -> tuple[Breach, ...]:
        session = ground.again(person)
        _log_out(ground, session)
        trial = _gets_in(ground, endpoint, person, session.who.token)
        what = "the token of a session that was logged out"
        return (_breach(ground, endpoint, trial, "token-after-logout", what),) if trial else ()

    return _tried(ground, endpoint, breaches)


def _refreshed(ground: Ground, refresh: Ask) -> Outcome:
    """Whether a refresh token of a session that has ended still gets a token that works."""
    role = next(role for role in ground.matrix.roles if role != ANONYMOUS)
    try:
        sent = [_refresh_of_ended(ground, refresh, ground.first(role)) for _ in range(2)]
    except NotReady as reason:
        return Outcome(remarks=(f"refreshing after log-out was not tried: {reason}",))
    if not all(one.answer.succeeded and "token" in one.answer.text for one in sent):
        return Outcome()
    breach = Breach(
        rule="refresh-after-logout",
        endpoint=f"{sent[1].method} {sent[1].path}",
        role=role,
        proof="twice, a refresh token was traded for a new access token after its session had been logged out",
        excerpts=(excerpt(ground, sent[1], ground.first(role)),),
    )
    return Outcome(breaches=(breach,))


def _refresh_of_ended(ground: Ground, refresh: Ask, person: Person) -> Sent:
    session = ground.again(person)
    if not session.refresh_token:
        raise NotReady(f"the sign-in gives no {ground.matrix.tokens.refresh_field}")
    field = ground.matrix.tokens.refresh_field
    fresh = ground.caller.call(Ask(method=refresh.method, path=refresh.path, body={field: session.refresh_token}))
    renewed = fresh.answer.data.get(field, "") if isinstance(fresh.answer.data, dict) else ""
    if not fresh.answer.succeeded:
        raise NotReady(f"a refresh token is refused even before the log-out: {fresh.answer.words}")
    ground.redactor.learn(str(renewed))
    _log_out(ground, session)
    token = renewed or session.refresh_token
    return ground.caller.call(Ask(method=refresh.method, path=refresh.path, body={field: token}))


def _log_out(ground: Ground, session: Person) -> None:
    assert ground.project.sign_in is not None
    method, path = ground.project.sign_in.sign_out_request
    answer = ground.caller.call(Ask(method=method, path=path), session.who).answer
    if not answer.succeeded:
        raise NotReady(f"{session.name} could not log out: {method} {path}: {answer.words}")


def _tried(ground: Ground, endpoint: Endpoint, breaches: Callable[[Person], tuple[Breach, ...]]) -> Outcome:
    try:
        return Outcome(breaches=breaches(_bearer(ground, endpoint)))
    except NotReady as reason:
        return Outcome(remarks=(str(reason),))


def _bearer(ground: Ground, endpoint: Endpoint) -> Person:
    """Somebody whom the endpoint lets in at this moment, so that a refusal of the token means the token."""
    person = right_person(ground, endpoint)
    if not _answer(ground, endpoint, person, person).answer.succeeded:
        raise NotReady(f"tokens were not tried at {endpoint.name}: it does not let {person.name} in with a good one")
    if _answer(ground, endpoint, ground.nobody, person).answer.succeeded:
        raise NotReady(f"tokens were not tried at {endpoint.name}: it asks for none")
    return person


def _answer(ground: Ground, endpoint: Endpoint, bearer: Person, owner: Person) -> Sent:
    things, _ = things_for(ground, endpoint, owner)
    return ground.send(endpoint.ask, bearer, ground.values(endpoint, owner, things))


def _gets_in(ground: Ground, endpoint: Endpoint, person: Person, token: str) -> Trial | None:
    """The trial in which the token opened the endpoint as the person's own does, twice; None where it did not."""
    bearer = person.with_token(token)
    trials = [_trial(ground, endpoint, bearer, person) for _ in range(2)]
    return trials[1] if all(one.judgement.problem == "let-in" for one in trials) else None


def _trial(ground: Ground, endpoint: Endpoint, bearer: Person, person: Person) -> Trial:
    _, canary = things_for(ground, endpoint, person)
    right = _answer(ground, endpoint, person, person)
    sent = _answer(ground, endpoint, bearer, person)
    case = Case(
        expected=Expected.UNAUTHENTICATED,
        answer=sent.answer,
        right=right.answer,
        shell=None if right.answer.is_html else ground.shell,
        canary=canary,
        # A figure that moved between two calls must not hide that the token opened the door.
        passing=frozenset() if canary else volatile(right.answer, sent.answer),
        login_page=ground.matrix.login_page,
        statuses=endpoint.statuses,
    )
    return Trial(person=bearer, sent=sent, judgement=judge(case), right=right)


def _breach(ground: Ground, endpoint: Endpoint, trial: Trial, rule: str, what: str) -> Breach:
    return Breach(
        rule=rule,
        endpoint=endpoint.name,
        role=trial.person.role,
        subject=what if rule == "alg-none-accepted" else "",
        proof=f"with {what}, {trial.person.name} got what the good token gets: {trial.judgement.reason}",
        excerpts=(excerpt(ground, trial.sent, trial.person),),
    )
