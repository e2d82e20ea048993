"""Carries out the rules of a storm: in a browser context, and in a loopback proxy before it."""

from chaos.injection.dispatcher import Dispatcher
from chaos.injection.proxy import FaultProxy

__all__ = ["Dispatcher", "FaultProxy"]
