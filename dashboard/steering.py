"""What was asked of a run by hand, and how far it was taken up."""

from __future__ import annotations

from dataclasses import dataclass, field

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.reporting.words import count, shorten
from stormwalk.storm import PlanEntry

_WORDS = {
    ControlKind.PAUSE: "pause the storm",
    ControlKind.RESUME: "resume the storm",
    ControlKind.STOP: "stop the run",
    ControlKind.RULE_ON: "switch on",
    ControlKind.RULE_OFF: "switch off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule with its switch: `value` is what its button asks for."""

    key: str
    plan: str
    text: str
    look: str
    word: str
    value: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchesView:
    """All switches of a run; `pause_ask` is what the button beside the storm asks for."""

    rules: tuple[RuleView, ...]
    pause_ask: str
    pause_word: str
    stopping: bool
    steered: str
    asked: str


@dataclass(slots=True)
class Steering:
    """The requests in their order, and which workers have said that they do them."""

    asked: dict[int, ControlRequest] = field(default_factory=dict)
    taken: dict[int, set[str]] = field(default_factory=dict)
    paused: bool = False
    stopping: bool = False
    off: set[str] = field(default_factory=set)
    last: int = 0

    def ask(self, request: ControlRequest) -> None:
        """Somebody has asked for it, here or in another dashboard."""
        if request.id in self.asked:
            return
        self.asked[request.id] = request
        self.last = max(self.last, request.id)
        match request.kind:
            case ControlKind.PAUSE:
                self.paused = True
            case ControlKind.RESUME:
                self.paused = False
            case ControlKind.STOP:
                self.stopping = True
            case ControlKind.RULE_OFF:
                self.off.add(request.rule)
            case ControlKind.RULE_ON:
                self.off.discard(request.rule)

    def take(self, request: ControlRequest, worker: str) -> None:
        """A worker does it. What was asked before this dashboard was started is known from here."""
        self.ask(request)
        self.taken.setdefault(request.id, set()).add(worker)

    def view(self, plans: tuple[PlanEntry, ...]) -> SwitchesView:
        steered = any(self.asked[one].kind.steers for one in self.taken if one in self.asked)
        return SwitchesView(
            rules=tuple(self._rule(plan, rule.id, rule.text) for plan in plans for rule in plan.rules),
            pause_ask="resume" if self.paused else "pause",
            pause_word="Resume the storm" if self.paused else "Pause the storm",
            stopping=self.stopping,
            steered="Steered by hand: its experiments count as inconclusive." if steered else "",
            asked=self._last_words(),
        )

    def _rule(self, plan: PlanEntry, rule_id: str, text: str) -> RuleView:
        name = f"{plan.name}/{rule_id}"
        off = bool({name, text} & self.off)
        word = "off" if off else "on"
        return RuleView(
            key=name,
            plan=shorten(plan.name, 60),
            text=shorten(text, 200),
            look="off" if off else "on",
            word=word,
            value=f"{'rule-on' if off else 'rule-off'} {name}",
            says=f"{shorten(text, 200)} of {shorten(plan.name, 60)} is {word}: switch it {'on' if off else 'off'}",
        )

    def _last_words(self) -> str:
        """What was asked last and what came of it; empty where nothing was."""
        if not self.asked:
            return ""
        request = self.asked[self.last] if self.last in self.asked else next(reversed(self.asked.values()))
        workers = self.taken.get(request.id, set())
        what = _WORDS[request.kind] + (f" {shorten(request.rule, 80)}" if request.rule else "")
        done = f"taken up by {count(len(workers), 'worker')}" if workers else "not taken up yet"
        return f"Asked last: {what}, {done}."
