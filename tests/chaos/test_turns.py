from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import chaos.turns
from chaos.turns import Turns

HOLDS = """
import sys, time
from pathlib import Path
from chaos.turns import Turns
turns = Turns(Path(sys.argv[1]), "http://shop.test")
turns.take("sam", lambda ms: None)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos.turns, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(chaos.turns, "_PATIENCE_WITH_ONE_S", 0.0)


def taken(turns: Turns, name: str = "sam") -> bool:
    return turns.take(name, lambda ms: None)


def test_nobody_else_walks_as_the_same_person_until_the_walk_has_ended(tmp_path: Path) -> None:
    one, other = Turns(tmp_path, "http://shop.test"), Turns(tmp_path, "http://shop.test")

    assert taken(one)
    assert taken(one), "the same walk may ask again"
    assert not taken(other)
    assert taken(other, "sara")
    one.close()
    assert taken(other)
    other.close()


def test_the_same_name_in_another_application_is_somebody_else(tmp_path: Path) -> None:
    one, other = Turns(tmp_path, "http://shop.test"), Turns(tmp_path, "http://other.test")
    assert taken(one)
    assert taken(other)
    one.close()
    other.close()


def test_it_waits_for_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos.turns, "_PATIENCE_S", 60.0)
    one, other = Turns(tmp_path, "http://shop.test"), Turns(tmp_path, "http://shop.test")
    assert taken(one)
    waited: list[float] = []

    def rest(ms: float) -> None:
        waited.append(ms)
        if len(waited) == 3:
            one.close()

    assert other.take("sam", rest)
    assert len(waited) == 3
    other.close()


def test_who_is_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as held:
        assert held.stdout is not None
        held.stdout.readline()
        turns = Turns(tmp_path, "http://shop.test")
        assert not taken(turns)
        held.kill()
        held.wait()
        assert taken(turns)
        turns.close()
