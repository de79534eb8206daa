// SPDX-License-Identifier: MIT
// The strongest bridge that a Node developer could pick instead. Reads lines of JSON,
// {"task": "hypot" | "count" | "copy", "window": 64, "seconds": 0.5}, and answers each with the rate and the median
// time in microseconds. The Python that it starts is named by the environment variable PYTHON_BIN.
import { createInterface } from "node:readline";
import { python } from "pythonia";

const doubles = Array.from({ length: 40_000 }, (_, i) => i / 7);
const math = await python("math");
const builtins = await python("builtins");
const tasks = {
    hypot: () => math.hypot(3, 4),
    count: () => builtins.len(doubles),
    copy: async () => (await builtins.list(doubles)).valueOf(),
};

async function measure({ task, window, seconds }) {
    const times = [];
    const start = performance.now();
    const worker = async () => {
        do {
            const sent = performance.now();
            await tasks[task]();
            times.push((performance.now() - sent) * 1000);
        } while (performance.now() - start < seconds * 1000);
    };
    await Promise.all(Array.from({ length: window }, worker));
    const rate = times.length / ((performance.now() - start) / 1000);
    return { rate, median_us: times.sort((a, b) => a - b)[times.length >> 1] };
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await measure(JSON.parse(line))));
python.exit();
