"""What a command must name again to walk the same application."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.invocation import invocation_of
from stormwalk.storm import Invocation

HERE = Path("/home/sam/shop")


def started(*typed: str, root: str = "/home/sam/shop", **more: Any) -> Any:
    """What pytest knows of a command that was typed in HERE."""
    given = SimpleNamespace(args=typed, dir=HERE)
    return SimpleNamespace(invocation_params=given, rootpath=Path(root), getoption={"fail_under": 90.0}.get, **more)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        (["journeys", "--chaos", "-n", "2", "-k", "shopper", "--chaos-seed=7", "--store", "/data/runs.db"], ()),
        (["--project", "my.toml", "journeys"], ("--project=my.toml",)),
        (["--project=my.toml", "--base-url=http://a:1"], ("--project=my.toml", "--base-url=http://a:1")),
        (["--browser", "firefox", "--browser=b", "--headed"], ("--browser=firefox", "--browser=b", "--headed")),
        (["--i-have-approval", "--device", "iPhone 15"], ("--i-have-approval", "--device=iPhone 15")),
        (["--chaos", "--chaos-repeats", "3"], ("--chaos-repeats=3",)),
        (["-c", "other/pytest.ini", "--rootdir=/srv"], ("-cother/pytest.ini", "--rootdir=/srv")),
        (["--rootdir", "/home/sam/shop", "-c", "/home/sam/shop/pyproject.toml"], ()),
        (["--project"], ()),
    ],
)  # fmt: skip
def test_only_what_says_which_application_and_browser_is_repeated(typed: list[str], options: tuple[str, ...]) -> None:
    assert invocation_of(started(*typed)).options == options


@pytest.mark.parametrize(
    ("root", "seen"), [("/home/sam/shop", ""), ("/home/sam", ".."), ("/home/sam/shop/tests", "tests")]
)
def test_names_of_tests_are_seen_from_where_it_was_typed(root: str, seen: str) -> None:
    assert invocation_of(started("journeys", root=root)).root == seen


def test_the_patience_of_the_environment_belongs_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMWALK_PATIENCE", " 4 ")

    assert invocation_of(started("journeys")).patience == "4"


def test_a_worker_has_it_from_who_started_it() -> None:
    given = started("/somewhere", workerinput={"chaos_invocation": ("4", "..", ["--project=my.toml"], 80.0)})

    expected = Invocation(patience="4", root="..", options=("--project=my.toml",), fail_under=80.0)
    assert invocation_of(given) == expected


def test_the_score_that_was_asked_for_belongs_to_it() -> None:
    assert invocation_of(started("journeys", "--fail-under=90")).fail_under == 90.0
