"""What the words of a page mean: that something failed, that it is done, that it is under way, that one may try again.

Used only where structure says nothing. A project in another language adds its words (`storm.trouble_words`).
"""

from __future__ import annotations

import re

_FAILURE = (
    r"error|fail(?:s|ed|ure)?|wrong|sorry|unavailable|could(?: not|n.t)|can(?:not|.t)|unable|problem|offline|"
    r"try (?:it )?again|retry|too (?:long|many)|time[d ]?.?out|expired|"
    r"(?:not|never|\w+n.t) (?:yet )?(?:be |been )?"
    r"(?:reached|saved|placed|loaded|sent|completed|confirmed|stored|updated|created|added|processed|charged|changed)|"
    r"connection (?:was |is )?(?:lost|interrupted|closed|refused)|no (?:internet )?connection|"
    r"lost (?:the |our )?connection|"
    r"(?:not|\w+n.t) (?:available|responding|reachable)|(?:was|been) (?:declined|rejected|refused|interrupted)|"
    r"unreachable|disconnected|(?:temporarily|currently) (?:down|closed|out of service)|down for maintenance|"
    r"fehler\w*|fehlgeschlagen|leider|nicht (?:möglich|erreichbar|geladen|gespeichert)|erneut versuchen|"
    r"erreur|échec|impossible|réessayer|désolé|indisponible|"
    r"error al|fallo|no se pudo|inténtelo|lo sentimos|"
    r"errore|riprova|impossibile|niet gelukt|mislukt|opnieuw proberen|erro ao|tente novamente"
)
_SUCCESS = (
    r"success(?:ful|fully)?|confirmed|thank(?:s| you)|saved|done|completed?|placed|added|updated|created|sent|removed|"
    r"deleted|paid|erfolg\w*|bestätigt|danke|gespeichert|merci|enregistrée?s?|confirmée?s?|gracias|guardad[oa]|"
    r"confirmad[oa]|grazie|salvat[oa]|bedankt|opgeslagen|obrigad[oa]"
)
_PROGRESS = (
    r"loading|placing|saving|sending|checking|working|processing|please wait|one moment|still|"
    r"lädt|bitte warten|chargement|cargando|caricamento|laden"
)
# On buttons: none of these buys or changes something, as `Order again`, `Erneut bestellen` and `Aktualisieren` may.
_RETRY = (
    r"re-?try|try (?:it |this )?(?:once more|again)|reload|refresh|(?:erneut|nochmals?) (?:versuchen|laden)|neu laden|"
    r"réessaye[rz]|recharger|reintentar|intentar de nuevo|recargar|"
    r"riprova|ricarica|opnieuw (?:proberen|laden)|tentar novamente|recarregar"
)
# A page that says that it tries again itself, and that one should wait for.
_BY_ITSELF = (
    r"retrying|reconnecting|we (?:will )?(?:retry|keep trying|try again)|"
    r"(?:re)?(?:try|tries|trying|connect\w*) (?:again )?(?:automatically|by (?:it|our)sel(?:f|ves))|"
    r"(?:trying|retrying|retry|reconnect\w*) (?:again )?in (?:\d+|a few|a) |"
    r"automatisch|automatiquement|automáticamente|automaticamente"
)
# Words that mean trouble where a page speaks of what the user just did, and may stand anywhere else on it. None that
# says that there is nothing: `No orders yet` of a page whose orders could not be read is no word of that.
_HINT = (
    r"not|never|\w+n.t|oops|uh[- ]oh|lost|interrupted|reconnecting|connection|network|internet|server|answer|session|"
    r"(?:log|sign)(?:ged|ed)? (?:in|out)|contact|support|unexpected|refused|rejected|declined|denied|invalid|aborted|"
    r"cancell?ed|reload|refresh|later|again|maintenance|outage|(?:is|are|was|went) down|slow|busy|outdated|stale|older|"
    r"nicht|verbindung|später|pas|connexion|serveur|plus tard|conexión|servidor|más tarde|non|"
    r"connessione|più tardi|niet|verbinding|não|conexão|mais tarde"
)
# Before a word of success: `No order was placed` has none, and `Saved on this device` is only to be sent.
_DENIED = r"(?:no|none|nothing|not|never|\w+n.t|nicht|kein\w*|nichts|pas|aucune?|sin|no se|non|niet|geen|não|sem)"
_POSTPONED = (
    r"on (?:this|your) (?:device|computer|phone)|offline|back online|connected again|when you are connected|queued?|"
    r"pending|outbox"
)

