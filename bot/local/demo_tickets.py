"""Which tickets does the demo open, and in what state must each of them end?

People, companies and numbers are invented. `age` back-dates a ticket so that a target or a limit passes a
few seconds after it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.domain.level import Level

Delivery = Literal["once", "twice", "lost"]
Escalation = Literal["", "objetivo", "limite"]
Dates = Literal["both", "resolution", "none"]

OVERDUE_COMPANY = "Textiles Huayna"
BREACHES_IN = timedelta(seconds=8)
EMAIL, PORTAL, PHONE = 1, 2, 3
OPEN, CLOSED = 2, 5


@dataclass(frozen=True, slots=True)
class Expected:
    """Hold the state a ticket must end in; no level: the bot leaves the ticket alone.

    Freshdesk takes no date that is past or about to pass: such a ticket gets its resolution date only.
    """

    level: Level | None
    tags: frozenset[str] = frozenset()
    replies: int = 1
    escalation: Escalation = ""
    dates: Dates = "both"

    @property
    def note(self) -> bool:
        """Tell whether the ticket must carry a private note."""
        return self.level is not None


@dataclass(frozen=True, slots=True)
class SampleTicket:
    """Hold one ticket as a customer writes it; `html` where it is more than one paragraph of `text`."""

    subject: str
    text: str
    email: str
    expected: Expected
    html: str = ""
    company: str = ""
    source: int = EMAIL
    status: int = OPEN
    age: timedelta = timedelta(0)
    delivery: Delivery = "once"


URGENTE = Expected(Level.URGENTE, frozenset({"sla-urgente"}))
IMPORTANTE = Expected(Level.IMPORTANTE, frozenset({"sla-importante"}))
PREFERENTE = Expected(Level.PREFERENTE, frozenset({"sla-preferente"}))
NORMAL = Expected(Level.NORMAL, frozenset({"sla-normal"}))

QUOTED = """<div>Gracias por la ayuda de la semana pasada. ¿Nos pueden exportar a Excel la lista de clientes
de Arequipa con su vendedor asignado?</div>
<div class="freshdesk_quote"><blockquote>El mar., 10 nov. 2026, Mesa de ayuda escribió:<br>
<blockquote>URGENTE: nadie puede ingresar al CRM, estamos detenidos desde las 7.</blockquote>
Quedó resuelto, ya pueden ingresar.</blockquote></div>"""

STOPPED = (
    SampleTicket(
        "No podemos entrar al CRM",
        "Buenos días. Desde las ocho ninguno de los asesores logra iniciar sesión: la pantalla queda en "
        "blanco y hoy no hemos podido atender a nadie.",
        "marisol@lacteos-ubinas.example",
        URGENTE,
    ),
    SampleTicket(
        "Acceso para una ejecutiva nueva",
        "Hoy empezó Rosa Quispe en cobranzas y todavía no tiene usuario. Por favor, denle acceso al sistema, "
        "sin eso no puede trabajar.",
        "rrhh@cobra-facil.example",
        URGENTE,
        source=PORTAL,
    ),
    SampleTicket(
        "Aviso de suspensión en la plataforma",
        "Al abrir la plataforma nos sale que la cuenta está suspendida por falta de pago y el equipo de "
        "ventas quedó parado. ¿Qué debemos hacer?",
        "gerencia@ferreteria-misti.example",
        URGENTE,
    ),
    SampleTicket(
        "Consulta de la mañana",
        "Hola, espero que estén bien. Les cuento que hoy nadie ha podido ingresar al sistema. "
        "Quedo atenta, un abrazo.",
        "paola@clinica-sillar.example",
        URGENTE,
        delivery="lost",
    ),
    SampleTicket(
        "Usuario bloqueado",
        "Llamó el señor Paz: su usuario quedó bloqueado tras varios intentos y no puede ingresar al CRM.",
        "ipaz@transportes-colca.example",
        Expected(
            Level.URGENTE,
            frozenset({"sla-urgente", "sla-incumplido"}),
            replies=0,
            escalation="limite",
            dates="resolution",
        ),
        source=PHONE,
        age=timedelta(hours=24) - BREACHES_IN,
    ),
    SampleTicket(
        "Migración a la nueva versión",
        "La migración a la nueva versión quedó a medias y desde entonces el módulo de atención no abre "
        "para ningún usuario.",
        "sistemas@seguros-yanahuara.example",
        Expected(Level.URGENTE, frozenset({"sla-urgente", "sla-en-riesgo"}), escalation="objetivo"),
        age=timedelta(hours=18) - BREACHES_IN,
    ),
    SampleTicket(
        "Pago de la factura de noviembre",
        "Les aviso con anticipación que la factura programada para este viernes no la podremos pagar a "
        "tiempo; la cancelaremos el miércoles siguiente.",
        "tesoreria@agro-majes.example",
        Expected(Level.URGENTE, frozenset({"sla-urgente", "aviso-de-pago"})),
    ),
)

AT_RISK = (
    SampleTicket(
        "El flujo de bienvenida dejó de funcionar",
        "El flujo de bienvenida está activo, pero desde ayer no se dispara con los registros nuevos.",
        "marketing@instituto-chachani.example",
        IMPORTANTE,
    ),
    SampleTicket(
        "Error en el envío de la campaña",
        "Mañana a las 9 debe salir la campaña de fin de año y al programar el envío aparece un error.",
        "campanas@hotel-cotahuasi.example",
        IMPORTANTE,
    ),
    SampleTicket(
        "Reporte de ventas con montos errados",
        "El reporte de resultados del mes muestra montos errados: los totales no cuadran.",
        "ventas@minera-cailloma.example",
        Expected(
            Level.IMPORTANTE,
            frozenset({"sla-importante", "sla-incumplido"}),
            replies=0,
            escalation="limite",
            dates="resolution",
        ),
        age=timedelta(hours=48) - BREACHES_IN,
    ),
    SampleTicket(
        "Solicitud de factura",
        "Por favor, envíennos la factura electrónica de octubre; contabilidad la necesita para su cierre.",
        "contabilidad@imprenta-tingo.example",
        IMPORTANTE,
        source=PORTAL,
        delivery="lost",
    ),
    SampleTicket(
        "Error al guardar oportunidades",
        "Cuando guardamos una oportunidad con descuento el módulo muestra un error; lo demás funciona bien.",
        "comercial@vidrios-sachaca.example",
        IMPORTANTE,
        delivery="twice",
    ),
    SampleTicket(
        "Tarjeta nueva para la suscripción",
        "Queremos configurar una nueva tarjeta para el pago de la suscripción mensual.",
        "administracion@opticas-selva.example",
        IMPORTANTE,
    ),
)

DAILY_WORK = (
    SampleTicket(
        "Contactos duplicados",
        "Tenemos muchos contactos duplicados en la base y quisiéramos hacer una limpieza antes de enero.",
        "datos@libreria-vallecito.example",
        PREFERENTE,
    ),
    SampleTicket(
        "Duda sobre roles",
        "¿Cómo se crean los roles de usuario? Quiero aprender a hacerlo yo misma en la consola.",
        "lorena@cafe-acari.example",
        PREFERENTE,
        source=PORTAL,
    ),
    SampleTicket("Re: Caso atendido", "", "jefatura@distribuidora-omate.example", PREFERENTE, html=QUOTED),
    SampleTicket(
        "Nuevo flujo para cumpleaños",
        "Deseamos crear un nuevo flujo de automatización que salude a los clientes en su cumpleaños.",
        "fidelidad@pasteleria-cayma.example",
        PREFERENTE,
    ),
    SampleTicket(
        "Capacitación para el equipo",
        "Quisiéramos programar una capacitación sobre segmentos y filtros para cuatro personas.",
        "formacion@inmobiliaria-lari.example",
        PREFERENTE,
        age=timedelta(hours=3),
    ),
    SampleTicket(
        "Desarrollo a medida",
        "Necesitamos un desarrollo a medida: que modifiquen el código fuente del formulario para conectarlo "
        "con nuestro sistema de almacén. También agregar un campo en la vista de pedidos.",
        "ti@quimica-socabaya.example",
        Expected(Level.PREFERENTE, frozenset({"sla-preferente", "fuera-de-alcance"})),
    ),
    SampleTicket(
        "Plantilla de cotización",
        "Quisiéramos personalizar el formato de la plantilla de cotización con nuestro nuevo pie de página.",
        "disenio@textiles-huayna.example",
        # One reply, that the service is suspended, without a promise; paused clocks have no date to show.
        Expected(
            Level.PREFERENTE,
            frozenset({"sla-preferente", "servicio-suspendido"}),
            dates="none",
        ),
        company=OVERDUE_COMPANY,
    ),
)

THE_REST = (
    SampleTicket(
        "¡¡¡URGENTE!!! Horario de fiestas",
        "Urgente por favor: ¿hasta qué hora atienden el 24 y el 31 de diciembre?",
        "recepcion@notaria-yura.example",
        NORMAL,
    ),
    SampleTicket(
        "Gracias",
        "Solo quería agradecer la paciencia de Lucía. Todo quedó muy bien, saludos a todo el equipo.",
        "ana@joyeria-pampacolca.example",
        NORMAL,
    ),
    SampleTicket(
        "Office hours in December",
        "Good morning, what are your office hours on December 24 and 31? Thank you.",
        "office@northwind-lima.example",
        NORMAL,
    ),
    SampleTicket(
        "Respuesta automática: Fuera de la oficina",
        "Estaré fuera de la oficina hasta el lunes. Para temas urgentes escriban a mi compañera.",
        "victor@bodega-pocsi.example",
        Expected(Level.NORMAL, frozenset({"sla-normal"}), replies=0),
    ),
    SampleTicket(
        "Alta de correo",
        "Ya lo resolvimos por teléfono, pueden cerrar el caso. Gracias.",
        "karina@panaderia-viraco.example",
        Expected(None, replies=0, dates="none"),
        status=CLOSED,
    ),
)

SAMPLES = (*STOPPED, *AT_RISK, *DAILY_WORK, *THE_REST)
