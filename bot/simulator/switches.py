"""Where Freshdesk's behaviour is uncertain or varies by account, which answer does the simulator give?"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Field(default=0.0, ge=0)


class Strict(BaseModel):
    """Frozen settings that refuse an unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Strict):
    """Requests allowed in a window; None is no limit. The defaults are the Enterprise plan's."""

    total: int | None = Field(default=700, ge=1)
    ticket_create: int | None = Field(default=280, ge=1)
    ticket_update: int | None = Field(default=280, ge=1)
    ticket_list: int | None = Field(default=200, ge=1)
    contact_list: int | None = Field(default=200, ge=1)


UNLIMITED = Limits(total=None, ticket_create=None, ticket_update=None, ticket_list=None, contact_list=None)


class Switches(Strict):
    """Every knob that chooses between plausible Freshdesks."""

    # Due dates
    due_requires_both: bool = False
    past_due: Literal["reject", "accept"] = "reject"
    due_while_timer_off: Literal["reject", "accept"] = "reject"
    timer_off_code: Literal["incompatible_field", "invalid_value"] = "incompatible_field"
    fr_due_after_response: Literal["accept", "ignore", "reject"] = "accept"
    manual_due_sticky: bool = True
    resume_shifts_due: Literal["none", "native", "all"] = "native"
    native_sla: bool = True
    sla_fill_seconds: float = Field(default=1.0, ge=0)
    reopen_clears_resolution: bool = True

    # Tickets
    customer_reply_reopens: Literal["resolved_or_closed", "always", "never"] = "resolved_or_closed"
    archived: Literal["redirect", "not_found"] = "not_found"
    multiple_companies: bool = True
    tag_max_length: int = Field(default=32, ge=1)
    tag_order: Literal["kept", "reversed"] = "kept"
    from_email: Literal["address", "number", "null"] = "address"
    null_timestamps: bool = False

    # How late a view shows what was written
    list_lag_seconds: float = Seconds
    search_lag_seconds: float = Seconds
    conversation_lag_seconds: float = Seconds

    # Rate limit
    limits: Limits = Limits()
    rate_window: Literal["minute", "hour"] = "minute"
    rate_window_kind: Literal["fixed", "sliding"] = "fixed"
    rate_total_format: Literal["integer", "decimal"] = "integer"
    rate_retry_after: bool = True
    rate_text_body: bool = False
    webhooks_spend_budget: bool = True

    # Webhooks
    reply_event: Literal["note_type", "reply_sent"] = "note_type"
    webhook_retry_minutes: tuple[float, ...] = (5, 30, 60)
    webhook_retry_scale: float = Field(default=1.0, ge=0)
    webhook_timeout_seconds: float = Field(default=10.0, gt=0)
