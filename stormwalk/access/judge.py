"""The judgement of one probe: pure, and never by status or length alone.

Order, first match: the proof of a leak, whatever status the answer has and whatever else it says: a refusal that holds
what it refuses has refused nothing. No answer, too many requests and server errors say nothing of rights. A refusal
counts only beside a right role that got in within the same minute. A leak is claimed only where it is proven: by a
canary that only the owner could have written, by reading back a write, or by the very values that the right role got
and nobody else gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stormwalk.access.answers import (
    Answer,
    alike,
    built_into,
    gives_nothing,
    is_shell,
    leads_to,
    same_shape,
    same_values,
    says_error,
    written_out,
)
from stormwalk.access.results import Expected, Verdict

UNPROCESSED = frozenset({400, 405, 406, 409, 411, 413, 415, 422, 428, 431})
"""The request was not taken as it was, before or after anybody looked at the caller's rights: nothing is known."""

DEFAULT_STATUSES: Mapping[Expected, tuple[int, ...]] = {
    Expected.DENY: (403, 401, 404),
    Expected.UNAUTHENTICATED: (401, 403),
    Expected.CONCEAL: (404,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of one probe.

    `answer` is what the caller got. `right` is what the right role got for the same call in the same minute, None
    where there was no such control; `nobody` what a caller without credentials got; `unknown` what the caller gets
    for an object that does not exist; `shell` what a path gets that is nowhere. `canary` stands in the answer to
    whoever may see the object; `asked` is the path that was called, which a refusal may repeat without showing more.
    `foreign` are canaries of others, `strangers` their names. `done` says whether a write was read back as done, None
    where it was not looked at. `alive` says whether the caller's session still worked afterwards.
    """

    expected: Expected
    answer: Answer
    right: Answer | None = None
    nobody: Answer | None = None
    unknown: Answer | None = None
    shell: Answer | None = None
    canary: str = ""
    asked: str = ""
    foreign: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    passing: frozenset[str] = frozenset()
    writes: bool = False
    done: bool | None = None
    alive: bool = True
    anonymous: bool = False
    login_page: tuple[str, ...] = ("/login",)
    statuses: Mapping[Expected, tuple[int, ...]] = field(default_factory=lambda: DEFAULT_STATUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with what was observed and why. `problem` is the kind of breach without its place, or empty:
    `let-in`, `not-concealed`, `refused-with-success`, `foreign`, `denied`, `server-error`.
    """

    verdict: Verdict
    observed: str
    reason: str
    problem: str = ""


def judge(case: Case) -> Judgement:
    """The verdict of a single probe. Whoever claims a leak or a lock-out of it tries it a second time first."""
    answer = case.answer
    proven = _foreign(case) if case.expected.lets_in else _leak(case)
    if proven is not None:
        return proven
    if answer.status is None:
        return _open("no answer", f"no answer came: {answer.failure or 'unknown reason'}")
    if answer.status == 429:
        return _open("429", "too many requests: the application turned everybody away")
    if answer.status >= 500:
        reason = "the server failed, which says nothing of rights"
        return _breach(Verdict.SERVER_ERROR, f"server error {answer.status}", reason, "server-error")
    return _should_enter(case) if case.expected.lets_in else _should_not_enter(case)


def is_refusal(answer: Answer, login_page: tuple[str, ...], shell: Answer | None = None) -> bool:
    """Whether the caller was turned away: 401, 403, 404, 410, or sent to where one logs in."""
    return answer.status in (401, 403, 404, 410) or leads_to(answer, login_page) or is_shell(answer, shell)


def _foreign(case: Case) -> Judgement | None:
    """The proof that somebody who may get in got what is another's."""
    answer = case.answer
    if any(map(answer.holds, case.foreign)) or any(map(answer.names, case.strangers)):
        return _breach(Verdict.BYPASSED, "let in", "the answer holds what belongs to somebody else", "foreign")
    return None


def _leak(case: Case) -> Judgement | None:
    """The proof that somebody who should be kept out was not: it counts beside any status and any word of an error."""
    if case.done:
        reason = "the write was read back as done"
    elif case.canary and case.answer.holds(case.canary) and not _only_repeated(case):
        reason = "the answer holds what only its owner can have written"
    elif not case.writes and not case.canary and _control_holds(case) and _tells_the_same(case):
        reason = "the very values that the right role got"
    else:
        return None
    although = "" if case.answer.succeeded else f", although it was answered with {case.answer.words}"
    return _breach(Verdict.BYPASSED, "let in", reason + although, "let-in")


def _only_repeated(case: Case) -> bool:
    """An id may hold the canary, and a refusal name the id that was asked for: that shows nothing of the object."""
    return case.canary in case.asked and (not case.answer.succeeded or says_error(case.answer))


def _tells_the_same(case: Case) -> bool:
    answer, right = case.answer, case.right
    if right is None or answer.status is None:
        return False
    return same_values(answer, right, case.passing) or written_out(answer, right, case.passing, but=case.shell)


def _should_enter(case: Case) -> Judgement:
    answer = case.answer
    if is_shell(answer, case.shell):
        return _open("the shell of the application", "the answer is the page that any path gets")
    # A form that was taken answers with a redirect, be it to the log-in page: the write that was read back tells.
    if answer.succeeded or (answer.redirects and case.done):
        return _entered(case)
    if not case.alive:
        return _open(f"refused with {answer.words}", "the session had ended, so that nothing is known of the role")
    if is_refusal(answer, case.login_page):
        reason = "the matrix lets this role in, and it was turned away twice"
        return _breach(Verdict.LOCK_OUT, f"refused with {answer.words}", reason, "denied")
    if answer.redirects:
        return _open(f"redirected with {answer.words}", "a redirect to elsewhere: neither let in nor refused")
    return _open(f"not taken ({answer.words})", "the application did not take the example: see params, body and before")


def _entered(case: Case) -> Judgement:
    if says_error(case.answer) and not case.answer.holds(case.canary):
        return _open("an error with a success status", "the answer says success and speaks of an error")
    if case.canary and not case.answer.holds(case.canary):
        return _open("let in", "the answer does not hold what was made for this probe, so that it proves nothing")
    if case.anonymous:
        return Judgement(verdict=Verdict.PUBLIC, observed="let in", reason="for everybody, and the matrix says so")
    if case.expected is Expected.OWN:
        return Judgement(verdict=Verdict.OWN_DATA, observed="let in", reason="the caller's own data and nobody else's")
    return Judgement(verdict=Verdict.ENFORCED, observed="let in", reason="let in, as the matrix says")


def _should_not_enter(case: Case) -> Judgement:
    answer = case.answer
    if not _control_holds(case):
        return _open(_seen(answer), "the right role did not get in in the same minute, so this proves nothing")
    if is_refusal(answer, case.login_page, case.shell) or _carries_the_intent(case):
        return _refused(case)
    if answer.status in UNPROCESSED:
        return _open(f"not taken ({answer.words})", "the request was rejected before anybody looked at rights")
    if answer.redirects:
        if alike(answer, case.nobody) and not case.anonymous:
            return _holds(f"redirected with {answer.words}", "sent away like a caller without credentials")
        return _suspicious(f"redirected with {answer.words}", "a redirect that is not the one to the log-in page")
    return _let_in(case)


def _control_holds(case: Case) -> bool:
    """Whether the right role got in: a page that any path gets, or an error with a success status, is no entry."""
    right = case.right
    if right is None or is_shell(right, case.shell):
        return False
    # Of a write it is the answer to somebody who was seen to get in, and a form answers with a redirect.
    if not right.succeeded and not (case.writes and right.redirects):
        return False
    if case.canary and not case.writes:
        return right.holds(case.canary)
    return not says_error(right)


def _carries_the_intent(case: Case) -> bool:
    """Whether the matrix itself says that this status refuses here."""
    return not case.answer.succeeded and case.answer.status in case.statuses.get(case.expected, ())


def _refused(case: Case) -> Judgement:
    answer, observed = case.answer, f"refused with {case.answer.words}"
    if is_shell(answer, case.shell):
        return _holds("the shell of the application", "the page that any path gets, with nothing of the answer in it")
    if not case.alive:
        return _open(observed, "the session had ended, so that the refusal says nothing of the role")
    if case.expected is Expected.CONCEAL and not _conceals(case):
        reason = f"refused with {answer.words}, where an object that does not exist gets {_words(case.unknown)}"
        return _breach(Verdict.SUSPECT, observed, reason, "not-concealed")
    return _holds(observed, "turned away, while the right role got in in the same minute")


def _conceals(case: Case) -> bool:
    hidden = case.statuses.get(Expected.CONCEAL, DEFAULT_STATUSES[Expected.CONCEAL])
    return case.answer.status in hidden or case.unknown is None or alike(case.answer, case.unknown)


def _let_in(case: Case) -> Judgement:
    """A 2xx for somebody who should not get one, and no proof of a leak. It may still be an empty promise."""
    answer, right = case.answer, case.right
    assert right is not None
    if says_error(answer) and not says_error(right) and not built_into(answer, right):
        reason = "the body is a refusal and the status says success, which misleads whoever reads only that"
        return _breach(Verdict.ENFORCED, f"refused with {answer.words}", reason, "refused-with-success")
    if case.writes:
        if case.done is False:
            return _suspicious("let in", "answered with success, and nothing came of it")
        return _suspicious("let in", "answered with success, and nothing tells whether the write happened")
    if gives_nothing(answer, right):
        return _holds("let in, and given nothing", "an empty answer, where the right role got what there is")
    if same_shape(answer, right) or built_into(answer, right):
        return _suspicious("let in", "built like the answer to the right role; needs eyes")
    return _suspicious("let in", "a success of which nothing proves that it shows, or keeps back, what is protected")


def _seen(answer: Answer) -> str:
    return f"{'let in' if answer.succeeded else 'refused'} with {answer.words}"


def _words(answer: Answer | None) -> str:
    return answer.words if answer else "no answer"


def _open(observed: str, reason: str) -> Judgement:
    return Judgement(verdict=Verdict.INCONCLUSIVE, observed=observed, reason=reason)


def _suspicious(observed: str, reason: str) -> Judgement:
    return Judgement(verdict=Verdict.SUSPECT, observed=observed, reason=reason)


def _holds(observed: str, reason: str) -> Judgement:
    return Judgement(verdict=Verdict.ENFORCED, observed=observed, reason=reason)


def _breach(verdict: Verdict, observed: str, reason: str, problem: str) -> Judgement:
    return Judgement(verdict=verdict, observed=observed, reason=reason, problem=problem)
