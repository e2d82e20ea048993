"""Carries one call through the strikes that were decided for it. Never raises for what a fault or a page does."""

from __future__ import annotations

from chaos.fault import CallFault
from chaos.proof import Proof, Strike
from chaos.trip import Course, NotMeant, Trip, TripEnded, Unable, Vehicle
from chaos.trip import Spared as SparedByFault

LIFTED = "cut short, since the storm was lifted"


def carry(vehicle: Vehicle, strikes: list[Strike], proof: Proof) -> None:
    """Lets each fault act in the order of the plan, until one has ended the trip; then the call goes on.

    A fault that breaks is reported and lets the call through. A call that the server has seen is never sent again.
    """
    course = Course()
    for strike in strikes:
        if course.ended_by:
            proof.escaped(strike, f"the rule {course.ended_by} had ended the call")
            continue
        try:
            _act(vehicle, strike, course, proof)
        except TripEnded as ended:
            proof.escaped(strike, str(ended))
            course.ended_by = strike.rule.id
    if not course.ended_by:
        _go_on(vehicle, course, proof)


def _act(vehicle: Vehicle, strike: Strike, course: Course, proof: Proof) -> None:
    fault = strike.rule.fault
    assert isinstance(fault, CallFault)
    course.cut_short = False
    try:
        fault.act(Trip(vehicle, strike, course), strike.rule.phase)
    except SparedByFault as spared:
        proof.spared(strike, str(spared))
    except NotMeant:
        proof.not_meant(strike)
    except Unable as unable:
        proof.escaped(strike, str(unable))
    except TripEnded:
        raise
    except Exception as broken:
        line = (str(broken).strip().splitlines() or [""])[0]
        what = f"{type(broken).__name__}: {line}" if line else type(broken).__name__
        proof.problem(f"the fault {fault.name} of rule {strike.rule.id} broke ({what}); the call was let through")
        proof.escaped(strike, f"the fault broke: {type(broken).__name__}")
        course.ended_by = ""
    else:
        proof.applied(strike, LIFTED if course.cut_short else "")


def _go_on(vehicle: Vehicle, course: Course, proof: Proof) -> None:
    try:
        if course.own is not None:
            vehicle.answer(course.own)
        elif course.tried:
            vehicle.abort("connectionfailed")
        else:
            vehicle.pass_on(course.without)
    except TripEnded:
        return
