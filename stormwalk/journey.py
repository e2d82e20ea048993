"""The step decorator. A step is a method of a page object: its body acts, its `confirm` waits for what the user sees.

    class CheckoutPage(PageObject):
        @step("Place the order", weight=5)
        def place_order(self) -> None:
            self.place_order_button.click()

        @place_order.confirm
        def order_is_confirmed(self) -> None:
            expect(self.confirmation).to_be_visible()

A step returns nothing. Called while no journey is recorded, or from within another step, it simply runs.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

Owner = TypeVar("Owner")
P = ParamSpec("P")
Body = Callable[Concatenate[Owner, P], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call of a step, ready to be run: what it is called, on which object, and its two halves.

    `name` has its `{parameters}` filled in. `act` and `confirm` can be called again. `retry` is what a user does on
    the page that the failed step has left, None where the step declares nothing. `signs_in` says that it signs in.
    Without a confirm of its own (`has_confirm`) the body is both.
    """

    name: str
    owner: Any
    weight: float
    role_check: bool
    act: Callable[[], None]
    confirm: Callable[[], None]
    retry: Callable[[], None] | None = None
    signs_in: bool = False
    has_confirm: bool = False


class Recording(Protocol):
    """Whoever records the journey that is being walked."""

    @property
    def in_step(self) -> bool: ...

    def perform(self, attempt: Attempt) -> None: ...


class StepMethod(Generic[Owner, P]):
    """What `@step` makes of a method: a descriptor that keeps the method's signature."""

    def __init__(
        self, body: Body[Owner, P], name: str, weight: float, role_check: bool, signs_in: bool = False
    ) -> None:
        self._body = body
        self._confirm: Body[Owner, P] | None = None
        self._retry: Body[Owner, P] | None = None
        self._signature = inspect.signature(body)
        self.name = name
        self.weight = weight
        self.role_check = role_check
        self.signs_in = signs_in
        functools.update_wrapper(self, body)
        self._expect_known_parameters()

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> StepMethod[Owner, P]: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner] | None = None) -> Callable[P, None]: ...

    def __get__(self, owner: Owner | None, kind: type[Owner] | None = None) -> StepMethod[Owner, P] | Callable[P, None]:
        return self if owner is None else functools.partial(self, owner)

    def __call__(self, owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> None:
        __tracebackhide__ = True
        recording = _recordings[-1] if _recordings else None
        attempt = self._attempt(owner, *args, **kwargs)
        if recording is None or recording.in_step:
            attempt.act()
            attempt.confirm()
        else:
            recording.perform(attempt)

    def confirm(self, check: Body[Owner, P]) -> Body[Owner, P]:
        """Decorates the method that waits for what the user should see; it takes the arguments of the step."""
        if self._confirm is not None:
            raise TypeError(f"the step {self.name!r} has a second confirm, {check.__qualname__}: one is enough")
        self._confirm = check
        return check

    def retry(self, again: Body[Owner, P]) -> Body[Owner, P]:
        """Decorates the method that does what a user does when the step has failed and the page lets them try again,
        such as pressing the same button; it takes the arguments of the step."""
        if self._retry is not None:
            raise TypeError(f"the step {self.name!r} has a second retry, {again.__qualname__}: one is enough")
        self._retry = again
        return again

    def _attempt(self, owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> Attempt:
        confirm = _nothing if self._confirm is None else functools.partial(self._confirm, owner, *args, **kwargs)
        retry = None if self._retry is None else functools.partial(self._retry, owner, *args, **kwargs)
        return Attempt(
            name=self._name_with(self._signature.bind(owner, *args, **kwargs)),
            owner=owner,
            weight=self.weight,
            role_check=self.role_check,
            act=functools.partial(self._body, owner, *args, **kwargs),
            confirm=confirm,
            retry=retry,
            signs_in=self.signs_in,
            has_confirm=self._confirm is not None,
        )

    def _expect_known_parameters(self) -> None:
        for _, place, _, _ in Formatter().parse(self.name):
            parameter = re.split(r"[.\[]", place or "")[0]
            if place is not None and parameter not in self._signature.parameters:
                known = ", ".join(self._signature.parameters)
                raise TypeError(f"the step {self.name!r} names {{{parameter}}}, and its method has only: {known}")

    def _name_with(self, call: inspect.BoundArguments) -> str:
        if "{" not in self.name:
            return self.name
        call.apply_defaults()
        return self.name.format(**call.arguments)


def step(
    name: str, *, weight: float = 1.0, role_check: bool = False, signs_in: bool = False
) -> Callable[[Body[Owner, P]], StepMethod[Owner, P]]:
    """Makes a method of a page object a step of whatever journey calls it.

    `name` says what the user does, in the words of the report; `{parameter}` is filled in from the call.
    `weight` says how much the step matters beside the others of its journey. A step with `role_check` shows that a
    role may do something, or may not, and counts towards the role validation. One that `signs_in` can be done again
    where a session has ended.
    """

    def decorate(body: Body[Owner, P]) -> StepMethod[Owner, P]:
        return StepMethod(body, name, weight, role_check, signs_in)

    return decorate


def _nothing() -> None:
    return None


_recordings: list[Recording] = []


class recorded_by:
    """While this context is open, steps are performed by `recording`."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def __enter__(self) -> None:
        _recordings.append(self._recording)

    def __exit__(self, *_: object) -> None:
        _recordings.remove(self._recording)
