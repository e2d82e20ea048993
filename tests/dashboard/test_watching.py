"""Stormwalk walks its own dashboard."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stormwalk.control import ControlKind
from stormwalk.events import ControlTaken
from stormwalk.store import Store
from stormwalk.storm_events import StormJudged
from tests.dashboard.serving import served
from tests.demo_app.shop import ROOT, environment

_PROJECT = """
name = "The dashboard"
[application]
base_url = "{url}"
"""


@pytest.mark.catalogue
def test_a_storm_is_watched_from_before_it_begins_until_after_its_end(tmp_path: Path) -> None:
    watched = tmp_path / "watched.db"
    # A copy, so that it has pytest-playwright's own fixtures and not those of these tests.
    journey = shutil.copy(ROOT / "tests" / "dashboard" / "walk_watching.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", "--import-mode=importlib"]
    with served(watched, ROOT) as first:
        (tmp_path / "project.toml").write_text(_PROJECT.format(url=first.url), encoding="utf-8")
        env = {**environment(), "PYTHONPATH": str(ROOT), "WATCHED_PORT": str(first.port), "WATCHED_STORE": str(watched),
               "WATCHED_ROOT": str(ROOT), "WATCHED_PID": str(first.process.pid)}  # fmt: skip
        done = subprocess.run(
            [*command, "--project", "project.toml", journey],
            cwd=tmp_path, env=env, capture_output=True, text=True, timeout=280,
        )  # fmt: skip

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    with Store.open(watched) as store:
        run_id = store.latest_run()
        assert run_id is not None
        asked = store.requests(run_id)
        happened = [recorded.event for recorded in store.follow(run_id)]
    assert [(one.kind, one.rule) for one in asked] == [(ControlKind.RULE_OFF, "latency/slow")]
    assert [one.request for one in happened if isinstance(one, ControlTaken)] == asked
    assert [one.judgement.steered for one in happened if isinstance(one, StormJudged)] == [True]
