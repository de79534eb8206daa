# SPDX-License-Identifier: MIT
"""A frontend in Node that behaves as real ones do."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

from support import EXECUTABLE, NODE, NODE_FOLDER, command_line, environment

SCRIPT = Path(__file__).parents[1] / "frontend" / "real_frontend.mjs"


def test_real_frontend(form: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    constants = (
        [str(EXECUTABLE), "--constants"] if form == "executable" else [sys.executable, "-m", "liaison.constants"]
    )
    result = subprocess.run(
        [NODE, SCRIPT, NODE_FOLDER, json.dumps(constants), json.dumps(command_line(form)), str(port)],
        cwd=Path(__file__).parent,
        env=environment(form),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
