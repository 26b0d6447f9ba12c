"""What does a status of an account probably wait for, by its label alone?"""

from __future__ import annotations

from bot.policy.folding import fold_text
from bot.policy.statuses import PauseCause

_WORDS: tuple[tuple[PauseCause, tuple[str, ...]], ...] = (
    (PauseCause.THIRD_PARTY, ("third party", "tercero", "vendor", "fabricante", "proveedor", "partner")),
    (PauseCause.BILLING, ("facturacion", "cobranza", "pago", "billing", "payment", "suspendid")),
    (PauseCause.CUSTOMER, ("customer", "cliente", "aprobacion", "approval", "usuario", "respuesta")),
    (PauseCause.INTERNAL, ("interno", "internal", "desarrollo", "development", "otra area")),
)


def guessed_cause(label: str) -> PauseCause | None:
    """Return the cause that a label names, for a person to check; None when it names none."""
    folded = fold_text(label)
    return next((cause for cause, words in _WORDS if any(word in folded for word in words)), None)
