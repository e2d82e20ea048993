"""The access check as pytest shows it: an item for each cell and rule, its exit codes, and what is skipped."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from stormwalk.access.fixtures import in_good_order
from stormwalk.events import AccessStarted
from stormwalk.model import FlowStatus
from stormwalk.options import Settings
from stormwalk.store import Store
from tests.access.shops import matrix
from tests.demo_app.shop import ROOT, Shop, running_shop
from tests.journeys.walking import KEY, Walk, environment, walk, walk_at, write_project

ITEMS = ("journeys/test_role_access.py", "-k", "not pages", "-rfs")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walk(tmp_path_factory.mktemp("clean"), *ITEMS, "-n", "2", "-v")


@pytest.fixture(scope="module")
def leaking() -> Iterator[Shop]:
    with running_shop("--defects", "admin-list-open-to-support", **KEY) as (shop, _):
        yield shop


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Changes a copy of the shop's project."""
    write_project(root)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def failed(walked: Walk) -> set[str]:
    return set(re.findall(r"^FAILED .*?\[(.+?)\](?: - |$)", walked.console, re.MULTILINE))


@pytest.mark.catalogue
def test_each_cell_and_each_rule_is_an_item_that_reads_like_a_sentence(clean: Walk) -> None:
    assert clean.exit_code == 0, clean.console[-3000:]
    assert clean.run.flow_status is FlowStatus.PASSED
    cells = sum(len(one.expected) for one in matrix().endpoints)
    assert clean.console.count("test_cell[") >= cells
    for words in ("test_cell[GET /api/admin/users as shopper]", "test_rule[token-after-logout]"):
        assert words in clean.console
    assert f"Role Validation: passed ({cells} of {cells} cells)" in clean.console


@pytest.mark.catalogue
def test_two_workers_make_one_check(clean: Walk) -> None:
    assert {line.partition("]")[0] for line in clean.console.splitlines() if line.startswith("[gw")} == {"[gw0", "[gw1"}
    with Store.open(clean.root / "walk.db") as store:
        begun = [one.event for one in store.follow(clean.run.id) if isinstance(one.event, AccessStarted)]
    assert len(begun) == 1


@pytest.mark.catalogue
def test_a_leak_fails_its_cell_until_it_is_accepted(leaking: Shop, tmp_path: Path) -> None:
    found = walk_at(leaking.url, tmp_path, *ITEMS)
    assert found.exit_code == 1
    assert failed(found) == {"GET /api/admin/users as support"}
    assert "GET /api/admin/users as support: leak: expected deny, let in:" in found.console

    assert found.run.access is not None
    (finding,) = found.run.access.alarms
    command = [sys.executable, "-m", "stormwalk", "access", "accept", finding.id[:-2], "--because", "agreed"]
    options = ["--project", str(tmp_path / "demo.toml"), "--store", str(tmp_path / "walk.db")]
    done = subprocess.run([*command, *options], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

    again = walk_at(leaking.url, tmp_path, *ITEMS)
    assert (again.exit_code, failed(again)) == (0, set()), again.console[-3000:]
    assert again.run.access is not None
    assert [one.accepted for one in again.run.access.findings] == [True]


@pytest.mark.catalogue
def test_where_nothing_may_be_written_nothing_is(leaking: Shop, tmp_path: Path) -> None:
    edit(tmp_path, "demo.toml", 'allow_writes = ["127.0.0.1", "localhost", "::1"]', "allow_writes = []")
    edit(tmp_path, "demo-access.toml", "coverage = 0.9", "coverage = 0.1")
    ada = leaking.token("Ada")
    before = leaking.json("GET", "/api/admin/audit", token=ada)
    walked = walk_at(leaking.url, tmp_path, *ITEMS)
    assert leaking.json("GET", "/api/admin/audit", token=ada) == before
    assert failed(walked) == {"GET /api/admin/users as support"}
    taking = sum(len(one.expected) for one in matrix().endpoints if matrix().takes_writing(one))
    assert f"SKIPPED [{taking}]" in walked.console
    assert "it takes writing, and safety.allow_writes does not name this host" in walked.console


def test_a_host_that_is_not_allowed_is_2_and_gets_no_call(leaking: Shop, tmp_path: Path) -> None:
    edit(tmp_path, "demo.toml", 'allowed_hosts = ["127.0.0.1", "localhost", "::1"]', 'allowed_hosts = ["shop.test"]')
    edit(tmp_path, "demo.toml", 'allow_writes = ["127.0.0.1", "localhost", "::1"]', "allow_writes = []")
    walked = walk_at(leaking.url, tmp_path, *ITEMS[:1], "-k", "csrf or GET-/api/me")
    assert walked.exit_code == 2
    assert "127.0.0.1 is not probed: it is not in safety.allowed_hosts" in walked.console


def item(name: str, *fixtures: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, fixturenames=fixtures, path=ROOT / "journeys" / "test_any.py")


def settings() -> Settings:
    return Settings(
        project_file=Path("shop.toml"),
        root=ROOT,
        store_url="store.db",
        base_url=None,
        browser_path=None,
        headed=False,
        traced=False,
        own_browser=True,
        journey_folders=(ROOT / "journeys",),
    )


@pytest.mark.parametrize(
    ("fixtures", "journey"),
    [
        (("page",), True),
        ((), True),
        (("access_cell", "access_checks"), False),
        (("access_rule", "access_checks", "page"), False),
        (("access_checks",), False),
        (("access_checks", "rounds", "visitor", "page"), True),
    ],
)
def test_who_looks_at_the_check_without_a_browser_walks_no_journey(fixtures: tuple[str, ...], journey: bool) -> None:
    assert settings().is_journey(cast(pytest.Item, item("any", *fixtures))) is journey


def test_workers_begin_with_what_takes_long_and_end_with_what_only_reads_the_check() -> None:
    items = [
        item("admin", "page"),
        item("cell", "access_cell", "access_checks"),
        item("rule", "access_rule", "access_checks"),
        item("pages", "rounds", "access_checks", "page"),
        item("shopper", "page"),
    ]
    order = in_good_order(cast(list[pytest.Item], items), settings().is_journey)
    assert [one.name for one in order] == ["pages", "admin", "shopper", "cell", "rule"]
