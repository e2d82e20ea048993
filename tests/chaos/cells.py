"""Cells for the tables of outcome, verdict and score."""

from __future__ import annotations

from typing import Any

from chaos.cell import Cell
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Recovery, Trouble

GATING = ("duplicate-order", "lost-order", "false-success", "access-opened", "leaked-internals", "wrong-total")


def trouble(sign: str) -> Trouble:
    return Trouble(sign=sign, severity=Severity.HIGH, gates=sign in GATING, words=f"{sign} was seen")


def cell(*signs: str, **more: Any) -> Cell:
    """A cell that was delivered, in which the step was not done, and these signs were seen."""
    usual = {"journey": "shopper", "step": "Place the order", "site": "POST /api/orders", "fault": "http"}
    return Cell(**{**usual, "troubles": tuple(map(trouble, signs)), **more})


def perfect(**more: Any) -> Cell:
    return cell(**{"done": True, "base_ms": 300.0, "fault_ms": 310.0, **more})


def stopped(**more: Any) -> Cell:
    """A safe stop, told at once, that a retry heals."""
    usual: dict[str, Any] = {
        "feedback_ms": 100.0,
        "feedback_specific": True,
        "retry_offered": True,
        "recovery": Recovery.RETRY,
        "recovery_ms": 400.0,
        "base_ms": 300.0,
        "fault_ms": 350.0,
    }
    return cell(**{**usual, **more})
