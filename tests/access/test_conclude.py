"""What breaches come to: one cause is one finding, the same in every run; and what was accepted stays accepted."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

import pytest

from stormwalk.access.baseline import Accepted, accept, is_accepted, read_baseline
from stormwalk.access.conclude import coverage_of, findings_of, named, one_cause, shown_but_denied
from stormwalk.access.items import CellItem, Checks, NotJudged, RuleItem
from stormwalk.access.matrix import Endpoint, Matrix
from stormwalk.access.results import Access, AccessCell, AccessFinding, Breach, ControlSeen, Excerpt, Expected, Verdict
from stormwalk.errors import ProjectFileError, UsageError

USERS, AUDIT, REFUND = "GET /api/admin/users", "GET /api/admin/audit", "POST /api/orders/{id}/refund"


def breach(rule: str, endpoint: str = USERS, role: str = "support", subject: str = "") -> Breach:
    return Breach(rule=rule, endpoint=endpoint, role=role, subject=subject, proof=f"{role} got in")


def cell(verdict: Verdict, endpoint: str = USERS, role: str = "support") -> AccessCell:
    return AccessCell(
        endpoint=endpoint, role=role, expected=Expected.DENY, verdict=verdict, observed="refused with 403"
    )


def only(*breaches: Breach) -> AccessFinding:
    (finding,) = findings_of(breaches)
    return finding


@pytest.mark.parametrize(
    ("breaches", "count"),
    [
        ([breach("token-after-logout", one) for one in (USERS, AUDIT, "GET /api/me")], 1),
        ([breach("over-permission", role=one) for one in ("support", "shopper")], 1),
        ([breach("over-permission", one) for one in (USERS, AUDIT)], 2),
        ([breach("forbidden-field", one, subject="password_hash") for one in (USERS, AUDIT)], 1),
        ([breach("forbidden-field", subject=one) for one in ("password_hash", "token")], 2),
        ([breach("mass-assignment", one, subject="role") for one in ("POST /api/users", "PATCH /api/me")], 2),
        ([breach("alg-none-accepted", one, subject="alg: none") for one in (USERS, AUDIT)], 1),
        ([breach("over-permission"), breach("missing-authentication", role="anonymous")], 1),
        ([], 0),
    ],
)
def test_one_cause_is_one_finding(breaches: list[Breach], count: int) -> None:
    found = findings_of(breaches)
    assert len(found) == count
    assert {place for one in found for place in one.places} == {one.place for one in breaches}


def test_an_id_is_the_same_in_every_run_whatever_the_order_the_roles_and_the_proof() -> None:
    breaches = [breach("over-permission", role=one) for one in ("support", "shopper", "manager")]
    ids = set()
    for seed in range(5):
        random.Random(seed).shuffle(breaches)
        ids.add(only(*breaches[: seed % 3 + 1]).id)
    assert ids == {"over-permission-05aaccf2"}
    assert named(breaches[0]) == ("over-permission-05aaccf2", breaches[0].place)


def test_where_nobody_is_asked_who_they_are_other_roles_are_no_second_cause() -> None:
    both = [
        breach("over-permission"),
        breach("missing-authentication", role="anonymous"),
        breach("over-permission", AUDIT),
    ]
    assert [one.rule for one in one_cause(both)] == [
        "missing-authentication",
        "missing-authentication",
        "over-permission",
    ]


def test_the_worst_stands_first_and_each_says_how_to_show_it_again() -> None:
    found = findings_of([breach("server-error"), breach("alg-none-accepted"), breach("over-permission")])
    assert [one.severity.rank for one in found] == sorted(one.severity.rank for one in found)
    for one in found:
        assert one.replay == f"python -m stormwalk access replay {one.id}"
        assert one.title
        assert one.why
        assert one.advice


def test_curl_is_for_reading_and_quotes_what_it_holds() -> None:
    request = "POST /api/me?x=1\nAuthorization: [redacted]\nX-Odd: it's\n" + '{"name": "a\'; rm -rf /"}'
    excerpt = Excerpt(request=request, status=200, answer="")
    (finding,) = findings_of(
        [Breach(rule="mass-assignment", endpoint="POST /api/me", role="shopper", subject="role", excerpts=(excerpt,))],
        base_url="http://127.0.0.1:1",
    )
    assert finding.curl.startswith('curl -i -X POST -H "Authorization: Bearer $TOKEN" -H ')
    assert shlex.split(finding.curl)[6:] == [
        *("-H", "X-Odd: it's", "-H", "Content-Type: application/json"),
        *("-d", '{"name": "a\'; rm -rf /"}', "http://127.0.0.1:1/api/me?x=1"),
    ]


def control(role: str, shown: bool, endpoint: str = REFUND) -> ControlSeen:
    return ControlSeen(role=role, page="/support", kind="button", name="Refund", endpoint=endpoint, shown=shown)


@pytest.mark.parametrize(
    ("controls", "parity"),
    [
        ([control("support", True), control("manager", False)], "hidden but allowed"),
        ([control("support", True), control("manager", True)], ""),
        ([control("manager", False)], ""),
        ([control("support", True, USERS), control("manager", False)], ""),
        ([], ""),
    ],
)
def test_what_pages_hide_and_the_api_allows_is_said(controls: list[ControlSeen], parity: str) -> None:
    (finding,) = findings_of([breach("over-permission", REFUND, "manager")], controls)
    assert finding.parity == parity


def test_what_is_shown_and_refused_is_told_once_for_each_control() -> None:
    seen = [control("support", True), control("support", True, "PAGE /refunds"), control("shopper", False)]
    cells = [
        cell(Verdict.ENFORCED, REFUND),
        cell(Verdict.ENFORCED, "PAGE /refunds"),
        cell(Verdict.ENFORCED, REFUND, "shopper"),
    ]
    (lie,) = shown_but_denied(cells, seen)
    assert (lie.rule, lie.endpoint, lie.role, lie.subject) == ("shown-but-denied", REFUND, "support", "button “Refund”")
    assert only(lie).parity == "shown but denied"
    assert shown_but_denied([cell(Verdict.INCONCLUSIVE, REFUND), cell(Verdict.BYPASSED, REFUND)], seen) == []


def test_coverage_counts_what_was_judged_and_what_nobody_knows() -> None:
    denied = {"support": Expected.DENY, "shopper": Expected.DENY}
    endpoints = [
        Endpoint(name=one, method="GET", path="/", expected=denied, statuses={}, writes=False) for one in (USERS, AUDIT)
    ]
    matrix = Matrix(roles=("support", "shopper"), endpoints=tuple(endpoints), coverage=0.5)
    cells = [cell(Verdict.ENFORCED), cell(Verdict.SERVER_ERROR, AUDIT), cell(Verdict.INCONCLUSIVE, AUDIT, "shopper")]
    coverage = coverage_of(matrix, [*cells, cell(Verdict.ENFORCED, "PAGE /")], ("GET /api/new",))
    assert (coverage.cells, coverage.judged, coverage.never_probed) == (4, 1, (f"{USERS} as shopper",))
    assert (coverage.share, coverage.met) == (0.2, False)


class TestBaseline:
    finding = only(breach("over-permission"), breach("over-permission", role="shopper"))

    def test_what_was_accepted_does_not_alarm_again(self, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        assert read_baseline(file) == ()
        accept(file, self.finding, "known since May")
        (known,) = read_baseline(file)
        assert (known.id, known.because, known.places) == (self.finding.id, "known since May", self.finding.places)
        assert is_accepted(only(breach("over-permission", role="shopper")), [known])

    def test_a_new_place_alarms(self) -> None:
        known = Accepted(id=self.finding.id, rule="over-permission", places=self.finding.places, because="")
        more = findings_of([breach("over-permission"), breach("over-permission", role="manager")], accepted=[known])
        assert not more[0].accepted
        other = findings_of([breach("over-permission", AUDIT)], accepted=[known])
        assert not other[0].accepted

    def test_accepting_again_replaces_and_keeps_the_others(self, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        accept(file, self.finding, "")
        accept(file, only(breach("server-error", AUDIT)), "")
        accept(file, only(breach("over-permission", role="manager")), "")
        assert [one.rule for one in read_baseline(file)] == ["over-permission", "server-error"]
        assert read_baseline(file)[0].places == (f"{USERS} as manager",)

    @pytest.mark.parametrize(
        "text",
        [
            "", "{", "[]", "null", '{"version": 1}', '{"version": 1, "accepted": [{}]}', "[" * 100_000,
            '{"version": 1, "accepted": [{"id": "a", "rule": "b", "places": "c"}]}', '{"version": 1, "accepted": 7}',
        ],
    )  # fmt: skip
    def test_a_broken_file_is_one_line(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "baseline.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ProjectFileError, match=r"baseline\.json: .*access accept.*or remove the file") as refusal:
            read_baseline(file)
        assert "\n" not in str(refusal.value)

    def test_another_version_and_bytes_and_a_folder(self, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        file.write_text('{"version": 2, "accepted": []}', encoding="utf-8")
        with pytest.raises(ProjectFileError, match="version: expected 1, got 2"):
            read_baseline(file)
        file.write_bytes(b"\xff\xfe")
        with pytest.raises(ProjectFileError):
            read_baseline(file)
        with pytest.raises(ProjectFileError):
            read_baseline(tmp_path)
        with pytest.raises(UsageError, match="cannot be written"):
            accept(tmp_path / "nowhere" / "baseline.json", self.finding, "")


class TestItems:
    """The items of pytest over what a check found."""

    def item(self, checks: Checks, *, writes: bool = False) -> CellItem:
        return CellItem(endpoint=USERS, role="support", expected=Expected.DENY, writes=writes, checks=checks)

    def checks(self, verdict: Verdict | None, *breaches: Breach, accepted: bool = False, writes: bool = True) -> Checks:
        cells = {(USERS, "support"): cell(verdict)} if verdict else {}
        known = [
            Accepted(id=named(one)[0], rule=one.rule, places=(one.place,), because="") for one in breaches if accepted
        ]
        return Checks(cells, one_cause(breaches), known, writes)

    def test_a_good_cell_passes(self) -> None:
        self.item(self.checks(Verdict.ENFORCED)).expect_as_the_matrix_says()

    @pytest.mark.parametrize("rule", ["over-permission", "wrongly-denied", "server-error", "not-concealed"])
    def test_a_breach_fails_until_it_is_accepted(self, rule: str) -> None:
        with pytest.raises(pytest.fail.Exception, match=f"{USERS} as support: leak: expected deny"):
            self.item(self.checks(Verdict.BYPASSED, breach(rule))).expect_as_the_matrix_says()
        self.item(self.checks(Verdict.SUSPECT, breach(rule), accepted=True)).expect_as_the_matrix_says()

    @pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.SUSPECT, None])
    def test_what_is_not_known_is_an_error_also_beside_a_breach_of_another_rule(self, verdict: Verdict | None) -> None:
        with pytest.raises(NotJudged):
            self.item(self.checks(verdict, breach("forbidden-field", subject="hash"))).expect_as_the_matrix_says()

    def test_a_write_that_is_not_allowed_is_skipped(self) -> None:
        with pytest.raises(pytest.skip.Exception, match="allow_writes does not name this host"):
            self.item(self.checks(None, writes=False), writes=True).expect_as_the_matrix_says()
        with pytest.raises(NotJudged):
            self.item(self.checks(None, writes=False)).expect_as_the_matrix_says()

    def test_a_rule_fails_with_its_places(self) -> None:
        broken = [breach("token-after-logout", one) for one in (USERS, AUDIT)]
        with pytest.raises(pytest.fail.Exception) as failure:
            RuleItem(rule="token-after-logout", checks=self.checks(None, *broken)).expect_unbroken()
        assert f"{USERS} as support" in str(failure.value)
        assert f"{AUDIT} as support" in str(failure.value)
        RuleItem(rule="token-after-logout", checks=self.checks(None, *broken, accepted=True)).expect_unbroken()
        RuleItem(rule="csrf", checks=self.checks(None, *broken)).expect_unbroken()


def test_a_cell_that_an_accepted_finding_explains_is_not_unjudged() -> None:
    finding = only(breach("not-concealed"))
    cells = (cell(Verdict.SUSPECT), cell(Verdict.SUSPECT, AUDIT), cell(Verdict.INCONCLUSIVE, role="shopper"))
    assert Access(cells=cells, findings=(finding,)).unjudged == cells[1:]
    assert Access(cells=cells).unjudged == cells
