from __future__ import annotations

from pathlib import Path

from dashboard.app import create_app
from dashboard.settings import Settings
from stormwalk.store import Store


def test_nothing_is_compiled_while_the_first_page_is_waited_for(tmp_path: Path) -> None:
    """A long run is read at the same time, by a thread that leaves little to the others."""
    with Store.open(tmp_path / "store.db") as store:
        app = create_app(Settings(store_url=""), store)
        compiled = {key[1] for key in app.jinja_env.cache or ()}

    assert {"run.html", "lightbox.html", "step_body.html", "cell_body.html", "macros.html"} <= compiled
