"""What an access check can find: every rule by name, in words for whoever has to mend it.

The numbers are those of OWASP's API Security Top 10 (2023), ASVS 5.0 and WSTG; a rule that speaks of a nuisance rather
than of a danger has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from stormwalk.access.results import Severity
from stormwalk.access.rule import Per, Rule

_OBJECTS = "API1:2023 Broken Object Level Authorization"
_AUTHENTICATION = "API2:2023 Broken Authentication"
_PROPERTIES = "API3:2023 Broken Object Property Level Authorization"
_FUNCTIONS = "API5:2023 Broken Function Level Authorization"
_CONFIGURATION = "API8:2023 Security Misconfiguration"
_OTHERS_OBJECTS = "WSTG-ATHZ-02, WSTG-ATHZ-04, WSTG-APIT-02"
_FIELDS = "WSTG-ATHZ-03, WSTG-APIT-03"

_WHO_GETS_IN = (
    Rule(
        name="over-permission",
        title="{endpoint} is open to {roles}, who should be refused",
        severity=Severity.HIGH,
        why="Whoever signs in with this role can do what it was never meant to do; hiding the button does not stop it.",
        advice="Check the role on the server at this endpoint, and refuse every role that is not named.",
        owasp=_FUNCTIONS,
        asvs="8.2.1, 8.3.1",
        wstg="WSTG-ATHZ-02, WSTG-ATHZ-03, WSTG-APIT-04",
    ),
    Rule(
        name="missing-authentication",
        title="{endpoint} answers without anybody signing in",
        severity=Severity.CRITICAL,
        why="Anybody who knows the address gets in; no account is needed, and no log says who it was.",
        advice="Demand a valid session at this endpoint before anything is read or done, by default for all of them.",
        owasp=_FUNCTIONS,
        asvs="8.2.1, 8.3.1",
        wstg="WSTG-ATHZ-02",
    ),
    Rule(
        name="cross-user-read",
        title="{endpoint} shows {roles} what belongs to another user",
        severity=Severity.HIGH,
        why="A user who changes the id in the address reads what others own; a script reads all of it.",
        advice="Look the object up among those of the signed-in user, not by its id alone.",
        owasp=_OBJECTS,
        asvs="8.2.2",
        wstg=_OTHERS_OBJECTS,
    ),
    Rule(
        name="cross-user-write",
        title="{endpoint} lets {roles} change what belongs to another user",
        severity=Severity.CRITICAL,
        why="A user who changes the id in the address changes or destroys what others own.",
        advice="Look the object up among those of the signed-in user before it is changed, not by its id alone.",
        owasp=_OBJECTS,
        asvs="8.2.2",
        wstg=_OTHERS_OBJECTS,
    ),
    Rule(
        name="not-concealed",
        title="{endpoint} tells {roles} which objects of others exist",
        severity=Severity.LOW,
        why="The refusal differs from the answer for an object that does not exist, so ids can be tried out.",
        advice="Answer for the object of another user exactly as for one that does not exist.",
        owasp=_OBJECTS,
        asvs="8.2.2",
        wstg="WSTG-ATHZ-04",
    ),
    Rule(
        name="page-opens",
        title="{endpoint} shows {roles} what is not for them",
        severity=Severity.HIGH,
        why="The page is only left out of the menu: its address, typed by hand, shows what it holds.",
        advice="Check the role where the page and its data are served, not only where the menu is drawn.",
        owasp=_FUNCTIONS,
        asvs="8.2.1, 8.3.1",
        wstg="WSTG-ATHZ-02",
    ),
    Rule(
        name="role-kept",
        title="A role that was taken away still works with the old token",
        severity=Severity.MEDIUM,
        why="Somebody who was demoted or has left keeps the old rights until the token runs out.",
        advice="Read the role from where it is kept at each call, or end all sessions of a user whose role changes.",
        owasp=_FUNCTIONS,
        asvs="8.3.2",
        per=Per.ALL,
    ),
)
_WHO_IS_KEPT_OUT = (
    Rule(
        name="wrongly-denied",
        title="{endpoint} refuses {roles}, who should get in",
        severity=Severity.MEDIUM,
        why="People of this role cannot do their work, and are told that they may not.",
        advice="Let the role in at this endpoint, or correct the matrix if it is meant to stay outside.",
    ),
    Rule(
        name="shown-but-denied",
        title="{subject} is shown to {roles}, and {endpoint} refuses it",
        severity=Severity.LOW,
        why="The page offers what the server will refuse: a dead end for the user, and a hint for an attacker.",
        advice="Draw the control by the same rule that the server follows, or let the role in.",
        asvs="8.3.1",
        wstg="WSTG-ATHZ-02",
        per=Per.ENDPOINT_AND_SUBJECT,
    ),
    Rule(
        name="refused-with-success",
        title="Refusals are answered with a success status",
        severity=Severity.LOW,
        why="Clients, caches and monitors take the refusal for a success, and nobody counts the attempts.",
        advice="Answer a refusal with 401, 403 or 404.",
        per=Per.ALL,
    ),
    Rule(
        name="server-error",
        title="{endpoint} breaks with a server error for {roles}",
        severity=Severity.MEDIUM,
        why="The call ran into a fault instead of being let in or refused; whether the check held is not known.",
        advice="Find the exception in the server's log, and let a failing check refuse the call.",
        owasp=_CONFIGURATION,
        asvs="16.5.2, 16.5.3",
        wstg="WSTG-ERRH-01",
    ),
)
_WHAT_THEY_HOLD = (
    Rule(
        name="forbidden-field",
        title="Answers hold the field {subject}, which must not leave the server",
        severity=Severity.HIGH,
        why="Whoever may make the call reads the field in the raw answer, also where no page shows it.",
        advice="Name the fields that an answer may hold, one by one, instead of sending the whole record.",
        owasp=_PROPERTIES,
        asvs="8.1.2, 8.2.3",
        wstg=_FIELDS,
        per=Per.SUBJECT,
    ),
    Rule(
        name="mass-assignment",
        title="{endpoint} lets {roles} set {subject}, which is not theirs to set",
        severity=Severity.HIGH,
        why="The field is taken from the body as it comes, so a caller can choose a role, a price or an owner.",
        advice="Take only the named fields from the body, and set this one on the server.",
        owasp=_PROPERTIES,
        asvs="8.1.2, 8.2.3",
        wstg=_FIELDS,
        per=Per.ENDPOINT_AND_SUBJECT,
    ),
)
_WAYS_AROUND = (
    Rule(
        name="method-override",
        title="A header that overrides the method gets past the permission check",
        severity=Severity.HIGH,
        why="The check looks at the method that was sent, and the call is then handled as another one.",
        advice="Do not honour X-HTTP-Method-Override and its like, or check the method that is carried out.",
        owasp=_FUNCTIONS,
        asvs="4.1.4",
        wstg="WSTG-CONF-06, WSTG-ATHZ-02",
        per=Per.ALL,
    ),
    Rule(
        name="url-override",
        title="A header that rewrites the address gets past the permission check",
        severity=Severity.HIGH,
        why="The check looks at the address that was sent, and another one is then served.",
        advice="Do not honour X-Original-URL and X-Rewrite-URL, and strip them where requests come in.",
        owasp=_FUNCTIONS,
        asvs="4.1.4",
        wstg="WSTG-CONF-06, WSTG-ATHZ-02",
        per=Per.ALL,
    ),
    Rule(
        name="csrf",
        title="A foreign site can write in the name of whoever is signed in",
        severity=Severity.HIGH,
        why="The browser sends the cookie along with a call from any site, which is then taken for the user's.",
        advice="Set SameSite on the cookie, and check Origin or a token on every call that writes.",
        asvs="3.3.2, 3.5.1, 3.5.2, 3.5.3",
        wstg="WSTG-SESS-05",
        per=Per.ALL,
    ),
)
_TOKENS = (
    Rule(
        name="garbage-token-accepted",
        title="Any text is accepted as a token",
        severity=Severity.CRITICAL,
        why="Anybody can invent a token and is taken for a signed-in user.",
        advice="Verify every token before anything in it is believed, and refuse what does not verify with 401.",
        owasp=_AUTHENTICATION,
        asvs="9.1.1",
        wstg="WSTG-SESS-10",
        per=Per.ALL,
    ),
    Rule(
        name="signature-not-checked",
        title="A token with a changed signature is accepted",
        severity=Severity.CRITICAL,
        why="The signature is not verified: anybody can write a token for any user and any role.",
        advice="Verify the signature of every token with the key of the server, and refuse what does not verify.",
        owasp=_AUTHENTICATION,
        asvs="9.1.1",
        wstg="WSTG-SESS-10",
        per=Per.ALL,
    ),
    Rule(
        name="signature-stripped-accepted",
        title="A token whose signature was removed is accepted",
        severity=Severity.CRITICAL,
        why="A token without a signature proves nothing: anybody can write one for any user and any role.",
        advice="Refuse every token without a signature that verifies.",
        owasp=_AUTHENTICATION,
        asvs="9.1.1",
        wstg="WSTG-SESS-10",
        per=Per.ALL,
    ),
    Rule(
        name="alg-none-accepted",
        title="A token that names “none” as its algorithm is accepted",
        severity=Severity.CRITICAL,
        why="The token itself says whether it is verified: anybody can write one for any user and any role.",
        advice="Name the algorithms that are allowed on the server, and never take the choice from the token.",
        owasp=_AUTHENTICATION,
        asvs="9.1.2",
        wstg="WSTG-SESS-10",
        per=Per.ALL,
    ),
    Rule(
        name="expired-token-accepted",
        title="An expired token is accepted",
        severity=Severity.HIGH,
        why="A token that was stolen or left behind works for ever.",
        advice="Check the expiry of every token, and refuse one without an expiry.",
        owasp=_AUTHENTICATION,
        asvs="9.2.1",
        wstg="WSTG-SESS-10",
        per=Per.ALL,
    ),
    Rule(
        name="token-after-logout",
        title="A token still works after logout",
        severity=Severity.MEDIUM,
        why="Logging out only forgets the token on this device; whoever has a copy of it stays signed in.",
        advice="End the session on the server at logout, and refuse its tokens from then on.",
        owasp=_AUTHENTICATION,
        asvs="7.4.1",
        wstg="WSTG-SESS-06",
        per=Per.ALL,
    ),
    Rule(
        name="refresh-after-logout",
        title="A refresh token still works after logout",
        severity=Severity.HIGH,
        why="Whoever has a copy of the refresh token makes new sessions long after the user has logged out.",
        advice="Revoke the refresh token of a session on the server when the session ends.",
        owasp=_AUTHENTICATION,
        asvs="7.4.1",
        wstg="WSTG-SESS-06",
        per=Per.ALL,
    ),
)


def _by_name(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    return MappingProxyType({rule.name: rule for rule in rules})


RULES: Mapping[str, Rule] = _by_name((*_WHO_GETS_IN, *_WHO_IS_KEPT_OUT, *_WHAT_THEY_HOLD, *_WAYS_AROUND, *_TOKENS))
"""Every rule by its name, which is also the id of the rule in SARIF."""
