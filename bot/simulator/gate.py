"""May a request enter, and which headers does its answer carry? Headers, key, budget, refusals."""

from __future__ import annotations

import uuid

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import http_date

from bot.simulator.endpoints import cost_of, endpoint_of
from bot.simulator.errors import UNAUTHORIZED, ApiError
from bot.simulator.exchange import answer, here
from bot.simulator.rate_limit import Verdict

API = "/api/v2"


def install(app: Flask) -> None:
    """Put the gate in front of every endpoint of an app."""
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(ApiError, _refusal)
    app.register_error_handler(HTTPException, _http_refusal)


def _enter() -> None:
    if not request.path.startswith(API):
        return
    _check_headers()
    state = here()
    credentials = request.authorization
    key = (credentials.username or "") if credentials and credentials.type == "basic" else ""
    agent = state.agents.get(state.seed.api_keys.get(key, 0))
    if agent is None:
        raise ApiError(401, UNAUTHORIZED)
    g.agent = agent
    request.environ["simulator.agent_id"] = agent.id
    _spend()
    if request.method in ("GET", "DELETE") and request.content_length:
        raise ApiError(400, {"code": "no_content_required", "message": "Request body must be empty"})


def _check_headers() -> None:
    accepts = request.accept_mimetypes
    if accepts and not accepts["application/json"]:
        raise ApiError(406)
    readable = request.mimetype in ("application/json", "multipart/form-data")
    if request.content_length and request.method in ("POST", "PUT") and not readable:
        message = f"Content-Type header is set to {request.mimetype}. It should be set to application/json"
        raise ApiError(415, {"message": message})


def _spend() -> None:
    state, endpoint = here(), endpoint_of(request.method, request.path.removeprefix(API))
    g.cost = cost_of(endpoint, request.args.get("include", ""))
    verdict = g.verdict = state.spend(endpoint, g.cost)
    if verdict.retry_after is None:
        return
    headers = {"Retry-After": str(verdict.retry_after)} if state.switches.rate_retry_after else {}
    raise ApiError(429, {"message": "Rate limit exceeded for this account"}, headers)


def _refusal(error: ApiError) -> Response:
    if error.status == 429 and here().switches.rate_text_body:
        return Response(
            "You have exceeded the limit of requests per minute", 429, error.headers, mimetype="text/plain"
        )
    if error.body is None:
        return Response("", error.status, error.headers, mimetype="text/html")
    return answer(error.body, error.status, error.headers)


def _http_refusal(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        methods = ", ".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        message = f"{request.method} method is not allowed. Allowed: {methods}"
        return answer({"message": message}, 405, {"Allow": methods})
    return Response("", error.code or 500, mimetype="text/html")


def _leave(response: Response) -> Response:
    response.headers["Date"] = http_date(here().now())
    if not request.path.startswith(API):
        return response
    response.headers["X-Request-Id"] = str(uuid.uuid4())
    response.headers["X-Freshdesk-API-Version"] = "current=v2; requested=v2"
    verdict: Verdict | None = g.get("verdict")
    if verdict is not None and verdict.total is not None:
        decimal = ".0" if here().switches.rate_total_format == "decimal" else ""
        response.headers["X-RateLimit-Total"] = f"{verdict.total}{decimal}"
        response.headers["X-RateLimit-Remaining"] = str(verdict.remaining)
        response.headers["X-RateLimit-Used-CurrentRequest"] = str(g.cost)
    return response
