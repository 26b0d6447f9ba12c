"""How are shares, hours and sizes written for people in Peru?"""

from __future__ import annotations

from bot.web.times import DASH


def percent(share: float | None) -> str:
    """Write a share as «97.4 %», a whole one without decimals; a dash when there is none."""
    if share is None:
        return DASH
    # 99.96 % is not all: nothing is rounded up to «100 %».
    tenths = int(share * 1000 + 1e-9) if share > 0.999 else round(share * 1000)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def number(amount: int) -> str:
    """Write a whole number as «12,345»."""
    return f"{amount:,}"


def hours(amount: float) -> str:
    """Write an amount of hours as «7.5 h», a large one without decimals: «1,234 h»."""
    return f"{amount:,.0f} h" if amount >= 100 else f"{amount:.1f} h"


def megabytes(size: int) -> str:
    """Write a size in bytes as «12.3 MB»."""
    return f"{size / 1_000_000:,.1f} MB"


def counted(amount: int, one: str, many: str) -> str:
    """Write an amount with its noun: «1 ticket», «2,000 tickets»."""
    return f"{number(amount)} {one if amount == 1 else many}"
