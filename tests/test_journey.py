"""The step decorator: what it keeps of the method, what it runs, and what it tells the recording."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.journey import Attempt, recorded_by, step

ROOT = Path(__file__).resolve().parent.parent

CALLS = """
from stormwalk.journey import step

class Basket:
    @step("Add {name}", weight=2)
    def add(self, name: str, amount: int = 1) -> None: ...

    @add.confirm
    def added(self, name: str, amount: int = 1) -> None: ...

    @step("Say")
    def say(self) -> str: ...            # error: a step returns nothing

    @add.confirm
    def wrong(self, name: int) -> None: ...  # error: not the arguments of the step

basket = Basket()
basket.add("lamp")
basket.add("lamp", amount=2)
basket.added("lamp")
Basket.add(basket, "lamp")
basket.add(3)                            # error: a name is a text
basket.add()                             # error: a name is needed
basket.add("lamp", colour="red")         # error: no such argument
reveal_type(basket.add)
"""


class Taken:
    """A recording that runs each step and remembers it."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.in_step = False

    def perform(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self.in_step = True
        attempt.act()
        attempt.confirm()
        self.in_step = False

    @property
    def names(self) -> list[str]:
        return [attempt.name for attempt in self.attempts]


class Basket:
    def __init__(self) -> None:
        self.done: list[str] = []

    @step("Add {amount} x {name}", weight=3, role_check=True)
    def add(self, name: str, amount: int = 1) -> None:
        """Puts something in."""
        self.done.append(f"act {name} {amount}")

    @add.confirm
    def added(self, name: str, amount: int = 1) -> None:
        self.done.append(f"confirm {name} {amount}")

    @step("Pay {price:.2f}")
    def pay(self, price: float) -> None:
        self.done.append(f"act pay {price}")

    @step("Buy")
    def buy(self) -> None:
        self.add("lamp")
        self.pay(2)


@pytest.fixture
def taken() -> Iterator[Taken]:
    recording = Taken()
    with recorded_by(recording):
        yield recording


def test_mypy_keeps_the_signature(tmp_path: Path) -> None:
    (tmp_path / "calls.py").write_text(CALLS)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "calls.py"]
    command += ["--config-file", "/dev/null", "--python-version", "3.11", "--follow-imports", "silent"]
    said = subprocess.run(
        command, cwd=tmp_path, env={"MYPYPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    ).stdout

    wrong = {number for number, line in enumerate(CALLS.splitlines(), 1) if "# error" in line}
    refused = {int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line}
    # An error of a decorator is reported on its own line, one above.
    assert {line if line in wrong else line + 1 for line in refused} == wrong, said
    assert 'Revealed type is "def (name: str, amount: int =)"' in said.replace("builtins.", "")


def test_body_and_confirm_run_with_the_same_arguments(taken: Taken) -> None:
    basket = Basket()
    basket.add("lamp", amount=2)
    basket.add("rope")

    assert basket.done == ["act lamp 2", "confirm lamp 2", "act rope 1", "confirm rope 1"]
    assert taken.names == ["Add 2 x lamp", "Add 1 x rope"]


def test_the_recording_is_told_what_the_step_is(taken: Taken) -> None:
    basket = Basket()
    basket.add("lamp")

    (attempt,) = taken.attempts
    assert (attempt.owner, attempt.weight, attempt.role_check) == (basket, 3, True)


def test_both_halves_can_be_run_again(taken: Taken) -> None:
    basket = Basket()
    basket.add("lamp")
    basket.done.clear()

    taken.attempts[0].confirm()
    taken.attempts[0].act()

    assert basket.done == ["confirm lamp 1", "act lamp 1"]


def test_steps_within_a_step_are_part_of_it(taken: Taken) -> None:
    basket = Basket()
    basket.buy()

    assert taken.names == ["Buy"]
    assert basket.done == ["act lamp 1", "confirm lamp 1", "act pay 2"]


def test_without_a_recording_a_step_simply_runs() -> None:
    basket = Basket()
    basket.add("lamp")
    Basket.pay(basket, 2)

    assert basket.done == ["act lamp 1", "confirm lamp 1", "act pay 2"]


def test_parameters_in_names_take_formats(taken: Taken) -> None:
    Basket().pay(12.5)

    assert taken.names == ["Pay 12.50"]


def test_a_second_confirm_is_refused() -> None:
    with pytest.raises(TypeError, match=r"'Add \{amount\} x \{name\}' has a second confirm, .*again: one is enough"):

        @Basket.add.confirm
        def again(self: Basket, name: str, amount: int = 1) -> None: ...


def test_a_name_with_a_parameter_that_the_step_does_not_have_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"the step 'Add \{product\}' names \{product\}, .* has only: self, name"):

        class Wrong:
            @step("Add {product}")
            def add(self, name: str) -> None: ...


def test_wrong_arguments_are_refused_before_anything_runs(taken: Taken) -> None:
    with pytest.raises(TypeError, match="missing a required argument: 'name'"):
        Basket().add()  # type: ignore[call-arg]

    assert taken.attempts == []


def test_the_step_keeps_name_and_docstring_of_the_method() -> None:
    assert Basket.add.__doc__ == "Puts something in."
    assert Basket.add.__name__ == "add"  # type: ignore[attr-defined]


def test_the_innermost_recording_takes_the_step(taken: Taken) -> None:
    inner = Taken()
    with recorded_by(inner):
        Basket().pay(1)
    Basket().pay(2)

    assert (inner.names, taken.names) == (["Pay 1.00"], ["Pay 2.00"])
