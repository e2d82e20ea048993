from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dashboard import following
from dashboard.app import create_app
from dashboard.following import Follower
from dashboard.house import house
from dashboard.settings import Settings
from stormwalk.events import RunFinished
from stormwalk.store import Store
from tests.dashboard import tales


def test_a_seat_is_given_back_where_the_stream_could_not_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the last of them would be gone after so many failures, and nobody would ever be told anything again."""
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, tales.normal_run())
        app = create_app(Settings(store_url="", viewers=1), store)
        client, address = app.test_client(), f"/runs/{tales.RUN}/stream"
        follower = house(app).followers.of(tales.RUN)

        def no_thread(_: Follower) -> None:
            raise RuntimeError("can't start new thread")

        with monkeypatch.context() as short:
            short.setattr(Follower, "wake", no_thread)
            short.setattr(house(app).followers, "of", lambda _: follower)
            assert [client.get(address).status_code for _ in range(3)] == [500, 500, 500]
            assert not follower.watched
        with client.get(address) as answer:
            assert answer.status_code == 200
        house(app).followers.end()


def test_who_comes_after_a_long_while_is_shown_what_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(following, "QUIET_TICK", 0.02)
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started()])
        follower = Follower(store, tales.RUN)
        follower.wake()
        assert follower.caught_up(10)
        for one in [one for one in threading.enumerate() if one.name == f"follow {tales.RUN}"]:
            one.join(10)
        store.append(tales.RUN, [RunFinished(at=1.0, exit_code=0)])
        follower.wake()
        assert follower.caught_up(10)
        assert follower.look(lambda run: run.finished_at) == 1.0
        follower.end()
