# SPDX-License-Identifier: MIT
"""What the tests call inside the server: user code in all its manners."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import ctypes
import dataclasses
import enum
import json
import logging
import multiprocessing
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Dict, Generator, List


def exit_code(status: int) -> int:
    """What os.waitstatus_to_exitcode() answers, which Python 3.8 does not have."""
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def spin(seconds: float = 60) -> None:
    """Never leave Python."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def hold_gil(seconds: float) -> None:
    """Sleep in C code without releasing the GIL."""
    library = ctypes.PyDLL(None)
    library.usleep(int(seconds * 1e6))


def print_then_sleep(text: str, seconds: float) -> None:
    """Print what no buffer may keep."""
    print(text, end="")
    time.sleep(seconds)


def write_to_stderr(text: str) -> None:
    """Write without a newline."""
    sys.stderr.write(text)


def print_at_exit(text: str) -> None:
    """Print at the interpreter's end."""
    atexit.register(print, text)


def hang_at_exit() -> None:
    """Sleep at the interpreter's end."""
    atexit.register(time.sleep, 60)


def start_thread_that_sleeps(seconds: float) -> None:
    """Leave a thread behind that the interpreter waits for at its end."""
    threading.Thread(target=time.sleep, args=(seconds,)).start()


def fork_and_wait(code: int) -> int:
    """Fork a child that exits at once; answer its exit code."""
    child = os.fork()
    if child == 0:
        os._exit(code)
    return exit_code(os.waitpid(child, 0)[1])


def terminate_forked_child() -> int:
    """Fork a child that sleeps, end it with SIGTERM; answer its exit code."""
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    time.sleep(0.1)
    os.kill(child, 15)
    return exit_code(os.waitpid(child, 0)[1])


def crash() -> None:
    """Read what is not there."""
    ctypes.string_at(0)


def environment() -> dict[str, Any]:
    """What makes a Python environment."""
    return {
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "exec_prefix": sys.exec_prefix,
        "base_executable": sys._base_executable,  # type: ignore[attr-defined]
        "path": sys.path,
        "flags": str(sys.flags).replace("unbuffered=1", ""),
        "encoding": [sys.getfilesystemencoding(), sys.stdout.encoding, sys.getdefaultencoding()],
        "errors": sys.stdout.errors,
    }


def echo(*args: Any, **kwargs: Any) -> list[Any]:
    """What was received, in Python's own words."""
    return [repr(args), repr(kwargs)]


def same(value: Any) -> Any:
    """The value itself."""
    return value


def fail_in_python(message: str) -> None:
    """Raise from a frame of one's own."""
    raise LookupError(message)


def fail_with_cause() -> None:
    """Raise from another exception."""
    try:
        int("x")
    except ValueError as error:
        raise LookupError("outer") from error


def interrupt_myself() -> None:
    """Raise what Ctrl-C raises."""
    raise KeyboardInterrupt("mine")


class Base:
    """With subclasses to be listed."""

    attribute = "of the class"
    items = {"key": {"inner": [1, 2, 3]}, "get": "shadowed"}

    def __init__(self, value: Any = None) -> None:
        self.value = value

    @classmethod
    def made(cls, value: Any) -> str:
        """Something of the class."""
        return f"{cls.__name__} {value}"

    def fromJSON(self, data: dict[str, Any]) -> None:
        """Take over a description."""
        self.value = data

    def getJSON(self) -> dict[str, Any]:
        """Give a description."""
        return {"value": self.value, "pair": (1, 2)}


class Sub(Base):
    """The first subclass."""


class OtherSub(Base):
    """The second one."""


class FailingJSON:
    """Whose own form cannot be had."""

    def getJSON(self) -> Any:
        """Fail."""
        raise ValueError("no form")

    def __str__(self) -> str:
        return "as text"


class FailingText:
    """Whose text cannot be had."""

    def __str__(self) -> str:
        raise ValueError("no text")


class Color(enum.Enum):
    """Plain enumeration."""

    RED = 1


