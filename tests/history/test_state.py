from __future__ import annotations

import os
from pathlib import Path

import pytest

from stormwalk.config.gate import GateTable
from stormwalk.errors import UsageError
from stormwalk.gate.judging import gate_of
from stormwalk.history.state import State, read_state, state_of, write_state
from stormwalk.model import RunMode, Status
from stormwalk.store import Store
from tests.history.past import PROJECT, journey, keep, run, step

BAD = journey(step("Log in"), step("Buy", Status.FAILED))


def test_a_machine_that_starts_empty_knows_what_was_exported(store: Store, tmp_path: Path) -> None:
    ids = keep(store, *(run(number, BAD) for number in range(4)))
    file = tmp_path / "states" / "state.json"
    write_state(file, state_of(store, PROJECT, "main"))

    with Store.open(tmp_path / "empty.db") as empty:
        state = read_state(file, PROJECT)
        result = gate_of(empty, run(9, BAD), GateTable(ratchet=True, slower_than=50.0), state)

    assert result is not None
    assert [one.passed for one in result.rules] == [True, True]
    assert result.compared_with == ids[-1]
    last = state.last_run(RunMode.NORMAL, "main")
    assert last is not None
    assert (last.run, last.exit_code) == (ids[-1], 0)


def test_what_was_exported_before_is_carried_on(store: Store, tmp_path: Path) -> None:
    other = journey(step("Pay", Status.FAILED), nodeid="journeys/test_pay.py::test_pay")
    keep(store, run(1, other))
    first = state_of(store, PROJECT, "main")
    with Store.open(tmp_path / "second.db") as second:
        keep(second, run(2, BAD))
        base = state_of(second, PROJECT, "main", first).base(RunMode.NORMAL, "main")

    assert base is not None
    assert {one.name for one in base.cells} >= {"A shopper buys > Pay", "A shopper buys > Buy"}


def test_writing_it_twice_is_the_same_file(store: Store, tmp_path: Path) -> None:
    keep(store, run(1, BAD))
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    write_state(one, state_of(store, PROJECT, "main"))
    write_state(other, state_of(store, PROJECT, "main", read_state(one, PROJECT)))

    assert one.read_bytes() == other.read_bytes()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "expected a state file of this version"),
        (b"{}", "project: expected a state file"),
        (b'{"project": "Shop", "stormwalk_state": 2}', "stormwalk_state: expected a state file"),
        (b'{"project": "Shop", "bases": [{"mode": "gale"}]}', "bases.0.mode: expected"),
        (b'{"project": "Another"}', 'expected "Shop", got "Another"'),
        (b"\xff\xfe\x00", "expected a state file"),
        (b"[" * 100_000, "expected a state file"),
    ],
)
def test_a_wrong_file_is_one_line_that_says_what_to_do(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "state.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        read_state(file, PROJECT)

    assert said in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_one_line(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="cannot be written"):
        write_state(tmp_path / "file" / "state.json", state_of(store, PROJECT, "main"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write_state(tmp_path / "folder", state_of(store, PROJECT, "main"))
    assert {one.name for one in tmp_path.iterdir() if one.name.endswith(".part")} == set()
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        write_state(tmp_path / "no" / "such" / "state.json", state_of(store, PROJECT, "main"))
    assert not (tmp_path / "no").exists()


def test_what_is_no_file_is_not_replaced_and_a_link_stays_one(tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link.json", tmp_path / "state.json"
    os.mkfifo(pipe)
    file.write_text("old")
    link.symlink_to(file)

    with pytest.raises(UsageError, match="it is no file"):
        write_state(pipe, State(project=PROJECT))
    write_state(link, State(project=PROJECT))

    assert pipe.is_fifo()
    assert link.is_symlink()
    assert read_state(file, PROJECT) == State(project=PROJECT)
