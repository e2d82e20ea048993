"""Who may import whom, what no file names, and how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"stormwalk", "pages", "journeys", "chaos", "dashboard", "demo_app", "bench", "tests", "tools", "examples"}
OURS |= {"conftest", "user_flow_runner", "chaos_runner"}

# Whom the files of each part may import, beside themselves. Conftests, runners, tests, benches and examples compose
# the parts and may import anything.
ALLOWED: dict[str, set[str]] = {
    "journeys": {"pages", "stormwalk"},
    "pages": {"stormwalk"},
    "chaos": {"stormwalk"},
    "dashboard": {"stormwalk"},
    "stormwalk": set(),
    "demo_app": set(),
    "tools": {"stormwalk"},
}
LONGEST_FILE = 400
# A path of the machine that it was written on, or the address of a package index.
NOT_OURS = re.compile(rf"{re.escape(str(ROOT))}/|(?:index|find-links)-?url *=", re.IGNORECASE)


def tracked() -> list[Path]:
    """Every file of the repository that is under version control, or will be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


FILES = tracked()
SOURCES = [path for path in FILES if path.suffix == ".py"]


def imports(source: str, path: Path) -> set[str]:
    """The top-level names that a file imports, also within functions, by name as text, or relatively."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = path.relative_to(ROOT).parts[:-1][: None if node.level < 2 else 1 - node.level]
            found.add(".".join([*(base if node.level else ()), *filter(None, [node.module])]))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found |= {
                one.value for one in node.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return {name.split(".")[0] for name in found} & OURS


def violations(source: str, path: Path) -> set[str]:
    part = path.relative_to(ROOT).parts[0]
    if part not in ALLOWED or path.name == "conftest.py":
        return set()
    return imports(source, path) - ALLOWED[part] - {part}


def test_there_is_something_to_check() -> None:
    assert {"stormwalk", "pages", "journeys", "demo_app"} <= {path.relative_to(ROOT).parts[0] for path in SOURCES}


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_nobody_imports_what_they_may_not(part: str) -> None:
    files = [path for path in SOURCES if path.relative_to(ROOT).parts[0] == part]
    wrong = {str(path.relative_to(ROOT)): violations(path.read_text(encoding="utf-8"), path) for path in files}

    assert {name: parts for name, parts in wrong.items() if parts} == {}


@pytest.mark.parametrize(
    ("file", "source", "wrong"),
    [
        ("stormwalk/x.py", "import pages.login", {"pages"}),
        ("stormwalk/x.py", "from chaos import fault", {"chaos"}),
        ("stormwalk/x.py", "def late():\n    from demo_app import shop", {"demo_app"}),
        ("stormwalk/x.py", "if TYPE_CHECKING:\n    import dashboard", {"dashboard"}),
        ("stormwalk/x.py", "importlib.import_module('journeys.goods')", {"journeys"}),
        ("stormwalk/reporting/x.py", "from ..events import Event\nfrom . import files\nimport os", set()),
        ("pages/x.py", "from stormwalk.page import PageObject\nfrom pages.login import LoginPage", set()),
        ("pages/x.py", "import journeys.people", {"journeys"}),
        ("journeys/x.py", "from pages.login import LoginPage\nfrom chaos import plan", {"chaos"}),
        ("journeys/conftest.py", "from demo_app import shop", set()),
        ("demo_app/x.py", "import stormwalk", {"stormwalk"}),
        ("chaos/x.py", "from pages.login import LoginPage", {"pages"}),
        ("dashboard/x.py", "import chaos.plan", {"chaos"}),
        ("bench/x.py", "import demo_app, stormwalk, chaos", set()),
    ],
)
def test_the_check_sees_what_it_should(file: str, source: str, wrong: set[str]) -> None:
    assert violations(source, ROOT / file) == wrong


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_this_machine_or_its_neighbours() -> None:
    named = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in FILES
        if path.name != "requirements.lock"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if NOT_OURS.search(line)
    }

    assert named == set()


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    read = [path for path in SOURCES if "tests" not in path.parts]
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in read}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


# Applications that are not ours: the core knows nothing of them, and whoever writes a project for one writes little.
EXAMPLES = sorted({path.relative_to(ROOT).parts[1] for path in FILES if path.relative_to(ROOT).parts[0] == "examples"})
MOST_LINES = 400
# What serves the application was not written to test it, and a baseline is written by `access accept`.
NOT_COUNTED = re.compile(r"examples/\w+/(?:site/.*|requirements\.txt|baseline\.json)")
MAY_NAME_EXAMPLES = re.compile(r"examples/.*|.*\.md|Makefile|\.ci/.*")


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_but_documents_and_makefile_names_an_application_that_is_not_ours(example: str) -> None:
    naming = {str(path.relative_to(ROOT)) for path in FILES if example in text_of(path).lower()}

    assert any(name.startswith("examples/") for name in naming)
    assert {name for name in naming if not MAY_NAME_EXAMPLES.fullmatch(name)} == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_little_is_written_for_an_application_that_is_not_ours(example: str) -> None:
    """Lines that say something: neither blank nor a comment."""
    names = {str(path.relative_to(ROOT)): path for path in FILES}
    written = [path for name, path in names.items() if re.match(f"examples/{example}/", name)]
    counted = [path for path in written if not NOT_COUNTED.fullmatch(str(path.relative_to(ROOT)))]
    lines = [line.strip() for path in counted for line in text_of(path).splitlines()]

    assert 0 < sum(bool(line) and not line.startswith("#") for line in lines) < MOST_LINES