class Number(enum.IntEnum):
    """Numbers with names."""

    SEVEN = 7


@dataclasses.dataclass
class Point:
    """Fields."""

    x: float
    y: float
    label: str = "p"
    others: list[Point] = dataclasses.field(default_factory=list)


def circular_list() -> list[Any]:
    """A list that holds itself."""
    value: list[Any] = [1]
    value.append(value)
    return value


def circular_dict() -> dict[str, Any]:
    """A dict that holds itself."""
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


def nested(depth: int) -> list[Any]:
    """Lists in lists."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def values() -> dict[str, Any]:
    """One of each kind."""
    return {
        "enum": Color.RED,
        "int enum": Number.SEVEN,
        "dataclass": Point(1, 2.5, others=[Point(0, 0)]),
        "bytes": [b"hi", bytearray(b"hi"), memoryview(b"hi")],
        "sets": [{1}, frozenset({2})],
        "views": [{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()],
        "generator": iter(()),
    }


def nonfinite() -> list[float]:
    """What JSON has no number for."""
    return [float("nan"), float("inf"), -float("inf")]


def odd_keys() -> dict[Any, Any]:
    """Keys that are no text."""
    return {2.5: 2, True: 3, None: 4, (1, 2): 5, Color.RED: 6, Number.SEVEN: 7}


def dict_of_pairs(pairs: list[list[Any]]) -> dict[Any, Any]:
    """A dict in the order of the pairs."""
    return dict(pairs)


def arrays() -> dict[str, Any]:
    """Of numpy."""
    import numpy as np

    return {
        "float64": np.float64(0.5),
        "int64": np.int64(5),
        "bool": np.bool_(True),
        "float16": np.float16(0.5),
        "longdouble": np.longdouble(0.5),
        "str": np.str_("s"),
        "datetime": np.datetime64("2024-01-02T03:04:05"),
        "nat": np.datetime64("NaT"),
        "1d": np.arange(3),
        "2d": np.arange(4.0).reshape(2, 2),
        "fortran": np.asfortranarray(np.arange(4).reshape(2, 2)),
        "strided": np.arange(10)[::3],
        "0d": np.array(7),
        "empty": np.zeros((0, 3)),
        "bigendian": np.array([1, 2], dtype=">i4"),
        "structured": np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        "datetimes": np.array(["2024-01-02", "NaT"], dtype="datetime64[ns]"),
        "object": np.array([None, "x", 1], dtype=object),
        "nan": np.array([1.0, np.nan]),
        "masked": np.ma.array([1, 2], mask=[False, True]),
        "complex": np.complex128(1 + 2j),
        "longdoubles": np.array([0.5, 1.5], dtype=np.longdouble),
    }


def frames() -> dict[str, Any]:
    """Of pandas."""
    import pandas as pd

    return {
        "series": pd.Series([1.5, None, 2.0]),
        "frame": pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
        "index": pd.Index([1, 2]),
        "missing": [pd.NA, pd.NaT],
        "times": pd.Series(pd.to_datetime(["2024-01-02", None])),
    }


async def slow_value(value: Any, seconds: float = 0.2) -> Any:
    """A coroutine."""
    await asyncio.sleep(seconds)
    return value


async def slow_failure(seconds: float = 0.05) -> None:
    """A coroutine that fails."""
    await asyncio.sleep(seconds)
    raise LookupError("later")


async def task_of(value: Any) -> asyncio.Task[Any]:
    """An awaitable that leads to another."""
    return asyncio.get_running_loop().create_task(slow_value(value))


class Awaitable:
    """An object with __await__."""

    def __await__(self) -> Generator[Any, None, str]:
        value: str = yield from slow_value("awaited", 0.01).__await__()
        return value


def pool_future(value: Any, seconds: float = 0.1) -> concurrent.futures.Future[Any]:
    """A future of a thread pool."""
    return POOL.submit(slept, value, seconds)


def slept(value: Any, seconds: float) -> Any:
    """The value, after a while."""
    time.sleep(seconds)
    return value


def failing_future() -> concurrent.futures.Future[Any]:
    """A future that fails."""
    return POOL.submit(fail_in_python, "in the pool")


POOL = concurrent.futures.ThreadPoolExecutor(2)


def send_from_thread(liaison: Any, message: Any) -> None:
    """Push from a thread other than Python's main one."""
    thread = threading.Thread(target=liaison.send, args=(message,))
    thread.start()
    thread.join()


