"""Tokens that must no longer work, or never did: forged, expired, of a session that has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from stormwalk.access.answers import volatile
from stormwalk.access.caller import Sent
from stormwalk.access.forge import forgeries, is_jwt, signed_again
from stormwalk.access.ground import Ground
from stormwalk.access.judge import UNPROCESSED, Case, judge
from stormwalk.access.matrix import ANONYMOUS, Ask, Endpoint
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import right_person, things_for
from stormwalk.access.results import Breach, Expected, Verdict
from stormwalk.access.trials import Trial, excerpt

_BROKE = "server-error"
FORGED = ("garbage-token-accepted", "signature-not-checked", "signature-stripped-accepted", "alg-none-accepted")
_AN_HOUR_S = 3600.0


class Tokens(Probe):
    name = "tokens"
    about = "forged, expired and ended tokens at every endpoint that reads and needs one"
    turn = 1

    def tasks(self) -> Iterable[Task]:
        for endpoint in guarded(self.ground):
            yield Task(endpoint=endpoint.name, rules=(*FORGED, _BROKE), run=partial(_forged, self.ground, endpoint))
            yield Task(
                endpoint=endpoint.name,
                rules=("expired-token-accepted", _BROKE),
                run=partial(_expired, self.ground, endpoint),
            )
            yield Task(
                endpoint=endpoint.name,
                rules=("token-after-logout", _BROKE),
                run=partial(_ended, self.ground, endpoint),
            )
        if self.ground.matrix.tokens.refresh is not None:
            refresh = self.ground.matrix.tokens.refresh
            yield Task(
                endpoint=f"{refresh.method} {self.ground.project.application.api_root}{refresh.path}",
                rules=("refresh-after-logout", _BROKE),
                run=partial(_refreshed, self.ground, refresh),
            )


def guarded(ground: Ground) -> Iterator[Endpoint]:
    """The endpoints that only read, and need an account."""
    for endpoint in ground.matrix.endpoints:
        anonymous = endpoint.expected.get(ANONYMOUS)
        if not endpoint.writes and not endpoint.ends_session and (anonymous is None or not anonymous.lets_in):
            yield endpoint


def _forged(ground: Ground, endpoint: Endpoint) -> Outcome:
    def outcomes(person: Person) -> Iterator[Outcome]:
        said: set[str] = set()
        for forgery in forgeries(person.token):
            if forgery.rule not in said:
                outcome = _tried_with(ground, endpoint, person, forgery.token, forgery.rule, forgery.what)
                said |= {breach.rule for breach in outcome.breaches}
                yield outcome

    return _tried(ground, endpoint, lambda person: _together(outcomes(person)))


def _expired(ground: Ground, endpoint: Endpoint) -> Outcome:
    rules = ground.matrix.tokens
    key = rules.signing_key.get_secret_value() if rules.signing_key else ""
    if not key:
        return Outcome(remarks=("expired tokens were not tried: access.tokens names no signing_key of a test system",))

    def outcome(person: Person) -> Outcome:
        if not is_jwt(person.token):
            raise NotReady("expired tokens were not tried: the access token is no JSON Web Token")
        signed = partial(signed_again, person.token, key, rules.algorithm)
        if not _answer(ground, endpoint, person.with_token(signed(age_s=-_AN_HOUR_S)), person).answer.succeeded:
            raise NotReady(
                "expired tokens were not tried: a token that was signed with access.tokens.signing_key and has not "
                "expired is refused, so that it is not the application's key"
            )
        token, what = signed(age_s=_AN_HOUR_S), "a token of an hour ago"
        return _tried_with(ground, endpoint, person, token, "expired-token-accepted", what)

    return _tried(ground, endpoint, outcome)


def _ended(ground: Ground, endpoint: Endpoint) -> Outcome:
    def outcome(person: Person) -> Outcome:
        session = ground.people.again(person)
        _log_out(ground, session)
        what = "the token of a session that was logged out"
        return _tried_with(ground, endpoint, person, session.token, "token-after-logout", what)

    return _tried(ground, endpoint, outcome)


def _refreshed(ground: Ground, refresh: Ask) -> Outcome:
    """Whether a refresh token of a session that has ended still gets a token that works."""
    role = next(role for role in ground.matrix.roles if role != ANONYMOUS)
    try:
        sent = [_refresh_of_ended(ground, refresh, ground.people.first(role)) for _ in range(2)]
    except NotReady as reason:
        return Outcome(remarks=(f"refreshing after log-out was not tried: {reason}",))
    name, what = f"{sent[1].method} {sent[1].path}", "the refresh token of a session that was logged out"
    rule, proof = "refresh-after-logout", f"twice, {what} was traded for a new access token"
    if not all(one.answer.succeeded and "token" in one.answer.text for one in sent):
        if not all((one.answer.status or 0) >= 500 for one in sent):
            return _untold(name, what, [one.answer.words for one in sent if not one.answer.tells_of_rights])
        rule, proof = _BROKE, f"twice, {what} made the server fail: {sent[1].answer.words}"
    breach = Breach(
        rule=rule,
        endpoint=name,
        role=role,
        proof=proof,
        excerpts=(excerpt(ground, sent[1], ground.people.first(role)),),
    )
    return Outcome(breaches=(breach,))


def _refresh_of_ended(ground: Ground, refresh: Ask, person: Person) -> Sent:
    session = ground.people.again(person)
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
    # Where a page has a proof, a log-out by POST is the form of a page.
    ask = Ask(method=method, path=path, form=method == "POST" and bool(session.who.in_form))
    answer = ground.caller.call(ask, session.who).answer
    if not answer.succeeded and not answer.redirects:
        raise NotReady(f"{session.name} could not log out: {method} {path}: {answer.words}")


def _tried(ground: Ground, endpoint: Endpoint, outcome: Callable[[Person], Outcome]) -> Outcome:
    try:
        return outcome(_bearer(ground, endpoint))
    except NotReady as reason:
        return Outcome(remarks=(str(reason),))


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    """All of it; a server that breaks does so for one token after the other, and is told of once."""
    every = list(outcomes)
    found = {breach.rule: breach for one in reversed(every) for breach in one.breaches}
    remarks = dict.fromkeys(remark for one in every for remark in one.remarks)
    return Outcome(breaches=tuple(found.values()), remarks=tuple(remarks))


def _bearer(ground: Ground, endpoint: Endpoint) -> Person:
    """Somebody whom the endpoint lets in at this moment, so that a refusal of the token means the token."""
    person = right_person(ground, endpoint)
    if not _answer(ground, endpoint, person, person).answer.succeeded:
        raise NotReady(f"tokens were not tried at {endpoint.name}: it does not let {person.name} in with a good one")
    without = _trial(ground, endpoint, ground.people.nobody, person)
    if without.sent.answer.succeeded or without.judgement.problem == "let-in":
        raise NotReady(f"tokens were not tried at {endpoint.name}: it asks for none")
    return person


def _answer(ground: Ground, endpoint: Endpoint, bearer: Person, owner: Person) -> Sent:
    things, _ = things_for(ground, endpoint, owner)
    return ground.send(endpoint.ask, bearer, ground.values(endpoint, owner, things))


def _tried_with(ground: Ground, endpoint: Endpoint, person: Person, token: str, rule: str, what: str) -> Outcome:
    """What a token comes to that must not open the endpoint, tried twice: opened, broken, refused, or unknown."""
    trials = [_trial(ground, endpoint, person.with_token(token), person) for _ in range(2)]
    problems = {one.judgement.problem for one in trials}
    if problems == {"let-in"}:
        return Outcome(breaches=(_breach(ground, endpoint, trials[1], rule, what),))
    if problems == {_BROKE}:
        proof = f"with {what}, the server failed, twice: {trials[1].sent.answer.words}"
        return Outcome(breaches=(replace(_breach(ground, endpoint, trials[1], _BROKE, what), proof=proof),))
    return _untold(endpoint.name, what, [one.judgement.reason for one in trials if not _refused(one)])


def _refused(trial: Trial) -> bool:
    """Whether the token was turned away; a request that is not taken as it was is no entry either."""
    return trial.judgement.verdict is Verdict.ENFORCED or trial.sent.answer.status in UNPROCESSED


def _untold(name: str, what: str, reasons: Sequence[str]) -> Outcome:
    """A remark where the answers do not tell whether a token is refused."""
    return Outcome(remarks=tuple(f"whether {what} is refused at {name} is not known: {one}" for one in reasons[:1]))


def _trial(ground: Ground, endpoint: Endpoint, bearer: Person, person: Person) -> Trial:
    _, canary = things_for(ground, endpoint, person)
    right = _answer(ground, endpoint, person, person)
    sent = _answer(ground, endpoint, bearer, person)
    case = Case(
        expected=Expected.UNAUTHENTICATED,
        answer=sent.answer,
        asked=sent.path,
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
