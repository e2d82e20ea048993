"""Every verdict and how it is come to, as a table; and above all what must not be claimed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stormwalk.access.answers import Answer
from stormwalk.access.judge import UNPROCESSED, Case, judge
from stormwalk.access.results import Expected, Verdict

ALLOW, DENY, OUT, CONCEAL, OWN = Expected
CANARY = "sw0123456789ab"


def said(status: int | None, data: Any = None, **fields: Any) -> Answer:
    text = json.dumps(data) if data is not None else ""
    return Answer(status=status, data=data, text=text, content_type="application/json", **fields)


def page(text: str, status: int = 200) -> Answer:
    return Answer(status=status, text=text, content_type="text/html; charset=utf-8")


ORDER = said(200, {"id": 7, "recipient": CANARY, "total_cents": 900})
FIGURES = said(200, {"sold": 12, "revenue_cents": 90_000, "day": "2026-11-24"})
REFUSED = said(403, {"error": "forbidden"})
UNKNOWN = said(404, {"error": "not_found"})
LOGIN = said(302, location="/login")
SHELL = page("the shop loads its pages with this script and shows them here as soon as it has")
CSV = Answer(status=200, text="product,sold,revenue\nLantern,12,90000\n", content_type="text/csv")

# What nobody should get, asked for by somebody who should not: an order with a canary, figures without one.
OF_ORDER = Case(expected=DENY, answer=REFUSED, right=ORDER, canary=CANARY, shell=UNKNOWN)
OF_FIGURES = Case(expected=DENY, answer=REFUSED, right=FIGURES, shell=UNKNOWN)
WRITE = Case(expected=DENY, answer=REFUSED, right=said(201, {"id": 8}), writes=True, shell=UNKNOWN)
HIDDEN = Case(expected=CONCEAL, answer=UNKNOWN, right=ORDER, unknown=UNKNOWN, canary=CANARY)
ENTERS = Case(expected=ALLOW, answer=ORDER, canary=CANARY, shell=UNKNOWN)
FORM = Case(expected=ALLOW, answer=said(302, location="/orders"), writes=True, shell=UNKNOWN)


def case(base: Case, **changes: Any) -> Case:
    return replace(base, **changes)


REFUSALS = {
    "403": case(OF_ORDER),
    "401": case(OF_ORDER, expected=OUT, answer=said(401), anonymous=True),
    "404 for a denied role": case(OF_ORDER, answer=UNKNOWN),
    "410": case(OF_ORDER, answer=said(410)),
    "a long refusal": case(OF_ORDER, answer=said(403, {"error": "no " * 9000})),
    "a redirect to the log-in page": case(OF_ORDER, answer=LOGIN),
    "the same for the visitor": case(OF_ORDER, expected=OUT, answer=LOGIN, anonymous=True),
    "a log-in page of another name": case(OF_ORDER, answer=said(303, location="/enter/"), login_page=("/enter",)),
    "sent to where nobody is sent to": case(
        OF_ORDER, answer=said(302, location="/hello"), nobody=said(302, location="/hello")
    ),
    "the shell of any path": case(OF_ORDER, answer=SHELL, shell=SHELL),
    "the shell although the session died": case(OF_ORDER, answer=SHELL, shell=SHELL, alive=False),
    "concealed as unknown": case(HIDDEN),
    "concealed by a code that the matrix names": case(
        HIDDEN, answer=REFUSED, unknown=said(404), statuses={CONCEAL: (403,)}
    ),
    "concealed by a code that the unknown gets too": case(HIDDEN, answer=REFUSED, unknown=REFUSED),
    "concealed where nothing is known of the unknown": case(HIDDEN, answer=REFUSED, unknown=None),
    "a write, read back as not done": case(WRITE, done=False),
    "a write of which nothing is read": case(WRITE),
    "a form, beside one that was taken": case(WRITE, answer=LOGIN, right=said(302, location="/orders")),
    "a code that the matrix names": case(OF_ORDER, answer=said(400), statuses={DENY: (400,)}),
}


@pytest.mark.parametrize("one", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_beside_a_right_role_that_got_in_is_enforced(one: Case) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem) == (Verdict.ENFORCED, ""), judged


ENTRIES = {
    "its canary": (case(ENTERS), Verdict.ENFORCED),
    "its canary beside a word of an error": (
        case(ENTERS, answer=said(200, {"recipient": CANARY, "errors": ["late"]})),
        Verdict.ENFORCED,
    ),
    "nothing to prove it by": (case(ENTERS, answer=FIGURES, canary=""), Verdict.ENFORCED),
    "everybody": (case(ENTERS, anonymous=True), Verdict.PUBLIC),
    "one's own": (case(ENTERS, expected=OWN), Verdict.OWN_DATA),
    "no error in it": (case(ENTERS, answer=said(200, {"errors": [], "stock": 3}), canary=""), Verdict.ENFORCED),
    "a form that was taken": (case(FORM, done=True), Verdict.ENFORCED),
    "a form that was taken and leads to the log-in": (case(FORM, answer=LOGIN, done=True), Verdict.ENFORCED),
    "a page where pages are given": (case(ENTERS, answer=page(f"order {CANARY}"), shell=None), Verdict.ENFORCED),
}


@pytest.mark.parametrize(("one", "verdict"), ENTRIES.values(), ids=ENTRIES)
def test_whoever_should_get_in_did(one: Case, verdict: Verdict) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem, judged.observed) == (verdict, "", "let in")


PROVEN = {
    "the canary": (case(OF_ORDER, answer=ORDER), "let-in"),
    "the canary without an account": (case(OF_ORDER, expected=OUT, answer=ORDER, anonymous=True), "let-in"),
    "the canary of a concealed object": (case(HIDDEN, answer=ORDER), "let-in"),
    "the very values of the right role": (case(OF_FIGURES, answer=FIGURES), "let-in"),
    "the same but for what always changes": (
        case(
            OF_FIGURES,
            answer=said(200, {"sold": 12, "revenue_cents": 90_000, "day": "x"}),
            passing=frozenset({"day"}),
        ),
        "let-in",
    ),
    "the very text": (case(OF_FIGURES, answer=CSV, right=CSV), "let-in"),
    "a write that was done": (case(WRITE, answer=said(200, {"ok": True}), done=True), "let-in"),
    "a write that was done and refused": (case(WRITE, done=True), "let-in"),
    "a write that was done and broke": (case(WRITE, answer=said(500), done=True), "let-in"),
    "a write that was done without an answer": (case(WRITE, answer=said(None), done=True), "let-in"),
    "a write that was done with no control": (case(WRITE, right=None, done=True), "let-in"),
    "another's canary in one's own": (case(ENTERS, expected=OWN, answer=ORDER, foreign=(CANARY,)), "foreign"),
    "another's name in one's own": (
        case(ENTERS, expected=OWN, answer=said(200, {"email": "kim@shop.test"}), strangers=("kim@shop.test",)),
        "foreign",
    ),
}


ADDED = {"sold": 12, "revenue_cents": 90_000, "day": "2026-11-24"}
INLINED = page(f"{SHELL.text} <script>window.data = {json.dumps(ADDED)}</script>")
LOGIN_WITH_IT = Answer(status=302, location="/login", content_type="application/json", text=ORDER.text, data=ORDER.data)
LEFT_IN_THE_BODY = {
    "the canary behind a redirect to the log-in page": case(OF_ORDER, answer=LOGIN_WITH_IT),
    **{f"the canary behind {n}": case(OF_ORDER, answer=replace(ORDER, status=n)) for n in (401, 403, 404, 400, 429)},
    "the canary in a server error": case(OF_ORDER, answer=said(500, {"error": CANARY})),
    "the canary of a concealed object behind 404": case(HIDDEN, answer=replace(ORDER, status=404)),
    "the canary in a shell": case(OF_ORDER, answer=page(f"{SHELL.text} {CANARY}"), shell=SHELL),
    "the canary beside an error": case(OF_ORDER, answer=said(200, {"error": "no", "recipient": CANARY})),
    "the canary where the right role got nothing": case(OF_ORDER, answer=ORDER, right=None),
    "the canary that stands in the address, and the object": case(OF_ORDER, answer=ORDER, asked=f"/orders/{CANARY}"),
    **{f"the values behind {n}": case(OF_FIGURES, answer=replace(FIGURES, status=n)) for n in (302, 403, 404)},
    "the values beside an error": case(OF_FIGURES, answer=said(200, {"error": "forbidden", **ADDED})),
    "the values below an error": case(OF_FIGURES, answer=said(403, {"error": "forbidden", "data": ADDED})),
    "the values in a shell": case(OF_FIGURES, answer=INLINED, shell=SHELL),
    "the values in the page of a refusal": case(OF_FIGURES, answer=replace(INLINED, status=403), shell=SHELL),
    "the text behind 403": case(OF_FIGURES, answer=replace(CSV, status=403), right=CSV),
}


@pytest.mark.parametrize("one", LEFT_IN_THE_BODY.values(), ids=LEFT_IN_THE_BODY)
def test_a_leak_is_a_leak_whatever_the_status_says(one: Case) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem) == (Verdict.BYPASSED, "let-in"), judged


NO_LEAK = {
    "a refusal that names the id that was asked for": case(
        OF_ORDER, answer=said(404, {"error": f"no order {CANARY}"}), asked=f"/orders/{CANARY}"
    ),
    "a page of a refusal with one of the values": case(
        OF_FIGURES, answer=page("refused on 2026-11-24 for the 12th time", 403), shell=SHELL
    ),
    "a shell that has the values for everybody": case(OF_FIGURES, answer=INLINED, shell=INLINED),
    "small numbers on a page": case(OF_FIGURES, answer=page("12 and 3", 403), right=said(200, {"a": 12, "b": 3})),
}


@pytest.mark.parametrize("one", NO_LEAK.values(), ids=NO_LEAK)
def test_what_a_refusal_says_by_chance_is_no_leak(one: Case) -> None:
    assert judge(one).verdict is Verdict.ENFORCED, judge(one)


def test_a_word_of_an_error_beside_an_answer_of_the_right_build_needs_eyes() -> None:
    other = said(200, {"error": "forbidden", "sold": 1, "revenue_cents": 2, "day": "2026-11-23"})
    assert judge(case(OF_FIGURES, answer=other)).verdict is Verdict.SUSPECT


@pytest.mark.parametrize(("one", "problem"), PROVEN.values(), ids=PROVEN)
def test_a_leak_is_proven(one: Case, problem: str) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem, judged.observed) == (Verdict.BYPASSED, problem, "let in")


@pytest.mark.parametrize("answer", [REFUSED, said(401), UNKNOWN, said(410), LOGIN], ids=lambda one: one.words)
def test_a_role_that_should_get_in_and_is_turned_away_is_locked_out(answer: Answer) -> None:
    judged = judge(case(ENTERS, answer=answer))
    assert (judged.verdict, judged.problem) == (Verdict.LOCK_OUT, "denied")
    assert answer.words in judged.observed


NOTHING_KNOWN = {
    "no answer": case(OF_ORDER, answer=Answer(status=None, failure="timed out")),
    "no answer to whoever may": case(ENTERS, answer=Answer(status=None)),
    "too many requests": case(OF_ORDER, answer=said(429)),
    "too many requests of whoever may": case(ENTERS, answer=said(429)),
    "no control": case(OF_ORDER, right=None),
    "a control that was refused": case(OF_ORDER, right=REFUSED),
    "a control that broke": case(OF_ORDER, right=said(500)),
    "a control without its canary": case(OF_ORDER, right=said(200, {"id": 7, "total_cents": 900})),
    "a control that speaks of an error": case(OF_FIGURES, right=said(200, {"error": "try later"})),
    "a control that got the shell": case(OF_FIGURES, answer=REFUSED, right=SHELL, shell=SHELL),
    "no control, and a success": case(OF_FIGURES, answer=FIGURES, right=None),
    "a session that has died": case(OF_ORDER, answer=said(401), alive=False),
    "a dead session of whoever may": case(ENTERS, answer=said(401), alive=False),
    "the shell for whoever may": case(ENTERS, answer=SHELL, shell=SHELL, canary=""),
    "whoever may, without the canary": case(ENTERS, answer=said(200, {"id": 7, "recipient": "somebody"})),
    "whoever may, told of an error": case(ENTERS, answer=said(200, {"error": "forbidden"}), canary=""),
    "whoever may, told of an error and no canary": case(ENTERS, answer=said(200, {"error": "forbidden"})),
    "a form of which nothing was read back": FORM,
    "a form that was not taken": case(FORM, done=False),
    "a control of a page that was sent elsewhere": case(OF_FIGURES, right=said(302, location="/welcome")),
    "whoever may, sent elsewhere": case(ENTERS, answer=said(302, location="/welcome")),
    **{f"{status} before anybody looked": case(OF_ORDER, answer=said(status)) for status in sorted(UNPROCESSED)},
    **{f"{status} for whoever may": case(ENTERS, answer=said(status)) for status in sorted(UNPROCESSED)},
}


@pytest.mark.parametrize("one", NOTHING_KNOWN.values(), ids=NOTHING_KNOWN)
def test_nothing_is_known(one: Case) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem) == (Verdict.INCONCLUSIVE, ""), judged


NEEDS_EYES = {
    "a success without the canary": case(OF_ORDER, answer=said(200, {"id": 7, "total_cents": 900})),
    "a success of the same length": case(OF_ORDER, answer=said(200, {"id": 7, "recipient": CANARY[::-1]})),
    "built like the right answer": case(
        OF_FIGURES, answer=said(200, {"sold": 1, "revenue_cents": 2, "day": "2026-11-23"})
    ),
    "as good as nothing in it": case(OF_FIGURES, answer=said(200, {"ok": True}), right=said(200, {"ok": True})),
    "nothing in it": case(OF_FIGURES, answer=said(204), right=said(204)),
    "the same page of HTML": case(OF_FIGURES, answer=page("welcome " * 9), right=page("welcome " * 9), shell=None),
    "a write that is answered and not done": case(WRITE, answer=said(200, {"id": 8}), done=False),
    "a write that is answered and not read": case(WRITE, answer=said(200, {"id": 8}), done=None),
    "a write that is answered like the right one and not done": case(WRITE, answer=FIGURES, right=FIGURES, done=False),
    "sent elsewhere": case(OF_ORDER, answer=said(302, location="/welcome"), nobody=LOGIN),
    "nobody, sent elsewhere": case(
        OF_ORDER, expected=OUT, answer=said(302, location="/in"), nobody=said(302, location="/in"), anonymous=True
    ),
}


@pytest.mark.parametrize("one", NEEDS_EYES.values(), ids=NEEDS_EYES)
def test_what_proves_nothing_needs_eyes_and_is_no_finding(one: Case) -> None:
    judged = judge(one)
    assert (judged.verdict, judged.problem) == (Verdict.SUSPECT, ""), judged


@pytest.mark.parametrize("base", [OF_ORDER, ENTERS, WRITE, HIDDEN], ids=["denied", "allowed", "write", "hidden"])
@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_server_error_is_a_finding_of_its_own_and_never_a_refusal(base: Case, status: int) -> None:
    judged = judge(case(base, answer=said(status, {"error": "broken"})))
    assert (judged.verdict, judged.problem) == (Verdict.SERVER_ERROR, "server-error")


def test_a_refusal_that_says_success_holds_and_is_told_of() -> None:
    judged = judge(case(OF_FIGURES, answer=said(200, {"error": "forbidden"})))
    assert (judged.verdict, judged.problem) == (Verdict.ENFORCED, "refused-with-success")


def test_a_refusal_tells_that_there_is_something() -> None:
    judged = judge(case(HIDDEN, answer=REFUSED))
    assert (judged.verdict, judged.problem) == (Verdict.SUSPECT, "not-concealed")
    assert "403" in judged.reason
    assert "404" in judged.reason


@pytest.mark.parametrize("text", ["kimono", "kim@shop.test", "skim", "kim-lee@x", "KIM"])
def test_a_name_within_another_word_names_nobody(text: str) -> None:
    mine = said(200, {"note": text, "recipient": CANARY})
    assert judge(case(ENTERS, expected=OWN, answer=mine, strangers=("kim", ""))).verdict is Verdict.OWN_DATA


@pytest.mark.parametrize("canary", ["", CANARY])
@pytest.mark.parametrize("expected", list(Expected))
def test_no_status_alone_makes_a_leak(expected: Expected, canary: str) -> None:
    right = ORDER if canary else FIGURES
    for status in range(100, 600):
        judged = judge(Case(expected=expected, answer=said(status), right=right, canary=canary, shell=UNKNOWN))
        assert judged.verdict is not Verdict.BYPASSED, status
        if status >= 500 or status in UNPROCESSED:
            assert not judged.verdict.is_good, status
