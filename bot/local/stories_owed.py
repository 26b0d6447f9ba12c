"""Which stories show what the client owes: payments (P7, P8) and approvals (P9)?"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.level import Level
from bot.local.demo_rules import MDA_NOTE
from bot.local.stand_in import SECOND_PORTAL
from bot.local.story import CLOSED, ON_CUSTOMER, OPEN, End, Marks, Says, Sets, Story, tagged

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
DOWN = "Desde las ocho nadie puede ingresar al CRM: la pantalla queda en blanco y el equipo está parado."
BIRTHDAYS = "Deseamos crear un nuevo flujo de automatización que salude a los clientes en su cumpleaños."
LATE_PAYMENT = "Les avisamos con anticipación que no podremos pagar a tiempo la factura que vence este mes."
# Long enough for an answer to come in between, on a busy machine too.
RUNS_OUT_IN = timedelta(seconds=12)
ASKED = 48 * HOUR - RUNS_OUT_IN

_ANSWERED = Says("Ya lo estamos viendo, les cuento en un momento.", agent=True, ago=49 * HOUR)
_ASKED = (_ANSWERED, Sets({"status": ON_CUSTOMER}, tags=("requiere-aprobacion",), ago=ASKED))
_REACHED = frozenset({"detenido"})

BILLING = (
    Story(
        "P7",
        "Factura vencida: una respuesta, sin prometer plazo",
        "Flujo de cumpleaños",
        BIRTHDAYS,
        "ti@textiles-polobaya.example",
        End(
            Level.PREFERENTE,
            tags=frozenset({"servicio-suspendido"}),
            notes=2,
            answer_clock="paused",
            says=("pago pendiente",),
            never=("te responderá",),
        ),
        company="Textiles Polobaya",
        overdue=True,
    ),
    Story(
        "P7",
        "MDA: factura vencida, con la nota del portal",
        "Flujo de cumpleaños",
        BIRTHDAYS,
        "ti@textiles-polobaya.example",
        End(
            Level.PREFERENTE,
            tags=frozenset({"servicio-suspendido"}),
            notes=2,
            answer_clock="paused",
            says=(MDA_NOTE, "pago pendiente"),
        ),
        portal=SECOND_PORTAL,
        company="Textiles Polobaya",
        overdue=True,
    ),
    Story(
        "P7",
        "La factura se paga: fin de la suspensión, las fechas se mueven",
        "Nadie puede ingresar",
        DOWN,
        "ti@molinos-yarabamba.example",
        End(Level.URGENTE, notes=3, answer_due=DAY, says=("Fin de la suspensión",)),
        company="Molinos Yarabamba",
        overdue=True,
        then=(Marks(overdue=False, when=tagged("servicio-suspendido")),),
    ),
    Story(
        "P8",
        "Aviso de pago con más de 48 h: a contabilidad",
        "Pago de la factura",
        LATE_PAYMENT,
        "tesoreria@agro-uchumayo.example",
        End(
            Level.URGENTE,
            tags=frozenset({"aviso-de-pago"}),
            notes=3,
            says=("el aviso llegó con 48 horas o más",),
        ),
        company="Agro Uchumayo",
        invoice_due_in=5,
    ),
    Story(
        "P8",
        "Aviso de pago a última hora: la nota lo dice",
        "Pago de la factura",
        LATE_PAYMENT,
        "tesoreria@agro-tiabaya.example",
        End(
            Level.URGENTE,
            tags=frozenset({"aviso-de-pago"}),
            notes=3,
            says=("el aviso llegó con menos de las 48 horas",),
        ),
        company="Agro Tiabaya",
        invoice_due_in=1,
    ),
)

APPROVALS = (
    Story(
        "P9",
        "Aprobación sin respuesta en 48 h: DETENIDO",
        "Aprobar el cambio",
        DOWN,
        "obra@constructora-chiguata.example",
        End(Level.URGENTE, CLOSED, _REACHED, notes=3, replies=3, clock="met", says=("DETENIDO",)),
        age=50 * HOUR,
        past=_ASKED,
    ),
    Story(
        "P9",
        "El cliente aprueba a las 47:59: no se detiene",
        "Aprobar el formato",
        DOWN,
        "obra@constructora-pocsi.example",
        End(
            Level.URGENTE,
            ON_CUSTOMER,
            frozenset({"requiere-aprobacion"}),
            notes=2,
            replies=2,
            clock="paused",
            never=("DETENIDO</b>",),
        ),
        age=50 * HOUR,
        past=_ASKED,
        then=(Says("Aprobado, adelante."),),
    ),
    Story(
        "P9",
        "Responde cuando ya está DETENIDO: reactivado",
        "Aprobar el reporte",
        DOWN,
        "obra@constructora-quequena.example",
        End(Level.URGENTE, OPEN, frozenset({"reactivado"}), notes=4, replies=3),
        age=50 * HOUR,
        past=_ASKED,
        then=(Says("Disculpen la demora, aprobado.", when=tagged("detenido")),),
    ),
)

OWED = (*BILLING, *APPROVALS)
