from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.__main__ import main
from chaos.judging import judge
from chaos.judging.stored import guards_of, judge_run, told
from stormwalk.config import Project, load_project
from stormwalk.events import RunStarted
from stormwalk.model import RunMode
from stormwalk.reading import read_run
from stormwalk.store import Store
from stormwalk.storm import Invocation
from stormwalk.storm_events import StormPlanned
from tests.chaos.judging.test_findings import TWICE, bought_twice
from tests.chaos.judging.test_judge import LATENCY, LOST_REPLY
from tests.chaos.scenes import BEGAN, call
from tests.chaos.tales import BASKET, Tale, basket, follow, order
from tests.reporting.storm_hostile import hostile
from tests.reporting.storm_verdicts import judgement

DEMO = Path(__file__).parents[3] / "projects" / "demo.toml"


@pytest.fixture(scope="module")
def demo() -> Project:
    return load_project(DEMO, {})


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STORMWALK_STORE", raising=False)
    return tmp_path


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    with Store.open(root / "reports" / "stormwalk.db") as opened:
        yield opened


def bought_twice_in(store: Store) -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(basket(), bought_twice(), follow(), orders=TWICE)
    store.append("broken", tale.events)


def test_a_stored_run_comes_to_what_its_events_come_to(store: Store, demo: Project) -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(basket(), bought_twice(), follow(), orders=TWICE)
    store.append("run", tale.events)

    judgement = judge_run(store, "run", demo)

    assert judgement == judge(tale.events, demo.storm)
    assert [one.sign for one in judgement.findings] == ["duplicate-order"]
    assert read_run(store, "run").storm is not None


def test_the_command_judges_again_and_keeps_it(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    bought_twice_in(store)

    assert main(["judge", "broken", "--project", str(DEMO)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "System Resilience Status: Weak (0 of 100): 2 orders where one was asked for"
    assert lines[1].split() == ["deviated,", "broken", "Shopper", "under", *LOST_REPLY.split()]
    assert lines[2].startswith("critical: Duplicate order: POST /api/orders: 2 orders where one was asked for [")
    assert lines[3].strip().startswith("pytest 'journeys/test_shopper.py::test_shopper' --chaos-plan 'lost-reply once")
    storm = read_run(store, "broken").storm
    assert storm is not None
    assert storm.judgement is not None
    assert storm.judgement.findings[0].sign == "duplicate-order"


def test_of_a_run_that_goes_on_nothing_is_kept(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    tale = Tale(LATENCY)
    tale.calm()
    now = time.time()
    store.append("walking", [replace(one, at=now + one.at - BEGAN) for one in tale.events])

    assert main(["judge", "walking", "--project", str(DEMO)]) == 2

    assert capsys.readouterr().out.splitlines()[-1].startswith("The run has not ended, or has only just been killed: ")
    storm = read_run(store, "walking").storm
    assert storm is not None
    assert storm.judgement is None


def slowed() -> Tale:
    """One walk under latency, which held and cost points."""
    tale = Tale(LATENCY)
    tale.calm()
    slow = basket(ended=BEGAN + 0.7, calls=(call(BASKET, took=0.6, fault="latency"),), strikes=(BASKET,))
    tale.storm(slow, order(), follow())
    return tale


def test_the_weights_are_those_that_the_project_has_now(
    store: Store, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale = slowed()
    store.append("calm", tale.events)
    head = 'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n'
    (root / "easy.toml").write_text(head, encoding="utf-8")
    (root / "hard.toml").write_text(f"{head}[storm]\nfail_under = 99\n[storm.terms]\nperformance = 1000", "utf-8")

    assert main(["judge", "--project", "easy.toml"]) == 0
    assert "(91 of 100)" in capsys.readouterr().out
    assert main(["judge", "calm", "--project", "hard.toml"]) == 1
    assert "(18 of 100)" in capsys.readouterr().out


def test_the_gate_of_the_command_that_made_the_run_stays(
    store: Store, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale = slowed()
    asked = [
        replace(one, invocation=Invocation(fail_under=95.0)) if isinstance(one, StormPlanned) else one
        for one in tale.events
    ]
    store.append("calm", asked)
    easy = 'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n[storm]\nfail_under = 10\n'
    (root / "easy.toml").write_text(easy, encoding="utf-8")

    assert main(["judge", "--project", "easy.toml"]) == 1
    assert "(91 of 100)" in capsys.readouterr().out
    storm = read_run(store, "calm").storm
    assert storm is not None
    assert storm.judgement is not None
    assert storm.judgement.below_gate


def test_what_is_inconclusive_exits_2(store: Store) -> None:
    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(), order(), follow(), counts=())
    store.append("nothing", tale.events)

    assert main(["judge", "nothing", "--project", str(DEMO)]) == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["judge"], "chaos: There is no store at reports/stormwalk.db."),
        (["judge", "--store", "elsewhere.db"], "chaos: There is no store at elsewhere.db."),
        (["judge", "--project", "gone.toml"], "chaos: gone.toml: "),
    ],
)
def test_what_is_not_there_is_one_line(
    root: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = arguments if "--project" in arguments else [*arguments, "--project", str(DEMO)]

    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(line)


def test_a_run_in_fair_weather_is_no_storm(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.append("fair", [RunStarted(at=time.time(), project="shop", mode=RunMode.NORMAL, base_url="http://x.test")])

    assert main(["judge", "fair", "--project", str(DEMO)]) == 2
    assert capsys.readouterr().err.startswith("chaos: Run fair was made in fair weather")


def test_what_a_role_must_not_be_shown_stands_in_the_matrix(demo: Project) -> None:
    guards = {(one.role, one.pattern) for one in guards_of(demo)}

    assert ("shopper", "^Audit trail$") in guards
    assert ("support", "^Settings$") in guards
    assert not any(role in ("admin", "anonymous") for role, _ in guards)
    assert ("admin", "^Place order$") not in guards, "a shopper may do less than an admin"
    assert not any(pattern in ("^Dashboard$", "^Log out$") for _, pattern in guards)


def test_inconclusive_experiments_are_told_with_their_reason() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(), order(), follow(), counts=())

    assert any("inconclusive" in line and "the storm never happened" in line for line in told(tale.judged()))


def test_what_a_page_says_is_one_line_that_neither_terminal_nor_build_server_obeys() -> None:
    storm = hostile("::error::x\n::error::\x1b[2J ##[add-mask]e").storm
    assert storm is not None
    assert storm.judgement is not None

    for line in told(storm.judgement):
        assert not line.lstrip().startswith("::")
        assert not any(one in line for one in ("\n", "\x1b", "##["))


def test_a_score_is_never_rounded_up_to_the_limit_that_it_missed() -> None:
    score = replace(judgement().score, score=59.7)

    assert "(59 of 100)" in told(replace(judgement(), score=score))[0]


def test_the_command_finds_the_project_file_that_init_writes(
    store: Store, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bought_twice_in(store)
    text = DEMO.read_text(encoding="utf-8").replace('include = "', f'include = "{DEMO.parent}/')
    (root / "project.toml").write_text(text, encoding="utf-8")

    assert main(["judge", "broken"]) == 1
    assert "2 orders where one was asked for" in capsys.readouterr().out
