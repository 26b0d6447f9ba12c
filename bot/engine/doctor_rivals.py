"""Which of the account's own SLA policies and automation rules would work against the bot?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.engine.context import Context
from bot.engine.findings import Finding, good, warn
from bot.freshdesk.account_api import AutomationRule, RuleKind
from bot.policy.model import Policy

# What a rule may set, with what that does.
_FIELDS = {
    "priority": "sets the priority, which counts as a person's choice of level",
    "due_by": "sets due dates, which then count as a person's",
    "fr_due_by": "sets due dates, which then count as a person's",
}
_TAGS = ("add_tag", "remove_tag", "tag_names")
_MAILS = frozenset({"send_email_to_requester"})


def sla_findings(ctx: Context, portal: str) -> Iterator[Finding]:
    """Check how many SLA policies of the account are on, by whose dates count."""
    active = [policy.name for policy in ctx.freshdesk[portal].list_sla_policies() if policy.active]
    mirror = ctx.rulebook.policy.portals.of(portal).is_mirror
    if mirror and not active:
        text = "the account's own dates are to hold (sla: espejo), and none of its SLA policies is on"
        yield warn(portal, f"{text}; switch one on")
    elif not mirror and len(active) > 1:
        text = f"{len(active)} SLA policies are on ({', '.join(active)}) and may reckon dates anew"
        yield warn(portal, f"{text}; leave one plain policy on, or set «sla: espejo» in portales.yaml")
    else:
        owner = "the account" if mirror else "Semáforo"
        yield good(portal, f"due dates belong to {owner}; SLA policies on: {len(active)}")


def rival_findings(ctx: Context, portal: str) -> Iterator[Finding]:
    """Name each rule that sets what the bot sets, or answers new tickets too."""
    policy, count = ctx.rulebook.policy, 0
    for kind in RuleKind:
        for rule in ctx.freshdesk[portal].list_rules(kind):
            for what in _quarrels(rule, policy, portal) if rule.active else ():
                count += 1
                mend = "switch it off, or leave the tickets of Semáforo out"
                yield warn(portal, f"automation rule «{rule.name}» {what}; {mend}")
    if not count:
        yield good(portal, "no automation rule works against Semáforo")


def _quarrels(rule: AutomationRule, policy: Policy, portal: str) -> Iterator[str]:
    mirror = policy.portals.of(portal).is_mirror
    for action in rule.actions:
        name = str(action.get("field_name"))
        if name in _FIELDS and not mirror:
            yield _FIELDS[name]
        elif name in _TAGS and (tags := _own_tags(action, policy)):
            yield f"puts on or takes off the bot's own tags ({', '.join(tags)})"
        elif name in _MAILS and rule.kind is RuleKind.CREATION and policy.replies.activa:
            yield "answers new tickets by mail: the client gets two acknowledgements"


def _own_tags(action: Mapping[str, Any], policy: Policy) -> list[str]:
    value = action.get("value")
    tags = value if isinstance(value, list) else str(value or "").split(",")
    own = {tag.casefold() for tag in policy.state_tags}
    return [tag.strip() for tag in map(str, tags) if tag.strip().casefold() in own]
