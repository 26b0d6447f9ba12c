"""Which tags does a ticket's state call for?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from bot.policy.section import Section

Tag = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]


class TagsSection(Section):
    """Mirror the section `etiquetas`; the tags of the levels stand in `niveles`."""

    sin_regla: Tag = "sin-regla"
    en_riesgo: Tag = "sla-en-riesgo"
    incumplido: Tag = "sla-incumplido"
    suspendido: Tag = "servicio-suspendido"
    fabricante: Tag = "fabricante"
    banderas: Annotated[dict[str, str], Field(description="Etiqueta de cada bandera")] = Field(
        default_factory=lambda: {"fuera_de_alcance": "fuera-de-alcance", "aviso_de_pago": "aviso-de-pago"}
    )

    @field_validator("banderas")
    @classmethod
    def _short_tags(cls, value: dict[str, str]) -> dict[str, str]:
        for tag in value.values():
            if not 0 < len(tag) <= 32 or "," in tag:
                raise ValueError(f"«{tag}»: Freshdesk admite etiquetas de hasta 32 caracteres y sin comas")
        return value
