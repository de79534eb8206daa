// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// One level of nesting, counted against Python's recursion limit for as long as this lives.
class RecursionGuard {
public:
    /// @param where completes "maximum recursion depth exceeded"; starts with a space
    /// @throws pybind11::error_already_set RecursionError at the limit
    explicit RecursionGuard(const char *where)
    {
        if (Py_EnterRecursiveCall(where))
            throw pybind11::error_already_set();
    }
    ~RecursionGuard() { Py_LeaveRecursiveCall(); }

    RecursionGuard(const RecursionGuard &) = delete;
    RecursionGuard &operator=(const RecursionGuard &) = delete;
};

} // namespace liaison
