"""Runs of pytest with storms: what is asked for, what is refused before anything starts, and what comes of it."""

from __future__ import annotations

import shlex

import pytest

from stormwalk.store import Store
from stormwalk.storm_events import StormPlanned
from tests.chaos.harbour import Harbour, StormProject

BUYS = """
def test_buys(walk_as):
    quay = Quay(walk_as("sam").page)
    quay.visit()
    quay.buy()
"""
SLOW = "latency:20ms @ /api/**"


@pytest.fixture
def project(storms: StormProject) -> StormProject:
    storms.journeys(BUYS)
    return storms


def said(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def items(result: pytest.RunResult) -> list[str]:
    return [line.partition("::")[2] for line in result.outlines if "::" in line]


def refused(project: StormProject, *arguments: str) -> str:
    """The one line of a run that does not begin, and that has started and called nothing."""
    result = project.run(*arguments)
    assert result.ret == 2, said(result)
    assert "Traceback" not in said(result)
    assert "INTERNALERROR" not in said(result)
    assert not (project.root / "reports").exists()
    (line,) = [line for line in said(result).splitlines() if "stormwalk: " in line]
    return line


# What is asked for.


@pytest.mark.parametrize("arguments", [("--chaos", "journeys/"), ("journeys/", "--chaos")])
def test_chaos_takes_no_value_wherever_it_stands(project: StormProject, arguments: tuple[str, ...]) -> None:
    found = items(project.run(*arguments, "--collect-only", "-q"))
    assert found[0] == "test_buys[control-1-chromium]"
    assert {"test_buys[latency-3-chromium]", "test_buys[outage-chromium]", "test_buys[control-3-chromium]"} < set(found)
    assert len(found) == 8 + 2 + 3


def test_plans_are_named_again_and_again_each_once(project: StormProject) -> None:
    asked = ["--chaos-plan", "outage", "--chaos-plan", SLOW, "--chaos-plan", "outage", "--chaos-controls", "1"]
    first, second, third = items(project.run("journeys", "--collect-only", "-q", *asked))
    assert (first, second) == ("test_buys[control-1-chromium]", "test_buys[outage-chromium]")
    assert third.startswith("test_buys[latency-20ms-api-")


def test_a_plan_of_your_own_is_a_file(project: StormProject) -> None:
    project.write("mine.toml", f'[rules]\nslow = "{SLOW}"\n')
    found = items(project.run("journeys", "--collect-only", "-q", "--chaos-plan", "mine.toml"))
    assert "test_buys[mine-chromium]" in found


@pytest.mark.parametrize("option", ["--chaos-list", "--chaos-plan-only"])
def test_what_only_tells_something_touches_nothing(project: StormProject, harbour: Harbour, option: str) -> None:
    result = project.run("journeys", "--chaos-plan", "outage", option)
    assert result.ret == 0
    assert "http" in said(result)
    assert "test session starts" not in said(result)
    assert not (project.root / "reports").exists()
    assert harbour.visits == []


def test_collecting_touches_nothing_either(project: StormProject, harbour: Harbour) -> None:
    project.run("journeys", "--chaos", "--collect-only")
    assert not (project.root / "reports").exists()
    assert harbour.visits == []


def test_without_its_options_nothing_is_different(project: StormProject) -> None:
    assert items(project.run("journeys", "--collect-only", "-q")) == ["test_buys[chromium]"]


def test_a_project_without_a_project_file_is_left_alone_and_never_thought_to_be_stormed(project: StormProject) -> None:
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    project.write("test_plain.py", "def test_plain(): pass\n")
    project.run("test_plain.py").assert_outcomes(passed=1)
    assert "there is no journey to storm: name a project" in refused(project, "test_plain.py", "--chaos")


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--chaos-plan", "lost-repyl"), "did you mean lost-reply?"),
        (("--chaos-plan", "lost-repyl", "-n", "2"), "did you mean lost-reply?"),
        (("--chaos-plan", "latency:fast @ /api/**"), "latency:fast"),
        (("--chaos-plan", "wrong.toml"), "wrong.toml: rules.a: "),
        (("--chaos-plan", "nowhere.toml"), "nowhere.toml: there is no such file; expected a plan, or a name"),
        (("--chaos-plan", "http:503 @ /api/** role=shoppr"), 'has no role "shoppr"; expected '),
        (("--chaos-plan", "latency", "--chaos-plan", "latency.toml"), "two plans have the name latency"),
        (("--chaos", "--chaos-controls", "0"), "--chaos-controls 0: expected a number from 1 to 1,000"),
        (("--chaos", "--chaos-repeats", "-1"), "--chaos-repeats -1: expected a number from 0 to 1,000"),
        (("--chaos", "--chaos-repeats", "99999"), "--chaos-repeats 99999: expected a number from 0 to 1,000"),
        (("--chaos", "--chaos-stop-after", "-2"), "--chaos-stop-after -2"),
        (("--chaos", "--fail-under", "101"), "--fail-under 101: expected a score from 0 to 100"),
        (("--chaos", "--fail-under", "nan"), "--fail-under nan"),
        (("--chaos", "--base-url", "http://192.0.2.1"), "192.0.2.1 is not stormed"),
        (("--chaos-plan-only", "--base-url", "http://192.0.2.1"), "192.0.2.1 is not stormed"),
        (("--chaos-plan-only", "--chaos-controls", "0"), "--chaos-controls 0: expected a number from 1 to 1,000"),
        (("--fail-under", "80"), "--fail-under is about storms, and this is a run in fair weather: add --chaos"),
        (("--fail-under", "0"), "--fail-under is about storms"),
        (("--chaos-seed", "7", "-n", "2"), "--chaos-seed is about storms"),
        (("--chaos-repeats", "2"), "--chaos-repeats is about storms"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_code_2(
    project: StormProject, harbour: Harbour, arguments: tuple[str, ...], words: str
) -> None:
    project.write("wrong.toml", '[rules]\na = "latency:fast @ /api/**"\n')
    project.write("latency.toml", '[rules]\na = "latency:90ms @ /api/**"\n')
    assert words in refused(project, "journeys", *arguments)
    assert harbour.visits == []


def test_a_host_that_is_not_allowed_is_not_even_asked_whether_it_is_there(
    project: StormProject, harbour: Harbour
) -> None:
    """The harbour itself, on the list of nobody."""
    file = project.root / "harbour.toml"
    file.write_text(file.read_text() + '\n[safety]\nallowed_hosts = ["localhost"]\n')
    assert "127.0.0.1 is not stormed: it is not in safety.allowed_hosts" in refused(project, "journeys", "--chaos")
    assert harbour.visits == []


def test_a_host_elsewhere_also_needs_approval(project: StormProject) -> None:
    """192.0.2.1 is an address of documentation; the refusal has to come before anybody calls it."""
    file = project.root / "harbour.toml"
    file.write_text(file.read_text() + '\n[safety]\nallowed_hosts = ["192.0.2.1"]\n')
    line = refused(project, "journeys", "--chaos", "--base-url", "http://192.0.2.1")
    assert "192.0.2.1 is not this machine" in line
    assert "--i-have-approval" in line


# What comes of it.


def test_workers_keep_a_journey_together_and_other_tests_run_as_ever(storms: StormProject, harbour: Harbour) -> None:
    for name in ("one", "two"):
        storms.journeys(BUYS, f"journeys/test_{name}.py")
    storms.write("tests/test_sums.py", "def test_sum(): assert 1 + 1 == 2\n")
    harbour.answers["/api/orders"] = {}
    costs = "lost-reply @ POST /api/orders"  # points: the page never tells of it
    result = storms.storm("tests", "-n", "2", "--chaos-plan", costs, "--chaos-plan", SLOW, "--fail-under", "100")

    run = storms.runs[-1]
    workers: dict[str, set[str]] = {}
    for journey in run.journeys:
        workers.setdefault(journey.nodeid.partition("::")[0], set()).add(journey.worker)
    assert {file: len(names) for file, names in workers.items()} == {
        "journeys/test_one.py": 1, "journeys/test_two.py": 1,
    }  # fmt: skip
    assert run.workers == 2
    assert sum(result.parseoutcomes().values()) == 2 * 3 + 1
    with Store.open(storms.root / "reports" / "stormwalk.db") as store:
        planned = [one.event for one in store.follow(run.id) if isinstance(one.event, StormPlanned)]
    assert [(one.seed, [plan.name for plan in one.plans]) for one in planned] == [("7", [costs, SLOW])]
    assert run.storm is not None
    assert run.storm.judgement is not None
    assert run.storm.judgement.below_gate
    assert result.ret == 1
    assert "A score of 100 is asked for" in said(result)


def test_who_walks_as_the_same_person_on_another_worker_buys_nothing_twice(
    storms: StormProject, harbour: Harbour
) -> None:
    """Both would count the order of the other as well."""
    for name in ("one", "two"):
        storms.journeys(f"{BUYS}    quay.page.wait_for_timeout(1_500)\n", f"journeys/test_{name}.py")
    result = storms.storm("-n", "2", "--chaos-plan", SLOW, "--chaos-repeats", "2")

    storm = storms.runs[-1].storm
    assert storm is not None
    assert storm.judgement is not None
    assert [one.title for one in storm.judgement.findings] == []
    assert [str(one.verdict) for one in storm.judgement.experiments] == ["held"] * 2
    assert storms.runs[-1].workers == 2
    assert harbour.orders == 2 * (1 + 2)
    result.assert_outcomes(passed=6)


def test_without_controls_nothing_is_judged_and_it_is_said_what_to_do(project: StormProject) -> None:
    result = project.run("journeys", "-k", "lost-reply", "--chaos-plan", "lost-reply")
    assert result.ret == 2
    assert "without a control, and cannot be judged: take its controls along" in said(result)
    assert "Inconclusive" in said(result)
    again = project.run("journeys", "-k", "lost-reply or control-1", "--chaos-plan", "lost-reply")
    assert "without a control" not in said(again)
    assert project.runs[-1].storm is not None


NOWHERE = '    expect(quay.page.get_by_role("heading", name="Nowhere")).to_be_visible(timeout=100)\n'


@pytest.mark.parametrize(
    "journey",
    [
        pytest.param(BUYS + NOWHERE, id="at its end"),
        # Which calls it would have made nobody knows: to say that none of them is struck would be a lie.
        pytest.param(BUYS.replace("    quay.buy", NOWHERE + "    quay.buy"), id="before the call that is to be struck"),
    ],
)
def test_a_journey_that_fails_in_fair_weather_proves_nothing_and_fails_the_run(
    storms: StormProject, journey: str
) -> None:
    storms.journeys(journey)
    result = storms.storm("--chaos-plan", "latency:20ms @ POST /api/orders")
    assert result.ret == 1
    storm = storms.runs[-1].storm
    assert storm is not None
    assert storm.judgement is not None
    (found,) = storm.judgement.experiments
    assert found.reason.startswith("the control failed as well")
    assert [found] == list(storm.judgement.inconclusive)


def test_the_command_of_a_finding_finds_it_again_from_where_the_run_was_started(
    project: StormProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder beside the project's, whose file is named by an option: pytest knows neither by itself."""
    project.write("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n')
    beside = project.root / "beside"
    beside.mkdir()
    monkeypatch.chdir(beside)
    typed = ["../journeys", "--chaos-seed", "7", "--chaos-plan", "lost-reply @ POST /api/orders"]

    found = project.run(*typed, "--project", "../harbour.toml")
    (command,) = {line.partition("replay: ")[2] for line in found.outlines if "replay: " in line}
    again = project.run(*shlex.split(command)[1:])

    assert (found.ret, again.ret) == (1, 1)
    findings = [{one.id for one in run.storm.judgement.findings} for run in project.runs[-2:]]  # type: ignore[union-attr]
    assert findings[0] == findings[1] != set()


def test_it_is_enough_after_so_many_have_deviated(project: StormProject) -> None:
    lost = "lost-reply @ POST /api/orders"
    result = project.storm("--chaos-stop-after", "1", "--chaos-plan", lost, "--chaos-plan", "offline", "-rs")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["SKIPPED*stopped: 1 experiment deviated (--chaos-stop-after)"])
    assert result.parseoutcomes() == {"passed": 1, "failed": 1, "skipped": 1}


# A call of the API client that takes long does not hold up the page, whose calls need this thread as well.

TALKS = """
def test_talks(walk_as):
    sam = walk_as("sam")
    Quay(sam.page).visit()
    sam.page.evaluate("() => { fetch('/api/orders').then(() => { window.answered = performance.now(); }); }")
    began = sam.page.evaluate("performance.now()")
    sam.api.get("/slow?seconds=2")
    assert sam.page.evaluate("window.answered") - began < 1000, "the page waited for the API client"
"""


def test_a_call_of_the_api_client_holds_up_no_call_of_the_page(storms: StormProject) -> None:
    storms.journeys(TALKS)
    result = storms.storm("--chaos-plan", SLOW)
    # No step calls anything, so that there is but the control, whose calls are routed all the same.
    result.assert_outcomes(passed=1, skipped=1)
