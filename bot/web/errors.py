"""What is answered when something goes wrong? Never 500, never a word of what came in."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from bot.telemetry import log
from bot.web.sessions import API, PAGES

RETRY_AFTER_SECONDS = 5
TEXTS = {
    400: "Este formulario ya no vale. Vuelva a la página anterior, actualícela e intente otra vez.",
    403: "No se puede entrar desde aquí.",
    404: "Aquí no hay nada. Revise la dirección, o busque el ticket por su número desde el tablero.",
    405: "Esa dirección no acepta lo que se pidió.",
    413: "Lo enviado es demasiado grande.",
    429: "Hubo varios intentos fallidos. Espere unos segundos y pruebe otra vez.",
    503: "El servicio no puede atender en este momento. Intente de nuevo en unos segundos.",
}


def register_errors(app: Flask) -> None:
    """Answer errors in JSON to machines and in Spanish to people."""
    app.register_error_handler(HTTPException, refuse)
    app.register_error_handler(RedisError, postpone)
    app.register_error_handler(Exception, postpone_unexpected)


def refuse(error: HTTPException) -> ResponseReturnValue:
    """Answer an error that has a status of its own, keeping its headers (Allow, WWW-Authenticate)."""
    response = error.get_response()
    if response.status_code < 400:
        return response
    if response.status_code == 500:  # only when answering an error went wrong itself
        return postpone_unexpected(error)
    if _is_page():
        text = TEXTS.get(response.status_code, "No se pudo atender el pedido.")
        response.set_data(render_template("error.html", code=response.status_code, text=text))
        response.content_type = "text/html; charset=utf-8"
    else:
        response.set_data(json.dumps({"error": f"{error.name}: {error.description}"}))
        response.content_type = "application/json"
    return response


def postpone(error: RedisError) -> ResponseReturnValue:
    """Answer 503: Redis is away, full or too slow, and nothing was stored for certain."""
    log.error("redis unavailable", error=type(error).__name__, endpoint=request.endpoint)
    return refuse(ServiceUnavailable("storage unavailable", retry_after=RETRY_AFTER_SECONDS))


def postpone_unexpected(error: Exception) -> ResponseReturnValue:
    """Answer 503 to a fault of our own and log where it is; its message may hold what came in."""
    original = getattr(error, "original_exception", None) or error
    name, places = type(original).__name__, _places(original)
    log.error("unexpected error", error=name, at=places, endpoint=request.endpoint)
    body = {"error": "Service Unavailable: try again later"}
    return body, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _is_page() -> bool:
    return request.path.startswith(PAGES) and not request.path.startswith(API)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
