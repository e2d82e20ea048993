from __future__ import annotations

import subprocess
import sys

import pytest

from chaos.__main__ import main
from chaos.fault import Fault
from chaos.listing import catalogue, list_lines
from chaos.plan import plan_names
from chaos.unsupported import unsupported


def test_every_fault_and_every_plan_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert listed == [*sorted(Fault.registry), *(one.name for one in unsupported()), *plan_names()]
    assert len(catalogue()) == len(Fault.registry) + len(unsupported())


def test_a_line_tells_parameters_units_and_engine() -> None:
    (line,) = [one for one in list_lines() if one.strip().startswith("throttle")]

    assert "down=200 kB/s" in line
    assert line.endswith("Chromium only.")


def test_a_plan_is_told_rule_by_rule_and_nothing_is_touched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lost-reply", "http:503 once @ POST /api/orders"]) == 0

    told = capsys.readouterr().out
    assert "lost-reply:connectionreset once @ POST,PUT,PATCH,DELETE /api/**" in told
    assert "  http:503 once @ POST /api/orders\n" in told


def test_without_a_name_it_is_the_standard_set(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan"])

    assert "latency: " in capsys.readouterr().out


def test_a_wrong_plan_is_one_line_and_exit_code_2() -> None:
    command = [sys.executable, "-m", "chaos", "plan", "latncy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith('chaos: there is no plan "latncy"; did you mean latency? expected ')
    assert done.stderr.count("\n") == 1
