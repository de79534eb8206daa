# SPDX-License-Identifier: MIT
"""Fixtures: the program in both its forms."""

from __future__ import annotations

from typing import Iterator

import pytest

from support import FORMS, Client, Server, serving


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """Each form of the program in turn."""
    return str(request.param)


@pytest.fixture(params=FORMS, scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that the tests of a file share; they name what they store after themselves."""
    with serving(request.param) as running:
        with running.client() as client:
            # Whoever comes first may have a time limit, and a module whose import was interrupted stays half a module.
            client.result("get", "helpers:spin")
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A new connection to the shared server."""
    with server.client() as connection:
        yield connection
