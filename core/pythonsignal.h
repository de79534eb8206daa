// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <functional>

namespace liaison {

/// Whether this is the thread on which Python runs signal handlers. Needs the GIL.
bool isPythonMainThread();

/// Python's handler of a signal for as long as this lives; then the one before is back. Made and ended with
/// the GIL, on Python's main thread.
class PythonSignalHandler {
public:
    /// @param handler called with the GIL, between two bytecodes of whatever runs; may throw
    PythonSignalHandler(int number, std::function<void()> handler);
    ~PythonSignalHandler();

    /// Makes it Python's handler again where that is now the default; answers whether it is.
    bool reclaim();

    /// Lets it stay when this ends.
    void release() { m_previous = pybind11::none(); }

    PythonSignalHandler(const PythonSignalHandler &) = delete;
    PythonSignalHandler &operator=(const PythonSignalHandler &) = delete;

private:
    int m_number;
    pybind11::object m_handler;
    pybind11::object m_previous;
};

} // namespace liaison
