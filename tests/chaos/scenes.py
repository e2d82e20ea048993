"""Scenes for the tables of signs: a step that places an order, begun at the second 0, as it is in calm and in a storm.

Times are seconds after the step began.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chaos.scene import Counted, Healed, Scene
from chaos.seen import Control, Field, Message, MessageKind, Observation, PageState, SeenCall
from stormwalk.observations import Call, CallSource, ConsoleLine, TimingSource
from stormwalk.storm_judgement import Recovery

BEGAN = 1_000_000.0
TEXT = "Checkout\nYour basket: 2 lamps\nRecipient\nTotal 48.00\nPlace order\nA shop to be tested"
DONE_TEXT = "Thank you for your order\nOrder 17 is confirmed.\nFollow order 17\nA shop to be tested"
ORDER = "POST /api/orders"
BUTTON = Control(key="form>button", name="Place order")
ADDRESS = Field(key="input#address", name="Address", digest="a11ce")


def call(endpoint: str = ORDER, at: float = 0.1, took: float = 0.2, status: int | None = 200, **more: Any) -> SeenCall:
    """A call; without a status it was cut. Fields of `SeenCall` may follow, and `url`, `kind`, `failure`."""
    method, _, template = endpoint.partition(" ")
    failure = more.pop("failure", "net::ERR_CONNECTION_RESET" if status is None else None)
    made = Call(
        method=method,
        url=more.pop("url", f"http://shop.test{template}"),
        template=template,
        source=CallSource.BROWSER,
        resource_type=more.pop("kind", "fetch"),
        started_at=BEGAN + at,
        status=status,
        failure=None if more.get("in_flight") else failure,
        duration_ms=None if more.get("in_flight") else took * 1000,
    )
    return SeenCall(call=made, **more)


def timed(made: SeenCall) -> SeenCall:
    """The same call, with times that are the page's own."""
    return replace(made, call=replace(made.call, timing_source=TimingSource.BROWSER))


def failed(endpoint: str = ORDER, status: int | None = 503, **more: Any) -> SeenCall:
    """A call that a fault answered before the server saw it."""
    return call(endpoint, **{"status": status, "fault": "http", **more})


def look(at: float = 1.0, text: str = TEXT, **more: Any) -> PageState:
    usual: dict[str, Any] = {"controls": (BUTTON,), "fields": (ADDRESS,), "url": "http://shop.test/checkout"}
    return PageState(**{"at": BEGAN + at, "text": text, "text_length": len(text), **usual, **more})


def done_look(at: float = 1.0, **more: Any) -> PageState:
    return look(at, **{"text": DONE_TEXT, "controls": (), "fields": (), **more})


def looks(*at: float, **more: Any) -> tuple[PageState, ...]:
    return tuple(look(one, **more) for one in at)


def said(text: str, at: float = 0.5, kind: MessageKind = MessageKind.ALERT, shown: bool = True) -> Message:
    return Message(kind=kind, text=text, at=BEGAN + at, shown=shown)


CONFIRMED = said("Order 17 is confirmed.", kind=MessageKind.STATUS)
TOLD = said("The shop cannot be reached. Try again.")


def thrown(text: str = "TypeError: Cannot read properties of undefined (reading 'id')") -> ConsoleLine:
    return ConsoleLine(level="pageerror", text=text)


def walk(done: bool = False, **more: Any) -> Observation:
    """A walk of the step that was not done, ended after twenty seconds."""
    usual: dict[str, Any] = {"before": look(-0.1), "looks": looks(0.5, 12.0, 20.0), "pressed": (BUTTON,)}
    return Observation(**{"began": BEGAN, "ended": BEGAN + 20, "done": done, **usual, **more})


CALM = walk(
    done=True,
    calls=(call(), call("GET /api/me", 0.0)),
    looks=(done_look(),),
    messages=(CONFIRMED,),
    ended=BEGAN + 1,
)


def scene(storm: Observation | None = None, control: Observation = CALM, **more: Any) -> Scene:
    """The step in the storm beside three calm walks of it. What is no field of `Scene` is one of the walk."""
    of_scene = {name: more.pop(name) for name in list(more) if name in Scene.__dataclass_fields__}
    storm = storm or walk(**more)
    return Scene(**{"step": "Place the order", "controls": (control,) * 3, "storm": storm, **of_scene})


def orders(before: int = 1, after: int = 1, **more: Any) -> Counted:
    """Orders 1, 2, ... as they were and as they are; a step makes one."""
    names = tuple(str(number + 1) for number in range(max(before, after)))
    usual: dict[str, Any] = {"kind": "order", "made": 1, "made_by": ORDER}
    return Counted(**{"before": names[:before], "after": names[:after], **usual, **more})


def healed(rung: Recovery = Recovery.RETRY, **more: Any) -> Healed:
    return Healed(rung=rung, took_ms=400.0, **more)


def changed(observation: Observation, **more: Any) -> Observation:
    return replace(observation, **more)