def flood(liaison: Any, text: str) -> None:
    """Push without end."""
    while True:
        liaison.send(text)


async def exit_later() -> None:
    """A coroutine that wants to end the process."""
    sys.exit(3)


class SlowText:
    """Whose text takes a while."""

    def __str__(self) -> str:
        for _ in range(20):
            time.sleep(0.05)
        return "slow"


async def slow_text() -> SlowText:
    """What is written long after it has arrived."""
    return SlowText()


def save_and_restore(number: int) -> None:
    """Take a signal's handler and give it back."""
    old = signal.signal(number, signal.SIG_IGN)
    signal.signal(number, old)


def print_much_and_sleep(size: int) -> None:
    """Fill the pipe."""
    time.sleep(0.2)
    print("x" * size)


def sleep_at_exit(seconds: float) -> None:
    """Take a while at the interpreter's end."""
    atexit.register(time.sleep, seconds)


def terminate_child_that_restores_handlers() -> int:
    """Fork a child that handles its own signals, end it with SIGTERM; answer its exit code."""
    child = os.fork()
    if child == 0:
        save_and_restore(signal.SIGTERM)
        time.sleep(60)
        os._exit(0)
    time.sleep(0.3)
    os.kill(child, signal.SIGTERM)
    return exit_code(os.waitpid(child, 0)[1])


def serve_inside() -> str:
    """Start and stop another server within this one."""
    import liaison

    inner = liaison.websocket.WebsocketLiaison("localhost", 0)
    thread = threading.Thread(target=inner.start)
    thread.start()
    while not inner.alive:
        time.sleep(0.01)
    inner.stop()
    thread.join()
    return "served"


def hold_gil_in_thread(seconds: float) -> None:
    """Keep every other Python thread waiting, a little later."""
    threading.Timer(0.1, hold_gil, (seconds,)).start()


def busy_namespace(companion: Any) -> Any:
    """An object whose attributes ask for thousands of other targets."""

    class Asking:
        def __getattr__(self, name: str) -> Any:
            if name.startswith("__") or name == "getJSON":
                raise AttributeError(name)
            for i in range(5000):
                companion.exists(f"{name}{i}.x")
            return self if name != "last" else "reached"

    return Asking()


def agrees(text: str, *values: Any) -> bool:
    """Whether what arrived is what json.loads makes of the same text; repr tells types, order and surrogates apart."""
    return repr([json.loads(text)]) == repr(list(values))


_loads = json.loads
_calls = 0


def count_loads() -> None:
    """Count from now on how often json.loads is called."""
    global _calls
    _calls = 0

    def counting(*args: Any, **kwargs: Any) -> Any:
        global _calls
        _calls += 1
        return _loads(*args, **kwargs)

    json.loads = counting


def counted_loads() -> int:
    """How often it was."""
    return _calls


def uncount_loads() -> None:
    """Leave json as it was."""
    json.loads = _loads


class Registered:
    """JSON has no form for it."""

    def __init__(self, value: Any) -> None:
        self.value = value


def register_form() -> None:
    """Give it one, which fails for None."""
    import liaison

    @liaison.encode.register(Registered)
    def _(value: Registered) -> Any:
        return {"registered": value.value if value.value is not None else 1 / 0}


