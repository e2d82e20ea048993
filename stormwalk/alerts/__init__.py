"""Telling people of a run: what is said (`digest`), to whom (`channels/`), and how it gets there (`outbox`, `sender`).

A run puts its messages into an outbox and starts a sender of its own, which it does not wait for. What the sender
cannot deliver stays in the outbox and goes with the next run, or with `python -m stormwalk alert --flush`.
"""
