"""Does a line of a mail greet its reader and say no more?"""

from __future__ import annotations

import re

from bot.policy.folding import fold_text

_LONGEST = 14
_MOST_NAMES = 3
_FORMULA = re.compile(
    r"\b(?:hola+|holi|hi|hello|muy|buen[oa]?s?|dias?|tardes?|noches?|estimad[oa]s?|apreciad[oa]s?"
    r"|sres|sr|sra|srta|senor(?:es|a|ita)?|ing|lic|dr|dra|equipo|team|amig[oa]s|colegas|chicos|todos"
    r"|que tal|como (?:estas?|estan)|(?:un |previo |ante todo |reciban? (?:un |mi |nuestro )?)?"
    r"(?:cordial|atento|gran)? ?saludos?(?: cordial(?:es)?)?"
    r"|(?:es )?(?:un )?(?:gusto|grato|placer) saludarl[oae]s?|de (?:mi|nuestra) (?:mayor )?consideracion"
    r"|presente|(?:espero|esperamos|deseo|deseamos)(?: que)?(?: todos)? (?:se |te )?"
    r"(?:encuentren?|encuentres|esten?|estes|hallen?)(?: todos)?(?: muy)?(?: bien)?"
    r"|a|de|y|por|mi|el|la|los|las)\b"
)


def is_greeting(line: str) -> bool:
    """Tell whether a line holds only a formula of greeting and, at most, a name."""
    words = fold_text(line)
    if not words.strip() or len(words.split()) > _LONGEST or not _FORMULA.match(words.lstrip("¡¿*_ ")):
        return False
    names = re.findall(r"[^\W_]+", _FORMULA.sub(" ", words))
    # In capitals a name looks like any word.
    written = (
        set() if line.isupper() else {fold_text(word) for word in re.findall(r"\b[A-ZÁÉÍÓÚÑ][^\W\d_]*", line)}
    )
    return len(names) <= _MOST_NAMES and written.issuperset(names)
