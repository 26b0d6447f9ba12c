"""What does the contract demand of a ticket, all clauses together?"""

from __future__ import annotations

from datetime import datetime

from bot.policy.approval_demands import approval_demands
from bot.policy.billing_demands import billing_demands
from bot.policy.case import WAIT, Case
from bot.policy.demands import Demands, combine
from bot.policy.flag_demands import payment_demands, scope_demands, vendor_demands


def contract_demands(case: Case) -> Demands:
    """Return the demands on a ticket the desk works on; those of an approval come last.

    Its last step, tags and status, may only follow what the client was told.
    """
    return combine(
        (
            billing_demands(case),
            payment_demands(case),
            scope_demands(case),
            vendor_demands(case),
            Demands(moments=_wait(case)),
            approval_demands(case),
        )
    )


def _wait(case: Case) -> dict[str, datetime]:
    wait = case.wait
    return {} if wait is None or wait.end is None else dict(zip(WAIT, (wait.start, wait.end), strict=True))


def demands_after_closing(case: Case) -> Demands:
    """Return the demands on a closed ticket: an answer after a stop, and the memory of suspensions.

    A stop may close the ticket, and not every account reopens it when the client answers.
    """
    billing, approval = billing_demands(case), approval_demands(case)
    return combine(
        (
            Demands(moments=billing.moments),
            Demands(
                once=approval.once,
                finish=approval.finish,
                keys=approval.keys,
                moments=approval.moments,
                reasons=approval.reasons,
            ),
        )
    )
