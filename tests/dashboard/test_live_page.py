"""What the page makes of the stream: everything that is told is on it, once, whatever comes between."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

from stormwalk.events import JourneyFinished, RunFinished
from stormwalk.model import Status
from stormwalk.store import Store
from stormwalk.storm_events import ExperimentEnded
from stormwalk.storm_judgement import StormVerdict
from tests.dashboard import tales
from tests.dashboard.serving import served
from tests.dashboard.test_in_browser import connected, opened


def test_a_step_that_is_told_while_its_film_is_on_its_way_is_in_the_film(chromium: Browser, tmp_path: Path) -> None:
    """Else it would be missing, or seem to run for ever, until something else of it changes."""
    held: list[tuple[Route, APIResponse]] = []
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), tales.begins("a"), *tales.step("a", 1)])
        store.append(tales.RUN, [tales.begins("b", "gw1", "A manager changes a price"), *tales.step("b", 1, "gw1")])
        store.append(tales.RUN, [tales.step_begins("b", 2, "gw1")])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            page = there.page
            connected(page)
            page.route("**/film?*", lambda route: held.append((route, route.fetch())))
            page.locator("[data-worker=gw1]").click()
            _until(page, lambda: bool(held))
            store.append(tales.RUN, [tales.step_ends("b", 2, "gw1"), tales.step_begins("b", 3, "gw1")])
            expect(_marks(page, "b")).to_have_count(3)
            for route, answer in held:
                route.fulfill(response=answer)
            frames = page.locator("#frames .fm:not([data-wait])")
            expect(frames).to_have_count(3)
            expect(frames.nth(1)).to_have_class(re.compile("s-passed"))
            expect(frames.nth(2)).to_have_class(re.compile("s-running"))


def test_the_film_is_that_of_the_worker_who_was_clicked_last(chromium: Browser, tmp_path: Path) -> None:
    """Whatever order the answers come in."""
    held: list[tuple[Route, APIResponse]] = []
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *(tales.begins(f"j{number}", f"gw{number}") for number in range(3))])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            page = there.page
            connected(page)
            page.route("**/film?*", lambda route: held.append((route, route.fetch())))
            for number, worker in enumerate(("gw1", "gw2"), 1):
                page.locator(f"[data-worker={worker}]").click()
                _until(page, partial(_has, held, number))
            for route, answer in reversed(held):
                route.fulfill(response=answer)
            expect(page.locator("#h-film")).to_have_text("Steps of W3")
            page.wait_for_load_state("networkidle")
            expect(page.locator("#h-film")).to_have_text("Steps of W3")


def test_the_lightbox_of_a_step_gets_the_picture_that_comes_late(chromium: Browser, tmp_path: Path) -> None:
    """Else it would say of a step that it has no picture, until somebody opens it again."""
    before, (picture, end) = tales.step("a", 1)[:3], tales.step("a", 1)[3:]
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), tales.begins("a"), *before])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            there.page.locator("#frames a").first.click()
            box = there.page.get_by_role("dialog")
            expect(box).to_contain_text("There is no picture yet.")
            store.append(tales.RUN, [end])
            expect(box.locator("[data-self=step] [data-t=word]")).to_have_text("passed")
            store.append(tales.RUN, [picture], tales.thumbnails([picture]))
            expect(box.get_by_role("img").first).to_be_visible()
            expect(box).not_to_contain_text("no picture")


def test_every_step_of_four_workers_is_on_the_page_and_none_twice(chromium: Browser, tmp_path: Path) -> None:
    def work(worker: int) -> None:
        with Store.open(tmp_path / "store.db") as mine:
            for number in range(4):
                for event in tales.walk(f"w{worker}-{number}", f"gw{worker}"):
                    mine.append(tales.RUN, [event])

    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started()])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            page = there.page
            connected(page)
            workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
            for each in workers:
                each.start()
            for each in workers:
                each.join()
            expect(page.locator(".jy .sg.s-passed")).to_have_count(64)
            keys = page.locator(".jy .sg").evaluate_all("all => all.map(each => each.dataset.key)")
            journeys = [f"w{worker}-{number}" for worker in range(4) for number in range(4)]
            wanted = [f"{journey}/{step}" for journey in journeys for step in range(1, 5)]
            assert sorted(keys) == sorted(wanted)
            assert [one for one in there.complaints if "404" not in one] == []


def test_a_page_of_another_store_is_loaded_again(chromium: Browser, tmp_path: Path) -> None:
    """A page that was told of more than there is would wait for ever for what comes next."""
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *tales.walk("a"), *tales.walk("b")])
    with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
        connected(there.page)
        expect(there.page.locator(".jy")).to_have_count(2)
        for file in tmp_path.glob("store.db*"):
            file.unlink()
        with Store.open(tmp_path / "store.db") as store:
            store.append(tales.RUN, [tales.started(), *tales.walk("a")])
        expect(there.page.locator(".jy")).to_have_count(1, timeout=20_000)
        connected(there.page)


def test_of_a_run_that_is_silent_it_is_said(chromium: Browser, tmp_path: Path) -> None:
    """Whoever was killed says nothing of it, and its clock would go on for a day."""
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(at=time.time() - 620)])
        with served(tmp_path / "store.db", tmp_path) as running:
            assert "nothing was heard of it for 10 min" in running.ask("/").text
            with opened(chromium, running.url) as there:
                connected(there.page)
                there.page.evaluate("document.querySelector('.prog-l [data-t=left]').textContent = ''")
                expect(there.page.locator(".prog-l")).to_contain_text("nothing was heard of it for 10 min")


def test_a_run_that_somebody_has_stopped_says_so_at_once_and_to_whoever_comes_later(
    chromium: Browser, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *tales.walk("a")])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            banner = there.page.get_by_role("alert").filter(has_text="The run was stopped.")
            expect(banner).to_be_hidden()
            store.append(tales.RUN, [RunFinished(at=time.time(), exit_code=2, interrupted=True)])
            expect(banner).to_be_visible()
            there.page.reload()
            expect(banner).to_be_visible()


def test_an_experiment_shows_its_verdict_before_the_run_is_judged(chromium: Browser, tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [*tales.storm_begins(), *tales.storm_walk("a", "lost-reply")])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            cell = there.page.get_by_role("link", name="A shopper buys, lost-reply:")
            expect(cell).to_contain_text("running")
            ended: dict[str, Any] = {"at": time.time(), "worker": "gw0", "journey": "a"}
            words = "two orders instead of one"
            verdict = ExperimentEnded(plan="lost-reply", verdict=StormVerdict.BROKEN, words=words, **ended)
            store.append(tales.RUN, [verdict, JourneyFinished(status=Status.FAILED, duration_ms=1.0, **ended)])
            expect(cell).to_contain_text("broken")
            cell.click()
            expect(there.page.get_by_role("dialog")).to_contain_text(words)


def _marks(page: Page, journey: str) -> Locator:
    return page.locator(f"[data-steps={journey}] li")


def _has(held: list[tuple[Route, APIResponse]], number: int) -> bool:
    return len(held) == number


def _until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to that")
