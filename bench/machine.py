"""On what machine were the figures taken?"""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psutil

from bot.local.store_binary import find_server


def machine_facts() -> dict[str, Any]:
    """Return what a reader needs to compare figures; no name of the machine, no path."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "store": _store(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _store() -> str:
    said = subprocess.run([find_server(), "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split()[:3])
