from __future__ import annotations

from collections.abc import Iterator

import pytest

from stormwalk.__main__ import _parser
from tests.chaos.harbour import Harbour
from tests.chaos.stage import Stage

# The command line loads parts when it is first used; pytester forgets at its end what was loaded within a test.
_parser()

HOME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>"Quay" {of} \\ Port</title>
<h1>Quay &amp; Port</h1><nav><a href="/broken">Broken</a> <a href="/boats">Boats</a> <a href="/boats">3 new boats</a>
</nav><form action="/search"><label>Say "what" <input name="q"></label><button>Search</button></form>
<button>Twice</button><button>Twice</button><button hidden>Secret</button>
<form method="post"><input name="mail"><input type="password" name="word"><button>Come in</button></form></html>"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        stage.pages |= {"/": HOME, "/boats": "<!doctype html><title>Boats</title><h1>Boats</h1>", "/empty": "<p>"}
        yield stage


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    with Harbour() as harbour:
        yield harbour
