"""The README keeps its word: its example walks an application, and somebody runs each of its commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from stormwalk.config import load_project
from tests.demo_app.shop import ROOT, environment, running_shop

README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
BY_HAND = "by hand, from the README"

# Who runs what the README says. A new command there needs a line here, and so somebody who runs it.
RUN_BY = {
    "make journeys": "make journeys",
    "make test": "make test",
    "make journeys HEADED=1": "make headed",
    'make journeys ARGS="-k shopper"': "make journeys",
    "python3 -m venv .venv && . .venv/bin/activate": BY_HAND,
    "pip install -e .": BY_HAND,
    "pytest journeys/": BY_HAND,
    "pytest journeys/ --headed": BY_HAND,
    "pytest journeys/ -n 2": BY_HAND,
    "python3 user_flow_runner.py": BY_HAND,
    "pytest --project project.toml": "this file",
    "pytest journeys/test_role_access.py": "tests/access/test_items.py",
    "python -m stormwalk access check": "tests/access/test_commands.py",
    "python -m stormwalk access replay over-permission-3b1f": "tests/access/test_commands.py",
    "python -m stormwalk access accept over-permission-3b1f": "tests/access/test_commands.py",
    "python -m stormwalk access draft --run": "tests/access/test_draft.py",
    "pytest journeys/ --chaos": "tests/chaos/test_plugin.py",
    "pytest journeys/ --chaos-plan lost-reply": "tests/chaos/test_plugin.py",
    "pytest journeys/ --chaos-plan 'http:503 once @ POST /api/orders'": "tests/chaos/test_plugin.py",
    "python3 chaos_runner.py": "make storm",
    'make storm ARGS="-k shopper --chaos-plan latency"': "make storm",
    "python -m chaos list": "tests/chaos/test_listing.py",
    "python -m dashboard": "tests/dashboard/serving.py",
    "python -m dashboard --store postgresql://user@host/runs": "tests/dashboard/serving.py",
    "python -m stormwalk alert --test": "tests/alerts/test_command.py",
    "python -m stormwalk alert --list": "tests/alerts/test_command.py",
    "python -m stormwalk alert --flush": "tests/alerts/test_command.py",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_run_by_somebody(command: str) -> None:
    runner = RUN_BY[command]
    if runner == BY_HAND:
        assert ".ci/by_hand" in CI
    elif runner.startswith("tests/"):
        ours = r"^(pytest|python -m chaos|python -m stormwalk (?:access|alert)|python -m) "
        words = re.sub(ours, "", command).split()
        named = next((word for word in words if word.startswith("--")), words[0])
        assert named in (ROOT / runner).read_text(encoding="utf-8")
    elif runner != "this file":
        assert re.search(rf"^stage(_in_time)? (\d+|\$\(\(.*?\)\)) {re.escape(runner)}( ARGS=.*)?$", CI, re.MULTILINE)


def test_the_first_two_commands_do_the_set_up() -> None:
    assert commands()[:2] == ["make journeys", "make test"]


def test_every_link_and_picture_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_example_walks_somebody_elses_application(tmp_path: Path) -> None:
    project, *_ = blocks("toml")
    page, journey = blocks("python")
    with running_shop() as (shop, _):
        local = project.replace("https://shop.example.com", shop.url).replace("shop.example.com", "127.0.0.1")
        (tmp_path / "project.toml").write_text(local, encoding="utf-8")
        (tmp_path / "front_page.py").write_text(page, encoding="utf-8")
        (tmp_path / "test_visitor.py").write_text(journey, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", "--project", "project.toml"]
        done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall Flow Status: Passed" in done.stdout
    assert len(list(tmp_path.glob("screenshots/*/*/*.jpg"))) == 2


def test_the_matrix_to_begin_with_is_one_that_the_shop_keeps(tmp_path: Path) -> None:
    _, access, *_ = blocks("toml")
    demo = (ROOT / "projects" / "demo.toml").read_text(encoding="utf-8")
    (tmp_path / "shop.toml").write_text(
        demo.replace('[access]\ninclude = "demo-access.toml"\n', access), encoding="utf-8"
    )
    with running_shop() as (shop, _):
        command = [
            sys.executable,
            "-m",
            "stormwalk",
            "access",
            "check",
            "--project",
            "shop.toml",
            "--base-url",
            shop.url,
        ]
        env = {**environment(), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Role Validation: passed (20 of 20 cells)" in done.stdout


def test_the_alerts_to_begin_with_are_understood(tmp_path: Path) -> None:
    (alerts,) = (block for block in blocks("toml") if "[alerts]" in block)
    demo = (
        (ROOT / "projects" / "demo.toml")
        .read_text(encoding="utf-8")
        .replace('[access]\ninclude = "demo-access.toml"\n', "")
    )
    (tmp_path / "shop.toml").write_text(demo + alerts, encoding="utf-8")

    told = load_project(tmp_path / "shop.toml").alerts

    assert dict(told.normal) == {"google-chat": "SHOP_CHAT"}
    assert dict(told.chaos) == {"google-chat": "SHOP_CHAOS_CHAT", "webhook": "SHOP_HOOK"}


def test_the_examples_of_the_demo_project_are_understood(tmp_path: Path) -> None:
    demo = (ROOT / "projects" / "demo.toml").read_text(encoding="utf-8")
    whole = re.sub(r"^# (?=\[(?:alerts|gate|redaction)|[a-z_-]+ = )", "", demo, flags=re.MULTILINE)
    (tmp_path / "shop.toml").write_text(whole.replace('[access]\ninclude = "demo-access.toml"\n', ""), encoding="utf-8")

    shop = load_project(tmp_path / "shop.toml")

    assert (set(shop.alerts.normal), set(shop.alerts.chaos)) == ({"google-chat"}, {"google-chat"})
    assert (len(shop.redaction.patterns), len(shop.redaction.mask)) == (1, 2)
