// SPDX-License-Identifier: MIT
// Welch's t-test from Node, through SciPy.
//
//     node ttest.mjs                     launches scripts/run, which serves the activated virtual environment
//     node ttest.mjs COMMAND [ARG...]    launches another Liaison, such as: python -m liaison.websocket
//     node ttest.mjs ws://localhost:8001 reaches one that runs

import { fileURLToPath } from "node:url";
import { Liaison, launch } from "./liaison.mjs";

const [first = fileURLToPath(new URL("../../../scripts/run", import.meta.url)), ...rest] = process.argv.slice(2);
const { address, child } = first.startsWith("ws://") ? { address: first.slice(5) } : await launch(first, rest);
const liaison = await Liaison.connect(address);

const a = [0.5982758, 0.67019733, 0.68617796, 0.28764011];
const b = [0.41138649, 1.67023998, 1.0420896, 1.49671732];

try {
    const [statistic, pvalue] = await liaison.request("run", ["scipy.stats:ttest_ind", a, b], { equal_var: false });
    console.log(`Welch's t-test: t = ${statistic}, p = ${pvalue}`);
} catch (error) {
    process.exitCode = 1;
    console.error(String(error.message).trimEnd());
    if (String(error.message).includes("No module named 'scipy'"))
        console.error("Activate a virtual environment that has SciPy: python3 -m venv .venv && .venv/bin/pip install scipy");
} finally {
    liaison.close();
    child?.removeAllListeners("exit");
    child?.kill();
}
