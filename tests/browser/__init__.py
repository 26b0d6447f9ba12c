"""People's own ways through the ops pages, in a real Chromium; skipped where there is none."""