_WORDS = re.IGNORECASE
FAILURE = re.compile(rf"(?<!\w)(?:{_FAILURE})(?!\w)", _WORDS)
HINT = re.compile(rf"(?<!\w)(?:{_HINT})(?!\w)", _WORDS)
SUCCESS = re.compile(rf"(?<!\w)(?:{_SUCCESS})(?!\w)", _WORDS)
DENIED = re.compile(rf"(?<!\w){_DENIED}(?:[^\w.!?]+\w+){{0,3}}?[^\w.!?]+(?:{_SUCCESS})(?!\w)", _WORDS)
POSTPONED = re.compile(rf"(?<!\w)(?:{_POSTPONED})(?!\w)", _WORDS)
PROGRESS = re.compile(rf"^\s*(?:{_PROGRESS})(?!\w)|(?:…|\.\.\.)\s*$", _WORDS)
LOADING = re.compile(
    rf"\s*(?:{_PROGRESS})(?!\w)[^\n]{{0,40}}(?:…|\.\.\.)\s*$|\s*(?:loading|please wait|one moment)\W*$", _WORDS
)
BY_ITSELF = re.compile(rf"(?<!\w)(?:{_BY_ITSELF})", _WORDS)
RETRY = re.compile(rf"(?<!\w)(?:{_RETRY})(?!\w)", _WORDS)

_AGAIN = (
    r"(?:re)?try (?:it |this )?(?:once more|again)|retry|erneut|nochmals?|réessaye[rz]|"
    r"int[ée]ntelo de nuevo|reintent\w+|riprova\w*|probeer het opnieuw|tente novamente"
)
AGAIN = re.compile(rf"(?<!\w)(?:{_AGAIN})(?!\w)", _WORDS)

_NUMBER = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d+(?:[.,:]\d+)*", re.IGNORECASE)


def pattern_of(text: str) -> str:
    """The text without its numbers and ids, in small letters: `Order 17 is confirmed.` is the same for every order."""
    return " ".join(_NUMBER.sub("#", text).lower().split())


def tells_failure(text: str) -> bool:
    return bool(FAILURE.search(text))


def hints_at_failure(text: str) -> bool:
    """Whether a message that came after something had failed can be about that: `Your changes are not stored yet`."""
    return tells_failure(text) or any(one.search(text) for one in (HINT, DENIED, POSTPONED))


def tells_success(text: str) -> bool:
    """Words of success that nothing takes back: `Your order could not be confirmed` has none, nor what is yet to be."""
    taken_back = tells_failure(text) or DENIED.search(text) or POSTPONED.search(text)
    return bool(SUCCESS.search(text)) and not taken_back


def tells_progress(text: str) -> bool:
    return bool(PROGRESS.search(text)) and not tells_failure(text)


def tells_loading(text: str) -> bool:
    """A line that says nothing but that something is being loaded."""
    return bool(LOADING.match(text))


def tries_by_itself(text: str) -> bool:
    """Whether a page says that it is about to try again without its user."""
    return bool(BY_ITSELF.search(text))


def offers_retry(text: str) -> bool:
    return bool(RETRY.search(text))


def asks_to_try_again(text: str) -> bool:
    """Whether a sentence asks its reader to do again what they did; to reload a page is something else."""
    return bool(AGAIN.search(text))
