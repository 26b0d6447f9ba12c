"""Which mails do customers of a Peruvian desk send, and which part of each is read?

Lines that must not be read begin with `|`; the sign itself is no part of the mail.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """Hold one mail with its hidden lines marked."""

    marked: str
    subject: str = "Consulta"

    @property
    def body(self) -> str:
        """Return the mail as it was sent."""
        return "\n".join(line.removeprefix("|") for line in self._lines)

    @property
    def read(self) -> list[str]:
        """Return the lines that must be read, blank ones left out."""
        return [line.strip() for line in self._lines if line.strip() and not line.startswith("|")]

    @property
    def _lines(self) -> list[str]:
        return self.marked.strip("\n").split("\n")


HISTORY = {
    "gmail": Mail("""
Sigue sin abrir, por favor revisar.

|El lun, 3 ago 2026 a las 10:12, Mesa de Ayuda (<soporte@desk.example>) escribió:
|> Estimada Ana:
|> Ya pueden ingresar al CRM.
"""),
    "gmail, wrapped attribution": Mail("""
Sigue sin abrir.

|El lun, 3 ago 2026 a las 10:12, Mesa de Ayuda de la Consultora
|(<soporte@desk.example>) escribió:
|
|> Ya pueden ingresar al CRM.
"""),
    "gmail in English": Mail("""
Sigue sin abrir.

|On Mon, Aug 3, 2026 at 10:12 AM Soporte <soporte@desk.example> wrote:
|
|> Ya pueden ingresar al CRM.
"""),
    "gmail, answered below": Mail("""
|El lun, 3 ago 2026 a las 10:12, Soporte escribió:
|> ¿Ya pueden ingresar?

No, seguimos sin acceso desde ayer.
"""),
    "answered between": Mail("""
|> ¿Ya pueden ingresar?
No, todavía nada.
|> ¿Desde cuándo?
Desde ayer a las 8.
"""),
    "outlook": Mail("""
Buenas tardes, el reporte sigue mal.

|De: Mesa de Ayuda <soporte@desk.example>
|Enviado: lunes, 3 de agosto de 2026 10:12
|Para: Ana Paz <ana@cliente.example>
|Asunto: RE: CRM caído
|
|El CRM está caído para todos.
"""),
    "outlook, enviado el": Mail("""
El reporte sigue mal.

|________________________________
|De: Soporte
|Enviado el: lunes, 3 de agosto de 2026 10:12
|Para: Ana
|Asunto: CRM caído
|
|Nadie puede entrar.
"""),
    "outlook in English": Mail("""
El reporte sigue mal.

|From: Support
|Sent: Monday, August 3, 2026 10:12 AM
|To: Ana
|Subject: CRM caído
|
|Nadie puede entrar.
"""),
    "bold headers": Mail("""
El reporte sigue mal.

|*De:* Soporte
|*Fecha:* lunes 3 de agosto
|*Para:* Ana
|
|Nadie puede entrar.
"""),
    "original message": Mail("""
Gracias por la ayuda, quedo pendiente del presupuesto.

|-----Mensaje original-----
|De: Soporte
|Nadie puede entrar.
"""),
    "original message in English": Mail("""
Gracias por la ayuda, quedo pendiente.

|-----Original Message-----
|From: Support
|Nadie puede entrar.
"""),
    "two replies deep": Mail("""
Listo, confirmado.

|El mar, 14 may a las 10:02, Mónica (Soporte) escribió:
|> Ya quedó el acceso.
|>
|> El lun, 13 may a las 17:40, Efraín escribió:
|>> Nadie puede entrar, es urgente.
"""),
    "forward with a request of its own": Mail(
        """
Buen día, nos llegó esto del fabricante y necesitamos que ustedes vean con nosotros
el traslado de la cuenta antes de fin de mes, por favor.

|---------- Forwarded message ---------
|From: Product Updates
|Subject: Your account will be retired
|Dear customer, please upgrade before June 30.
""",
        "FW: Your account will be retired",
    ),
    "forward with hardly a word": Mail(
        """
Su apoyo con esto por favor.

---------- Mensaje reenviado ---------
De: Ana Paz
Asunto: CRM caído
Nadie puede entrar al CRM desde las ocho.
""",
        "RV: CRM caído",
    ),
    "reply with hardly a word": Mail(
        """
Su apoyo por favor.

|De: Soporte
|Enviado: lunes 3
|Nadie puede entrar.
""",
        "RE: CRM caído",
    ),
    "only history": Mail("""
> Nadie puede entrar al CRM.
> Gracias.
"""),
    "de with a colon is not a header": Mail("""
Necesitamos mover contactos.
De: lista Lima
A: lista Cusco
"""),
    "he wrote is not an attribution": Mail("""
El gerente me escribió: no puede entrar al CRM desde ayer.
"""),
}
