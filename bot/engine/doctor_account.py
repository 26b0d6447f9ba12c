"""Does the account suit the bot: agent, plan, statuses, fields, tags, its own SLA and automation rules?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.domain.level import Level
from bot.engine.context import Context
from bot.engine.doctor_rivals import rival_findings, sla_findings
from bot.engine.findings import Finding, bad, good, warn
from bot.freshdesk.api import Agent

PLANS = {50: "trial", 200: "Growth", 400: "Pro", 700: "Enterprise"}
FEWEST_PER_MINUTE = 60
COMPANY_FIELDS = ("factura_vencida", "vencimiento_factura")
_ALL_TICKETS = 1
_TEXT_FIELDS = ("custom_text", "custom_paragraph")
Check = Callable[[Context, str, Agent], Iterator[Finding]]


def agent_findings(ctx: Context, portal: str, me: Agent) -> Iterator[Finding]:
    """Check that the key is that of an agent made for the bot alone, who sees every ticket."""
    if me.scope not in (None, _ALL_TICKETS):
        text = "the agent sees only some tickets; give it the scope Global access in its profile"
        yield bad(portal, text)
    if me.occasional:
        yield warn(portal, "the agent is occasional and stands still without a day pass; make it full time")
    assigned = ctx.freshdesk[portal].count_tickets(f"agent_id:{me.id:d}")
    if assigned:
        text = (
            f"{assigned} tickets are assigned to the agent of the key: it seems to be a person's. "
            "Make an agent for Semáforo alone, or its answers are taken for the bot's"
        )
        yield warn(portal, text)
    else:
        yield good(portal, "the agent works for nobody else")


def plan_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Name the plan by its limit, and say how far that goes."""
    if ctx.budget is None:
        return
    state = ctx.budget.state(portal)
    name = PLANS.get(state.total)
    if name is None:
        return
    text = (
        f"the limit is that of the plan {name}: {state.total} requests a minute, {state.allowed} of them ours"
    )
    if state.allowed < FEWEST_PER_MINUTE:
        yield warn(portal, f"{text}; about {state.allowed // 7} new tickets a minute")
    else:
        yield good(portal, text)


def timer_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Compare where the account's SLA timer runs with what the rules take it to be."""
    policy = ctx.rulebook.policy.portals.of(portal)
    if policy.is_mirror:
        return
    timers = ctx.freshdesk[portal].status_timers()
    refused = sorted(status for status, runs in timers.items() if policy.timer_runs(status) and not runs)
    unused = sorted(status for status, runs in timers.items() if runs and not policy.timer_runs(status))
    if refused:
        mend = "leave it out of reloj_corre in portales.yaml"
        yield bad(portal, f"in status {_listed(refused)} Freshdesk takes no dates; {mend}")
    if unused:
        mend = "put it into reloj_corre in portales.yaml"
        yield warn(portal, f"in status {_listed(unused)} Freshdesk would take dates; {mend}")
    if timers and not refused and not unused:
        yield good(portal, "the SLA timer runs where portales.yaml says")


def company_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Check the two fields of companies that tell of overdue invoices."""
    known = ctx.freshdesk[portal].company_fields()
    missing = [name for name in COMPANY_FIELDS if not known & {name, f"cf_{name}"}]
    if missing:
        text = f"companies have no field {', '.join(missing)}; see docs/freshdesk-setup.md, company fields"
        yield warn(portal, text)
    else:
        yield good(portal, "companies have the fields for overdue invoices")


def mirror_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Check the ticket field that shows the limit where dates are only mirrored."""
    name = ctx.rulebook.policy.portals.of(portal).campo_vencimiento
    if name is None:
        return
    found = next((one for one in ctx.freshdesk[portal].list_ticket_fields() if one.name == name), None)
    if found is None:
        text = f"tickets have no field {name}; add a single-line text field in Admin › Ticket Fields"
        yield bad(portal, text)
    elif found.type not in _TEXT_FIELDS:
        yield bad(portal, f"the ticket field {name} is no text field; the limit needs one of a single line")
    else:
        yield good(portal, f"the ticket field {name} is there")


def tag_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Look for tags of levels on tickets before the bot ever wrote: they count as a person's choice."""
    if any(key.portal == portal for key in ctx.journal.tickets()):
        return
    tags = ctx.rulebook.policy.levels.tags
    counts = {tags[level]: ctx.freshdesk[portal].count_tickets(f"tag:'{tags[level]}'") for level in Level}
    taken = [f"{tag} on {count}" for tag, count in counts.items() if count]
    if taken:
        text = f"tags of the levels are in use already ({', '.join(taken)} tickets)"
        mend = "they count as a person's choice; rename them in niveles.yaml, or take them off"
        yield warn(portal, f"{text}: {mend}")


def drift_findings(ctx: Context, portal: str, _me: Agent) -> Iterator[Finding]:
    """Tell where Freshdesk's own SLA overwrote our dates lately."""
    tickets = ctx.drifts.lately(portal, ctx.now())
    if tickets:
        some = ", ".join(str(key.ticket_id) for key in tickets[:5])
        text = (
            f"Freshdesk's own SLA overwrote the dates of {len(tickets)} tickets in seven days "
            f"(such as {some}); leave one plain SLA policy on, or set «sla: espejo» for the portal"
        )
        yield warn(portal, text)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


ACCOUNT_CHECKS: Mapping[str, Check] = {
    "assigned tickets": agent_findings,
    "the plan": plan_findings,
    "SLA timers of statuses": timer_findings,
    "company fields": company_findings,
    "ticket fields": mirror_findings,
    "tags": tag_findings,
    "overwritten dates": drift_findings,
    "SLA policies": lambda ctx, portal, _me: sla_findings(ctx, portal),
    "automation rules": lambda ctx, portal, _me: rival_findings(ctx, portal),
}
