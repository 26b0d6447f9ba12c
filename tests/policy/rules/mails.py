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

CLOSINGS = {
    "saludos": Mail("""
Buenas tardes, necesito exportar la lista de clientes de este año.

Saludos,
|Ana Paz
|Jefa de Ventas
"""),
    "atte.": Mail("""
Estimados, el reporte mensual no cuadra con el Excel de finanzas.
Atte.
|Milagros Huamaní
|Asistente administrativa
"""),
    "short forms": Mail("""
buenas, no me baja el pdf de las cotizaciones desde ayer
slds
|Renzo
"""),
    "cordialmente with a company": Mail("""
Solicito la factura del mes de julio a la sucursal de Piura.

Cordialmente,

|CPC Teófilo Anampa Huarcaya
|Contador General
|Laboratorios Andifarma S.A.
|RUC 20123456789
|Telf. (01) 555-1234 anexo 12
"""),
    "contact lines": Mail("""
Por favor crear un usuario para la nueva supervisora.
Saludos cordiales
|Marta Ríos
|Cel. 999 888 777
|www.cliente.example
|marta@cliente.example
|Av. Arequipa 1234, Lima
"""),
    "a name alone": Mail("""
El dashboard de ventas muestra cifras que no son.

|Gustavo Arrese
|Gerente Comercial
"""),
    "name and area": Mail("""
Los correos a ayuda@ ya no generan caso desde el sábado.

|Iván Choque
|Soporte TI – Cusco
"""),
    "only an area": Mail("""
Nuestras oficinas cierran el jueves y retoman el lunes.

|Administración
|Textiles Gamarra Norte S.A.C.
"""),
    "dashes": Mail("""
El formulario duplica los contactos desde el martes.
--
|Luis Vera
|Analista CRM
"""),
    "saludos as a greeting": Mail("""
Saludos,
No entra nadie al sistema
Gracias
"""),
    "request after the closing": Mail("""
Buenas tardes, les agradezco la capacitación del viernes pasado.
Saludos,
|Ana Paz

PD: desde hoy nadie puede entrar al CRM, por favor revisen
"""),
    "request after thanks": Mail("""
Muchas gracias por la ayuda de ayer con los reportes.
Gracias
El CRM sigue caído para todos los de ventas
"""),
    "a question after the closing": Mail("""
Hola, les paso los datos que pidieron ayer en la reunión.
Saludos
¿Cuándo abren el acceso?
"""),
    "shouted last line": Mail("""
BUENOS DIAS NECESITAMOS APOYO DE INMEDIATO POR FAVOR

SISTEMA CAIDO EN TODAS LAS SEDES
"""),
    "shouted after thanks": Mail("""
BUENOS DIAS LES ESCRIBO DE LA SEDE HUACHO.
GRACIAS
NADIE PUEDE ENTRAR
"""),
    "only a name": Mail("""
Ana Paz
"""),
    "greeting stays": Mail("""
Buenos días estimados, espero que se encuentren bien.

¿Cómo se crean roles?
"""),
    "bullets at the end": Mail("""
Pendientes de la semana para conversar en la llamada:

- Acceso de María
- Factura de julio
"""),
}

SMALL_PRINT = {
    "confidentiality": Mail("""
El reporte no cuadra.

|Este mensaje y sus anexos son confidenciales y para uso exclusivo de su destinatario. Si lo
|recibió por error, elimínelo y avise al remitente. Prohibida su distribución.
"""),
    "labelled notice": Mail("""
El reporte no cuadra.

|AVISO DE CONFIDENCIALIDAD: La información contenida en este correo es confidencial. Si usted no es
|el destinatario, queda prohibida su divulgación.
"""),
    "notice after the signature": Mail("""
El reporte mensual no cuadra con el Excel de finanzas.

Saludos,
|Ana Paz
|
|La información contenida en este mensaje es privilegiada y exclusiva del destinatario.
|
|Antes de imprimir este correo piense en el medio ambiente.
"""),
    "notice in English": Mail("""
El reporte no cuadra.

|This e-mail is confidential and intended for the recipient only.
"""),
    "a secret is no notice": Mail("""
Les escribo con carácter confidencial: la cuenta la ven los 30 ejecutivos.
"""),
    "a leak is no notice": Mail("""
Este correo me llegó por error y tiene información confidencial de otro cliente.
"""),
    "iphone": Mail("""
No puedo entrar al CRM.

|Enviado desde mi iPhone
"""),
    "android": Mail("""
No puedo entrar al CRM.
|Enviado desde mi Samsung Galaxy
"""),
    "outlook for a phone": Mail("""
No puedo entrar al CRM.

|Obtener Outlook para Android
"""),
    "phone in English": Mail("""
No puedo entrar al CRM.

|Sent from my iPhone
"""),
    "sent from my phone, in a sentence": Mail("""
Lo que he enviado desde mi celular no llega a nadie y en la oficina tampoco funciona.
"""),
    "antivirus": Mail("""
No puedo entrar al CRM.

|Libre de virus. www.antivirus.example confidencial anexos
"""),
}

MAILS = HISTORY | CLOSINGS | SMALL_PRINT
