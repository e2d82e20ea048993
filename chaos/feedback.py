"""Whether the user was told that something went wrong, and when. What stood there before the step tells nothing."""

from __future__ import annotations

from dataclasses import dataclass

from chaos.lexicon import hints_at_failure, pattern_of, tells_failure, tells_progress, tells_success
from chaos.scene import Scene, after
from chaos.seen import Message, MessageKind, PageState

# Shorter messages ("Error!", "Something went wrong") tell that something failed, and not what or what to do.
_WORDS_OF_A_SPECIFIC_ONE = 4
_LOUD = (MessageKind.ALERT, MessageKind.INVALID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What told the user. `specific` ones say what failed or what to do; `at` is UTC in seconds."""

    at: float
    words: str
    specific: bool


def feedback(seen: Scene, since: float) -> Feedback | None:
    """The first thing since that moment that tells the user of trouble, None where nothing did."""
    said = (one for one in after(seen.storm.messages, since) if one.shown)
    told = [_of_message(one) for one in said if _tells_trouble(seen, one)]
    before = [seen.storm.before] if seen.storm.before is not None else []
    looks = (one for one in (*before, *seen.storm.looks) if one.seen and one.at >= since)
    told += [one for look in looks if (one := _of_look(seen, look, since))]
    return min(told, key=lambda one: one.at, default=None)


def told_of_failure(seen: Scene) -> Feedback | None:
    """What told the user of the failure: said after a call had failed, or at all where no call did."""
    return feedback(seen, min((one.may_have_ended for one in seen.failures), default=seen.storm.began))


def busy_at(seen: Scene) -> float | None:
    """When the page first showed that it is at work, where the controls show no such thing all the time."""
    progress = [one.at for one in seen.storm.said if tells_progress(one.text)]
    looks = [look.at for look in seen.storm.looks if look.seen and unusually_busy(seen, look)]
    return min(progress + looks, default=None)


def unusually_busy(seen: Scene, look: PageState) -> bool:
    """Whether the page shows that it is at work by something that its finished state does not show in any control."""
    at_rest = {mark for end in seen.control_ends for mark in (*end.busy_marks, *end.animations)}
    return any(mark not in at_rest for mark in (*look.busy_marks, *look.animations))


def _tells_trouble(seen: Scene, message: Message) -> bool:
    """A quiet message by its words alone: tickers, counters and drafts that are kept talk as well, and a dialog may
    offer a newsletter. A success is no trouble, however loud: many libraries make an alert of every toast."""
    words = message.text
    if pattern_of(words) in seen.usual_words:
        return False
    if seen.names_trouble(words):
        return True
    if tells_success(words):
        return False
    return message.kind in _LOUD or (hints_at_failure(words) and not tells_progress(words))


def _of_message(message: Message) -> Feedback:
    return Feedback(at=message.at, words=message.text, specific=len(message.text.split()) >= _WORDS_OF_A_SPECIFIC_ONE)


def _of_look(seen: Scene, look: PageState, since: float) -> Feedback | None:
    """What the page tells without saying so to a screen reader: words of failure, the login, the browser's own page."""
    if look.browser_error:
        return Feedback(at=look.at, words="the browser's own error page", specific=True)
    if asks_to_log_in(seen, look) or (_still_there(seen, since) is None and _keeps_asking_to_log_in(seen, look)):
        return Feedback(at=look.at, words="the page asks to log in", specific=True)
    known = _lines(_still_there(seen, since)).union(*map(_lines, seen.control_looks))
    fresh = [line for line in look.text.splitlines() if _is_of_failure(seen, line) and pattern_of(line) not in known]
    words = fresh[0] if fresh else ""
    return Feedback(at=look.at, words=words, specific=len(words.split()) >= _WORDS_OF_A_SPECIFIC_ONE) if words else None


def _is_of_failure(seen: Scene, line: str) -> bool:
    return tells_failure(line) or seen.names_trouble(line)


def _still_there(seen: Scene, since: float) -> PageState | None:
    """The page before the step, where it tells nothing: another page may have come in its place, even one with the
    same words, and where nothing was struck in this step, what stands there is of the fault that still keeps it. Nor
    where what is to be told of was before that look."""
    calls, before = seen.storm.calls, seen.storm.before
    if before is None or before.at >= since:
        return None
    came = any(one.call.resource_type == "document" and one.call.status for one in calls)
    return before if any(one.fault for one in calls) and not came else None


def asks_to_log_in(seen: Scene, look: PageState) -> bool:
    """Whether there is a place for a password now, and there was none before, nor in any control, nor is it the one in
    which the user has typed theirs: a log-in that is still there after it has failed asks for nothing anew."""
    before = seen.storm.before
    anew = before is None or not before.password_fields
    return anew and _keeps_asking_to_log_in(seen, look)


def _keeps_asking_to_log_in(seen: Scene, look: PageState) -> bool:
    usual = any(one.password_fields for one in seen.control_looks)
    typed = {one.key for one in seen.storm.entered if one.secret}
    return look.password_fields > 0 and not usual and not any(one.key in typed for one in look.fields)


def _lines(state: PageState | None) -> set[str]:
    return {pattern_of(line) for line in state.text.splitlines()} if state else set()
