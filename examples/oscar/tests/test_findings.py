"""What is known of the shop is found again: without the baseline, and in a storm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

OSCAR = Path(__file__).resolve().parent.parent
ROOT = OSCAR.parent.parent


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest over journeys of the shop, with a store of its own; not what its own environment is set to."""
    command = [sys.executable, "-m", "pytest", "-q", "--store", str(folder / "runs.db"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)


def test_without_the_baseline_the_server_error_is_found(tmp_path: Path) -> None:
    written = (OSCAR / "project.toml").read_text(encoding="utf-8")
    project = tmp_path / "project.toml"
    project.write_text(
        written.replace('baseline = "baseline.json"\n', "").replace('folder = "."', f'folder = "{OSCAR}"')
    )
    accepted = json.loads((OSCAR / "baseline.json").read_text(encoding="utf-8"))["accepted"]

    done = run(
        tmp_path, str(OSCAR / "journeys" / "test_access.py"), "--project", str(project), "-k", "orders and lines"
    )

    assert done.returncode == 1, done.stdout
    assert "GET /api/orders/{id}/lines/ breaks with a server error" in done.stdout
    assert f"access replay {accepted[0]['id']}" in done.stdout


def test_who_loses_the_reply_to_an_order_is_not_told_of_it(tmp_path: Path) -> None:
    storm = ("--chaos-plan", "lost-reply once @ POST /checkout/preview/", "--chaos-controls", "1")

    project = str(OSCAR / "project.toml")
    done = run(tmp_path, str(OSCAR / "journeys" / "test_shopper.py"), "--project", project, *storm)

    assert done.returncode == 1, done.stdout
    assert "there is a new order, and the user is not told of it" in done.stdout
    assert "Duplicate order" not in done.stdout
