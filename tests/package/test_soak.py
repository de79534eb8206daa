# SPDX-License-Identifier: MIT
"""Twenty clients of mixed manners at once; those who behave get every answer exactly once, and nothing is left behind.

``scripts/soak`` runs it for two minutes and 200,000 commands, or for as long as it is told; here it is short.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from websockets.asyncio.client import connect

from frames import BINARY, TEXT, RawClient, command, frame, handshake
from support import FORMS, PATIENCE, Server, serving

SECONDS = float(os.environ.get("LIAISON_SOAK_SECONDS", "10"))

#: Commands of those who behave, at the least, for each second.
RATE = 200_000 / 120

#: Bytes by which the resident memory may have grown when what clients took has gone back to the system.
GROWTH = 32 << 20


def expected_of(name: str, number: int, dice: random.Random) -> tuple[dict[str, Any], Callable[[Any], bool]]:
    """A command, and what its reply must satisfy."""
    kind = dice.randrange(8)
    if kind == 0:
        return {"command": "get", "args": [f"{name}.x"]}, lambda reply: reply["response"] == name
    if kind == 1:
        return {"command": "run", "args": ["math:sqrt", -1]}, lambda reply: reply["error"][-1].startswith("ValueError")
    if kind == 2:
        text = "é" * dice.choice([1, 100, 5000])
        return {"command": "run", "args": ["helpers:same", text]}, lambda reply: reply["response"] == text
    if kind == 3:
        return {"command": "exists", "args": [f"nothing{number}"]}, lambda reply: reply["response"] is False
    if kind == 4:
        return {"command": "ping"}, lambda reply: reply["response"] == "pong"
    if kind == 5:
        return {"command": "run", "args": ["asyncio:sleep", 0, number]}, lambda reply: reply["response"] == number
    return {"command": "run", "args": ["operator:add", number, 1]}, lambda reply: reply["response"] == number + 1


async def behave(url: str, name: str, end: float, in_flight: int, pause_s: float) -> int:
    """Send commands of all kinds, so many at a time; each must be answered once and rightly. Answers how many."""
    dice = random.Random(name)
    waiting: dict[int, Callable[[Any], bool]] = {}
    number = 0
    async with connect(url, compression=None, max_size=None) as client:
        await client.send(json.dumps({"command": {"command": "store", "args": [name, {"x": name}]}}))
        await client.recv()
        while time.monotonic() < end or waiting:
            while time.monotonic() < end and len(waiting) < in_flight:
                number += 1
                sent, waiting[number] = expected_of(name, number, dice)
                await client.send(json.dumps({"command": sent, "id": number, "echo": "id"}))
            reply = json.loads(await asyncio.wait_for(client.recv(), PATIENCE))
            if not waiting.pop(reply["evt"]["id"])(reply):
                raise AssertionError(f"{name}: {reply}")
            if pause_s:
                await asyncio.sleep(pause_s)
        with contextlib.suppress(asyncio.TimeoutError):
            raise AssertionError(f"{name}: {await asyncio.wait_for(client.recv(), 0.1)!r} answers nothing")
    return number


def vanish(port: int, dice: random.Random) -> None:
    """Leave in the middle of everything."""
    whole = handshake() + command("run", "time:sleep", 0.001) + frame(TEXT, b"x" * 700, length=70_000)
    with RawClient(port, upgrade=dice.random() < 0.7) as client:
        client.send(whole[: dice.randrange(len(whole))] if dice.random() < 0.3 else frame(TEXT, b"x" * 9)[:5])
        if dice.random() < 0.5:
            client.reset()


def read_nothing(port: int, dice: random.Random) -> None:
    """Ask for much and read nothing, until it is closed."""
    large = {"command": {"command": "run", "args": ["operator:mul", "mute", 500_000]}, "echo": "id"}
    with RawClient(port) as client:
        client.send(*[frame(TEXT, json.dumps(large).encode())] * 30)
        time.sleep(dice.random())


def send_garbage(port: int, dice: random.Random) -> None:
    """Send what is no frame, no JSON, no command."""
    with RawClient(port, upgrade=dice.random() < 0.9) as client:
        for _ in range(dice.randrange(1, 20)):
            noise = dice.randbytes(dice.randrange(300))
            kind = dice.randrange(4)
            client.send([noise, frame(TEXT, b"[" * 200), frame(BINARY, noise), frame(TEXT, b'{"command": 5}')][kind])
        if dice.random() < 0.5:
            client.half_close()
            client.rest()


def misbehave(manner: Callable[[int, random.Random], None], port: int, seconds: float, seed: int) -> None:
    """Behave in one manner, again and again, in a process of its own."""
    os.nice(5)
    dice = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, EOFError):
            manner(port, dice)
        time.sleep(0.005)


def descriptors_and_memory(server: Server) -> tuple[int, int]:
    """How many descriptors are open, and the resident bytes."""
    process = Path(f"/proc/{server.process.pid}")
    status = (process / "status").read_text()
    return len(list((process / "fd").iterdir())), int(status.split("VmRSS:")[1].split()[0]) * 1024


async def behave_all(server: Server, seconds: float) -> int:
    """Twelve who behave, fast and slow; answer how many commands were answered."""
    end = time.monotonic() + seconds
    tasks = [asyncio.create_task(behave(server.url, f"fast{i}", end, 32, 0)) for i in range(8)]
    tasks += [asyncio.create_task(behave(server.url, f"slow{i}", end, 4, 0.01)) for i in range(4)]
    while not all(task.done() for task in tasks):
        await asyncio.wait(tasks, timeout=5, return_when=asyncio.FIRST_EXCEPTION)
        count, memory = descriptors_and_memory(server)
        left = max(0.0, end - time.monotonic())
        print(f"{left:6.0f} s left, {count} descriptors, {memory >> 20} MiB", file=sys.stderr)
        if any(task.done() and task.exception() for task in tasks):
            break
    return sum(await asyncio.gather(*tasks))


def run_for(server: Server, seconds: float) -> int:
    """Let all of them loose; answer how many commands of those who behave were answered."""
    manners = [vanish] * 3 + [read_nothing] * 2 + [send_garbage] * 3
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=misbehave, args=(manner, server.port, seconds, i)) for i, manner in enumerate(manners)
    ]
    for other in others:
        other.start()
    try:
        return asyncio.run(behave_all(server, seconds))
    finally:
        for other in others:
            other.join(PATIENCE)
            assert other.exitcode == 0


@pytest.mark.timeout(SECONDS * 2 + 120)
@pytest.mark.parametrize("form", FORMS if SECONDS < 60 else FORMS[:1])
def test_soak(form: str) -> None:
    with serving(form, "localhost:0", "--max-unread", "4M") as server:
        run_for(server, 3)
        with server.client() as client:
            wait_until_alone(client)
            before = descriptors_and_memory(server)
            answered = run_for(server, SECONDS)
            wait_until_alone(client)
            end = time.monotonic() + PATIENCE
            after = descriptors_and_memory(server)
            while after[1] >= before[1] + GROWTH and time.monotonic() < end:
                time.sleep(0.1)
                after = descriptors_and_memory(server)
            assert after[0] == before[0]
            assert after[1] < before[1] + GROWTH, (before, after)
            info = client.result("info")
            assert (info["queued"], info["running"]) == (0, None)
            assert info["refused"]["protocol"] > 0 and info["refused"]["unread"] > 0
        if SECONDS >= 60:
            assert answered >= RATE * SECONDS
        code, _, errors, _ = server.stop()
        assert (code, errors) == (0, b"")


def wait_until_alone(client: Any) -> None:
    """Until all others have left."""
    end = time.monotonic() + PATIENCE
    while client.result("info")["clients"] != 1:
        assert time.monotonic() < end
        time.sleep(0.05)
