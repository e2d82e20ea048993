"""Whether a write can be read back by whoever is to read it."""

from __future__ import annotations

from collections.abc import Iterator

from stormwalk.config.access import ProofTable
from stormwalk.config.access_facts import Facts, Where
from stormwalk.config.access_words import Line, of_endpoint

Problems = Iterator[tuple[Where, str]]


def proof_problems(facts: Facts, line: Line) -> Problems:
    """What is wrong with the proof and the protected fields of an endpoint."""
    where, table = ("endpoints", line.key), line.table
    if not any(one.writes for one in facts.lines if one.key == line.key):
        for key in ("proof", "protected"):
            if getattr(table, key):
                yield (*where, key), f"expected at an endpoint that writes; {line.method} does not"
        return
    if table.proof is not None and line.writes:
        yield from _proof((*where, "proof"), facts, line, table.proof)


def _proof(where: Where, facts: Facts, line: Line, proof: ProofTable) -> Problems:
    yield from facts.places((*where, "read"), proof.read, line.table.params)
    if proof.by:
        yield from facts.role((*where, "by"), proof.by)
    reading = facts.line(proof.read.call)
    if reading is None:
        yield from facts.endpoint((*where, "read"), proof.read.call)
        return
    words = of_endpoint(facts.table, facts.roles, reading)
    outside = [role for role in _readers(facts, line, proof) if role in words and not words[role].lets_in]
    if outside:
        key = "by" if proof.by else "read"
        wanted = f"expected a role that {reading.method} {reading.path} lets in"
        yield (*where, key), f"{wanted}; {outside[0]} is not"


def _readers(facts: Facts, line: Line, proof: ProofTable) -> tuple[str, ...]:
    """Who reads the write back: the role that is named, the owner of the object, or whoever may write."""
    if proof.by:
        return (proof.by,)
    owned = facts.owned(line)
    if owned is not None:
        kind = facts.table.objects[owned]
        # Somebody who can sign in owns themselves, and has a role that the table does not know.
        return () if kind.account else kind.made_by
    writes = of_endpoint(facts.table, facts.roles, line)
    return tuple(role for role in facts.roles if writes[role].lets_in)
