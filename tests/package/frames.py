# SPDX-License-Identifier: MIT
"""WebSocket by hand, so that it can be done wrongly: RFC 6455, sections 4, 5 and 8, on a plain socket."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from typing import Any, NamedTuple

from support import PATIENCE, Server

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

MASK = b"\x37\xfa\x21\x3d"

#: The key, and what accepts it, are RFC 6455's own example.
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

HEADERS = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}

#: Two bytes, three, four; a byte order mark; on either side of the surrogates; noncharacters; the last of all.
CHARACTERS = "é€😀\ufeff\ud7ff\ue000\ufffe\uffff\U0010ffff"

#: What is no UTF-8, wherever it stands.
NO_UTF8 = {
    "a continuation byte alone": b"\x80",
    "many continuation bytes": b"\xbf\x80\xbf",
    "two bytes, overlong": b"\xc0\xaf",
    "two bytes, the longest that is overlong": b"\xc1\xbf",
    "three bytes, overlong": b"\xe0\x80\xaf",
    "three bytes, the longest that is overlong": b"\xe0\x9f\xbf",
    "four bytes, overlong": b"\xf0\x80\x80\xaf",
    "four bytes, the longest that is overlong": b"\xf0\x8f\xbf\xbf",
    "the first surrogate": b"\xed\xa0\x80",
    "the last surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "just past the last character": b"\xf4\x90\x80\x80",
    "far past the last character": b"\xf7\xbf\xbf\xbf",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "bytes that never occur": b"\xfe\xff",
    "the first of two, then ASCII": b"\xc3(",
    "two of three, then ASCII": b"\xe2\x82(",
    "three of four, then the next character": b"\xf0\x9f\x98\xc3\xa9",
}

#: What is none at the end of a message.
CUT_OFF = {
    "one of two": b"\xc3",
    "one of three": b"\xe2",
    "two of three": b"\xe2\x82",
    "three of four": b"\xf0\x9f\x98",
}

HYPOT = b'{"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": 7, "echo": "id"}'
ANSWER = {"response": 5.0, "tag": "response", "evt": {"id": 7}}


class Frame(NamedTuple):
    """A frame that the server sent."""

    opcode: int
    payload: bytes


def handshake(line: str = "GET / HTTP/1.1", **changes: str | None) -> bytes:
    """An upgrade request with some headers replaced, added, or left out where None; underscores are hyphens."""
    headers: dict[str, str | None] = {**HEADERS, **{name.replace("_", "-"): text for name, text in changes.items()}}
    lines = [line, *(f"{name}: {text}" for name, text in headers.items() if text is not None)]
    return "\r\n".join([*lines, "", ""]).encode()


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    mask: bytes | None = MASK,
    length: int | None = None,
    bits: int | None = None,
) -> bytes:
    """One frame. `length` is what it claims and `bits` how that is written, 7, 16 or 64; as is right, unless given."""
    length = len(payload) if length is None else length
    bits = bits or (7 if length < 126 else 16 if length < 1 << 16 else 64)
    short = {7: length, 16: 126, 64: 127}[bits]
    extended = b"" if bits == 7 else length.to_bytes(bits // 8, "big")
    header = bytes([final << 7 | reserved << 4 | opcode, (mask is not None) << 7 | short])
    if mask is None:
        return header + extended + payload
    return header + extended + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def fragments(opcode: int, *parts: bytes) -> list[bytes]:
    """The frames of a message that comes in parts."""
    last = len(parts) - 1
    return [frame(CONTINUATION if i else opcode, part, final=i == last) for i, part in enumerate(parts)]


def close_frame(code: int, reason: bytes = b"") -> bytes:
    """A close frame with a code, which may be one that nobody may send."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


def padded(size: int, filling: str = "x") -> bytes:
    """HYPOT with a field that makes it so long, in bytes, and begins at the hundredth."""
    head, tail = HYPOT[:-1] + b', "pad":'.ljust(15) + b'"', b'"}'
    count, blanks = divmod(size - len(head) - len(tail), len(filling.encode()))
    return head + filling.encode() * count + tail + b" " * blanks


def command(name: str, *args: Any) -> bytes:
    """A command as a frame."""
    return frame(TEXT, json.dumps({"command": {"command": name, "args": args}, "echo": "id"}).encode())


class RawClient:
    """A TCP connection to a server, upgraded unless told otherwise."""

    def __init__(self, server: Server | int, *, upgrade: bool = True) -> None:
        port = server if isinstance(server, int) else server.port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if upgrade:
            self.send(handshake())
            self.upgraded()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        """Write the pieces one by one, as far as the server listens."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self.socket.sendall(piece)

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Cut the connection without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def read(self, count: int) -> bytes:
        """So many bytes; EOFError where the connection ends before."""
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                raise EOFError(data)
            data += piece
        return data

    def rest(self) -> bytes:
        """What comes until the connection ends."""
        try:
            return self.read(1 << 30)
        except EOFError as error:
            return bytes(error.args[0])

    def upgraded(self, accepts: bytes | None = ACCEPT) -> bytes:
        """Read the answer to an upgrade request: with None it may be refused, which leaves it empty."""
        answer = b""
        with contextlib.suppress(EOFError):
            while not answer.endswith(b"\r\n\r\n"):
                answer += self.read(1)
        if answer or accepts:
            assert answer.startswith(b"HTTP/1.1 101 ")
            assert (accepts or b"") in answer
        return answer

    def frame(self) -> Frame:
        """The next frame, which must be whole, unmasked, and of the shortest length."""
        first, length = self.read(2)
        assert first & 0xF0 == 0x80, "final, no reserved bits"
        assert length < 128, "a server masks nothing"
        for mark, size, least in ((126, 2, 126), (127, 8, 1 << 16)):
            if length == mark:
                length = int.from_bytes(self.read(size), "big")
                assert length >= least
                break
        return Frame(first & 0x0F, self.read(length))

    def reply(self) -> Any:
        """The next message, which must be a reply."""
        opcode, payload = self.frame()
        assert opcode == TEXT, (opcode, payload)
        return json.loads(payload)

    def result(self, name: str, *args: Any) -> Any:
        """The response to a command, which must succeed."""
        self.send(command(name, *args))
        return self.reply()["response"]

    def check_answer(self, *pieces: bytes) -> None:
        """What is sent ends in HYPOT and is answered."""
        self.send(*pieces)
        assert self.reply() == ANSWER

    def end(self) -> int | None:
        """Read to the end: the code of the close frame, which must be the last; None without one."""
        code = None
        with contextlib.suppress(EOFError):
            while code is None:
                opcode, payload = self.frame()
                if opcode == CLOSE:
                    (code,) = struct.unpack("!H", payload[:2])
                    payload[2:].decode()
        assert self.rest() == b""
        return code
