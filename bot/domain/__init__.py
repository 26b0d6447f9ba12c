"""The words of the product: tickets, levels, actions and plans, as plain values.

Lives here: frozen dataclasses and enums that every other room speaks in. May not live here: any rule
of the business, any input or output, any import from another room. Everybody imports it.
"""
