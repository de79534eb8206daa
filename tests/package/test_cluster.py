# SPDX-License-Identifier: MIT
"""Many cores, many machines: pools and clusters that live in Python, whose futures are waited for."""

from __future__ import annotations

import os
import signal
import time
from typing import Iterator

import pytest

from support import PATIENCE, Client, serving

#: Seconds that starting the processes of a pool or a cluster may take on a loaded machine.
START_PATIENCE = 60.0


@pytest.fixture
def fresh(form: str) -> Iterator[Client]:
    """A server of its own."""
    with serving(form) as server, server.client() as client:
        yield client


def test_thread_pool(fresh: Client) -> None:
    fresh.result("init", "pool", "concurrent.futures:ThreadPoolExecutor", 4)
    fresh.result("register", "wait", "helpers:wait_for_each_other")
    # None of them ends before all have begun.
    ids = [fresh.post("run", "pool.submit", "$wait", 4, i) for i in range(4)]
    other = fresh.post("run", "math:hypot", 3, 4)
    found = fresh.replies(*ids, other, patience=START_PATIENCE)
    assert [found[i]["response"] for i in [*ids, other]] == [0, 1, 2, 3, 5]


def test_process_pool(fresh: Client) -> None:
    fresh.result("init", "pool", "concurrent.futures:ProcessPoolExecutor", 2)
    fresh.result("register", "hypot", "math:hypot")
    fresh.result("register", "getpid", "os:getpid")
    own = fresh.result("run", "os:getpid")
    ids = [fresh.post("run", "pool.submit", "$hypot", 3, i) for i in range(20)]
    found = fresh.replies(*ids, patience=START_PATIENCE)
    assert [found[i]["response"] for i in ids] == [(9 + i * i) ** 0.5 for i in range(20)]
    pid = fresh.replies(name := fresh.post("run", "pool.submit", "$getpid"), patience=START_PATIENCE)[name]["response"]
    assert pid != own
    fresh.result("register", "fail", "math:sqrt")
    failed = fresh.replies(name := fresh.post("run", "pool.submit", "$fail", -1), patience=START_PATIENCE)[name]
    assert failed["exception"]["type"] == "ValueError"
    # A worker that dies in mid-call breaks the pool, and the call is told.
    fresh.result("register", "sleep", "time:sleep")
    name = fresh.post("run", "pool.submit", "$sleep", 60)
    time.sleep(0.3)
    fresh.post("run", "helpers:kill_workers", "$pool")
    assert {reply["exception"]["type"] for reply in (fresh.receive(), fresh.receive()) if "error" in reply} == {
        "BrokenProcessPool"
    }
    assert name


def test_dask_cluster(fresh: Client) -> None:
    """Two worker processes; one is killed in mid-call, and its work is done by another."""
    started = fresh.post(
        "init",
        "cluster",
        "dask.distributed:LocalCluster",
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
    )
    assert fresh.replies(started, patience=START_PATIENCE)[started]["response"] == "cluster"
    connected = fresh.post("init", "client", "dask.distributed:Client", "$cluster")
    assert fresh.replies(connected, patience=START_PATIENCE)[connected]["response"] == "client"
    fresh.result("register", "hypot", "math:hypot")
    ids = [fresh.post("run", "client.submit", "$hypot", 3, i) for i in range(20)]
    found = fresh.replies(*ids, patience=START_PATIENCE)
    assert [found[i]["response"] for i in ids] == [(9 + i * i) ** 0.5 for i in range(20)]

    fresh.result("register", "sqrt", "math:sqrt")
    failed = fresh.replies(name := fresh.post("run", "client.submit", "$sqrt", -1), patience=START_PATIENCE)[name]
    assert failed["error"][-1].startswith("ValueError: ")

    fresh.result("register", "slow", "helpers:pid_after")
    name = fresh.post("run", "client.submit", "$slow", 1.5)
    worker = fresh.result("run", "helpers:busy_worker", "$client", START_PATIENCE)
    os.kill(worker, signal.SIGKILL)
    answered = fresh.replies(name, patience=START_PATIENCE)[name]["response"]
    assert answered != worker
    # One that takes too long is cancelled; what was done before goes on working.
    fresh.last_id += 1
    fresh.send(
        {"command": {"command": "run", "args": ["client.submit", "$slow", 60]}, "id": fresh.last_id, "timeout": 0.5}
    )
    assert fresh.receive(PATIENCE)["exception"]["type"] == "TimeoutError"
    name = fresh.post("run", "client.submit", "$hypot", 5, 12)
    assert fresh.replies(name, patience=START_PATIENCE)[name]["response"] == 13
    closed = fresh.post("run", "client.close")
    fresh.replies(closed, patience=START_PATIENCE)
    closed = fresh.post("run", "cluster.close")
    fresh.replies(closed, patience=START_PATIENCE)
