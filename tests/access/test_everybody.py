"""Everybody is tried or told of: who cannot sign in, the second of a role, tokens without an answer, what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from stormwalk.access.check import AccessCheck, Checked
from stormwalk.access.expand import matrix_of
from stormwalk.access.results import Verdict
from stormwalk.config import load_project
from tests.access.office import PROJECT, Office
from tests.access.shops import not_good, verdicts


def checked(office: Office, folder: Path, cora: str = "Passw0rd-cora") -> Checked:
    file = folder / "office.toml"
    file.write_text(PROJECT.format(url=office.url, cora=cora), encoding="utf-8")
    project = load_project(file, {})
    matrix = matrix_of(project)
    assert matrix is not None
    return AccessCheck(project, matrix, office.url).run()


def broken(done: Checked) -> set[tuple[str, str, str]]:
    return {(one.breach.rule, one.breach.endpoint, one.breach.role) for one in done.breaches}


def test_an_office_that_is_in_order_is_good_and_what_is_left_is_told(tmp_path: Path) -> None:
    with Office() as office:
        done = checked(office, tmp_path)
    assert (broken(done), not_good(done)) == (set(), [])
    assert [one for one in done.remarks if "signing_key" not in one] == []
    made = len(office.roles) - 3
    assert made > 3
    assert done.left == (
        f"{made} user objects that probes have made are left: objects.user has no undo",
        "what these calls changed of the own things of ada is not put back: DELETE /drafts",
    )


def test_nobody_keeps_a_role_that_a_probe_gave(tmp_path: Path) -> None:
    with Office() as office:
        checked(office, tmp_path)
    assert [name for name, role in office.roles.items() if role == "admin"] == ["ada"]


def test_a_wrong_password_is_never_green(tmp_path: Path) -> None:
    with Office() as office:
        done = checked(office, tmp_path, cora="wrong")
    told = "nothing was tried as one of the role clerk: cora could not sign in: POST /session: 401"
    assert told in done.remarks
    clerks = [one for one in done.cells if one.role == "clerk"]
    assert {one.verdict for one in clerks} == {Verdict.INCONCLUSIVE}
    assert "cora could not sign in" in clerks[0].reason
    assert verdicts(done)["GET /api/figures as admin"] is Verdict.ENFORCED


def test_the_second_of_a_role_writes_too(tmp_path: Path) -> None:
    with Office(writes_as="cora") as office:
        done = checked(office, tmp_path)
    assert broken(done) == {("over-permission", "POST /api/notes", "clerk")}
    assert verdicts(done)["POST /api/notes as clerk"] is Verdict.BYPASSED


def test_a_forged_token_that_breaks_the_server_is_a_finding(tmp_path: Path) -> None:
    with Office(forged=500) as office:
        done = checked(office, tmp_path)
    assert ("server-error", "GET /api/figures", "admin") in broken(done)
    assert {rule for rule, _, _ in broken(done)} == {"server-error"}


@pytest.mark.parametrize(("forged", "says"), [(429, "too many requests"), (0, "no answer came")])
def test_a_forged_token_without_an_answer_is_told_of(tmp_path: Path, forged: int, says: str) -> None:
    with Office(forged=forged) as office:
        done = checked(office, tmp_path)
    assert broken(done) == set()
    known = "whether a token that is none is refused at GET /api/figures is not known"
    told = [one for one in done.remarks if one.startswith(known)]
    assert len(told) == 1
    assert says in told[0]


def test_a_page_that_refuses_and_holds_what_is_kept_back_is_a_finding(tmp_path: Path) -> None:
    with Office(board=True) as office:
        done = checked(office, tmp_path)
    assert broken(done) == {("page-opens", "PAGE /board", "anonymous")}
