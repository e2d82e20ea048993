"""`python -m stormwalk access check | replay | accept`, as somebody types them: exit codes and lines."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo_app.defects import BY_NAME
from stormwalk.__main__ import main
from tests.access.shops import PROJECT_FILE
from tests.demo_app.shop import ROOT, Shop, running_shop
from tests.journeys.walking import KEY, environment

# From any folder, the shop can be started.
ENVIRONMENT = {**environment(), "PYTHONPATH": str(ROOT)}
WRONG = ("admin-list-open-to-support", "token-survives-logout")


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with a project file in it, and the commands that are typed there."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Desk:
        for name in ("demo.toml", "demo-access.toml"):
            (root / name).write_text((PROJECT_FILE.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
        with (root / "demo.toml").open("a", encoding="utf-8") as project:
            project.write('[alerts.normal]\ngoogle-chat = "SET_NOWHERE"\n')
        return cls(root)

    def command(self, *arguments: str) -> list[str]:
        options = ["--project", str(self.root / "demo.toml"), "--root", str(self.root)]
        return [sys.executable, "-m", "stormwalk", "access", *arguments, *options]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = self.command(*arguments)
        return subprocess.run(command, cwd=self.root, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)

    def run_here(self, *arguments: str) -> int:
        """The same command without a process of its own, for what ends before it begins."""
        return main(self.command(*arguments)[3:])

    def edit(self, old: str, new: str) -> None:
        file = self.root / "demo-access.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


@pytest.fixture(scope="module")
def clean() -> Iterator[Shop]:
    with running_shop(**KEY) as (shop, _):
        yield shop


@dataclass(frozen=True, slots=True)
class Found:
    """A shop with defects, and the ids that a check of it has printed, by rule."""

    desk: Desk
    url: str
    checked: subprocess.CompletedProcess[str]

    def id_of(self, rule: str) -> str:
        ids: list[str] = re.findall(rf"{rule}-[0-9a-f]{{8}}", (self.desk.root / "ids").read_text(encoding="utf-8"))
        return ids[0]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    desk = Desk.at(tmp_path_factory.mktemp("found"))
    with running_shop("--defects", ",".join(WRONG), **KEY) as (shop, _):
        checked = desk.run("check", "--base-url", shop.url)
        (report,) = desk.root.glob("reports/*/report.json")
        (desk.root / "ids").write_text(report.read_text(encoding="utf-8"), encoding="utf-8")
        yield Found(desk, shop.url, checked)


def test_a_check_tells_what_it_found_and_where_the_report_is(found: Found) -> None:
    assert found.checked.returncode == 1, found.checked.stderr
    out = found.checked.stdout
    assert out.startswith("Access: 160 cells of the matrix, 5 roles\n")
    assert "✗ over-permission  GET /api/admin/users as support" in out
    assert re.search(r"^  \d[\d,]* probes in ", out, re.MULTILINE)
    assert re.search(r"^Report: \S+report\.html$", out, re.MULTILINE)
    assert "Passw0rd" not in out


@pytest.mark.parametrize("rule", [BY_NAME[name].findings[0].split()[0] for name in WRONG])
def test_a_finding_is_shown_again_by_its_id(found: Found, rule: str) -> None:
    shown = found.desk.run("replay", found.id_of(rule), "--base-url", found.url)
    assert shown.returncode == 1, shown.stdout + shown.stderr
    assert shown.stdout.startswith("still there: ")
    assert "proof: " in shown.stdout
    assert re.search(r"^200 to \w+ \(\w+\)$", shown.stdout, re.MULTILINE)
    assert "Passw0rd" not in shown.stdout


def test_what_was_mended_is_gone(found: Found, clean: Shop) -> None:
    shown = found.desk.run("replay", found.id_of("over-permission"), "--base-url", clean.url)
    assert (shown.returncode, shown.stdout.partition(":")[0]) == (0, "gone"), shown.stdout + shown.stderr


def test_people_are_told_of_a_check_as_of_any_run(found: Found) -> None:
    assert "alerts: google-chat: the environment variable SET_NOWHERE is not set" in found.checked.stdout


def test_where_nothing_answers_nothing_is_gone(found: Found) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        shown = found.desk.run(
            "replay", found.id_of("over-permission"), "--base-url", f"http://127.0.0.1:{taken.getsockname()[1]}"
        )
    assert shown.returncode == 2, shown.stdout + shown.stderr
    assert "still there" not in shown.stdout


@pytest.mark.catalogue
def test_what_was_accepted_does_not_alarm_again(found: Found) -> None:
    for rule in ("over-permission", "token-after-logout", "refresh-after-logout"):
        accepted = found.desk.run("accept", found.id_of(rule), "--because", "known")
        assert accepted.returncode == 0, accepted.stderr
        assert accepted.stdout.startswith("accepted: ")
    again = found.desk.run("check", "--base-url", found.url)
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("replay", "nonsense-1"), "no run has a finding 'nonsense-1'"),
        (("accept", "nonsense-1"), "no run has a finding 'nonsense-1'"),
        (("replay", ""), "an id is expected, such as over-permission-3f9ac04d"),
        (("replay", "x", "--run", "20010101"), "there is no run 20010101"),
    ],
)
def test_a_finding_that_is_not_there_is_one_line(
    found: Found, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found.desk.run_here(*arguments) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(rf"stormwalk: .*{says}.*\n", said), said


MISTAKES = {
    "unknown role": ('allow = ["manager", "admin"]', 'allow = ["manger"]', "manger"),
    "duplicate endpoint": ('"GET /me" = {}', '"GET /me" = {}\n"GET, HEAD /me" = {}', "GET /me"),
    "wrong outcome word": ('default = "deny"', 'default = "forbid"', "forbid"),
    "missing path parameter": ('"GET /me" = {}', '"GET /me" = {}\n"GET /me/{thing}" = {}', "{thing}"),
    "no TOML": ('"GET /me" = {}', '"GET /me" = {', "demo-access.toml"),
    "no endpoint behind a control": ('endpoint = "GET /basket"', 'endpoint = "GET /baskets"', "GET /baskets"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_matrix_is_one_line(desk: Desk, mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, named = MISTAKES[mistake]
    desk.edit(old, new)
    assert desk.run_here("check", "--base-url", "http://127.0.0.1:1") == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"stormwalk: [^\n]+\n", said.err), said.err
    assert named in said.err
    assert said.out == ""


def test_a_broken_baseline_is_told_of_before_the_first_probe(desk: Desk, clean: Shop) -> None:
    (desk.root / "demo-access-baseline.json").write_text("{", encoding="utf-8")
    done = desk.run("check", "--base-url", clean.url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "mend it, or remove the file" in done.stderr


def test_an_application_that_does_not_answer_is_one_line(desk: Desk) -> None:
    done = desk.run("check", "--base-url", "http://127.0.0.1:1")
    assert done.returncode == 2
    assert re.fullmatch(r"stormwalk: [^\n]+\n", done.stderr), done.stderr


@pytest.mark.catalogue
def test_two_checks_at_once_do_not_disturb_each_other(clean: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    desks = [Desk.at(tmp_path_factory.mktemp("twice")) for _ in range(2)]
    running = [
        subprocess.Popen(
            desk.command("check", "--base-url", clean.url),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for desk in desks
    ]
    said = [one.communicate(timeout=200)[0] for one in running]
    assert [one.returncode for one in running] == [0, 0], "\n".join(said)


def test_ctrl_c_is_2_and_leaves_nothing_running(desk: Desk) -> None:
    """The shop is started by the command itself, so it has to be ended by it too."""
    process = subprocess.Popen(
        desk.command("check"),
        cwd=desk.root,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Access: ")
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Traceback" not in error
    assert group_is_empty(process.pid)
    listed = subprocess.run(
        [sys.executable, "-m", "stormwalk", "report", "--list", "--store", str(desk.root / "reports" / "stormwalk.db")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "not finished" not in listed.stdout


def group_is_empty(group: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
