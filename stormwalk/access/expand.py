"""The matrix of a project: `[access]` of its file with everything filled in that the file need not say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stormwalk.access.matrix import (
    Account,
    Ask,
    ControlRule,
    Endpoint,
    Matrix,
    ObjectKind,
    PageRule,
    Proof,
    RoleChange,
    TokenRules,
    endpoint_name,
)
from stormwalk.access.results import Expected
from stormwalk.config import Project
from stormwalk.config.access import AccessTable, AskTable, ObjectTable, ProofTable, StatusesTable
from stormwalk.config.access_words import Line, inherited, lines, of_endpoint, of_page, shape, with_anonymous

STATUSES: Mapping[Expected, tuple[int, ...]] = {
    # A refusal that conceals is still a refusal. A redirect counts where it leads to the log-in page.
    Expected.DENY: (403, 401, 404),
    Expected.UNAUTHENTICATED: (401, 403, 404, 302, 303, 307),
    Expected.CONCEAL: (404,),
    Expected.OWN: (404, 403),
}
"""The codes of each intent where the file says nothing; of `own`, those for an object of somebody else."""


def matrix_of(project: Project) -> Matrix | None:
    """Everything that `[access]` says, ready to be tried; None where the project has no such table."""
    table = project.access
    if table is None:
        return None
    roles, root, home = with_anonymous(tuple(project.roles)), project.application.api_root, project.access_path.parent
    return Matrix(
        roles=roles,
        endpoints=tuple(_endpoint(table, roles, root, line) for line in lines(table)),
        objects={name: _object(name, kind) for name, kind in table.objects.items()},
        login_page=table.login_page,
        forbidden_fields=table.forbidden_fields,
        tokens=_tokens(project, table),
        role_change=_role_change(table, root),
        pages=tuple(PageRule(path=path, expected=of_page(table, roles, path)) for path in table.pages),
        controls=_controls(table, root),
        writes_allowed=project.safety.allow_writes,
        requests_per_second=table.requests_per_second,
        parallel=table.parallel,
        coverage=table.coverage,
        baseline=_file(home, table.baseline),
        openapi=_file(home, table.openapi),
        draft=table.draft,
    )


def _endpoint(table: AccessTable, roles: tuple[str, ...], api_root: str, line: Line) -> Endpoint:
    one, above = line.table, inherited(line.path, table.under)
    shown = dict.fromkeys(field for each in (one, *above) for field in each.may_show)
    return Endpoint(
        name=endpoint_name(line.method, api_root, line.path),
        method=line.method,
        path=line.path,
        expected=of_endpoint(table, roles, line),
        statuses=_statuses([one.statuses, *(each.statuses for each in above), table.statuses]),
        writes=line.writes,
        body=one.body if line.has_body else None,
        params={name: str(value) for name, value in one.params.items()},
        before=tuple(map(_ask, one.before)),
        shows=one.shows,
        proof=_proof(one.proof) if one.proof and line.writes else None,
        protected=one.protected if line.writes else {},
        may_show=tuple(shown),
        ends_session=one.ends_session,
        form=one.form,
    )


def _statuses(nearest_first: list[StatusesTable]) -> dict[Expected, tuple[int, ...]]:
    found = dict(STATUSES)
    for table in reversed(nearest_first):
        found |= {word: codes for word in STATUSES if (codes := getattr(table, word.value)) is not None}
    return found


def _ask(table: AskTable) -> Ask:
    return Ask(method=table.method, path=table.path, body=table.body, form=table.form, keep=table.keep)


def _proof(table: ProofTable) -> Proof:
    return Proof(read=_ask(table.read), by=table.by, field=table.field, becomes=table.becomes, gone=table.gone)


def _object(name: str, table: ObjectTable) -> ObjectKind:
    account = table.account
    return ObjectKind(
        name=name,
        made_by=table.made_by,
        make=tuple(map(_ask, table.make)),
        id_field=table.id_field,
        pattern=table.pattern or "",
        undo=_ask(table.undo) if table.undo else None,
        undo_by=table.undo_by,
        account=Account(username=account.username, password=account.password) if account else None,
    )


def _tokens(project: Project, table: AccessTable) -> TokenRules:
    rules = table.tokens
    # An application that runs already was not given the key that we have just made up.
    foreign = project.base_url is not None and bool(project.made_up)
    refresh: Ask | None = None
    if rules.refresh is not None:
        body: Any = rules.refresh.body or {rules.refresh_field: "{refresh_token}"}
        refresh = Ask(method=rules.refresh.method, path=rules.refresh.path, body=body)
    return TokenRules(
        signing_key=None if foreign else rules.signing_key,
        algorithm=rules.algorithm,
        refresh=refresh,
        refresh_field=rules.refresh_field,
    )


def _role_change(table: AccessTable, api_root: str) -> RoleChange | None:
    change = table.role_change
    if change is None:
        return None
    return RoleChange(
        kind=change.kind,
        by=change.by,
        ask=_ask(change.ask),
        to=change.to,
        back_to=change.back_to,
        endpoint=_name(table, api_root, change.endpoint),
    )


def _controls(table: AccessTable, api_root: str) -> tuple[ControlRule, ...]:
    return tuple(
        ControlRule(page=one.page, kind=one.kind, name=one.name, endpoint=_name(table, api_root, one.endpoint))
        for one in table.controls
    )


def _name(table: AccessTable, api_root: str, call: str) -> str:
    """The name of the endpoint that a call is made to, whatever its places are called there."""
    method, _, path = call.partition(" ")
    known = next(one for one in lines(table) if one.shape == shape(method, path))
    return endpoint_name(known.method, api_root, known.path)


def _file(home: Path, name: str | None) -> Path | None:
    return None if name is None else home / name
