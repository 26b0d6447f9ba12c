"""Semáforo: keeps a support desk's four-level response promise on Freshdesk."""
