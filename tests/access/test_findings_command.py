"""Which finding is meant by an id, or by the beginning of one."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.access.findings_command import _show, find
from stormwalk.access.results import AccessCoverage, AccessFinding, Excerpt, Severity
from stormwalk.errors import StoreError, UsageError
from stormwalk.events import AccessConcluded, RunStarted
from stormwalk.model import RunMode
from stormwalk.store import Store


def finding(id_: str) -> AccessFinding:
    return AccessFinding(
        id=id_, rule="csrf", title=id_, severity=Severity.LOW, places=(), proof="", why="", advice=""
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = str(tmp_path / "runs.db")
    found = (finding("csrf-1111"), finding("csrf-1122"))
    with Store.open(url) as store:
        store.append("one", [RunStarted(at=1.0, project="shop", mode=RunMode.NORMAL, base_url="")])
        store.append("one", [AccessConcluded(at=2.0, findings=found, coverage=AccessCoverage())])
    return url


def asked(store: str, id_: str) -> Namespace:
    return Namespace(finding=id_, run=None, project=Path("x.toml"), root=Path(), store=store, base_url=None)


def test_the_beginning_of_one_is_enough(store: str) -> None:
    assert find(asked(store, "csrf-112")).id == "csrf-1122"


def test_the_beginning_of_several_is_refused(store: str) -> None:
    with pytest.raises(UsageError, match="is the beginning of 2 findings; write more of it"):
        find(asked(store, "csrf-11"))


def test_nothing_is_no_id(store: str) -> None:
    with pytest.raises(UsageError, match="an id is expected"):
        find(asked(store, " "))


def test_to_ask_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store at"):
        find(asked(str(tmp_path / "typo.db"), "csrf-1"))
    assert list(tmp_path.iterdir()) == []


def test_what_an_application_says_commands_neither_terminal_nor_build_server(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "\x1b[2Ja\n::error::b ##[group]c"
    answer = Excerpt(actor=hostile, request=hostile, status=200, answer=hostile)
    _show(replace(finding("csrf-1"), title=hostile, places=(hostile,), proof=hostile, excerpts=(answer,)))

    said = capsys.readouterr().out
    assert said.startswith("still there: a ::error::b # #[group]c\n")
    assert "\x1b" not in said
    assert "##[" not in said
    assert not any(line.startswith("::") for line in said.splitlines())
