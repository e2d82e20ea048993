"""`python -m stormwalk`."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from stormwalk.__main__ import main


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"stormwalk {version('stormwalk')}\n"
