"""Is the ticket id found in every body a Freshdesk rule may send?"""

from __future__ import annotations

import json

import pytest

from bot.freshdesk.event import Event, UnusableDelivery, parse_delivery

JSON, FORM, XML = "application/json", "application/x-www-form-urlencoded", "application/xml"

SIMPLE = json.dumps(
    {
        "freshdesk_webhook": {
            "ticket_id": 4711,
            "ticket_subject": 'Falla el "checkout", ver {ticket_id: 999}',
            "ticket_description": '<div>"ticket_id": 998</div>\n<div>ticket_id=997</div>',
            "ticket_url": "https://acme.freshdesk.com/a/tickets/4711",
            "ticket_due_by_time": "March 05 2026 at 05:00 PM EST",
            "ticket_tags": "vip, beta",
            "ticket_latest_public_comment": None,
            "triggered_event": "{ticket_action:created}",
        }
    }
)
BROKEN = (
    '{"ticket_id": 4711, "agent": lead@acme.example, "event": {responder_id:{from:,to:150014937111}}, '
    '"body": "He said "no"\nand left"}'
)

FOUND = {
    "simple": (SIMPLE, JSON, "created"),
    "simple without content type": (SIMPLE, None, "created"),
    "simple under a form's type": (SIMPLE, FORM, "created"),
    "simple with byte order mark": ("\ufeff" + SIMPLE, JSON, "created"),
    "advanced, recommended": ('{"v":1,"ticket_id":"4711","event":"{status:{from:2,to:3}}"}', JSON, "status"),
    "id as text with spaces": ('{"ticket_id":" 4711 "}', JSON, "unknown"),
    "id as text with a no-break space": ('{"ticket_id":"\u00a04711\u00a0"}', JSON, "unknown"),
    "leading zeros": ('{"ticket_id":"004711"}', JSON, "unknown"),
    "keys in capitals": ('{"Ticket_ID": 4711}', JSON, "unknown"),
    "camel case": ('{"ticketId": 4711}', JSON, "unknown"),
    "dotted key": ('{"ticket.id": 4711}', JSON, "unknown"),
    "id within ticket": ('{"ticket": {"id": 4711, "requester": {"id": 5}}}', JSON, "unknown"),
    "id within ticket within the root": ('{"freshdesk_webhook":{"ticket":{"id":"4711"}}}', JSON, "unknown"),
    "bare id at the root": ('{"id": 4711, "event": "{ticket_action:update}"}', JSON, "updated"),
    "only the address of the ticket": (
        '{"freshdesk_webhook":{"ticket_url":"https://a.freshdesk.com/a/tickets/4711"}}',
        JSON,
        "unknown",
    ),
    "list at the root": ('[{"ticket_id": 4711}]', JSON, "unknown"),
    "json within json": (json.dumps('{"ticket_id":4711}'), JSON, "unknown"),
    "event as an object": ('{"ticket_id":4711,"event":{"priority":{"from":1,"to":4}}}', JSON, "priority"),
    "raw line breaks beside a ticket's id": ('{"body": "uno\ndos", "ticket": {"id": 4711}}', JSON, "unknown"),
    "raw line breaks in text": ('{"ticket_id": 4711, "body": "uno\ndos\ttres"}', JSON, "unknown"),
    "not a number beside": ('{"ticket_id": 4711, "x": NaN, "y": -Infinity}', JSON, "unknown"),
    "huge number beside": ('{"x": %s, "ticket_id": 4711}' % ("9" * 6000), JSON, "unknown"),
    "outermost wins over an earlier inner one": (
        '{"a": {"ticket_id": 999}, "ticket_id": 4711}',
        JSON,
        "unknown",
    ),
    "unusable outside, usable within": ('{"ticket_id": "", "ticket": {"id": 4711}}', JSON, "unknown"),
    "same id twice": ('{"ticket_id": 4711, "ticket_id": "4711"}', JSON, "unknown"),
    "two ids": ('{"ticket_id": 4711, "ticket_id": 999}', JSON, "ambiguous"),
    "broken: raw placeholders": (BROKEN, JSON, "agent"),
    "broken: cut off": (SIMPLE[:120], JSON, "unknown"),
    "broken: no braces": ('"ticket_id": "4711", "event": "{note_type:public}"', JSON, "note"),
    "broken: trailing comma": ('{"ticket_id": 4711,}', JSON, "unknown"),
    "broken: single quotes": ("{'ticket_id': '4711'}", JSON, "unknown"),
    "broken: id after raw text": ('{"body": "He said "no"", "ticket_id": "4711"}', JSON, "unknown"),
    "broken: id after an odd quote": ('{"body": "a 5" pipe", "ticket_id": 4711}', JSON, "unknown"),
    "broken: text in sound quotes before": (
        '{"s": "ticket_id: 999", "ticket_id": 4711, "x": oops}',
        JSON,
        "unknown",
    ),
    "broken: escaped key in text before": (
        r'{"s": "the \"ticket_id\": 999 thing", "ticket_id": 4711, "x": oops}',
        JSON,
        "unknown",
    ),
    "broken: customer's id after": (
        '{"ticket_id": 4711, "b": "x", "ticket_id": 999, "y": "z"w"}',
        JSON,
        "ambiguous",
    ),
    "broken: deep nesting after": ('{"ticket_id": 4711, "x": ' + "[" * 60_000, JSON, "unknown"),
    "form": ("ticket_id=4711&triggered_event=%7Bpriority%3A%7Bfrom%3A1%2Cto%3A4%7D%7D", FORM, "priority"),
    "form without content type": ("ticket_id=4711", None, "unknown"),
    "form under json's type": ("ticket_id=4711&x=1", JSON, "unknown"),
    "form, nested": ("freshdesk_webhook%5Bticket_id%5D=4711", FORM, "unknown"),
    "form, nested, brackets raw": ("freshdesk_webhook[ticket_id]=4711", FORM, "unknown"),
    "form, ticket's id": ("ticket[id]=4711&ticket[requester][id]=5", FORM, "unknown"),
    "form, text before": ("ticket_subject=ticket_id%3D999&ticket_id=4711", FORM, "unknown"),
    "form holding json": ("payload=" + SIMPLE.replace("%", "%25").replace("&", "%26"), FORM, "created"),
    "percent-encoded json": ("%7B%22ticket_id%22%3A+4711%7D", FORM, "unknown"),
    "percent-encoded json as a form's key": ("%7B%22ticket_id%22%3A+4711%7D=", FORM, "unknown"),
    "multipart": (
        '--b\r\nContent-Disposition: form-data; name="ticket_id"\r\n\r\n4711\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
        "unknown",
    ),
    "xml": (
        "<?xml version='1.0'?><freshdesk_webhook><ticket_id>4711</ticket_id>"
        "<triggered_event>{ticket_action:created}</triggered_event></freshdesk_webhook>",
        XML,
        "created",
    ),
    "xml as Rails writes it": ('<x><ticket-id type="integer"> 4711 </ticket-id></x>', XML, "unknown"),
    "xml, character data": ("<x><ticket_id><![CDATA[4711]]></ticket_id></x>", XML, "unknown"),
    "xml, ticket's id": ("<x><ticket><id>4711</id></ticket></x>", XML, "unknown"),
    "xml, escaped text before": (
        "<x><s>&lt;ticket_id&gt;999</s><ticket_id>4711</ticket_id></x>",
        XML,
        "unknown",
    ),
    "xml with entities": (
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x><s>&b;</s><ticket_id>4711</ticket_id></x>',
        XML,
        "unknown",
    ),
    "largest id": ('{"ticket_id": 9223372036854775807}', JSON, "unknown"),
}


