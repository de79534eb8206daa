// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <cxxabi.h>
#include <unistd.h>

namespace liaison {

/// Does what takes the GIL in a thread that Python may outlive. When Python finalises, it unwinds a thread
/// that asks for the GIL, which C++ and Qt take for a crash: such a thread sleeps until the process has
/// ended, as it does by itself since Python 3.14.
template <typename Function> void untilFinalised(Function function)
{
    try {
        function();
    } catch (abi::__forced_unwind &) {
        for (;;)
            ::pause();
    }
}

/// The GIL, released for as long as this lives; for threads that are not Liaison's own.
class GilRelease {
public:
    GilRelease()
        : m_state(PyEval_SaveThread())
    {
    }
    ~GilRelease()
    {
        untilFinalised([this] { PyEval_RestoreThread(m_state); });
    }
    GilRelease(const GilRelease &) = delete;
    GilRelease &operator=(const GilRelease &) = delete;

private:
    PyThreadState *m_state;
};

} // namespace liaison
