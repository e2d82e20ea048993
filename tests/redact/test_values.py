from __future__ import annotations

from stormwalk.access.results import Breach, Excerpt
from stormwalk.events import AccessBreached, NoteTaken
from stormwalk.model import NoteLevel
from stormwalk.redact import Redactor
from stormwalk.redact.values import hidden

REDACTOR = Redactor(["hush-hush", "warning"])


def test_every_text_in_a_value_is_hidden_however_deep_it_lies() -> None:
    excerpt = Excerpt(request="GET /?a=hush-hush", status=200, answer="hush-hush", actor="sam")
    breach = Breach(rule="leak", endpoint="GET /", role="shopper", proof="read hush-hush", excerpts=(excerpt, excerpt))
    event = hidden(AccessBreached(at=1.0, breach=breach), REDACTOR.text)

    assert "hush" not in repr(event)
    assert event.breach.excerpts[1] == Excerpt(
        request="GET /?a=[redacted]", status=200, answer="[redacted]", actor="sam"
    )


def test_what_has_nothing_to_hide_is_the_same_value_and_words_of_an_enumeration_stay() -> None:
    event = NoteTaken(at=1.0, level=NoteLevel.WARNING, message="nothing")

    assert hidden(event, REDACTOR.text) is event
    assert hidden("hush-hush", REDACTOR.text) == "[redacted]"
    assert hidden(7, REDACTOR.text) == 7