@pytest.mark.parametrize(("body", "content_type", "kind"), FOUND.values(), ids=FOUND.keys())
def test_finds_the_ticket(body: str, content_type: str | None, kind: str) -> None:
    number = 9223372036854775807 if "9223372036854775807" in body else 4711
    assert parse_delivery(body.encode(), content_type) == Event(number, kind)


BYTES = {
    "invalid UTF-8 beside": (b'{"ticket_id": 4711, "s": "\xff\xfe\xc3"}', JSON),
    "latin-1": (
        '{"s": "ñandú", "ticket_id": 4711}'.encode("latin-1"),
        "application/json; charset=ISO-8859-1",
    ),
    "utf-16 with mark": ('{"ticket_id": 4711}'.encode("utf-16"), JSON),
    "utf-16 declared": ('{"ticket_id": 4711}'.encode("utf-16-be"), 'application/json; charset="utf-16-be"'),
    "utf-16 declared, untrue": (b'{"ticket_id": 4711}', "application/json; charset=utf-16"),
    "unknown charset": (b'{"ticket_id": 4711}', "application/json; charset=punycode"),
    "nul bytes at the end": (b'{"ticket_id": 4711}\0\0', JSON),
    "mark and invalid bytes": (b'\xef\xbb\xbf{"ticket_id": 4711, \xff}', JSON),
}


