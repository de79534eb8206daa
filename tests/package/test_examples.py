# SPDX-License-Identifier: MIT
"""The examples run, and their answer is SciPy's to the last digit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import EXECUTABLE, NODE, ROOT, environment, serving

EXAMPLES = ROOT / "resources" / "examples"

A = [0.5982758, 0.67019733, 0.68617796, 0.28764011]
B = [0.41138649, 1.67023998, 1.0420896, 1.49671732]

#: Runs the page's script without a browser: a form, its fields, and a WebSocket are all that it uses.
PAGE = """
import { readFileSync } from "node:fs";
const fields = JSON.parse(process.argv[2]);
globalThis.document = { getElementById: (id) => fields[id] };
let submit;
fields.form = { addEventListener: (_, handler) => (submit = handler) };
(0, eval)(readFileSync(process.argv[1], "utf8"));
await submit({ preventDefault() {} });
console.log(fields.answer.textContent);
"""


def expected() -> tuple[float, float]:
    """What SciPy itself answers."""
    from scipy.stats import ttest_ind

    result = ttest_ind(A, B, equal_var=False)
    return float(result.statistic), float(result.pvalue)


def node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Node to its end."""
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment("module")
    )


@pytest.mark.parametrize(
    "command",
    [[str(EXECUTABLE), "--python", sys.executable], [sys.executable, "-m", "liaison.websocket"]],
    ids=["executable", "module"],
)
def test_node_example_launches(command: list[str]) -> None:
    result = node(EXAMPLES / "node" / "ttest.mjs", *command)
    assert result.returncode == 0, result.stderr
    statistic, pvalue = expected()
    assert result.stdout == f"Welch's t-test: t = {statistic!r}, p = {pvalue!r}\n"


def test_node_example_reaches_one_that_runs(form: str) -> None:
    with serving(form) as server:
        result = node(EXAMPLES / "node" / "ttest.mjs", server.url)
        assert result.returncode == 0, result.stderr
        assert repr(expected()[1]) in result.stdout


def test_page(form: str) -> None:
    text = (EXAMPLES / "browser" / "index.html").read_text()
    fields = {
        "address": {"value": "localhost:8001"},
        "a": {"value": ", ".join(map(repr, A))},
        "b": {"value": ", ".join(map(repr, B))},
        "answer": {"textContent": ""},
    }
    for name, field in fields.items():
        assert f'id="{name}"' in text
        assert field.get("value", "") in text
    with serving(form) as server:
        fields["address"]["value"] = f"{server.host}:{server.port}"
        script = EXAMPLES / "browser" / "ttest.js"
        result = node("--input-type=module", "--eval", PAGE, str(script), json.dumps(fields))
    assert result.returncode == 0, result.stderr
    statistic, pvalue = expected()
    assert result.stdout == f"t = {statistic!r}\np = {pvalue!r}\n"
