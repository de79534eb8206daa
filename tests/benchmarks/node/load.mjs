// SPDX-License-Identifier: MIT
// The load that a Node frontend makes: the same as liaison-load, through the package ws.
//
//     node load.mjs PORT WINDOW SECONDS < message
import { readFileSync } from "node:fs";
import WebSocket from "ws";

const [port, window, seconds] = process.argv.slice(2).map(Number);
const message = readFileSync(0, "utf8");
const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false, maxPayload: 1 << 30 });
const sent = [];
const times = [];
let start = 0;

function send() {
    sent.push(performance.now());
    socket.send(message);
}

socket.on("open", () => {
    start = performance.now();
    for (let i = 0; i < window; i++) send();
});
socket.on("message", () => {
    const now = performance.now();
    times.push((now - sent[times.length]) * 1000);
    if (now - start < seconds * 1000) send();
    else if (times.length === sent.length) finish(now);
});

function finish(now) {
    const sorted = Float64Array.from(times).sort();
    const rate = times.length / ((now - start) / 1000);
    console.log(JSON.stringify({ count: times.length, rate, median_us: sorted[sorted.length >> 1] }));
    socket.terminate();
}
