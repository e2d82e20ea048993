"""The tables of the people: roles, and the actors who have them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field, SecretStr

from stormwalk.config.tables import Table, below
from stormwalk.config.values import FromEnvironment, Name, Secret


class ActorTable(Table):
    username: FromEnvironment
    password: Secret


class RoleTable(Table):
    """What users may be. `anonymous` needs no actors, every other role at least one."""

    actors: dict[Name, ActorTable] = Field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One user in a role. The password shows itself only to `password.get_secret_value()`."""

    name: str
    role: str
    username: str
    password: SecretStr


def checked_roles(roles: dict[str, RoleTable]) -> dict[str, RoleTable]:
    """The same roles, where each has somebody and nobody has the name of another."""
    seen: dict[str, str] = {}
    for role, table in roles.items():
        if not table.actors and role != "anonymous":
            raise below((role,), 'expected an actor, such as actors.sam = { username = "...", password = "..." }')
        for actor in table.actors:
            if actor in seen:
                raise below((role, "actors", actor), f"expected a name of its own; roles.{seen[actor]} has it already")
            seen[actor] = role
    return roles
