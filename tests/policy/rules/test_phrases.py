"""Which words does each construct of a phrase find?"""

from __future__ import annotations

import pytest

from bot.policy.phrases import parse
from tests.policy.rules.rulebook import words_found

LISTS = {
    "plataforma": ["crm", "sistema", "mesa de ayuda"],
    "falla": ["caid*", "no responde", "@muerte"],
    "muerte": ["muert*"],
    "operar": ["(entrar|ingresar)", "abrir sesion"],
}

FOUND = {
    "a word": ("caido", "El CRM está caído.", ["caído"]),
    "capitals": ("caido", "ESTÁ CAÍDO", ["CAÍDO"]),
    "accents in the rule": ("contraseña", "perdí mi contrasena", ["contrasena"]),
    "stretched letters": ("urgente", "es URGENTEEEE ya", ["URGENTEEEE"]),
    "stretched short word": ("ya", "lo necesito yaaaa", ["yaaaa"]),
    "decomposed accents": ("cayo", "se cayo\u0301 todo", ["cayo\u0301"]),
    "zero width inside": ("caido", "ca\u200bído", ["ca\u200bído"]),
    "no-break space": ("no carga", "no\xa0carga", ["no\xa0carga"]),
    "typographic quotes": ("error interno", "sale «error interno»", ["error interno"]),
    "emoji beside": ("caido", "😭caído😭", ["caído"]),
    "mathematical letters": ("urgente", "𝐔𝐑𝐆𝐄𝐍𝐓𝐄", ["𝐔𝐑𝐆𝐄𝐍𝐓𝐄"]),
    "several words": ("no carga", "la página no carga bien", ["no carga"]),
    "over a line end": ("no carga", "la página\nno\ncarga", []),
    "over a wrapped line": (
        "no carga",
        "Desde ayer en la tarde la página de los reportes mensuales no\ncarga para nadie",
        ["no\ncarga"],
    ),
    "whole words only": ("importa", "quiero importar", []),
    "a beginning": ("caid*", "hubo caídas", ["caídas"]),
    "a beginning in the middle": ("no funcion* bien", "no funcionan bien", ["no funcionan bien"]),
    "one of several": ("(deja|permite) entrar", "no me permite entrar", ["permite entrar"]),
    "several of more words": ("(no deja|impide) entrar", "no deja entrar", ["no deja entrar"]),
    "may be missing, present": ("no me? deja", "no me deja", ["no me deja"]),
    "may be missing, missing": ("no me? deja", "no deja", ["no deja"]),
    "may be missing, other": ("no me? deja", "no nos deja", []),
    "a list": ("@plataforma", "abrí la mesa de ayuda", ["mesa de ayuda"]),
    "a list in a list": ("@falla", "quedó muerto", ["muerto"]),
    "a list in a phrase": ("el @plataforma", "el sistema", ["el sistema"]),
    "a list of alternatives": ("@operar", "quiero ingresar", ["ingresar"]),
    "a gap": ("no ... @operar", "no nos deja todavía entrar", ["no nos deja todavía entrar"]),
    "a gap too long": ("no ... @operar", "no nos deja todavía hoy entrar", []),
    "a gap of nothing": ("no ... @operar", "no entrar", ["no entrar"]),
    "a gap, the nearest": ("no ... entrar", "no y no puedo entrar", ["no puedo entrar"]),
    "a gap over a comma": ("no ... entrar", "no puedo, disculpen, entrar", ["no puedo, disculpen, entrar"]),
    "a gap over a sentence": ("no ... entrar", "no. Puedo entrar", []),
    "side by side over a comma": ("no funciona", "creo que no, funciona", []),
    "side by side over a slash": ("importar exportar", "importar/exportar", ["importar/exportar"]),
    "a number": ("somos <numero>", "somos 40 personas", ["somos 40"]),
    "a number with marks": ("S/ <numero>", "son S/ 1,200.50 soles", ["S/ 1,200.50"]),
    "a number by itself": ("error 404", "sale error 404", ["error 404"]),
    "a mail address": ("usuario <correo>", "usuario ana.p@x.pe nuevo", ["usuario ana.p@x.pe"]),
    "no words inside addresses": ("crm", "escriban a soporte@crm.pe o www.crm.pe", []),
    "a link": ("<enlace>", "miren https://x.pe/a?b=1 por favor", ["https://x.pe/a?b=1"]),
    "ordinal is no negation": ("no 123", "factura Nº 123", []),
}


@pytest.mark.parametrize(("phrase", "body", "found"), FOUND.values(), ids=FOUND)
def test_phrase_finds(phrase: str, body: str, found: list[str]) -> None:
    assert words_found({"frase": phrase}, body, lists=LISTS) == found


def test_gap_width_is_given_beside_the_phrase() -> None:
    body = "no nos deja hoy entrar"
    assert words_found({"frase": "no ... entrar", "hueco": 2}, body) == []
    assert words_found({"frase": "no ... entrar", "hueco": 3}, body) == [body]


REFUSED = {
    "empty": ("", "falta una palabra"),
    "only signs": (" -- ", "falta una palabra"),
    "short beginning": ("cae*", "al menos 4 letras"),
    "lone star": ("* caido", "va pegado"),
    "open group": ("(a|b", "falta cerrar"),
    "closed too often": ("a)", "sobra un «)»"),
    "empty alternative": ("(a|)", "falta una palabra"),
    "gap at the start": ("... a", "van entre dos palabras"),
    "gap at the end": ("a ...", "van entre dos palabras"),
    "two gaps": ("a ... ... b", "van entre dos palabras"),
    "optional first": ("a? b", "al inicio o al final"),
    "optional last": ("a b?", "al inicio o al final"),
    "optional beside a gap": ("a ... b? c", "sobra una palabra opcional"),
    "question marks": ("¿como hago?", "pregunta: true"),
    "unknown kind": ("<numbero>", "¿quisiste decir «<numero>»?"),
    "brackets": ("[a]", "no se busca"),
    "too long": ("a " * 200, "pasa de 300"),
    "too deep": ("((((((a))))))", "paréntesis"),
}


@pytest.mark.parametrize(("phrase", "message"), REFUSED.values(), ids=REFUSED)
def test_phrase_is_refused(phrase: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(phrase)
    assert message in str(refused.value)
