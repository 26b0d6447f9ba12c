"""Is every fault of a card reported where it stands, with a way out?"""

from __future__ import annotations

import pytest

from tests.policy.rules.rulebook import FILTER, RULE, problems_of

BAD_RULES = {
    "unknown section": ("version: 1", "version: 1\nregla: []", 2, "¿quisiste decir «reglas»?"),
    "no version": ("version: 1\n", "", 1, "falta la clave «version: 1»"),
    "other version": ("version: 1", "version: 2", 1, "solo conozco «version: 1», y dice el número 2"),
    "version true": ("version: 1", "version: true", 1, "solo conozco «version: 1», y dice true"),
    "unknown key": ("    cuando: caido", "    cuando: caido\n    slavo: []", 9, "¿quisiste decir «salvo»?"),
    "missing key": ("    dueno: mesa\n", "", 3, "r-uno: falta la clave «dueno»"),
    "empty value": ("titulo: Regla uno", "titulo:", 4, "«titulo» lleva un texto, y dice nada"),
    "number for text": ("dueno: mesa", "dueno: 12", 5, "el número 12 (si es un texto, va entre comillas)"),
    "text for list": (
        'coincide: ["está caído", "todo caído"]',
        "coincide: caido",
        10,
        "«coincide» lleva una lista",
    ),
    "list for text": ("dueno: mesa", "dueno: [mesa]", 5, "lleva un texto, y dice una lista"),
    "unknown level": ("URGENTE", "URGENT", 7, "¿quisiste decir «URGENTE»?"),
    "unknown state": ("activa", "activo", 6, "¿quisiste decir «activa»?"),
    "no decision": ("    nivel: URGENTE\n", "", 3, "le falta «nivel» o «bandera»"),
    "bad id": ("r-uno", "R_uno", 3, "minúsculas sin tilde"),
    "bad flag": ("nivel: URGENTE", "bandera: Fuera", 7, "«fuera_de_alcance»"),
    "too few examples": (', "todo caído"', "", 3, "al menos 2 ejemplos «coincide» y tiene 1"),
    "no counter-examples": (
        'no_coincide: ["hola", "gracias"]',
        "no_coincide: []",
        3,
        "«no_coincide» y tiene 0",
    ),
    "unknown condition": ("cuando: caido", "cuando: {algna: [caido]}", 8, "¿quisiste decir «alguna»?"),
    "empty condition": ("cuando: caido", "cuando: {}", 8, "la condición está vacía"),
    "condition of no kind": ("cuando: caido", "cuando: 5", 8, "aquí va una palabra o una condición"),
    "empty alguna": ("cuando: caido", "cuando: {alguna: []}", 8, "faltan elementos: lleva al menos 1"),
    "ninguna alone": ("cuando: caido", "cuando: {ninguna: [caido]}", 8, "«ninguna» va dentro de «todas»"),
    "only ninguna": ("cuando: caido", "cuando: {todas: [{ninguna: [a]}]}", 8, "necesita algo que buscar"),
    "minimo too high": (
        "cuando: caido",
        "cuando: {minimo: 3, de: [a, b]}",
        8,
        "pide 3 señales y la lista tiene 2",
    ),
    "minimo as text": (
        "cuando: caido",
        "cuando: {minimo: dos, de: [a, b]}",
        8,
        "«minimo» lleva un número entero",
    ),
    "wider group inside": (
        "cuando: caido",
        "cuando: {todas: [a, {todas: [b, c], en_la_misma: ticket}]}",
        8,
        "«en_la_misma: ticket» no cabe dentro de «frase»",
    ),
    "misspelt leaf key": (
        "cuando: caido",
        "cuando: {frase: a ... b, huecos: 2}",
        8,
        "¿quisiste decir «hueco»?",
    ),
    "gap too wide": ("cuando: caido", "cuando: {frase: a ... b, hueco: 99}", 8, "debe ser 20 o menos"),
    "near with one word": ("cuando: caido", "cuando: {cerca: {palabras: [a]}}", 8, "lleva al menos 2"),
    "unknown place": (
        "cuando: caido",
        "cuando: {palabra: a, en: titulo}",
        8,
        "usa asunto, cuerpo, ambos, final",
    ),
    "short beginning": ("cuando: caido", "cuando: cae*", 8, "al menos 4 letras"),
    "deep in a condition": (
        "cuando: caido",
        "cuando:\n      alguna:\n        - caido\n        - cae*",
        11,
        "«cae*»",
    ),
    "unknown list": ("cuando: caido", 'cuando: "@plataforma"', 8, "no existe la lista «@plataforma»"),
    "exception without reason": (
        "    cuando: caido",
        "    cuando: caido\n    salvo:\n      - {frase: ya volvio}",
        10,
        "falta la clave «motivo»",
    ),
    "exception as a word": (
        "    cuando: caido",
        "    cuando: caido\n    salvo: [ya volvio]",
        9,
        "una excepción lleva su motivo",
    ),
    "exception with unknown scope": (
        "    cuando: caido",
        "    cuando: caido\n    salvo: [{frase: a, motivo: volvió ya, alcance: parrafo}]",
        9,
        "usa clausula, frase, anterior, ticket",
    ),
    "pause with a time": (
        "    cuando: caido",
        "    cuando: caido\n    pausada: {motivo: campaña, hasta: 2026-12-31T10:00}",
        9,
        "es una fecha con hora; escribe solo el día: 2026-12-31",
    ),
    "pause on no day": (
        "    cuando: caido",
        "    cuando: caido\n    pausada: {motivo: campaña, hasta: 2026-02-30}",
        9,
        "no existe en el calendario",
    ),
    "pause in words": (
        "    cuando: caido",
        "    cuando: caido\n    pausada: {motivo: campaña, hasta: mañana}",
        9,
        "escríbela como 2026-12-31",
    ),
    "regex refused": (
        "cuando: caido",
        "cuando: {regex: {patron: '(a', motivo: no hay otra forma, ejemplos: [a, a]}}",
        8,
        "RE2 no acepta el patrón",
    ),
    "regex with a look-back": (
        "cuando: caido",
        "cuando: {regex: {patron: '(?<=a)b', motivo: no hay otra forma, ejemplos: [ab, ab]}}",
        8,
        "RE2 no acepta el patrón",
    ),
    "regex everywhere": (
        "cuando: caido",
        "cuando: {regex: {patron: 'a*', motivo: no hay otra forma, ejemplos: [a, a]}}",
        8,
        "coincidiría siempre",
    ),
    "regex with accents": (
        "cuando: caido",
        "cuando: {regex: {patron: 'caído', motivo: no hay otra forma, ejemplos: [caído, caído]}}",
        8,
        "sin tildes ni eñes",
    ),
    "regex without reason": (
        "cuando: caido",
        "cuando: {regex: {patron: 'a', ejemplos: [a, a]}}",
        8,
        "falta la clave «motivo»",
    ),
    "regex with one example": (
        "cuando: caido",
        "cuando: {regex: {patron: 'a', motivo: no hay otra forma, ejemplos: [a]}}",
        8,
        "lleva al menos 2",
    ),
    "regex that misses its example": (
        "cuando: caido",
        "cuando: {regex: {patron: 'x', motivo: no hay otra forma, ejemplos: [x, y]}}",
        8,
        "no aparece en su ejemplo «y»",
    ),
    "regex too long": (
        "cuando: caido",
        f"cuando: {{regex: {{patron: '{'a' * 201}', motivo: no hay otra forma, ejemplos: [a, a]}}}}",
        8,
        "hasta 200 caracteres",
    ),
    "unknown filter": (
        "    cuando: caido",
        "    cuando: caido\n    ignora_filtros: [f-x]",
        9,
        "no existe el filtro «f-x»",
    ),
    "header of another type": ("version: 1", "version: 1\nerratas: si", 2, "«erratas» lleva true o false"),
    "rules as a mapping": ("reglas:\n  - id", "reglas:\n    id", 2, "«reglas» lleva una lista"),
    "rule as a text": ("reglas:\n", "reglas:\n  - hola\n", 3, "claves con sus valores, y dice «hola»"),
}


