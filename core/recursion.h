// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// One level of nesting, counted against Python's recursion limit for as long as this lives. Where that limit
/// was raised beyond what the thread's stack holds, the stack is the limit.
class RecursionGuard {
public:
    /// @param where completes "maximum recursion depth exceeded"; starts with a space
    /// @throws pybind11::error_already_set RecursionError at the limit
    explicit RecursionGuard(const char *where);
    ~RecursionGuard() { Py_LeaveRecursiveCall(); }

    RecursionGuard(const RecursionGuard &) = delete;
    RecursionGuard &operator=(const RecursionGuard &) = delete;
};

/// Bytes that are left on this thread's stack, less a margin for functions that do not ask.
std::ptrdiff_t remainingStack();

} // namespace liaison
