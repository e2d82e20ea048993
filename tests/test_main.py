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


@pytest.mark.parametrize(
    ("verb", "usual"),
    [
        (("report",), "ROOT/reports"), (("alert",), "ROOT/reports"), (("doctor",), "ROOT/reports"),
        (("access", "check"), "ROOT/reports"), (("access", "replay"), "ROOT/reports"),
        (("history",), "or reports"), (("compare",), "or reports"), (("flaky",), "or reports"),
        (("access", "draft"), "or reports"),
    ],
)  # fmt: skip
def test_every_verb_says_the_same_of_its_store(
    verb: tuple[str, ...], usual: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*verb, "--help"])

    said = " ".join(capsys.readouterr().out.split()).replace("- ", "-")
    assert "path or URL of the store (default: $STORMWALK_STORE, " in said
    assert f"{usual}/stormwalk.db" in said
