"""Can anything at all that is sent to the receiver break it? Ten thousand deliveries and no 5xx."""

from __future__ import annotations

import io
import string
from collections import Counter
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from .conftest import SECRET

CONTRACT = {202, 400, 401, 404, 405, 413}
PATH = "/webhooks/freshdesk/acelera"
IDS = st.one_of(
    st.integers(), st.text(max_size=30), st.none(), st.floats(), st.lists(st.integers(), max_size=3)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["ticket_id", "id", "freshdesk_webhook", "ticket", "triggered_event"])
LATIN = st.text(st.characters(max_codepoint=255, blacklist_categories=["Cc"]), max_size=60)
CONTENT_TYPES = st.one_of(
    st.none(),
    LATIN,
    st.sampled_from(
        [
            "application/json",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/xml; charset=klingon",
            "application/xml",
        ]
    ),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Authorization", "X-Webhook-Secret", "Cookie", "Host", "Content-Encoding", "Content-Length", "Range"]
    )
    | st.text(string.ascii_letters + "-", min_size=1, max_size=20),
    LATIN | LATIN.map("Basic {}".format) | LATIN.map("Bearer {}".format),
    max_size=5,
)
TAILS = st.sampled_from(["", "", "", f"/{SECRET}", "/x", "/%ff"])
Envelope = tuple[str | None, dict[str, str], str, bool]
ENVELOPES = st.tuples(CONTENT_TYPES, HEADERS, TAILS, st.booleans())


def jsonlike(data: object) -> bytes:
    return str(data).replace("'", '"').encode("utf-8", "surrogatepass")


def torn(body: bytes) -> st.SearchStrategy[bytes]:
    return st.integers(0, len(body)).map(lambda end: body[:end])


KINDS = {
    "bytes": st.binary(max_size=400),
    "text": st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    "json": JSON.map(jsonlike),
    "json with known names": st.dictionaries(NAMES, JSON, max_size=4).map(jsonlike),
    "ids of all kinds": IDS.map(lambda value: jsonlike({"freshdesk_webhook": {"ticket_id": value}})),
    "torn": st.dictionaries(NAMES, JSON, max_size=4).map(jsonlike).flatmap(torn),
    "form": st.dictionaries(NAMES, st.text(max_size=20), max_size=3).map(
        lambda d: "&".join(f"{k}={v}" for k, v in d.items()).encode("utf-8", "surrogatepass")
    ),
    "xml": st.text(max_size=60).map(
        lambda text: f"<freshdesk_webhook><ticket_id>{text}</ticket_id>".encode("utf-8", "surrogatepass")
    ),
    "deep": st.tuples(st.sampled_from([b"[", b'{"a":', b"<a>", b"("]), st.integers(1, 20_000)).map(
        lambda pair: pair[0] * pair[1]
    ),
    "digits": st.from_regex(rb'"?ticket_id"?[\s:=]{0,3}"?[0-9]{0,40}"?', fullmatch=True),
}


@pytest.mark.parametrize("bodies", KINDS.values(), ids=KINDS.keys())
def test_whatever_is_sent_is_answered_by_contract(app: Flask, bodies: st.SearchStrategy[bytes]) -> None:
    client, sent = app.test_client(), Counter[int]()

    # Drawing is dearer than sending: every body of an example goes out with each of its headers.
    @settings(max_examples=90, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(bodies, min_size=3, max_size=3), st.lists(ENVELOPES, min_size=4, max_size=4))
    def deliver(drawn: list[bytes], envelopes: list[Envelope]) -> None:
        for body, envelope in product(drawn, envelopes):
            answer = post(client, body, *envelope)
            assert answer.status_code in CONTRACT, answer.text
            assert answer.is_json
            sent[answer.status_code] += 1

    deliver()
    assert sent.total() >= 1000


def post(
    client: FlaskClient,
    body: bytes,
    content_type: str | None,
    headers: dict[str, str],
    tail: str,
    chunked: bool,
) -> TestResponse:
    environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True} if chunked else {}
    return client.post(
        PATH + tail,
        data=None if chunked else body,
        content_type=content_type,
        headers={"X-Webhook-Secret": SECRET} | headers,
        environ_overrides=environ,
    )
