"""What is known of the shop is found again: without the baseline, and in a storm. And a draft of it is green."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stormwalk.application import Application
from stormwalk.config import load_project

OSCAR = Path(__file__).resolve().parent.parent


def walked(folder: Path, journey: str, *arguments: str) -> str:
    """What a run says that has found something; without the baseline, and with a store of its own."""
    project = (OSCAR / "project.toml").read_text(encoding="utf-8").replace('baseline = "baseline.json"\n', "")
    (folder / "project.toml").write_text(project.replace('folder = "."', f'folder = "{OSCAR}"'), encoding="utf-8")
    ours = ["--project", str(folder / "project.toml"), "--store", str(folder / "runs.db")]
    command = [sys.executable, "-m", "pytest", "-q", str(OSCAR / "journeys" / journey), *ours, *arguments]
    done = subprocess.run(command, cwd=OSCAR.parent.parent, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1, f"{done.stderr}\n{done.stdout}"
    return done.stdout


def test_a_visitor_who_asks_for_lines_breaks_the_server(tmp_path: Path) -> None:
    said = walked(tmp_path, "test_access.py", "-k", "orders and lines")
    assert "GET /api/orders/{id}/lines/ breaks with a server error for anonymous" in said


def test_who_loses_the_reply_to_an_order_is_not_told_of_it(tmp_path: Path) -> None:
    storm = ("--chaos-plan", "lost-reply once @ POST /checkout/preview/", "--chaos-controls", "1")
    said = walked(tmp_path, "test_shopper.py", *storm)
    assert "there is a new order, and the user is not told of it" in said
    assert "Duplicate order" not in said


def test_what_init_drafts_of_it_is_green_at_once(tmp_path: Path) -> None:
    with Application(load_project(OSCAR / "project.toml"), log=tmp_path / "shop.log") as shop:
        for folder, command in ((".", f"stormwalk init mine --base-url {shop.base_url}"), ("mine", "pytest -q")):
            words = [sys.executable, "-m", *command.split()]
            done = subprocess.run(words, cwd=tmp_path / folder, capture_output=True, text=True, timeout=600)
            assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    assert "Overall Flow Status: Passed" in done.stdout
