// SPDX-License-Identifier: MIT
// One command on a connection of its own; answers a promise of the response.
function request(address, command) {
    return new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${address}`);
        socket.onopen = () => socket.send(JSON.stringify({ command, id: 1 }));
        socket.onerror = () => reject(new Error(`Nobody answers at ${address}: start Liaison with scripts/run.`));
        socket.onmessage = (event) => {
            const message = JSON.parse(event.data);
            if (message.evt.id !== 1) return;
            if ("error" in message) reject(new Error(message.error.join("")));
            else resolve(message.response);
            socket.close();
        };
    });
}

const field = (id) => document.getElementById(id);
const numbers = (text) => text.split(",").map(Number);

field("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const samples = [numbers(field("a").value), numbers(field("b").value)];
    const command = { command: "run", args: ["scipy.stats:ttest_ind", ...samples], kwargs: { equal_var: false } };
    try {
        const [statistic, pvalue] = await request(field("address").value, command);
        field("answer").textContent = `t = ${statistic}\np = ${pvalue}`;
    } catch (error) {
        field("answer").textContent = error.message;
    }
});