def read_socket() -> bytes:
    """Wait for what never comes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        return ours.recv(1)


def wait_for_lock() -> None:
    """Wait for a lock that nobody releases."""
    lock = threading.Lock()
    with lock:
        lock.acquire()


def wait_for_queue() -> Any:
    """Wait for an item that nobody puts."""
    return queue.Queue().get()


def swallow() -> str:
    """Go on after an interrupt."""
    swallowed = 0
    end = time.monotonic() + 60
    while time.monotonic() < end and not swallowed:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            swallowed += 1
    time.sleep(0.3)
    return f"swallowed {swallowed}"


_sigint: Any = None


def take_sigint() -> None:
    """Install a handler that raises something else."""
    global _sigint

    def handler(*_: Any) -> None:
        raise ValueError("a handler of its own")

    _sigint = signal.signal(signal.SIGINT, handler)


def give_back_sigint() -> None:
    """Put the handler back that was there."""
    signal.signal(signal.SIGINT, _sigint)


def short_loop(value: int) -> int:
    """Run some bytecode."""
    for _ in range(500):
        pass
    return value


async def sleep_async(seconds: float) -> str:
    """Sleep on the event loop."""
    await asyncio.sleep(seconds)
    return "slept"


_threads = concurrent.futures.ThreadPoolExecutor(8)
_stop_sleeping = threading.Event()
atexit.register(_stop_sleeping.set)


def sleeping_future(seconds: float) -> Any:
    """Sleep in a thread; such a future cannot be cancelled."""

    def sleep() -> str:
        _stop_sleeping.wait(seconds)
        return "slept"

    return _threads.submit(sleep)


def sleeping_task(seconds: float) -> Any:
    """A task on the event loop that Liaison's coroutines run on."""

    async def start() -> Any:
        return await asyncio.get_running_loop().create_task(sleep_async(seconds))

    return start()


cancelled = 0


def forget_cancelled() -> None:
    """Begin to count."""
    global cancelled
    cancelled = 0


async def remember_cancelled(seconds: float) -> None:
    """Count being cancelled."""
    global cancelled
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        cancelled += 1
        raise


def wait_until_cancelled(count: int) -> bool:
    """Run until so many have been."""
    end = time.monotonic() + 20
    while cancelled < count and time.monotonic() < end:
        time.sleep(0.01)
    return cancelled >= count


async def fail_async() -> None:
    """Fail on the event loop."""
    await asyncio.sleep(0)
    raise ValueError("async")


def count_up(count: int) -> Generator[int, None, None]:
    """Count."""
    yield from range(count)


async def count_up_async(count: int) -> Any:
    """Count on the event loop."""
    for i in range(count):
        await asyncio.sleep(0.001)
        yield i


def iterator(count: int) -> Any:
    """Count without a generator."""
    return iter(list(range(count)))


async def generator_later(count: int) -> Any:
    """Answer a generator after a while."""
    await asyncio.sleep(0.01)
    return count_up(count)


async def spin_later() -> Any:
    """Answer a generator that never gives an item."""
    await asyncio.sleep(0.01)
    return (item for item in iter(int, 1) if item)


def open_lines() -> Any:
    """Open a file that has two lines."""
    file = tempfile.TemporaryFile("w+")
    file.write("one\ntwo\n")
    file.seek(0)
    return file


def swallow_first() -> str:
    """Go on after the first interrupt, not after the second."""
    with contextlib.suppress(KeyboardInterrupt):
        time.sleep(60)
    Swallowed.count += 1
    time.sleep(60)
    return "went on"


class Swallowed:
    """Counts."""

    count = 0


class Slow:
    """Takes its time over an attribute."""

    @property
    def attr(self) -> None:
        """Be there after a minute."""
        time.sleep(60)


def items_then_sleep() -> Generator[int, None, None]:
    """Give one item and then none."""
    yield 1
    time.sleep(60)


def fail_after(count: int) -> Generator[int, None, None]:
    """Count, then fail."""
    yield from range(count)
    raise ValueError("no more")


produced = 0
endless_closed = False


def endless(size: int) -> Generator[str, None, None]:
    """Give large items for ever."""
    global produced, endless_closed
    produced = 0
    endless_closed = False
    try:
        while True:
            produced += 1
            yield "x" * size
    finally:
        endless_closed = True


async def endless_async(size: int) -> Any:
    """Give the same on the event loop."""
    with contextlib.closing(endless(size)) as items:
        for item in items:
            yield item


