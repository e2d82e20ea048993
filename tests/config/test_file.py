from __future__ import annotations

import os
from pathlib import Path

import pytest

from stormwalk.config.file import LARGEST_BYTES, read_toml, shown
from stormwalk.errors import ProjectFileError


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problem_of(content: bytes) -> str:
    Path("shop.toml").write_bytes(content)
    with pytest.raises(ProjectFileError) as problem:
        read_toml(Path("shop.toml"))
    return str(problem.value)


def test_reads_tables_with_or_without_a_byte_order_mark() -> None:
    Path("shop.toml").write_bytes('\ufeffname = "Sähop"'.encode())
    assert read_toml(Path("shop.toml")) == {"name": "Sähop"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            b'name = "a"\nfoo bar\n',
            "shop.toml: expected valid TOML: Expected '=' after a key in a key/value pair (at line 2",
        ),
        (b"a = 1\na = 2\n", "shop.toml: expected valid TOML: the key a stands twice (at line 2"),
        (
            b'"GET /a" = 1\n"GET /a" = 2\nb = 1',
            'shop.toml: expected valid TOML: the key "GET /a" stands twice (at line 2',
        ),
        (b"a = 1\na = [\n1]\n", "shop.toml: expected valid TOML: a key stands twice (at line 3"),
        (b"[a.b]\n[a.b]\n", "shop.toml: expected valid TOML: the table a.b stands twice (at line 2"),
        (b"x = " + b"[" * 100_000, "shop.toml: expected valid TOML: tables or lists are nested too deeply"),
        (b'a = 1\nb = "\xff"\n', "shop.toml: line 2: expected text in UTF-8"),
        (b"#" * (LARGEST_BYTES + 1), "shop.toml: expected a project file of at most 1000 kB"),
    ],
)
def test_content_that_is_none(content: bytes, line: str) -> None:
    found = problem_of(content)
    assert found.startswith(line)
    assert "\n" not in found


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ProjectFileError, match=r"^nowhere\.toml: there is no such file; expected a project file"):
        read_toml(Path("nowhere.toml"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="expected a TOML file, got a folder"):
        read_toml(tmp_path)


def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("pipe.toml")
    with pytest.raises(ProjectFileError, match=r"^pipe\.toml: expected a regular file"):
        read_toml(Path("pipe.toml"))


def test_a_link_to_itself() -> None:
    Path("loop.toml").symlink_to("loop.toml")
    with pytest.raises(ProjectFileError, match=r"loop\.toml: cannot be read: Too many levels of symbolic links"):
        read_toml(Path("loop.toml"))


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("shop.toml").touch()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Not by chmod: root reads what it likes.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ProjectFileError, match=r"^shop\.toml: cannot be read: Permission denied"):
        read_toml(Path("shop.toml"))


def test_paths_are_shown_as_the_reader_types_them(tmp_path: Path) -> None:
    assert shown(tmp_path / "projects" / "shop.toml") == "projects/shop.toml"
    assert shown(Path("/elsewhere/shop.toml")) == "/elsewhere/shop.toml"
