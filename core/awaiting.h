// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// Whether a result stands for one that arrives later: an awaitable (a coroutine, an asyncio future or task,
/// an object with __await__), or an object with add_done_callback and result (concurrent.futures, Dask).
/// Needs the GIL; runs no code of the object.
bool arrivesLater(pybind11::handle result);

/// Calls `done(value, None)` or `done(None, exception)` once the result is there: at once, or later on
/// whichever Python thread it arrives. Coroutines run on an asyncio loop on a thread of its own. Needs the
/// GIL.
/// @param result of what arrivesLater() holds
/// @return what cancels it when it is called without arguments
/// @throws pybind11::error_already_set RuntimeError for a future of an event loop that does not run
pybind11::object watch(const pybind11::object &result, const pybind11::cpp_function &done);

/// Calls `send(item)` for each item of an async iterator on that thread, waiting until `hasRoom()` is true
/// and ending when `send()` is false; then `done(count, None)` or `done(None, exception)`.
/// @return what cancels it when it is called without arguments
pybind11::object watchItems(const pybind11::object &iterator, const pybind11::cpp_function &send,
                            const pybind11::cpp_function &hasRoom, const pybind11::cpp_function &done);

} // namespace liaison
