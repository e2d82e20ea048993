"""The core of Stormwalk: steps, evidence, the event store and what is told of a run.

This package imports none of `journeys`, `pages`, `chaos`, `dashboard` or `demo_app`.
"""

__version__ = "0.1.0"
