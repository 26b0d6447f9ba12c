"""Which stories does the demo play, one or more for each clause of the contract?"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.level import Level
from bot.local.demo_rules import MDA_DESK, MDA_INTERNAL
from bot.local.stand_in import DESK_GROUP, PORTAL, SECOND_PORTAL
from bot.local.stories_owed import BIRTHDAYS, DOWN, HOUR, OWED
from bot.local.story import (
    ON_CUSTOMER,
    ON_VENDOR,
    OPEN,
    RESOLVED,
    End,
    Says,
    Sets,
    Story,
    clock_is,
    leveled,
    put_away,
)

DAY = timedelta(days=1)
BREACHES_IN = timedelta(seconds=8)
HOURS = "¿Hasta qué hora atienden el 24 y el 31 de diciembre?"

PORTALS = (
    Story(
        "P1",
        "Acelera: texto y calendario del portal",
        "Horario de fiestas",
        HOURS,
        "fiestas@notaria-yura.example",
        End(Level.NORMAL, says=("Recibimos tu solicitud",), never=(MDA_DESK,)),
    ),
    Story(
        "P1",
        "MDA: el mismo texto, otro acuse y una mesa que no cierra",
        "Horario de fiestas",
        HOURS,
        "fiestas@notaria-yura.example",
        End(Level.NORMAL, answer_due=5 * DAY, says=(MDA_DESK,), never=("Recibimos tu solicitud",)),
        portal=SECOND_PORTAL,
    ),
    Story(
        "P1",
        "Acelera: el estado 8 no detiene el reloj",
        "Flujo de saludos",
        BIRTHDAYS,
        "datos@libreria-sabandia.example",
        End(Level.PREFERENTE, status=MDA_INTERNAL, replies=1),
        age=3 * HOUR,
        past=(
            Says("Ya lo vemos.", agent=True, ago=2 * HOUR),
            Sets({"status": MDA_INTERNAL}, ago=HOUR),
        ),
    ),
    Story(
        "P1",
        "MDA: el estado 8 espera a otra área y detiene el reloj",
        "Flujo de saludos",
        BIRTHDAYS,
        "datos@libreria-sabandia.example",
        End(Level.PREFERENTE, status=MDA_INTERNAL, clock="paused"),
        portal=SECOND_PORTAL,
        age=3 * HOUR,
        past=(
            Says("Ya lo vemos.", agent=True, ago=2 * HOUR),
            Sets({"status": MDA_INTERNAL}, ago=HOUR),
        ),
    ),
    *(
        Story(
            "D2",
            f"{name}: plazo de respuesta vencido, pasa al grupo del portal",
            "No se puede ingresar",
            DOWN,
            "mesa@transportes-vitor.example",
            End(
                Level.URGENTE,
                tags=frozenset({"sla-incumplido"}),
                notes=3,
                group=DESK_GROUP[portal],
            ),
            portal=portal,
            age=DAY - BREACHES_IN,
        )
        for name, portal in (("Acelera", PORTAL), ("MDA", SECOND_PORTAL))
    ),
)

WAITS = (
    Story(
        "P6",
        "Espera al cliente 28 h y retoma: la fecha se mueve 28 h",
        "CRM caído",
        DOWN,
        "marisol@lacteos-pichu.example",
        End(Level.URGENTE, due=7 * DAY - 29 * HOUR + 28 * HOUR),
        age=30 * HOUR,
        past=(
            Says("¿Nos pasas una captura?", agent=True, ago=29 * HOUR),
            Sets({"status": ON_CUSTOMER}, ago=28 * HOUR),
        ),
        then=(Sets({"status": OPEN}, when=clock_is("paused")),),
    ),
    Story(
        "P6",
        "Reabierto con un pedido real: el reloj vuelve a correr",
        "Pantalla en blanco",
        DOWN,
        "jefa@clinica-characato.example",
        End(Level.URGENTE, replies=2),
        then=(
            Says("Listo, ya pueden ingresar.", agent=True),
            Sets({"status": RESOLVED}, when=clock_is("running")),
            Says("Sigue igual, nadie puede ingresar.", when=put_away),
        ),
    ),
    Story(
        "P6",
        "Reabierto con un «gracias»: nada vuelve a correr",
        "Pantalla congelada",
        DOWN,
        "jefa@clinica-mollebaya.example",
        End(Level.URGENTE, replies=2, clock="met"),
        then=(
            Says("Listo, ya pueden ingresar.", agent=True),
            Sets({"status": RESOLVED}, when=clock_is("running")),
            Says("Muchas gracias por la ayuda, saludos.", when=put_away),
        ),
    ),
    Story(
        "P11",
        "En manos del fabricante: etiqueta y reloj en pausa",
        "Caída del proveedor",
        DOWN,
        "sistemas@seguros-cerro.example",
        End(Level.URGENTE, status=ON_VENDOR, tags=frozenset({"fabricante"}), clock="paused"),
        age=12 * HOUR,
        past=(
            Says("Lo escalamos al fabricante.", agent=True, ago=11 * HOUR),
            Sets({"status": ON_VENDOR}, ago=10 * HOUR),
        ),
    ),
)

REST = (
    Story(
        "P10",
        "Fuera del alcance: etiqueta y borrador; nada más se envía",
        "Cambio en el código",
        "Necesitamos un desarrollo a medida: que modifiquen el código fuente del formulario.",
        "ti@quimica-hunter.example",
        End(
            Level.PREFERENTE,
            tags=frozenset({"fuera-de-alcance"}),
            notes=2,
            says=("necesita una propuesta aparte",),
        ),
    ),
    Story(
        "D4",
        "Una persona cambia el nivel: se respeta aunque llegue otro mensaje",
        "Consulta de horario",
        HOURS,
        "recepcion@notaria-cayma.example",
        End(Level.IMPORTANTE, notes=2),
        then=(
            Sets({"priority": 3}, when=leveled(Level.NORMAL)),
            Says("Además, hoy nadie puede ingresar al CRM.", when=leveled(Level.IMPORTANTE)),
        ),
    ),
)

STORIES = (*PORTALS, *WAITS, *OWED, *REST)
