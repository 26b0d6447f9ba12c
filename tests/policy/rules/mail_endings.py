"""How do those mails end: closings, signatures, small print?"""

from __future__ import annotations

from tests.policy.rules.mails import Mail

CLOSINGS = {
    "saludos": Mail("""
Buenas tardes, necesito exportar la lista de clientes de este año.

|Saludos,
|Ana Paz
|Jefa de Ventas
"""),
    "atte.": Mail("""
Estimados, el reporte mensual no cuadra con el Excel de finanzas.
|Atte.
|Milagros Huamaní
|Asistente administrativa
"""),
    "short forms": Mail("""
buenas, no me baja el pdf de las cotizaciones desde ayer
|slds
|Renzo
"""),
    "cordialmente with a company": Mail("""
Solicito la factura del mes de julio a la sucursal de Piura.

|Cordialmente,

|CPC Teófilo Anampa Huarcaya
|Contador General
|Laboratorios Andifarma S.A.
|RUC 20123456789
|Telf. (01) 555-1234 anexo 12
"""),
    "contact lines": Mail("""
Por favor crear un usuario para la nueva supervisora.
|Saludos cordiales
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
|Saludos,
No entra nadie al sistema
Gracias
"""),
    "request after the closing": Mail("""
Buenas tardes, les agradezco la capacitación del viernes pasado.
|Saludos,
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
|Saludos
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
    "one word after a greeting": Mail("""
|Buenos días:

Facturación
"""),
    "one small word at the end": Mail("""
Buenas tardes, por favor les agradecería que me envíen

factura
"""),
    "only a name": Mail("""
Ana Paz
"""),
    "greeting on a line of its own": Mail("""
|Buenos días estimados, espero que se encuentren bien.

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

|Saludos,
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
