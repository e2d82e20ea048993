"""Whether the page tells its user that a step has succeeded: by the words that the controls use, or by words that
mean success everywhere."""

from __future__ import annotations

from chaos.lexicon import pattern_of, tells_failure, tells_progress, tells_success
from chaos.scene import Scene
from chaos.seen import Message, MessageKind, SeenCall

_QUIET = (MessageKind.STATUS, MessageKind.TOAST, MessageKind.LIVE, MessageKind.DIALOG)


def claim(seen: Scene) -> Message | None:
    """The message of success that was not taken back by a later one of failure; None where there is none."""
    expected = _words_of_success(seen)
    claims = [one for one in seen.storm.said if _claims(one, expected)]
    if not claims:
        return None
    last = claims[-1]
    taken_back = any(one.at >= last.at and tells_of_failure(one) for one in seen.storm.said if one is not last)
    return None if taken_back else last


def contradicted(seen: Scene) -> list[SeenCall]:
    """Writes that took no effect, although the page shows success.

    Where another write of the step worked nobody can tell which of them the page speaks of: then there is none. A step
    that presses nothing has nothing written for its user, who may well be shown what was asked for though a session
    could not be renewed.
    """
    if claim(seen) is None and not (seen.storm.done and seen.storm.pressed):
        return []
    works = {one.endpoint for control in seen.controls for one in control.calls if one.answered}
    writes = [one for one in seen.storm.calls if one.writes and one.matters and one.endpoint in works]
    effective = {one.endpoint for one in writes if one.took_effect}
    return [] if effective else [one for one in writes if one.failed and not _broken_off(one)]


def _broken_off(call: SeenCall) -> bool:
    """Whether the page itself did not wait for the end, as when it goes on to another: the server may have answered."""
    return not call.fault and call.given_up


def _words_of_success(seen: Scene) -> set[str]:
    """What controls that were done told quietly, progress aside."""
    said = [one for control in seen.controls if control.done for one in control.said if one.kind in _QUIET]
    return {pattern_of(one.text) for one in said if not (tells_progress(one.text) or tells_failure(one.text))}


def _claims(message: Message, expected: set[str]) -> bool:
    if message.kind not in _QUIET:
        return False
    return pattern_of(message.text) in expected or (not tells_progress(message.text) and tells_success(message.text))


def tells_of_failure(message: Message) -> bool:
    """Whether a message says that something went wrong, by its kind or by its words."""
    return message.kind in (MessageKind.ALERT, MessageKind.INVALID) or tells_failure(message.text)