class Described:
    """Is described.

    At length.
    """

    constant = 5

    class Inner:
        """Is a member."""

    def __init__(self, x: int, *, y: str = "a") -> None:
        self.x = x

    @property
    def prop(self) -> int:
        """Never asked."""
        raise RuntimeError("a property was asked")

    def method(self) -> None:
        """Do nothing."""

    @staticmethod
    def static() -> None:
        """Do nothing either."""


def echo_args(*args: Any) -> Any:
    """Answer what came."""
    return args


class CustomError(Exception):
    """Is raised from another."""


def fail_outer() -> None:
    """Fail because something else did."""
    try:
        raise ValueError("inner")
    except ValueError as error:
        raise CustomError("outer") from error


def add_command(companion: Any) -> None:
    """Put two commands into the table."""
    companion.commands["double"] = lambda value: 2 * value
    companion.commands["sleep_async"] = sleep_async


def remove_command(companion: Any) -> None:
    """Take them out again."""
    del companion.commands["double"], companion.commands["sleep_async"]


def push_signals(liaison: Any, name: str) -> None:
    """Push an alert when a signal comes, which it may after a while."""
    signal.signal(getattr(signal, name), lambda *_: liaison.send({"tag": "signal", "name": name}))
    if name == "SIGALRM":
        signal.setitimer(signal.ITIMER_REAL, 0.1)
    elif name == "SIGCHLD":
        subprocess.Popen(["sleep", "0.1"])


def run_loop_with_signals() -> None:
    """Run an event loop that watches signals itself."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR2, lambda: None)
        await asyncio.sleep(0.01)
        loop.remove_signal_handler(signal.SIGUSR2)

    asyncio.run(main())


def leave_child(maker: str) -> int:
    """Start a child that outlives its parent, and answer its process id."""
    if maker == "os.fork":
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        return child
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,), daemon=False)
    process.start()
    assert process.pid
    return process.pid


_barriers: Dict[int, threading.Barrier] = {}
_barriers_lock = threading.Lock()


def wait_for_each_other(count: int, value: Any) -> Any:
    """Answer the value once so many calls have begun."""
    with _barriers_lock:
        barrier = _barriers.setdefault(count, threading.Barrier(count))
    barrier.wait(20)
    return value


def kill_workers(pool: Any) -> None:
    """Kill the processes of a pool."""
    for pid in list(pool._processes):
        os.kill(pid, signal.SIGKILL)


def pid_after(seconds: float) -> int:
    """Answer who does the work, after a while."""
    time.sleep(seconds)
    return os.getpid()


def busy_worker(client: Any, patience: float) -> int:
    """Answer the process id of the worker of a Dask cluster that works on something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        pids = client.run(os.getpid)
        for address, tasks in client.processing().items():
            if tasks:
                return int(pids[address])
        time.sleep(0.05)
    raise TimeoutError("no worker is busy")


def log(text: str) -> None:
    """Log a warning to whatever standard error is now."""
    logging.basicConfig(force=True)
    logging.warning(text)


def print_from_c(text: str) -> None:
    """Print through C's buffered standard output."""
    library = ctypes.CDLL(None)
    library.printf(b"%s", text.encode())


def print_much(size: int) -> None:
    """Print long lines without an end."""
    for start in range(0, size, 10_000):
        sys.stdout.write("x" * min(10_000, size - start))


def print_then_fail(text: str) -> None:
    """Print, then raise."""
    print(text)
    raise ValueError("after")


def progress(count: int) -> int:
    """Show a progress bar."""
    from tqdm import tqdm

    return sum(1 for _ in tqdm(range(count)))


class BrokenRepr:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise ValueError("no repr")


class TalkativeRepr:
    """Is shown on many lines."""

    def __repr__(self) -> str:
        return "two\nlines\x1b[31m" + "!" * 1000


class LongList(List[int]):
    """Is shown as a list is."""


