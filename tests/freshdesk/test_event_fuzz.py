"""Can any bytes at all upset the reading of a delivery, or a customer's words lead it astray?"""

from __future__ import annotations

import contextlib
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.freshdesk.event import Event, UnusableDelivery, parse_delivery

from .test_event import BROKEN, SIMPLE

fuzz = settings(max_examples=200, deadline=None, database=None)

CONTENT_TYPES = (
    st.none() | st.text(max_size=60) | st.sampled_from(["application/json", "text/xml; charset=utf-16"])
)
IDS = st.integers(1, 2**63 - 1)
WORDS = st.text(st.characters(codec="utf-8"), max_size=200) | st.sampled_from(
    [
        '", "ticket_id": 999, "x": "',
        "<ticket_id>999</ticket_id>",
        "ticket_id=999",
        "}}",
        '\\"',
        "%22%7B",
        "&ticket_id=9",
    ]
)
VALID = st.sampled_from(
    [
        SIMPLE.encode(),
        BROKEN.encode(),
        b"freshdesk_webhook%5Bticket_id%5D=4711&triggered_event=%7Bstatus%3A%7Bfrom%3A2%7D%7D",
        b"<x><ticket_id type='integer'><![CDATA[4711]]></ticket_id><triggered_event>{a:b}</triggered_event>",
        SIMPLE.encode("utf-16"),
    ]
)


def read(body: bytes, content_type: str | None) -> None:
    with contextlib.suppress(UnusableDelivery):
        event = parse_delivery(body, content_type)
        assert 0 < event.ticket_id < 2**63
        assert event.kind.isidentifier()


@fuzz
@given(st.binary(max_size=400), CONTENT_TYPES)
def test_any_bytes_give_an_id_or_are_refused(body: bytes, content_type: str | None) -> None:
    read(body, content_type)


@fuzz
@given(VALID, st.data(), CONTENT_TYPES)
def test_any_damage_gives_an_id_or_is_refused(
    body: bytes, data: st.DataObject, content_type: str | None
) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 40)))
        body = body[:start] + data.draw(st.binary(max_size=8)) + body[end:]
    read(body, content_type)


@fuzz
@given(IDS, WORDS, WORDS)
@example(4711, '", "ticket_id": 999, "x": "', "ticket_id: 999")
def test_well_formed_text_never_leads_astray(number: int, subject: str, body: str) -> None:
    webhook = {
        "ticket_subject": subject,
        "ticket_description": body,
        "ticket_id": number,
        "extra": {"ticket_id": 9},
    }
    sent = json.dumps({"freshdesk_webhook": webhook}).encode()
    assert parse_delivery(sent, "application/json") == Event(number, "unknown")


@fuzz
@given(IDS, WORDS, WORDS)
@example(4711, 'dijo "no"\ny colgó', '", "ticket_id": 999, "x": "')
def test_the_documented_template_survives_any_raw_text_after_the_id(
    number: int, subject: str, body: str
) -> None:
    sent = f'{{"v":1,"ticket_id":"{number}","subject":"{subject}","body":{body}}}'.encode()
    assert parse_delivery(sent, "application/json").ticket_id == number
