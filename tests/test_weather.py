"""The weather around a journey: told of everything that it uses, asked to perform its steps, and nothing by itself."""

from __future__ import annotations

import pytest

from stormwalk.model import RunMode
from stormwalk.weather import FairWeather
from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

WATCHED = """
import pytest
from stormwalk.fixtures import WORKBENCH
from stormwalk.weather import FairWeather

class Heard(FairWeather):
    def __init__(self): self.told = []
    def context_options(self):
        self.told.append("options")
        return {"locale": "de-DE"}
    def context_came(self, context): self.told.append(("context", len(context.pages)))
    def client_came(self, client): self.told.append(("client", client.actor.name if client.actor else None))
    def somebody_came(self, page, actor): self.told.append(("somebody", actor.name if actor else None))
    def call_ended(self, call): self.told.append((call.source.value, call.template))
    def console_written(self, line): self.told.append(("console", line.text))
    def perform(self, attempt, page):
        self.told.append(("step", attempt.name, page is not None))
        super().perform(attempt, page)

@pytest.fixture(autouse=True)
def weather(request):
    bench = request.config.stash[WORKBENCH]
    before, bench.weather = bench.weather, Heard()
    yield bench.weather
    bench.weather = before

def test_sam(weather, walk_as):
    sam = walk_as("sam")
    shop = Shop(sam.page)
    shop.visit()
    shop.buy()
    shop.press("Complain")
    sam.api.get("/stock")
    sam.page.wait_for_timeout(200)
    assert sam.page.evaluate("navigator.language") == "de-DE"
    told = weather.told
    assert told.index("options") < told.index(("context", 0)) < told.index(("somebody", "sam"))
    for one in [("client", "sam"), ("step", "Buy", True), ("browser", "/api/orders/{id}"), ("api", "/api/stock"),
                ("console", "the till is empty")]:
        assert one in told, told
"""


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    return Plugged(pytester, site.url)


def test_whoever_brings_another_weather_is_told_of_everything(project: Plugged) -> None:
    project.journeys(WATCHED)
    result = project.walk()
    assert result.ret == 0, result.stdout.str()
    assert project.runs[-1].mode is RunMode.NORMAL


def test_in_fair_weather_a_step_acts_and_confirms_and_whatever_it_raises_comes_out() -> None:
    done: list[str] = []
    weather = FairWeather()

    class Attempt:
        def act(self) -> None:
            done.append("act")

        def confirm(self) -> None:
            done.append("confirm")
            raise AssertionError("not there")

    with pytest.raises(AssertionError, match="not there"):
        weather.perform(Attempt(), None)  # type: ignore[arg-type]
    assert done == ["act", "confirm"]
    assert weather.context_options() == {}
