// SPDX-License-Identifier: MIT
// Sends the messages of saved traffic again, one after another, and tells which answers differ.
//
//     node replay.mjs traffic.jsonl ws://localhost:8001
//
// The file is what the debugging window saves: a line of JSON for each call, with its "message" and "answer".

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Liaison } from "./liaison.mjs";

const [file, url = "ws://localhost:8001"] = process.argv.slice(2);
if (!file) {
    console.error("Usage: node replay.mjs FILE [ws://HOST:PORT]");
    process.exit(2);
}
const calls = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter((call) => call.message?.command);
const liaison = await Liaison.connect(url.slice("ws://".length));

/** What counts of an answer: its response, or the last line of its error. */
const essence = (answer) => ("error" in answer ? answer.error.at(-1) : answer.response);

let same = 0;
for (const { message, answer } of calls) {
    const again = await liaison.send(message);
    if (!answer || isDeepStrictEqual(essence(again), essence(answer))) {
        same += 1;
        continue;
    }
    const texts = [message.command, essence(again), essence(answer)].map((value) => JSON.stringify(value));
    console.log(`${texts[0]} answers ${texts[1]}, and answered ${texts[2]} then`);
}
liaison.close();
const differing = calls.length - same;
console.log(
    `${calls.length} messages were sent again: ${same} answers are the same, ${differing} ${differing === 1 ? "differs" : "differ"}`,
);
process.exitCode = differing ? 1 : 0;