def hard_to_show() -> Dict[str, Any]:
    """Names for what has no short representation of its own."""
    million = range(1_000_000)
    return {
        "z": 5,
        "a": "x" * 1000,
        "line": "two\nlines",
        "broken": BrokenRepr(),
        "inner": [BrokenRepr(), {"b": 1, "a": [[[[1]]]]}],
        "talkative": TalkativeRepr(),
        "surrogate": "\ud800é😀",
        "list": list(million),
        "own": LongList(million),
        "dict": {number: number for number in million},
        "keys": dict.fromkeys(million).keys(),
        "set": set(million),
        "empty": [set(), frozenset(), {}, b"", bytearray()],
        "frozen": frozenset({5}),
        "bytes": bytes(1_000_000),
        "huge": 1 << 10_000_000,
        "class": BrokenRepr,
        "namesake": type("list", (), {"__repr__": lambda self: "mine"})(),
        "not a name": None,
    }


def about_process(number: int = 0) -> Dict[str, Any]:
    """What a process that a command started knows of itself."""
    return {
        "number": number,
        "parent": os.getppid(),
        "main thread": threading.current_thread() is threading.main_thread(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "argv": sys.argv,
        "path": sys.path,
    }


def _put_about(answers: Any, number: int) -> None:
    answers.put(about_process(number))


def from_process(method: str, number: int) -> Any:
    """Have one process of multiprocessing's answer."""
    context: Any = multiprocessing.get_context(method)
    answers = context.Queue()
    process = context.Process(target=_put_about, args=(answers, number))
    process.start()
    answer = answers.get(timeout=20)
    process.join()
    return answer if process.exitcode == 0 else process.exitcode


def from_pool(method: str, number: int) -> Any:
    """Have a pool of multiprocessing's answer."""
    with multiprocessing.get_context(method).Pool(2) as pool:
        return pool.map(about_process, [number])[0]


def from_executor(method: str, number: int) -> Any:
    """Have an executor of concurrent.futures answer."""
    context: Any = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
        return list(executor.map(about_process, [number]))[0]


def from_manager(method: str, number: int) -> Any:
    """Have the process that a manager lives in answer, as far as it can."""
    with multiprocessing.get_context(method).Manager() as manager:
        answer = manager.dict(about_process(number), parent=os.getpid())
        return dict(answer)


def from_subprocess(number: int) -> Any:
    """Have a program answer that runs on this interpreter."""
    code = f"import helpers, json; print(json.dumps(helpers.about_process({number})))"
    return json.loads(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout)


def run_asyncio() -> str:
    """Run an event loop of one's own: a task, a thread, a child, a server with a client."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def main() -> str:
        loop = asyncio.get_running_loop()
        in_thread = await loop.run_in_executor(None, str, "thread")
        child = await asyncio.create_subprocess_exec("echo", "child", stdout=subprocess.PIPE)
        printed, _ = await child.communicate()
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"socket\n")
        line = await reader.readline()
        writer.close()
        server.close()
        task: asyncio.Task[str] = asyncio.ensure_future(slow_value("task", 0.01))
        return " ".join([await task, in_thread, printed.decode().strip(), line.decode().strip()])

    return asyncio.run(main())


def handle_signal(number: int) -> List[int]:
    """Send a signal to this process while a handler of one's own is there, and give the old one back."""
    seen: List[int] = []
    old = signal.signal(number, lambda *arguments: seen.append(arguments[0]))
    os.kill(os.getpid(), number)
    end = time.monotonic() + 20
    while not seen and time.monotonic() < end:
        time.sleep(0.001)
    signal.signal(number, old)
    return seen


def leave_daemon_thread(manner: str, liaison: Any) -> None:
    """Start a thread that works for as long as there is an interpreter."""
    begun = threading.Event()
    manners: Dict[str, Any] = {
        "computes": lambda: sum(range(100)),
        "sleeps": lambda: time.sleep(0.001),
        "encodes": lambda: sys.modules["liaison"].encode([1] * 1000),
    }

    def work() -> None:
        while True:
            manners[manner]()
            begun.set()

    threading.Thread(target=work, daemon=True).start()
    begun.wait()
