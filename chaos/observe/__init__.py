"""The observer in the page: what a user was told, pressed and typed, and what a page looks like at a moment."""

from __future__ import annotations

from chaos.observe.observer import Observer
from chaos.observe.watch import StepWatch

__all__ = ["Observer", "StepWatch"]
