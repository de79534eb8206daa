// SPDX-License-Identifier: MIT
// Does what a real frontend does, in its order and with its habits: asks for the constants synchronously, launches the
// process, compares whole chunks of standard output, gives the socket one second to open, sends its set-up commands
// one after another, and throws on any byte on standard error and on any message without evt.id.
//
//     node real_frontend.mjs FOLDER_OF_WS '["constants", "command"]' '["serve", "command"]' PORT

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const [folder, constantsCommand, serveCommand, port] = process.argv.slice(2);
const { WebSocket } = createRequire(folder + "/")("ws");
const address = `localhost:${port}`;

const [constantsProgram, ...constantsArguments] = JSON.parse(constantsCommand);
const constants = JSON.parse(execFileSync(constantsProgram, constantsArguments, { encoding: "utf8" }));
assert.deepEqual(constants, { START_MARKER: "LIAISON:CONNECTED", STOP_MARKER: "LIAISON:DISCONNECTED" });

const [program, ...programArguments] = JSON.parse(serveCommand);
const python = spawn(program, [...programArguments, address]);
const chunks = [];
python.stdout.on("data", (chunk) => chunks.push(String(chunk)));
python.stderr.on("data", (chunk) => assert.fail(`an error window for: ${chunk}`));

const started = Date.now();
while (!chunks.some((chunk) => chunk === `${constants.START_MARKER}@${address}`)) {
    assert.ok(Date.now() - started < 20_000, `no start marker in ${JSON.stringify(chunks)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
}

const socket = new WebSocket(`ws://${address}`);
await once(socket, "open", { signal: AbortSignal.timeout(1000) });

const waiting = new Map();
const alerts = [];
socket.on("message", (data, isBinary) => {
    assert.equal(isBinary, false);
    const message = JSON.parse(data);
    // The habit that makes "evt" necessary on every message.
    const resolver = waiting.get(message.evt.id);
    if (resolver) {
        waiting.delete(message.evt.id);
        resolver(message);
    } else {
        alerts.push(message);
    }
});

function request(command, args = [], kwargs = {}) {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
        waiting.set(id, (reply) => ("error" in reply ? reject(new Error(reply.error.join(""))) : resolve(reply.response)));
        socket.send(JSON.stringify({ command: { command, args, kwargs }, id }));
    });
}

// Set-up, one after another; the first asks for a package that is not installed.
assert.equal(await request("exists", ["a_package_that_is_not_installed"]), false);
assert.equal(await request("register", ["Base", "helpers:Base"]), "Base");
assert.equal(await request("init", ["colour", "helpers:echo", [0.1, 0.2, 0.3]]), "colour");
assert.equal(await request("init", ["array", "numpy:array", [0.1, 0.2, 0.3]]), "array");
assert.deepEqual(await request("run", ["numpy:ndarray.tolist", "$array"]), [0.1, 0.2, 0.3]);
assert.equal(await request("init", ["device", "Base", { name: "mouse" }]), "device");
assert.deepEqual(await request("get", ["device"]), { value: { name: "mouse" }, pair: [1, 2] });
assert.equal(await request("store", ["settings", { a: 1 }]), "settings");

// What runs is found through references that come back as targets.
const subclasses = await request("run", ["helpers:Base.__subclasses__"]);
assert.deepEqual(subclasses, ["python:///helpers:Sub", "python:///helpers:OtherSub"]);
for (const subclass of subclasses)
    assert.equal(await request("init", ["sub", subclass.slice("python:///".length)]), "sub");

assert.equal(await request("run", ["device.__setattr__", "value", ""]), null);
assert.equal(await request("get", ["device.value"]), "");
assert.deepEqual(await request("try", ["helpers:echo"], { x: 1 }), { success: true, result: ["()", "{'x': 1}"] });
await assert.rejects(request("run", ["helpers:fail_in_python", "why"]), /LookupError: why\n$/);

const large = await request("run", ["helpers:same", "x".repeat(700_000)]);
assert.equal(large.length, 700_000);
const many = await Promise.all(Array.from({ length: 500 }, (_, i) => request("run", ["math:hypot", 3 * i, 4 * i])));
assert.deepEqual(many, Array.from({ length: 500 }, (_, i) => 5 * i));

// Keep-alives of both kinds, while Python is busy.
const busy = request("run", ["time:sleep", 0.5]);
assert.equal(await request("ping"), "pong");
socket.ping();
await once(socket, "pong", { signal: AbortSignal.timeout(1000) });
assert.equal(await busy, null);

// Alerts come without being asked for, with an evt that may be read.
await request("run", ["liaison.send", { tag: "alert", message: "careful" }]);
assert.deepEqual(alerts, [{ tag: "alert", message: "careful", evt: {} }]);

await request("run", ["builtins:print", "hello"]);
const closed = once(socket, "close");
const ended = once(python, "close");
python.kill("SIGTERM");
const [closeCode] = await closed;
const [code] = await ended;
assert.equal(code, 0);
assert.equal(closeCode, 1001);
assert.equal(chunks.at(0), `${constants.START_MARKER}@${address}`);
assert.equal(chunks.at(-1), `${constants.STOP_MARKER}@${address}`);
assert.equal(chunks.slice(1, -1).join(""), "hello\n");
