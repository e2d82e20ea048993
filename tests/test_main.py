"""`python -m stormwalk`."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from stormwalk.__main__ import main
from tests.demo_app.shop import ROOT


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"stormwalk {version('stormwalk')}\n"


def test_whoever_stops_reading_is_told_no_more(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stormwalk", "doctor", "--project", "none.toml", "--root", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (2, "")
