"""Whether the page tells its user that a step has succeeded: by the words that the controls use, or by words that
mean success everywhere."""

from __future__ import annotations

from chaos.feedback import feedback
from chaos.leaving import cut_by_navigation
from chaos.lexicon import pattern_of, tells_failure, tells_progress, tells_success
from chaos.scene import Scene
from chaos.seen import Message, MessageKind, Observation, SeenCall

_QUIET = (MessageKind.STATUS, MessageKind.TOAST, MessageKind.LIVE, MessageKind.DIALOG)


def claim(seen: Scene) -> Message | None:
    """The message of success that was not taken back by a later one of failure; None where there is none."""
    expected = _words_of_success(seen)
    claims = [one for one in seen.storm.said if _claims(one, expected)]
    if not claims:
        return None
    last = claims[-1]
    later = (one for one in seen.storm.said if one.at >= last.at and one is not last)
    taken_back = any(tells_of_failure(one) or seen.names_trouble(one.text) for one in later)
    # The usual words of a step, a total for example, promise nothing beside words of failure on the page.
    doubtful = not tells_success(last.text) and feedback(seen, last.at) is not None
    return None if taken_back or doubtful else last


def contradicted(seen: Scene) -> list[SeenCall]:
    """Writes that took no effect, although the page shows success.

    Where another write of the step worked nobody can tell which of them the page speaks of: then there is none. Nor is
    there where a try was broken off: nobody knows whether that one worked. A step that presses nothing has nothing
    written for its user, who may well be shown what was asked for though a session could not be renewed.
    """
    if claim(seen) is None and not (seen.storm.done and seen.storm.pressed):
        return []
    works = {one.endpoint for control in seen.controls for one in control.calls if one.answered}
    writes = [one for one in seen.storm.calls if one.writes and one.matters and one.endpoint in works]
    effective = {one.endpoint for one in writes if one.took_effect}
    unknown = {one.endpoint for one in writes if _broken_off(seen, one)}
    return [] if effective else [one for one in writes if one.failed and one.endpoint not in unknown]


def _broken_off(seen: Scene, call: SeenCall) -> bool:
    """Whether the page itself did not wait for the end, as when it goes on to another: the server may have answered.

    What we held up never reached the server where the page goes on without an answer; in the controls such a page goes
    on too soon as well.
    """
    if not call.fault:
        return call.given_up
    return cut_by_navigation(call, seen.storm.calls) and any(_left_when_answered(one, call) for one in seen.controls)


def _left_when_answered(control: Observation, call: SeenCall) -> bool:
    """Whether the page went on only when it had the answer."""
    pages = [one.begins for one in control.calls if one.call.resource_type == "document"]
    answers = [one for one in control.calls if one.endpoint == call.endpoint and one.answered]
    left = [(one, min((begins for begins in pages if begins > one.begins), default=0.0)) for one in answers]
    return any(begins >= one.ends for one, begins in left)


def _words_of_success(seen: Scene) -> set[str]:
    """What controls that were done told quietly, progress aside."""
    said = [one for control in seen.controls if control.done for one in control.said if one.kind in _QUIET]
    return {pattern_of(one.text) for one in said if not (tells_progress(one.text) or tells_failure(one.text))}


def _claims(message: Message, expected: set[str]) -> bool:
    if message.kind not in _QUIET:
        return message.kind is MessageKind.ALERT and tells_success(message.text)
    return pattern_of(message.text) in expected or (not tells_progress(message.text) and tells_success(message.text))


def tells_of_failure(message: Message) -> bool:
    """Whether a message says that something went wrong, by its kind or by its words."""
    loud = message.kind in (MessageKind.ALERT, MessageKind.INVALID)
    return tells_failure(message.text) or (loud and not tells_success(message.text))
