# SPDX-License-Identifier: MIT
"""The executable, and a module that shares the machine's Qt, beside PySide6 and PyQt6 as they are.

scripts/check-qt names the interpreters: LIAISON_TEST_MACHINE_QT has the distribution's PyQt6, LIAISON_TEST_OTHER_QT the
newest PySide6 and PyQt6, which bring a Qt of their own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from support import FORMS, Client, serving

MACHINE = os.environ.get("LIAISON_TEST_MACHINE_QT", "")
OTHER = os.environ.get("LIAISON_TEST_OTHER_QT", "")

#: What is called there: it shows a widget.
WIDGETS = Path(__file__).parents[1] / "wheels"

#: Importing takes its time where nothing is cached yet.
IMPORT_PATIENCE = 120.0

pytestmark = [
    pytest.mark.skipif(not MACHINE or not OTHER, reason="scripts/check-qt runs these"),
    pytest.mark.timeout(300),
]


def ask(client: Client, *args: Any) -> Any:
    """The reply to running something slow."""
    client.post("run", *args)
    return client.receive(IMPORT_PATIENCE)


@pytest.mark.parametrize("form", FORMS)
def test_the_distributions(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", MACHINE)
    with serving(form, cwd=WIDGETS, QT_QPA_PLATFORM="offscreen") as server, server.client() as client:
        qt = client.ask("info")["response"]["versions"]["qt"]
        shown = ask(client, "widgets:grab", "PyQt6", "#ff0000")["response"]
        assert (shown["color"], shown["version"]) == ("#ff0000", qt)
        assert ask(client, "widgets:loop", "PyQt6", 300)["response"] == ["finished", "read", "thread"]
        assert client.result("run", "math:hypot", 3, 4) == 5
        assert server.stop()[0] == 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("binding", ["PySide6", "PyQt6"])
def test_the_newest(form: str, binding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They work, or the reply says what collides; and Liaison goes on."""
    monkeypatch.setattr(sys, "executable", OTHER)
    with serving(form, cwd=WIDGETS, QT_QPA_PLATFORM="offscreen") as server, server.client() as client:
        for _ in range(2):
            reply = ask(client, "widgets:grab", binding, "#ff0000")
            if "error" in reply:
                print(reply["error"][-1])
                assert reply["error"][-1].startswith(f"ImportError: {binding} brings Qt 6.")
            else:
                assert reply["response"]["color"] == "#ff0000"
            assert client.result("run", "math:hypot", 3, 4) == 5
        code, _, errors, _ = server.stop()
        assert (code, errors) == (0, b"")
