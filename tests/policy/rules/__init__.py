"""Tests of the rule language: reading files, reading tickets, matching, examples."""