@pytest.mark.parametrize(("old", "new", "line", "message"), BAD_RULES.values(), ids=BAD_RULES)
def test_bad_rule(old: str, new: str, line: int, message: str) -> None:
    assert old in RULE
    problems = problems_of(a=RULE.replace(old, new, 1))
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"a.yaml:{line}: ")
    assert message in problems[0]


BAD_FILTERS = {
    "no end": ("permanente: true", "permanente: false", 3, "«permanente: true»"),
    "two ends": ("permanente: true", "permanente: true\n    hasta: 2026-12-31", 3, "fecha de fin"),
    "nothing suppressed": ("suprime: {niveles: [URGENTE]}", "suprime: {}", 7, "di qué se apaga"),
    "unknown rule": (
        "suprime: {niveles: [URGENTE]}",
        "suprime: {reglas: [x-*]}",
        7,
        "ninguna regla se llama «x-*»",
    ),
    "no scope": ("    alcance: frase\n", "", 3, "falta la clave «alcance»"),
    "unknown list": ("cuando: ya volvio", 'cuando: "@nada"', 9, "no existe la lista «@nada»"),
}


@pytest.mark.parametrize(("old", "new", "line", "message"), BAD_FILTERS.values(), ids=BAD_FILTERS)
def test_bad_filter(old: str, new: str, line: int, message: str) -> None:
    assert old in FILTER
    problems = problems_of(a=FILTER.replace(old, new, 1))
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"a.yaml:{line}: ")
    assert message in problems[0]


BAD_LISTS = {
    "itself": ('a: ["@a"]', "la lista «@a» se contiene a sí misma"),
    "in a circle": ('a: ["@b"]\n  b: [uno, "@a"]', "se contiene a sí misma"),
    "unknown": ('a: ["@plataforma"]\n  plataformas: [crm]', "¿quisiste decir «plataformas»?"),
    "empty": ("a: []", "faltan elementos"),
    "bad name": ("Añejo: [uno]", "el nombre de una lista"),
    "bad entry": ("a: [uno, cae*]", "al menos 4 letras"),
    "number": ("a: [404]", "si es un texto, va entre comillas"),
    "null": ("a: [null]", "dice nada"),
}


@pytest.mark.parametrize(("lists", "message"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_bad_list(lists: str, message: str) -> None:
    problems = problems_of(a=f"version: 1\nvocabulario:\n  {lists}\n")
    assert problems
    assert all(message in problem for problem in problems)
