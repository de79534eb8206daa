// SPDX-License-Identifier: MIT
// A small client: launches Liaison, or reaches one that runs, and turns commands into promises.
// Needs nothing but Node 22 or later.

import { spawn } from "node:child_process";

/** Launches a Liaison and answers its address once it is ready, and the child process. */
export function launch(command, args = []) {
    const child = spawn(command, [...args, "localhost:0"], { stdio: ["pipe", "pipe", "inherit"] });
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`${command} ended with exit code ${code}`)));
        child.stdout.on("data", (chunk) => {
            const marker = String(chunk).match(/^LIAISON:CONNECTED@(.+)$/);
            if (marker) resolve({ address: marker[1], child });
        });
    });
}

/** A connection to a Liaison. */
export class Liaison {
    #socket;
    #waiting = new Map();
    #lastId = 0;

    /** Connects to "host:port". */
    static connect(address) {
        const liaison = new Liaison();
        liaison.#socket = new WebSocket(`ws://${address}`);
        liaison.#socket.onmessage = (event) => liaison.#receive(JSON.parse(event.data));
        return new Promise((resolve, reject) => {
            liaison.#socket.onopen = () => resolve(liaison);
            liaison.#socket.onerror = () => reject(new Error(`nobody answers at ${address}`));
        });
    }

    /** Sends a command; answers a promise of the response. */
    async request(command, args = [], kwargs = {}) {
        const answer = await this.send({ command: { command, args, kwargs } });
        if ("error" in answer) throw new Error(answer.error.join(""));
        return answer.response;
    }

    /** Sends a whole message, under an id of this client's own; answers a promise of the whole answer. */
    send(message) {
        const id = ++this.#lastId;
        this.#socket.send(JSON.stringify({ ...message, id }));
        return new Promise((resolve) => this.#waiting.set(id, resolve));
    }

    /** Calls a Python function: run("math:hypot", 3, 4). */
    run(target, ...args) {
        return this.request("run", [target, ...args]);
    }

    close() {
        this.#socket.close();
    }

    #receive(message) {
        if (!("response" in message) && !("error" in message)) return;
        this.#waiting.get(message.evt.id)?.(message);
        this.#waiting.delete(message.evt.id);
    }
}
