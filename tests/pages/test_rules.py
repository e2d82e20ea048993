"""The rules of the page objects, held against their source: they are what keeps journeys quick and honest."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.journey import StepMethod

FOLDER = Path(__file__).parents[2] / "pages"
FILES = sorted(file for file in FOLDER.glob("*.py") if file.name != "__init__.py")
# Sleeping, and looking for things as no user would.
FORBIDDEN = ("sleep", "wait_for_timeout", "wait_for_selector", "locator", "nth", "query_selector")


def _called(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def _steps() -> Iterator[tuple[str, StepMethod[object, ...]]]:
    for file in FILES:
        module = importlib.import_module(f"pages.{file.stem}")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__:
                for attribute in vars(kind).values():
                    if isinstance(attribute, StepMethod):
                        yield name, attribute


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_page_object_neither_sleeps_nor_looks_for_markup(file: Path) -> None:
    assert not [name for name in _called(file) if name in FORBIDDEN]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_page_object_imports_no_more_than_it_may(file: Path) -> None:
    ours = re.findall(r"^(?:from|import) (journeys|chaos|dashboard|demo_app|tests|bench)\b", file.read_text(), re.M)
    assert not ours


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_expected_says_so_in_words(file: Path) -> None:
    """Each `expect(...)` has a message, which is what the console shows."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "expect":
            assert len(node.args) == 2, f"{file.name}:{node.lineno}"


def test_steps_of_a_page_have_different_names() -> None:
    named = [(owner, step.name) for owner, step in _steps()]
    assert len(named) == len(set(named)) > 30


def test_no_name_of_a_step_tells_what_differs_from_run_to_run() -> None:
    parameters = {parameter for _, step in _steps() for parameter in re.findall(r"{([\w.]+)}", step.name)}
    assert parameters == {"actor.role", "name", "path", "quantity", "query", "role"}
