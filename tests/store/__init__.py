"""What is kept in Redis: wake-ups, ledger, journal, facts, failures, heartbeats."""
