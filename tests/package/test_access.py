# SPDX-License-Identifier: MIT
"""Who may connect, what clients may ask of the process, and what whoever is turned away is told."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from frames import RawClient, command, frame, handshake
from support import FORMS, PATIENCE, START, Client, Server, command_line, environment, serving

#: What everybody may do.
WELCOME = [
    None,
    "http://localhost:5173",
    "https://127.0.0.1",
    "http://[::1]:3000",
    "file://",
    "tauri://localhost",
    "http://tauri.localhost",
]

#: Who may not.
STRANGERS = [
    "null",
    "https://example.org",
    "http://localhost.example.org",
    "http://127.0.0.1.example.org",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://0e7b4f2b-9f5d-4f0a-8f37-d9c3b8a0a3b1",
    "http://192.168.0.1",
]


def refused(client: Client) -> Any:
    """How often what was turned away."""
    return client.result("info")["refused"]


def wait_for(condition: Any) -> None:
    """Ask until it holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end


def errors_of(server: Server) -> bytes:
    """What came on standard error, once it has ended."""
    return server.stop()[2]


@pytest.fixture(params=FORMS, scope="module")
def quiet(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that must not say anything on standard error, whatever happens."""
    with serving(str(request.param), "localhost:0", "--allow-origin", "https://allowed.example") as server:
        yield server
        assert errors_of(server) == b""


@pytest.mark.parametrize("origin", [*WELCOME, "https://allowed.example"])
def test_pages_of_this_machine_are_welcome(quiet: Server, origin: str | None) -> None:
    with quiet.client(origin=origin) as client:
        assert client.result("run", "math:hypot", 3, 4) == 5


@pytest.mark.parametrize("origin", [*STRANGERS, "https://allowed.example:444", "https://other.example"])
def test_pages_from_elsewhere_are_refused(quiet: Server, origin: str) -> None:
    with quiet.client() as client:
        before = refused(client)["origin"]
        with pytest.raises(InvalidStatus) as refusal:
            quiet.client(origin=origin)
        assert refusal.value.response.status_code == 403
        assert refused(client)["origin"] == before + 1


def test_every_refusal_is_a_line_of_the_log(form: str) -> None:
    with serving(form, "localhost:0", "--verbose") as server:
        for origin in STRANGERS:
            with pytest.raises(InvalidStatus):
                server.client(origin=origin)
        lines = errors_of(server).decode().splitlines()
        for origin in STRANGERS:
            assert len([line for line in lines if f'"{origin}"' in line and "refused" in line]) == 1


class Token:
    """A server that asks for one, by file or by environment."""

    text = "correct-horse+battery~staple"


@pytest.fixture(params=["file", "environment"])
def guarded(request: pytest.FixtureRequest, form: str, tmp_path: Path) -> Iterator[Server]:
    """A server that asks for a token."""
    if request.param == "file":
        path = tmp_path / "token"
        path.write_text(Token.text + "\n")
        with serving(form, "localhost:0", "--token-file", str(path)) as server:
            yield server
    else:
        with serving(form, LIAISON_TOKEN=Token.text) as server:
            yield server


def test_token(guarded: Server) -> None:
    from urllib.parse import quote

    from websockets.typing import Subprotocol

    ways: list[dict[str, Any]] = [
        {"additional_headers": {"Authorization": f"Bearer {Token.text}"}},
        {"subprotocols": [Subprotocol(f"liaison.token.{Token.text}")]},
    ]
    for way in ways:
        with guarded.client(**way) as client:
            assert client.result("run", "math:hypot", 3, 4) == 5
            # Python code does not see it.
            assert client.result("run", "os:environ.get", "LIAISON_TOKEN") is None
            assert client.result("run", "os:getenv", "LIAISON_TOKEN") is None
            shown = client.result("run", "subprocess:check_output", ["sh", "-c", "env; cat /proc/$PPID/environ"])
            assert Token.text not in base64.b64decode(shown).decode(errors="replace")
    with Client(f"{guarded.url}/?token={quote(Token.text, safe='')}") as client:
        assert client.result("ping") == "pong"
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("", {}),
            ("/?token=wrong", {}),
            ("/?token=", {}),
            (f"/?other={quote(Token.text, safe='')}", {}),
            ("", {"additional_headers": {"Authorization": "Bearer wrong"}}),
            ("", {"additional_headers": {"Authorization": Token.text}}),
            ("", {"subprotocols": [Subprotocol("liaison.token.wrong")]}),
            ("", {"subprotocols": [Subprotocol("liaison.token.")]}),
        ]
        for path, options in wrong:
            with connect(guarded.url + path, **options) as stranger:
                with contextlib.suppress(ConnectionClosed):
                    stranger.send('{"command": {"command": "store", "args": ["seen", 1]}}')
                with pytest.raises(ConnectionClosed) as closed:
                    stranger.recv(PATIENCE)
                assert closed.value.rcvd and closed.value.rcvd.code == 1008
        assert refused(client)["token"] == len(wrong)
        assert client.result("exists", "seen") is False
        assert client.result("info")["clients"] == 1
    assert errors_of(guarded) == b""


def refusal_of(form: str, *arguments: str, **variables: str) -> tuple[int, str]:
    """The exit code and the line of a program that does not start."""
    done = subprocess.run(
        [*command_line(form), *arguments],
        env=environment(form, **variables),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    return done.returncode, lines[0]


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_beyond_loopback_only_with_token_and_consent(form: str, address: str) -> None:
    for options, variables in (([], {}), (["--allow-remote"], {}), ([], {"LIAISON_TOKEN": "x"})):
        code, line = refusal_of(form, *options, address, **variables)
        assert code == 2
        assert "--allow-remote" in line and "token" in line
    if address.startswith("[") and not Path("/proc/net/if_inet6").read_text().strip():
        return
    with serving(form, address, "--allow-remote", LIAISON_TOKEN="x") as server:
        host = "127.0.0.1" if address.startswith("0") else "[::1]"
        with Client(f"ws://{host}:{server.port}/?token=x") as client:
            assert client.result("ping") == "pong"


@pytest.mark.parametrize(
    ("options", "part", "code"),
    [
        (["--token-file", "/no/such/file"], "cannot read the token file", 1),
        (["--token-file", "/dev/null"], "must hold a token", 1),
        (["--tls-certificate", "/no/such/file"], "belong together", 2),
        (["--tls-certificate", "/no/such/file", "--tls-key", "/no/such/file"], "cannot read the TLS certificate", 1),
        (["--max-connections", "0"], "--max-connections expects a number", 2),
        (["--max-waiting", "many"], "--max-waiting expects a number", 2),
        (["--max-nesting", "-1"], "--max-nesting expects a number", 2),
        (["--max-unread", "0"], "a size must be a number of bytes", 2),
        (["--handshake-time", "nan"], "--handshake-time expects seconds", 2),
        (["--stall-time", "0"], "--stall-time expects seconds", 2),
    ],
)
def test_what_cannot_be_followed(form: str, options: list[str], part: str, code: int) -> None:
    found, line = refusal_of(form, *options, "localhost:0")
    assert (found, part in line) == (code, True), line


def test_an_empty_token_is_none(form: str) -> None:
    code, line = refusal_of(form, "localhost:0", LIAISON_TOKEN="")
    assert code == 1 and "LIAISON_TOKEN must hold a token" in line


def test_tls(form: str, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        f"openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
        f"-keyout {key} -out {certificate}",
        shell=True,
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(cafile=str(certificate))
    with serving(
        form, "localhost:0", "--tls-certificate", str(certificate), "--tls-key", str(key), LIAISON_TOKEN="x"
    ) as server:
        url = f"wss://localhost:{server.port}/"
        with Client(f"{url}?token=x", ssl=context) as client:
            assert client.result("run", "math:hypot", 3, 4) == 5
            assert len(client.result("run", "operator:mul", "x", 5_000_000)) == 5_000_000
            client.send(frame_text(3_000_000))
            assert len(client.receive()["response"]) == 3_000_000
            with connect(url, ssl=context) as stranger, pytest.raises(ConnectionClosed) as closed:
                stranger.recv(PATIENCE)
            assert closed.value.rcvd and closed.value.rcvd.code == 1008
            # Who speaks plain text there gets nowhere.
            with RawClient(server, upgrade=False) as plain:
                plain.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                plain.rest()
            wait_for(lambda: refused(client)["handshake"] == 1)
        assert errors_of(server) == b""


def frame_text(size: int) -> str:
    """A command that gets a long text back."""
    return json.dumps({"command": {"command": "run", "args": ["helpers:same", "x" * size]}, "id": 1, "echo": "id"})


def test_limits_are_told(form: str) -> None:
    with serving(form, "localhost:0", "--max-unread", "1M", "--stall-time", "2.5") as server, server.client() as client:
        info = client.result("info")
        assert info["limits"] == {
            "messageSize": 256 * 2**20,
            "connections": 256,
            "waiting": 100_000,
            "unread": 2**20,
            "stallTime": 2.5,
            "handshakeTime": 10,
            "nesting": 100_000,
        }
        assert set(info["refused"].values()) == {0}


def test_connections(form: str) -> None:
    with serving(form, "localhost:0", "--max-connections", "2") as server:
        with server.client() as first, server.client() as second:
            with connect(server.url) as third, pytest.raises(ConnectionClosed) as closed:
                third.recv(PATIENCE)
            assert closed.value.rcvd and closed.value.rcvd.code == 1013
            assert second.result("ping") == "pong"
            assert refused(first)["connections"] == 1
        with server.client() as again:
            wait_for(lambda: again.result("info")["clients"] == 1)
        assert errors_of(server) == b""


def test_waiting_commands(form: str) -> None:
    with serving(form, "localhost:0", "--max-waiting", "3") as server:
        with server.client() as client, server.client() as other:
            ids = [client.post("run", "time:sleep", 0.5)]
            ids += [client.post("run", "math:hypot", 3, 4) for _ in range(4)]
            # Another client has a queue of its own.
            assert other.post("run", "math:hypot", 6, 8)
            found = client.replies(*ids)
            assert [("error" in found[name]) for name in ids] == [False, False, False, True, True]
            assert found[ids[3]]["error"][-1].startswith("BlockingIOError: 3 commands of this client, of ")
            assert found[ids[3]]["evt"]["command"]["command"] == "run"
            assert other.receive()["response"] == 10
            assert refused(client)["waiting"] == 2
            # There is room again.
            assert client.result("run", "math:hypot", 3, 4) == 5
        assert errors_of(server) == b""


def test_who_comes_back_finds_what_waits(form: str) -> None:
    """The commands of a client that has left are run, and count until they are."""
    with serving(form, "localhost:0", "--max-waiting", "3") as server, server.client() as other:
        with server.client() as client:
            client.post("run", "time:sleep", 1)
            client.post("store", "left", 1)
        wait_for(lambda: other.result("info")["clients"] == 1)
        with server.client() as again:
            ids = [again.post("run", "math:hypot", 3, 4) for _ in range(3)]
            found = again.replies(*ids)
            assert ["error" in found[name] for name in ids] == [False, True, True]
            assert again.result("get", "left") == 1
            assert refused(again)["waiting"] == 2


def test_a_stream_waits_before_its_client_is_closed(form: str) -> None:
    with serving(form, "localhost:0", "--max-unread", "256K") as server, server.client(max_queue=1) as client:
        client.send({"command": {"command": "run", "args": ["helpers:count_up", 60_000]}, "stream": True, "id": 1})
        for number in range(60_000):
            assert client.receive()["item"] == number
        assert client.receive()["response"] == 60_000


def test_who_comes_makes_room(form: str) -> None:
    """Idle connections keep nobody out."""
    with serving(form, "localhost:0", "--max-connections", "5") as server, contextlib.ExitStack() as idlers:
        for _ in range(30):
            idlers.enter_context(RawClient(server, upgrade=False))
        with server.client() as client:
            assert client.result("ping") == "pong"
            assert refused(client)["connections"] >= 25


@pytest.mark.parametrize("headers", ["Origin: http://localhost\r\nOrigin: https://example.org", "Origin: "])
def test_doubtful_origins(form: str, headers: str) -> None:
    with serving(form) as server, RawClient(server, upgrade=False) as raw, server.client() as client:
        raw.send(handshake().replace(b"Host:", headers.encode() + b"\r\nHost:"))
        assert raw.rest().startswith(b"HTTP/1.1 403 ")
        assert refused(client)["origin"] == 1


@pytest.mark.parametrize("levels", [50, 2000])
def test_nesting(form: str, levels: int) -> None:
    with serving(form, "localhost:0", "--max-nesting", str(levels)) as server, server.client() as client:
        for depth in (levels, levels + 1):
            nested = "[" * (depth - 3) + "]" * (depth - 3)
            client.send(f'{{"command": {{"command": "store", "args": ["deep", {nested}]}}, "id": 7}}')
            text = client.receive_text()
            if depth == levels and levels < 500:
                assert '"response": "deep"' in text
            elif depth > levels:
                assert f"RecursionError: a message may be nested {levels} levels deep, not {depth}" in text
            assert text.endswith('"id": 7}}')
        assert refused(client)["nesting"] == 1
        assert client.result("run", "math:hypot", 3, 4) == 5


def test_bytes_that_nobody_reads(form: str) -> None:
    with serving(form, "localhost:0", "--max-unread", "10M") as server:
        with RawClient(server) as slow, server.client() as other:
            slow.send(*(command("run", "operator:mul", "x", 5_000_000) for _ in range(20)))
            wait_for(lambda: refused(other)["unread"] == 1)
            assert other.result("run", "math:hypot", 3, 4) == 5
            # It may still read what was sent to it, and then why no more is.
            assert slow.end() == 1013
        assert errors_of(server) == b""


def test_a_stream_that_nobody_reads(form: str) -> None:
    with serving(form, "localhost:0", "--stall-time", "1") as server:
        with RawClient(server) as silent, server.client() as other:
            message = {"command": {"command": "run", "args": ["helpers:endless", 100_000]}, "stream": True, "id": 1}
            silent.send(frame(1, json.dumps(message).encode()))
            # Others wait for no longer than that.
            assert other.result("run", "math:hypot", 3, 4) == 5
            assert refused(other)["stalled"] == 1
        assert errors_of(server) == b""


def test_handshakes_that_take_too_long(form: str) -> None:
    with serving(form, "localhost:0", "--handshake-time", "0.3") as server, server.client() as client:
        idlers = [RawClient(server, upgrade=False) for _ in range(20)]
        for number, idler in enumerate(idlers):
            idler.send(b"GET / HTTP/1.1\r\n"[:number])
        for idler in idlers:
            with idler:
                assert idler.rest() == b""
        assert refused(client)["handshake"] == 20
        assert client.result("ping") == "pong"


def test_the_start_marker_does_not_show_the_token(form: str) -> None:
    with serving(form, LIAISON_TOKEN="secret") as server:
        assert server.first_chunk == START + f"localhost:{server.port}".encode()
        assert b"secret" not in Path(f"/proc/{server.process.pid}/environ").read_bytes()
