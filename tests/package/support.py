# SPDX-License-Identifier: MIT
"""What the tests of the running program share: servers in both forms, and clients."""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator, Sequence

import pytest
from jsonschema import Draft202012Validator
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LIAISON_BUILD_DIR", ROOT / "build" / "release"))
EXECUTABLE = BUILD / "app" / "liaison"
TRAY = BUILD / "app" / "tray" / "liaison-tray"
PACKAGE = BUILD / "python"

#: Node and its package ws, from the npm registry, so that no test depends on the machine's.
NODE_FOLDER = ROOT / "build" / "frontend"
NODE = NODE_FOLDER / "node_modules" / ".bin" / "node"

#: What a message must look like; the clients of all tests hold what is answered with a response against it.
SCHEMA = json.loads((ROOT / "resources" / "command.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)

START = b"LIAISON:CONNECTED@"
STOP = b"LIAISON:DISCONNECTED@"

#: The interpreter of an environment that has Liaison from a wheel, if that is to be tested: see scripts/wheels.
INSTALLED = os.environ.get("LIAISON_TEST_INSTALLED", "")

#: Both forms of the program; most tests run against each. Or that which was installed, alone.
FORMS = ("installed",) if INSTALLED else ("executable", "module")

#: The interpreter that is served.
PYTHON = INSTALLED or sys.executable

#: For tests that ask for one of those two by name.
in_the_build_tree = pytest.mark.skipif(bool(INSTALLED), reason="what was installed is tested")

#: What the module needs to have loaded before it, when it is built with a sanitizer.
PRELOAD = os.environ.get("LIAISON_TEST_PRELOAD", "")

#: Seconds after which a test gives up; no test waits for them when all is well.
PATIENCE = 20.0


def command_line(form: str) -> list[str]:
    """The program in one of its forms, serving the environment that the tests run in."""
    if form == "executable":
        return [str(EXECUTABLE), "--python", sys.executable]
    if form == "installed":
        return [INSTALLED, "-m", "liaison.websocket"]
    return [sys.executable, "-m", "liaison.websocket"]


def environment(form: str, **more: str) -> dict[str, str]:
    """The tests' own environment; only the module needs to be told where the package is, and what it was built for."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    if form == "module":
        variables["PYTHONPATH"] = str(PACKAGE)
        variables["LD_PRELOAD"] = PRELOAD
    return {**variables, **more}


class Server:
    """A running program, seen as a frontend sees it: its pipes, its exit code."""

    def __init__(
        self,
        form: str,
        address: str = "localhost:0",
        *options: str,
        cwd: str | Path | None = None,
        command: Sequence[str | Path] = (),
        **variables: str,
    ) -> None:
        self.process = subprocess.Popen(
            [*(command or command_line(form)), *options, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(form, **variables),
            cwd=cwd or Path(__file__).parent,
            bufsize=0,
        )
        self.first_chunk = self.read_chunk()
        found = re.fullmatch(rb"LIAISON:CONNECTED@(.+):(\d+)\n?", self.first_chunk)
        assert found, (self.first_chunk, self.process.stderr.read() if self.process.stderr else b"")
        self.host = found[1].decode()
        self.port = int(found[2])

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"ws://{self.host}:{self.port}"

    def read_chunk(self, patience: float = PATIENCE) -> bytes:
        """What one read of standard output gives, as a frontend gets it; empty at its end."""
        assert self.process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            assert selector.select(patience), "nothing came on standard output"
        return os.read(self.process.stdout.fileno(), 1 << 16)

    def client(self, **options: Any) -> Client:
        """A new connection."""
        return Client(self.url, **options)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, bytes, bytes, float]:
        """Send a signal and wait: the exit code, the rest of stdout, all of stderr, seconds it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        return (*self.wait(), time.monotonic() - start)

    def wait(self, patience: float = PATIENCE) -> tuple[int, bytes, bytes]:
        """Wait for the end without closing stdin: the exit code, the rest of stdout, all of stderr."""
        assert self.process.stdout and self.process.stderr
        code = self.process.wait(patience)
        return code, self.process.stdout.read(), self.process.stderr.read()

    def close(self) -> None:
        """End it by whatever means."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe
            pipe.close()


@contextlib.contextmanager
def serving(form: str, *arguments: Any, **options: Any) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(form, *arguments, **options)
    try:
        yield server
    finally:
        server.close()


class Client:
    """A connection that sends commands and checks that every answer is strict JSON in a text frame."""

    def __init__(self, url: str, **options: Any) -> None:
        self.open = contextlib.ExitStack()
        self.socket = self.open.enter_context(connect(url, max_size=None, compression=None, **options))
        self.last_id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.open.close()

    def send(self, message: Any) -> None:
        """Send one message: text and bytes as they are, anything else as JSON."""
        self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    def receive(self, patience: float = PATIENCE) -> Any:
        """The next message that comes."""
        message = strict_json(self.receive_text(patience))
        if isinstance(message, dict) and "response" in message and "command" in message["evt"]:
            VALIDATOR.validate(message["evt"])
        return message

    def receive_text(self, patience: float = PATIENCE) -> str:
        """The next message that comes, as text."""
        text = self.socket.recv(patience)
        assert isinstance(text, str), "a reply must be a text frame"
        return text

    def post(self, command: str, *args: Any, **kwargs: Any) -> int:
        """Send a command and answer its id."""
        self.last_id += 1
        self.send({"command": {"command": command, "args": list(args), "kwargs": kwargs}, "id": self.last_id})
        return self.last_id

    def ask(self, command: str, *args: Any, **kwargs: Any) -> Any:
        """Send a command and wait for its reply, which is the next message."""
        sent = self.post(command, *args, **kwargs)
        reply = self.receive()
        assert reply["evt"]["id"] == sent
        return reply

    def replies(self, *ids: Any, patience: float = PATIENCE) -> dict[Any, Any]:
        """The replies to some commands by their ids, in whatever order they come; nothing else may."""
        found: dict[Any, Any] = {}
        while len(found) < len(ids):
            reply = self.receive(patience)
            name = reply["evt"]["id"]
            assert name in ids and name not in found, reply
            found[name] = reply
        return found

    def result(self, command: str, *args: Any, **kwargs: Any) -> Any:
        """The response to a command, which must succeed."""
        reply = self.ask(command, *args, **kwargs)
        assert "response" in reply, reply
        return reply["response"]

    def error(self, command: str, *args: Any, **kwargs: Any) -> str:
        """The last line of the error reply to a command, which must fail."""
        reply = self.ask(command, *args, **kwargs)
        assert "error" in reply, reply
        return str(reply["error"][-1])


def strict_json(text: str) -> Any:
    """Parse JSON as JavaScript does: without NaN and Infinity."""

    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)