@pytest.mark.parametrize(("body", "content_type"), BYTES.values(), ids=BYTES.keys())
def test_finds_the_ticket_in_any_encoding(body: bytes, content_type: str) -> None:
    assert parse_delivery(body, content_type).ticket_id == 4711


REFUSED = {
    "empty": "",
    "blank": " \n\0",
    "no id": '{"freshdesk_webhook":{"ticket_subject":"x"}}',
    "Freshservice": '{"freshdesk_webhook":{"ticket_id":"INC-123"}}',
    "Freshservice, text names an id": '{"freshdesk_webhook":{"ticket_id":"INC-123","s":"ticket_id: 5"}}',
    "Freshservice, broken": '{"ticket_id": "INC-123", oops',
    "Freshservice, form": "ticket_id=INC-123",
    "Freshservice, xml": "<x><ticket_id>INC-123</ticket_id></x>",
    "negative": '{"ticket_id": -1}',
    "negative text": '{"ticket_id": "-1"}',
    "negative, broken": '{"ticket_id": -1, oops',
    "zero": '{"ticket_id": 0}',
    "one too large": '{"ticket_id": 9223372036854775808}',
    "10^30": '{"ticket_id": 1000000000000000000000000000000}',
    "10^30, broken": '{"ticket_id": 1000000000000000000000000000000, oops',
    "10^30, form": "ticket_id=1000000000000000000000000000000",
    "true": '{"ticket_id": true}',
    "null": '{"ticket_id": null}',
    "fraction": '{"ticket_id": 4711.5}',
    "not a number": '{"ticket_id": NaN}',
    "Arabic digits": '{"ticket_id": "٤٧١١"}',
    "injection": '{"ticket_id": "1;DROP"}',
    "object": '{"ticket_id": {"id": 5}}',
    "list": '{"ticket_id": [5]}',
    "id of something else": '{"requester": {"id": 5}, "agent": {"id": 6}}',
    "another product's word": '{"myticket_id": 5, "ticket_ids": 6}',
    "brackets": "[" * 60_000,
    "braces": '{"a":' * 60_000,
    "html": "<html><body>ticket 5</body></html>",
    "text": "hello ticket 5",
    "null alone": "null",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_what_names_no_ticket(body: str) -> None:
    with pytest.raises(UnusableDelivery) as caught:
        parse_delivery(body.encode(), JSON)
    assert str(caught.value) in {"empty body", "no usable ticket id"}


EVENTS = {
    "{ticket_action:created}": "created",
    "{ticket_action:update}": "updated",
    "{ticket_action:delete}": "deleted",
    "{ticket_action:merged}": "unknown",
    "{note_type:public}": "note",
    "{note_type:private}": "note",
    "{reply_sent:sent}": "reply",
    "{status:{from:4,to:6}}": "status",
    "{status:{from:Open,to:Waiting on Customer}}": "status",
    "{priority:{from:3,to:1}}": "priority",
    "{responder_id:{from:,to:150014937111}}": "agent",
    "{group_id:{from:*,to:--}}": "group",
    "{ticket_type:{from:,to:Incidente}}": "type",
    "{customer_feedback:103}": "feedback",
    "{cf_nuevo:{from:a,to:b}}": "unknown",
    "{}": "unknown",
    "": "unknown",
    "status": "unknown",
    "{{triggered_event}}": "unknown",
    "x" * 5000: "unknown",
}


@pytest.mark.parametrize(("event", "kind"), EVENTS.items(), ids=[text[:30] for text in EVENTS])
def test_names_what_is_said_to_have_happened(event: str, kind: str) -> None:
    body = json.dumps({"freshdesk_webhook": {"ticket_id": 4711, "triggered_event": event}})
    assert parse_delivery(body.encode(), JSON).kind == kind
