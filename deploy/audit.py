"""Is a weakness known of any package in requirements.lock? `make audit`.

pip-audit alone calls it success when the advisory service knew or answered nothing, so its report is read
here. Ends with 0 when every package was looked up and none is affected, 1 when one is, 2 when not all could
be looked up: without a network, for instance. (make ends with 2 in both cases and names the code it got.)
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements.lock"
OPTIONS = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
SECONDS = 300
CLEAN, AFFECTED, UNKNOWN = 0, 1, 2


def main(pip_audit: Sequence[str], lock: Path = LOCK) -> int:
    """Ask pip-audit, print what it found, and return how it came out."""
    try:
        done = subprocess.run(
            [*pip_audit, *OPTIONS, "--requirement", str(lock)],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        print("The advisory service could not be asked: nothing is known.")
        return UNKNOWN
    return _tell(packages)


def _tell(packages: Sequence[dict[str, Any]]) -> int:
    affected = [one for one in packages if one.get("vulns")]
    unasked = [one["name"] for one in packages if "skip_reason" in one]
    for one in affected:
        for weakness in one["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}")
    print(f"{len(packages) - len(unasked)} of {len(packages)} packages looked up, {len(affected)} affected.")
    if unasked:
        print(f"The advisory service said nothing about {len(unasked)}: {', '.join(unasked[:5])} …")
    if affected:
        return AFFECTED
    return UNKNOWN if unasked or not packages else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
