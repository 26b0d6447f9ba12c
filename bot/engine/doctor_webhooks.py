"""Will the account tell us of new and changed tickets, and can it reach us?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import requests

from bot.engine.findings import Finding, Fix, bad, good, warn
from bot.engine.webhook_rule import KINDS, NAMES, Receiver, faults, ours, wanted
from bot.freshdesk.account_api import AutomationRule, RuleKind
from bot.freshdesk.api import FreshdeskApi

_PATIENCE = 5.0


def webhook_findings(api: FreshdeskApi, receiver: Receiver) -> Iterator[Finding]:
    """Check the rules that call us; raises the errors of Freshdesk, as for a key without the right."""
    for kind in KINDS:
        yield from _rule_findings(api, kind, api.list_rules(kind), receiver)


def _rule_findings(
    api: FreshdeskApi, kind: RuleKind, rules: tuple[AutomationRule, ...], receiver: Receiver
) -> Iterator[Finding]:
    found = ours(rules, receiver)
    when = "creation" if kind is RuleKind.CREATION else "update"
    if not found:
        fix = _fix(api, kind, None, receiver)
        hint = "semaforo init prints it field by field"
        yield bad(receiver.portal, f"no automation rule on ticket {when} calls {receiver.path}; {hint}", fix)
        return
    (rule, action), *others = found
    wrong = list(faults(rule, action, receiver))
    for fault in wrong:
        text = f"automation rule «{rule.name}» on ticket {when}: {fault}"
        yield bad(receiver.portal, text, _fix(api, kind, rule, receiver))
    if not wrong:
        yield good(receiver.portal, f"automation rule «{rule.name}» tells of ticket {when}")
    for other, _ in others:
        yield warn(receiver.portal, f"rule «{other.name}» calls us on ticket {when} too; one is enough")


def _fix(api: FreshdeskApi, kind: RuleKind, rule: AutomationRule | None, receiver: Receiver) -> Fix | None:
    """Return the change that makes the rule right; None while nobody said how we are reached."""
    if receiver.public_url is None:
        return None
    body = wanted(kind, receiver)
    if rule is None:
        title = f"{receiver.portal}: add the automation rule «{NAMES[kind]}», calling {receiver.url}"
        return Fix(title, partial(api.save_rule, kind, None, body))
    # What the rule does besides stays: other conditions, events and actions are the desk's.
    kept = [each for each in rule.actions if each.get("field_name") != "trigger_webhook"]
    change = {**rule.raw, "active": True, "actions": [*kept, *body["actions"]]}
    if kind is RuleKind.UPDATE:
        change["performer"] = body["performer"]
    title = f"{receiver.portal}: put the webhook of the automation rule «{rule.name}» right"
    return Fix(title, partial(api.save_rule, kind, rule.id, change))


def reach_findings(receiver: Receiver) -> Iterator[Finding]:
    """Call our own address; from inside a network this may fail where Freshdesk gets through."""
    if receiver.public_url is None:
        text = "PUBLIC_URL is not set: whether Freshdesk can reach us cannot be checked; set it in .env"
        yield warn("reach", text)
        return
    try:
        alive = requests.get(f"{receiver.public_url}/healthz", timeout=_PATIENCE, allow_redirects=False)
        door = requests.get(receiver.url, timeout=_PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        text = f"{receiver.public_url} does not answer from here ({type(error).__name__}); is the proxy up?"
        yield bad("reach", text)
        return
    # A GET is refused where webhooks come in: it shows that the route exists, and disturbs nothing.
    if alive.status_code == requests.codes.ok and door.status_code == requests.codes.method_not_allowed:
        yield good("reach", f"{receiver.url} is there")
    else:
        text = (
            f"{receiver.public_url} answers {alive.status_code} to /healthz and {door.status_code} to "
            f"{receiver.path}, where 200 and 405 are ours; the proxy must pass both on unchanged"
        )
        yield bad("reach", text)
