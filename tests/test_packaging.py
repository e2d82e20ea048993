"""What a clone promises: pinned packages without addresses, commands that exist, the same checks at desk and in CI."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))


def pinned() -> dict[str, str]:
    """Each pinned package with its block of the lock file."""
    blocks = re.split(r"^(?=[a-z0-9])", LOCK.partition("\n")[2], flags=re.MULTILINE)
    return {canonicalize_name(block.partition("==")[0]): block for block in blocks if block.strip()}


def wanted() -> list[Requirement]:
    project = PYPROJECT["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["dev"], *PYPROJECT["build-system"]["requires"]]
    return [Requirement(line) for line in lines]


def version(block: str) -> str:
    return block.partition("==")[2].split()[0]


def test_every_pinned_package_has_hashes() -> None:
    without = [name for name, block in pinned().items() if "--hash=sha256:" not in block]

    assert pinned()
    assert without == []


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_the_lock_file_pins_what_pyproject_asks_for(requirement: Requirement) -> None:
    block = pinned()[canonicalize_name(requirement.name)]

    assert requirement.specifier.contains(version(block))


@pytest.mark.parametrize("name", ["playwright", "greenlet", "pydantic-core", "pillow"])
def test_compiled_packages_are_pinned_for_more_than_one_platform(name: str) -> None:
    """Linux on two processors, macOS, three versions of Python: one hash would be one machine's."""
    assert pinned()[name].count("--hash=") >= 5


def test_the_lock_file_names_no_address() -> None:
    assert re.findall(r"://|--index-url|--extra-index-url|--find-links|@ ", LOCK) == []


@pytest.mark.parametrize(
    "target", ["help", "setup", "journeys", "headed", "test", "lint", "types", "bench", "lock", "clean"]
)
def test_make_has_the_command(target: str) -> None:
    assert target in TARGETS
    assert re.search(rf"^\.PHONY:.*\b{target}\b", MAKEFILE, flags=re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run", ".github/workflows/ci.yml"])
def test_every_make_command_that_is_written_down_exists(document: str) -> None:
    named = set(re.findall(r"(?:^|`|\s)make ([a-z]+)\b", _commands_of(ROOT / document), flags=re.MULTILINE))

    assert named <= TARGETS


def _commands_of(document: Path) -> str:
    """In prose only what stands in code counts: "make sure" is no command."""
    text = document.read_text(encoding="utf-8")
    if document.suffix != ".md":
        return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))


def test_ci_runs_what_a_developer_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert [command for command in ("make test", "make journeys", "make headed") if command not in ci] == []
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
