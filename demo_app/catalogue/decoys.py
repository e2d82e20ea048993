"""What looks wrong and is right: whoever reports one of these has been taken in."""

from __future__ import annotations

from demo_app.catalogue.entry import Defect, DefectKind


def _access(name: str, summary: str, expected: str) -> Defect:
    return Defect(name=name, kind=DefectKind.ACCESS, summary=summary, expected=expected, decoy=True)


ACCESS_DECOYS: tuple[Defect, ...] = (
    _access(
        "me-same-for-all",
        "What every role reads of itself holds the same long legend of all roles, so that all answers look alike.",
        "Nothing: the little that is personal is one's own.",
    ),
    _access(
        "public-products",
        "Products come with an entity tag, private caching and a word about who keeps them.",
        "Nothing: everybody gets the same.",
    ),
    _access(
        "spa-shell",
        "An address that does not exist, under /api too, is answered 200 with an empty page of the shop.",
        "Nothing: the page has no data.",
    ),
    _access(
        "everything-concealed",
        "Who has no account or not the role gets the 404 of an address that does not exist.",
        "Nothing: it is a refusal.",
    ),
    _access(
        "long-refusals",
        "A 403 has a body of twenty kilobytes, longer than any answer.",
        "Nothing: it is a refusal.",
    ),
    _access(
        "redirect-to-login",
        "A call without credentials is redirected to the log-in page, which is a 200.",
        "Nothing: it is a refusal.",
    ),
    _access(
        "rate-limited",
        "After a burst of calls by one caller, the API answers 429 with Retry-After: 1 for a moment.",
        "Nothing: whoever waits gets through, and until then nothing is known.",
    ),
    _access(
        "validation-before-permission",
        "A body that is not valid is a 422, before the role is looked at.",
        "Nothing: with a valid body the role is refused.",
    ),
    _access(
        "theme-cookie",
        "Logging in sets a cookie that looks like a session and only remembers a colour.",
        "Nothing: the cookie authenticates nobody.",
    ),
    _access(
        "body-echoed",
        "Saving one's profile repeats in its answer whatever was sent, a role too.",
        "Nothing: what was not one's to set is not stored.",
    ),
)


def _resilience(name: str, summary: str, expected: str, *, ui: bool = True) -> Defect:
    return Defect(name=name, kind=DefectKind.RESILIENCE, summary=summary, expected=expected, decoy=True, ui=ui)


RESILIENCE_DECOYS: tuple[Defect, ...] = (
    _resilience(
        "slow-but-busy",
        "The figures of the dashboard take more than a second, and the page says so.",
        "Nothing: it is slow, and busy meanwhile.",
        ui=False,
    ),
    _resilience(
        "decorative-image-fails",
        "A picture at the foot of each page does not exist.",
        "Nothing: nobody needs it.",
    ),
    _resilience(
        "console-tells-failures",
        "The console repeats as an error each failure that the page tells.",
        "Nothing: it reports the fault.",
    ),
    _resilience(
        "patient-retries",
        "A call is repeated up to five times, with pauses that double.",
        "Nothing: it backs off.",
    ),
    _resilience(
        "poll-fails-once",
        "Each page asks in the background how the shop is; the first answer is a 503.",
        "Nothing: the next one is good, and nobody waits for it.",
    ),
    _resilience(
        "spinner-ends-late",
        "A part of a page stays marked as busy for a while after it has been filled.",
        "Nothing: it ends.",
    ),
    _resilience(
        "short-lived-message",
        "The message about a button's failure goes away after a few seconds.",
        "Nothing: it was there, and the button can be pressed again.",
    ),
    _resilience(
        "removal-rolled-back",
        "What is removed from the basket vanishes at once, and comes back with a message if that fails.",
        "Nothing: the page takes back what it claimed.",
    ),
    _resilience(
        "rotating-logo",
        "The logo turns, for ever.",
        "Nothing: it is no sign that something loads.",
    ),
    _resilience(
        "prefetch-cancelled",
        "Each page begins to read the products ahead of time, and thinks better of it.",
        "Nothing: the page itself has cut the call.",
    ),
)

DECOYS = (*ACCESS_DECOYS, *RESILIENCE_DECOYS)
