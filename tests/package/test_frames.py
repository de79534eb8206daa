# SPDX-License-Identifier: MIT
"""What clients may do to the WebSocket protocol, right or wrong: it must harm nobody but themselves.

The cases are those of the Autobahn test suite, and the HTTP request before. Where Qt, which does the handshake, takes
what RFC 6455 tells it to refuse, or the other way round, a comment says so.
"""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Iterator

import pytest

from frames import (
    ANSWER,
    BINARY,
    CHARACTERS,
    CLOSE,
    CONTINUATION,
    CUT_OFF,
    HYPOT,
    NO_UTF8,
    PING,
    PONG,
    TEXT,
    RawClient,
    close_frame,
    command,
    fragments,
    frame,
    handshake,
    padded,
)
from support import FORMS, PATIENCE, STOP, Server, serving

#: What the servers here are told. A frame as long as that needs 64 bits to say so.
LIMIT = 1 << 16

#: Close codes.
WRONG, NO_TEXT, TOO_BIG = 1002, 1007, 1009


@pytest.fixture(params=FORMS, scope="module")
def form(request: pytest.FixtureRequest) -> str:
    """Each form of the program, with all tests, in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def server(form: str) -> Iterator[Server]:
    """The server of all tests."""
    with serving(form, "localhost:0", "--max-message-size", str(LIMIT)) as running:
        assert running.process.stderr
        os.set_blocking(running.process.stderr.fileno(), False)
        yield running


@pytest.fixture(scope="module")
def bystander(server: Server) -> Iterator[RawClient]:
    """A connection that behaves well, from the first test to the last."""
    with RawClient(server) as client:
        yield client


@pytest.fixture(autouse=True)
def unharmed(server: Server, bystander: RawClient) -> Iterator[None]:
    """After each test."""
    yield
    check_unharmed(server, bystander)
    deadline = time.monotonic() + PATIENCE
    while bystander.result("info")["clients"] != 1:
        assert time.monotonic() < deadline, "one that left still counts"


@pytest.fixture
def raw(server: Server) -> Iterator[RawClient]:
    """A connection that may do anything."""
    with RawClient(server) as client:
        yield client


def check_unharmed(server: Server, bystander: RawClient) -> None:
    """The bystander is served and nothing was written to standard error."""
    assert bystander.result("ping") == "pong"
    assert bystander.result("run", "math:hypot", 3, 4) == 5.0
    assert server.process.poll() is None
    assert server.process.stderr
    assert not server.process.stderr.read()


def check_end(server: Server, bystander: RawClient, code: int, *pieces: bytes) -> None:
    """What is sent on a connection of its own ends that connection with the code, and harms no other."""
    with RawClient(server) as client:
        client.send(*pieces)
        assert client.end() == code
    check_unharmed(server, bystander)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([handshake()], id="in one piece"),
        pytest.param([bytes([byte]) for byte in handshake()], id="byte by byte"),
        pytest.param([handshake(Connection="keep-alive, Upgrade")], id="as Firefox asks"),
        pytest.param([handshake(Upgrade="WebSocket", Connection="upgrade")], id="in other cases"),
        pytest.param([handshake("GET /any/path?x=1 HTTP/1.1")], id="for another path"),
        pytest.param(
            [handshake(Sec_WebSocket_Extensions="permessage-deflate")], id="with an extension, which is not had"
        ),
        pytest.param([handshake().replace(b"Sec-WebSocket", b"SEC-websocket")], id="with names in other cases"),
    ],
)
def test_requests(server: Server, pieces: list[bytes]) -> None:
    with RawClient(server, upgrade=False) as client:
        client.send(*pieces)
        assert b"extensions" not in client.upgraded().lower()
        client.check_answer(frame(TEXT, HYPOT))


def test_request_and_frame_in_one_segment(server: Server) -> None:
    """A client ought to wait for the answer (RFC 6455, section 4.1); of one that does not, nothing is lost."""
    cut = frame(TEXT, HYPOT)
    with RawClient(server, upgrade=False) as client:
        client.send(handshake() + frame(TEXT, HYPOT) + cut[:10])
        client.upgraded()
        assert client.reply() == ANSWER
        client.check_answer(cut[10:])


def test_frames_before_the_answer(server: Server) -> None:
    """Wherever the segments end, and also where there are more than a request may be long."""
    sent = handshake() + frame(TEXT, HYPOT)
    for split in range(len(handshake()) - 4, len(handshake()) + 4):
        with RawClient(server, upgrade=False) as client:
            client.send(sent[:split], sent[split:])
            client.upgraded()
            assert client.reply() == ANSWER
    count = 1000
    with RawClient(server, upgrade=False) as client:
        client.send(handshake() + frame(TEXT, HYPOT) * count)
        client.upgraded()
        for _ in range(count):
            assert client.reply() == ANSWER


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="plain GET"),
        pytest.param(handshake("POST / HTTP/1.1"), id="POST"),
        pytest.param(handshake("GET / HTTP/1.0"), id="HTTP 1.0"),
        pytest.param(handshake("nonsense"), id="no request line"),
        pytest.param(b"\r\n\r\n", id="blank lines"),
        pytest.param(handshake(Host=None), id="no host"),
        pytest.param(handshake(Upgrade=None), id="no upgrade"),
        pytest.param(handshake(Upgrade="h2c"), id="upgrade to something else"),
        pytest.param(handshake(Connection=None), id="no connection"),
        pytest.param(handshake(Connection="close"), id="connection without upgrade"),
        pytest.param(handshake(Sec_WebSocket_Key=None), id="no key"),
        pytest.param(handshake(Sec_WebSocket_Key=""), id="empty key"),
        pytest.param(handshake(Sec_WebSocket_Version=None), id="no version"),
        pytest.param(handshake(Sec_WebSocket_Version="thirteen"), id="version that is no number"),
        pytest.param(handshake().replace(b"Host:", b"Host"), id="header without a colon"),
        pytest.param(handshake(X="x" * 9000), id="header too long"),
        pytest.param(handshake(**{f"X{i}": "x" for i in range(101)}), id="too many headers"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 200_000, id="endless headers"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 1_200_000, id="endless header"),
        pytest.param(bytes(range(256)) * 10 + b"\r\n\r\n", id="garbage"),
    ],
)
def test_requests_that_are_refused(server: Server, sent: bytes) -> None:
    """Qt closes the connection without a word, where RFC 6455 would have it say 400. Nobody upgrades on that."""
    with RawClient(server, upgrade=False) as client:
        client.send(sent)
        assert client.rest() == b""


@pytest.mark.parametrize("version", ["0", "8", "12", "14", "255"])
def test_other_versions_are_told_which_is_had(server: Server, version: str) -> None:
    with RawClient(server, upgrade=False) as client:
        client.send(handshake(Sec_WebSocket_Version=version))
        answer = client.rest()
        assert answer.startswith(b"HTTP/1.1 4")
        assert b"\r\nSec-WebSocket-Version: 13\r\n" in answer


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(handshake(Sec_WebSocket_Key="%%%"), id="a key that is not base64"),
        pytest.param(handshake(Sec_WebSocket_Key="dGhlIHNh"), id="a short key"),
        pytest.param(handshake("GET / HTTP/2.0"), id="HTTP 2.0"),
        pytest.param(handshake(X="a\0b"), id="a null character"),
        pytest.param(handshake(X="a\r\n b"), id="a folded header"),
        pytest.param(handshake().replace(b": ", b":"), id="no blanks after colons"),
    ],
)
def test_requests_that_are_taken_or_refused(server: Server, sent: bytes) -> None:
    """Qt takes them; of a key it asks only that there is one. The key guards clients, and those who send it know."""
    with RawClient(server, upgrade=False) as client:
        client.send(sent)
        if client.upgraded(accepts=None):
            client.check_answer(frame(TEXT, HYPOT))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(handshake()[:-2], id="all but the last line"),
        pytest.param(handshake().replace(b"\r\n", b"\n"), id="lines without carriage return"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), id="TLS"),
    ],
)
def test_requests_that_are_never_complete(server: Server, bystander: RawClient, sent: bytes) -> None:
    """Qt cuts them off after ten seconds, for which no test waits."""
    with RawClient(server, upgrade=False) as waiting, RawClient(server, upgrade=False) as half_closed:
        waiting.send(sent)
        half_closed.send(sent)
        half_closed.half_close()
        assert half_closed.rest() == b""
        check_unharmed(server, bystander)
        waiting.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.socket.recv(1)


def test_second_request_is_no_frame(server: Server, bystander: RawClient) -> None:
    check_end(server, bystander, WRONG, handshake())


@pytest.mark.parametrize("sent", [b"", handshake()[:99], handshake(), handshake() + frame(TEXT, HYPOT)])
def test_those_who_leave_at_the_door(server: Server, sent: bytes) -> None:
    for _ in range(10):
        with RawClient(server, upgrade=False) as client:
            client.send(sent)
            client.reset()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", [len(HYPOT), 125, 126, 127, 65535, LIMIT])
def test_lengths(raw: RawClient, opcode: int, size: int) -> None:
    text = padded(size) if size > len(HYPOT) else HYPOT
    assert len(text) == size
    raw.check_answer(frame(opcode, text))
    raw.check_answer(*fragments(opcode, text[: size // 2], text[size // 2 :]))
    raw.check_answer(*fragments(opcode, text[:-1], text[-1:]))


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("filling", ["x", "é", "€", "😀"])
def test_limit(server: Server, bystander: RawClient, opcode: int, filling: str) -> None:
    text, longer = padded(LIMIT, filling), padded(LIMIT + 1, filling)
    assert (len(text), len(longer)) == (LIMIT, LIMIT + 1)
    with RawClient(server) as client:
        client.check_answer(frame(opcode, text))
        client.check_answer(*fragments(opcode, text[:99], text[99:]))
    check_end(server, bystander, TOO_BIG, frame(opcode, longer), frame(opcode, HYPOT))
    for parts in ([longer[:99], longer[99:]], [longer[:-1], longer[-1:]], [longer[:-1], b"", b"", longer[-1:]]):
        check_end(server, bystander, TOO_BIG, *fragments(opcode, *parts), frame(opcode, HYPOT))


@pytest.mark.parametrize(
    ("length", "code"),
    [
        *[(length, TOO_BIG) for length in (LIMIT + 1, (1 << 31) - 1, 1 << 31, 1 << 32, (1 << 63) - 1)],
        *[(length, WRONG) for length in (1 << 63, (1 << 64) - 1)],
    ],
)
def test_lengths_that_are_only_claimed(server: Server, bystander: RawClient, length: int, code: int) -> None:
    check_end(server, bystander, code, frame(TEXT, b"x", length=length))


@pytest.mark.parametrize(("size", "bits"), [(125, 16), (125, 64), (126, 64), (65535, 64)])
def test_lengths_that_could_be_shorter(server: Server, bystander: RawClient, size: int, bits: int) -> None:
    check_end(server, bystander, WRONG, frame(TEXT, padded(size), bits=bits))
    check_end(server, bystander, WRONG, frame(TEXT, bits=bits))


@pytest.mark.parametrize("reserved", range(1, 8))
def test_reserved_bits(server: Server, bystander: RawClient, reserved: int) -> None:
    for opcode in (TEXT, BINARY, CLOSE, PING, PONG):
        check_end(server, bystander, WRONG, frame(opcode, reserved=reserved), frame(TEXT, HYPOT))
    start, _ = fragments(TEXT, HYPOT, b"")
    check_end(server, bystander, WRONG, start, frame(CONTINUATION, reserved=reserved))


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_reserved_opcodes(server: Server, bystander: RawClient, opcode: int) -> None:
    check_end(server, bystander, WRONG, frame(opcode, HYPOT), frame(TEXT, HYPOT))
    check_end(server, bystander, WRONG, frame(TEXT, HYPOT[:9], final=False), frame(opcode, HYPOT[9:]))


def test_frames_without_a_mask(server: Server, bystander: RawClient) -> None:
    for opcode in (TEXT, BINARY, CLOSE, PING, PONG):
        check_end(server, bystander, WRONG, frame(opcode, mask=None), frame(TEXT, HYPOT))


@pytest.mark.parametrize("mask", [bytes(4), b"\xff\xff\xff\xff", b"\0\0\0\1"])
def test_masks(raw: RawClient, mask: bytes | None) -> None:
    raw.check_answer(frame(TEXT, HYPOT, mask=mask))
    raw.check_answer(*[bytes([byte]) for byte in frame(BINARY, HYPOT, mask=mask)])
    raw.send(close_frame(1000))
    assert raw.end() == 1000


@pytest.mark.parametrize("cut", [*range(8), 50, len(HYPOT) + 5])
def test_half_frames(server: Server, bystander: RawClient, cut: int) -> None:
    whole = frame(TEXT, HYPOT)
    with RawClient(server) as patient, RawClient(server) as half_closed, RawClient(server) as resetting:
        for client in (patient, half_closed, resetting):
            client.send(whole[:cut])
        half_closed.half_close()
        assert half_closed.end() is None
        resetting.reset()
        check_unharmed(server, bystander)
        patient.check_answer(whole[cut:])


def test_byte_by_byte(raw: RawClient) -> None:
    for sent in (frame(TEXT, HYPOT), b"".join(fragments(BINARY, HYPOT[:20], b"", HYPOT[20:]))):
        raw.check_answer(*[bytes([byte]) for byte in sent])


def test_many_frames_in_one_segment(raw: RawClient) -> None:
    cut = fragments(TEXT, HYPOT[:30], HYPOT[30:])
    raw.send(b"".join([frame(TEXT, HYPOT), cut[0], frame(PING, b"?"), cut[1], frame(BINARY, HYPOT)]))
    found = [raw.frame() for _ in range(4)]
    assert [json.loads(payload) for opcode, payload in found if opcode == TEXT] == [ANSWER] * 3
    assert [payload for opcode, payload in found if opcode == PONG] == [b"?"]


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_thousands_of_fragments(raw: RawClient, opcode: int) -> None:
    sent = fragments(opcode, *(bytes([byte]) for byte in padded(5000)))
    raw.check_answer(*sent[:2000], b"".join(sent[2000:]))


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_empty_fragments(raw: RawClient, opcode: int) -> None:
    raw.check_answer(*fragments(opcode, b"", b"", HYPOT[:9], b"", HYPOT[9:], b""))
    raw.check_answer(*fragments(opcode, b"", *[b""] * 1000, HYPOT))
    for empty in ([frame(opcode)], fragments(opcode, b"", b"", b"")):
        raw.send(*empty)
        reply = raw.reply()
        assert "JSONDecodeError" in reply["error"][-1]
        assert reply["evt"] == {"id": None, "message": ""}
    raw.check_answer(frame(opcode, HYPOT))


@pytest.mark.parametrize("first", [TEXT, BINARY])
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("payload", [b"", HYPOT])
def test_fragments_out_of_order(server: Server, bystander: RawClient, first: int, final: bool, payload: bytes) -> None:
    check_end(server, bystander, WRONG, frame(CONTINUATION, payload, final=final))
    for second in (TEXT, BINARY):
        check_end(server, bystander, WRONG, frame(first, final=False), frame(second, payload, final=final))
    with RawClient(server) as client:
        client.check_answer(*fragments(first, HYPOT[:9], HYPOT[9:]))
        client.send(frame(CONTINUATION, payload, final=final))
        assert client.end() == WRONG


@pytest.mark.parametrize("between", [False, True])
def test_pings_of_every_length(raw: RawClient, between: bool) -> None:
    start, end = fragments(TEXT, HYPOT[:30], HYPOT[30:])
    raw.send(start if between else b"")
    for size in range(126):
        raw.send(frame(PING, bytes(range(size))))
        assert raw.frame() == (PONG, bytes(range(size)))
    raw.check_answer(end if between else frame(TEXT, HYPOT))


@pytest.mark.parametrize("payload", [b"", b"unasked", bytes(125)])
def test_pongs_are_ignored(raw: RawClient, payload: bytes) -> None:
    start, end = fragments(TEXT, HYPOT[:30], HYPOT[30:])
    raw.check_answer(frame(PONG, payload), start, frame(PONG, payload), end)


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_control_frames_are_short_and_whole(server: Server, bystander: RawClient, opcode: int) -> None:
    for payload in (b"\x03\xe8" + b"x" * 124, b"\x03\xe8" + b"x" * 65536):
        check_end(server, bystander, WRONG, frame(opcode, payload), frame(TEXT, HYPOT))
    check_end(server, bystander, WRONG, *fragments(opcode, b"\x03\xe8", b"x"))
    check_end(server, bystander, WRONG, frame(TEXT, HYPOT[:9], final=False), frame(opcode, final=False))


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_characters_that_are_cut(server: Server, bystander: RawClient, opcode: int) -> None:
    message = {"command": {"command": "run", "args": ["helpers:same", CHARACTERS]}, "id": 8, "echo": "id"}
    text = json.dumps(message, ensure_ascii=False).encode()
    cuts = [fragments(opcode, text[:i], text[i:]) for i in range(len(text)) if text[i] >= 128]
    for sent in [*cuts, fragments(opcode, *(bytes([byte]) for byte in text))]:
        with RawClient(server) as client:
            client.send(*sent)
            assert client.reply()["response"] == CHARACTERS
        check_unharmed(server, bystander)


@pytest.mark.parametrize("bad", NO_UTF8.values(), ids=NO_UTF8.keys())
def test_text_that_is_no_utf8(server: Server, bystander: RawClient, bad: bytes) -> None:
    for head, tail in ((b'"\xc3\xa9', b'"'), (b"", b"")):
        check_end(server, bystander, NO_TEXT, frame(TEXT, head + bad + tail), frame(TEXT, HYPOT))
        for cut in range(len(bad) + 1):
            check_end(server, bystander, NO_TEXT, *fragments(TEXT, head + bad[:cut], b"", bad[cut:] + tail))


@pytest.mark.parametrize("start", CUT_OFF.values(), ids=CUT_OFF.keys())
def test_text_that_ends_within_a_character(server: Server, bystander: RawClient, start: bytes) -> None:
    for head in (b"", b'"\xc3\xa9'):
        check_end(server, bystander, NO_TEXT, frame(TEXT, head + start), frame(TEXT, HYPOT))
        for cut in range(len(start) + 1):
            check_end(server, bystander, NO_TEXT, *fragments(TEXT, head + start[:cut], start[cut:]), frame(TEXT, HYPOT))


@pytest.mark.parametrize("bad", {**NO_UTF8, **CUT_OFF}.values(), ids={**NO_UTF8, **CUT_OFF}.keys())
def test_binary_that_is_no_utf8(raw: RawClient, bad: bytes) -> None:
    for sent in ([frame(BINARY, b'"' + bad)], fragments(BINARY, bad[:1], bad[1:])):
        raw.send(*sent)
        reply = raw.reply()
        assert reply["error"][-1].startswith("UnicodeDecodeError: ")
        assert reply["evt"]["id"] is None
    raw.check_answer(frame(BINARY, HYPOT))


@pytest.mark.parametrize("code", [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999])
def test_close_codes_come_back(server: Server, bystander: RawClient, code: int) -> None:
    for reason in (b"", "für heute".encode(), b"x" * 123):
        check_end(server, bystander, code, close_frame(code, reason))


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_close_codes_that_nobody_may_send(server: Server, bystander: RawClient, code: int) -> None:
    for reason in (b"", b"x" * 123):
        check_end(server, bystander, WRONG, close_frame(code, reason))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(frame(CLOSE), 1000, id="no code"),
        pytest.param(frame(CLOSE, b"\x03"), WRONG, id="half a code"),
        pytest.param(close_frame(1000, b"\xff"), NO_TEXT, id="a reason that is no text"),
        pytest.param(close_frame(1000, b"x\xe2\x82"), NO_TEXT, id="a reason that is cut off"),
        pytest.param(close_frame(1000, b"\xed\xa0\x80"), NO_TEXT, id="a surrogate as reason"),
        pytest.param(close_frame(1000, b"x" * 124), WRONG, id="a reason that is too long"),
        pytest.param(frame(TEXT, HYPOT[:9], final=False) + close_frame(3000), 3000, id="between fragments"),
        pytest.param(close_frame(3000) + close_frame(3001), 3000, id="twice"),
        pytest.param(close_frame(3000) + frame(PING, b"?"), 3000, id="and then a ping"),
        pytest.param(close_frame(3000) + b"\xff" * 99, 3000, id="and then garbage"),
    ],
)
def test_close_frames(raw: RawClient, sent: bytes, code: int) -> None:
    raw.send(sent)
    assert raw.end() == code


@pytest.mark.parametrize("last", [close_frame(1000), frame(3), frame(TEXT, b"\xff")], ids=["close", "opcode", "UTF-8"])
def test_commands_around_the_end(raw: RawClient, bystander: RawClient, last: bytes) -> None:
    """What came before is done; no replies are sent after the close frame. What came after never was."""
    bystander.result("delete", "before", "after")
    before, after = (command("store", name, 1) for name in ("before", "after"))
    raw.send(before + last + after, after)
    raw.end()
    assert bystander.result("exists", "before") is True
    assert bystander.result("exists", "after") is False


def test_reset_while_a_long_reply_is_written(server: Server) -> None:
    for _ in range(3):
        with RawClient(server) as client:
            client.send(command("run", "operator:mul", "x", 10_000_000))
            client.read(2)
            client.reset()


def test_half_close_after_a_command(raw: RawClient, bystander: RawClient) -> None:
    """To Qt a client that will send no more is gone; the command is done."""
    bystander.result("delete", "half")
    raw.send(command("store", "half", 1))
    raw.half_close()
    raw.end()
    assert bystander.result("exists", "half") is True


def test_stop_in_the_middle_of_everything(form: str) -> None:
    with serving(form) as server:
        clients = [RawClient(server, upgrade=False), *(RawClient(server) for _ in range(4))]
        for client, sent in zip(
            clients, (handshake()[:99], b"", frame(TEXT, HYPOT)[:9], frame(TEXT, final=False), b"\xff")
        ):
            client.send(sent)
        code, rest, errors, _ = server.stop(signal.SIGTERM)
        assert (code, errors) == (0, b"")
        assert rest.startswith(STOP)
        for client in clients:
            with client:
                assert client.end() in (None, 1001, WRONG)
