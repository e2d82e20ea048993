"""How calls are filled in, and who is at work in whose name."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from stormwalk.access.filling import fill, filled, unique, unknown_like
from stormwalk.access.matrix import Ask
from stormwalk.access.turns import Turn, Turns


@pytest.mark.parametrize(
    ("value", "is_"),
    [
        ("{id}", 7),
        ("order {id} of {name}", "order 7 of Kim"),
        ({"a": ["{id}", {"b": "{name}"}], "c": 1}, {"a": [7, {"b": "Kim"}], "c": 1}),
        ("{unknown} {id}", "{unknown} 7"),
        (None, None),
        ("{trick}", "{password}"),
        ("say {trick}", "say {password}"),
    ],
)
def test_places_are_filled_once_and_keep_their_type(value: Any, is_: Any) -> None:
    assert fill(value, {"id": 7, "name": "Kim", "trick": "{password}", "password": "Passw0rd"}) == is_


@pytest.mark.parametrize(
    ("id_", "path"),
    [
        (7, "/orders/7"),
        ("../admin", "/orders/..%2Fadmin"),
        ("..", "/orders/%2E%2E"),
        ("7?role=admin#x", "/orders/7%3Frole%3Dadmin%23x"),
        ("7\r\nX-Evil: 1", "/orders/7%0D%0AX-Evil:%201"),
        ("é", "/orders/%C3%A9"),
        ("sam@shop.test", "/orders/sam@shop.test"),
        ("{password}", "/orders/%7Bpassword%7D"),
    ],
)
def test_an_id_of_the_application_stays_within_its_segment(id_: Any, path: str) -> None:
    assert filled(Ask(method="GET", path="/orders/{order}"), {"order": id_, "password": "Passw0rd"}).path == path


def test_an_id_that_is_unknown_is_of_the_same_kind() -> None:
    assert isinstance(unknown_like(7), int)
    assert unknown_like(7) != 7
    assert unknown_like("a1b2") != "a1b2"
    assert unknown_like("")
    assert len({unique() for _ in range(1000)}) == 1000


def test_a_turn_is_one_threads_at_a_time_and_may_be_taken_again(tmp_path: Path) -> None:
    turn, inside, most = Turn(tmp_path / "sam"), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turn, turn:
                inside += 1
                most = max(most, inside)
                time.sleep(0.001)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == 1


def test_a_turn_keeps_other_processes_out_and_ends_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "sam"
    hold = (
        "import pathlib, sys; from stormwalk.access.turns import Turn\n"
        "with Turn(pathlib.Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        entered = threading.Event()
        waiting = threading.Thread(target=lambda: _enter(Turn(file), entered), daemon=True)
        waiting.start()
        assert not entered.wait(0.3)
        other.kill()
        assert entered.wait(20)


def _enter(turn: Turn, entered: threading.Event) -> None:
    with turn:
        entered.set()


def test_where_no_file_can_be_locked_threads_still_take_turns(tmp_path: Path) -> None:
    with Turn(tmp_path / "nowhere" / "sam"):
        pass


def test_everybody_has_a_turn_of_their_own() -> None:
    turns = Turns("http://127.0.0.1:1")
    assert turns.of("sam") is turns.of("sam")
    with turns.of("sam"), turns.of("../kim"):
        pass
