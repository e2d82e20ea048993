from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

import stormwalk.storm_events  # noqa: F401 - registers them
from stormwalk.events import Event, JourneyEvent, from_json, to_json
from stormwalk.storm_events import ObjectsCounted


def test_no_event_hides_what_it_is_stored_as() -> None:
    assert [name for name, kind in Event.registry.items() if "kind" in {one.name for one in fields(kind)}] == []

    with pytest.raises(TypeError, match="Parcel has a field `kind`, which is what every event is called by"):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Parcel(JourneyEvent):
            kind: str


def test_an_event_is_read_as_it_was_written() -> None:
    counted = ObjectsCounted(at=1.0, journey="j", step=2, of="order", ids=("1", "2"), amounts=(4800, 100))

    assert from_json(counted.kind, to_json(counted)) == counted
