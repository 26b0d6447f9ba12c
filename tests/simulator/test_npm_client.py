"""Does the npm client `freshdesk-api`, written by others, work against the simulator?

Optional: `npm install freshdesk-api@3.1.0` in any folder, and name it in SEMAFORO_NPM_CLIENT.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .client import Client

CHECK = Path(__file__).parent / "npm" / "check.mjs"
FOLDER = os.environ.get("SEMAFORO_NPM_CLIENT", "")
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.skipif(
    not (Path(FOLDER) / "node_modules" / "freshdesk-api").is_dir() or not FOLDER,
    reason="SEMAFORO_NPM_CLIENT names no folder with node_modules/freshdesk-api",
)
def test_npm_client(desk: Client) -> None:
    command = [str(NODE), str(CHECK), FOLDER, desk.server.url]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") == 11
