// SPDX-License-Identifier: MIT
#include "pythonsignal.h"

#include <csignal>

namespace py = pybind11;

namespace liaison {

bool isPythonMainThread()
{
    // Python lets no other thread set a handler. The module threading knows as well, but importing it takes a
    // tenth of the time that the program needs to start.
    const auto signal = py::module_::import("_signal");
    const py::object current = signal.attr("getsignal")(SIGURG);
    if (current.is_none()) {
        const auto threading = py::module_::import("threading");
        return threading.attr("current_thread")().is(threading.attr("main_thread")());
    }
    try {
        signal.attr("signal")(SIGURG, current);
    } catch (const py::error_already_set &error) {
        if (!error.matches(PyExc_ValueError))
            throw;
        return false;
    }
    return true;
}

PythonSignalHandler::PythonSignalHandler(int number, std::function<void()> handler)
    : m_number(number)
{
    m_handler = py::cpp_function(
        [handler = std::move(handler)](const py::object &, const py::object &) { handler(); });
    m_previous = py::module_::import("_signal").attr("signal")(number, m_handler);
}

bool PythonSignalHandler::reclaim()
{
    const auto signal = py::module_::import("_signal");
    const py::object current = signal.attr("getsignal")(m_number);
    if (current.is(m_handler))
        return true;
    if (!current.equal(signal.attr("SIG_DFL")) && !current.is(signal.attr("default_int_handler")))
        return false;
    signal.attr("signal")(m_number, m_handler);
    return true;
}

PythonSignalHandler::~PythonSignalHandler()
{
    // None stands for a handler that was not installed from Python and cannot be put back by it.
    if (m_previous.is_none())
        return;
    try {
        py::module_::import("_signal").attr("signal")(m_number, m_previous);
    } catch (py::error_already_set &error) {
        error.discard_as_unraisable("restoring a signal handler");
    }
}

} // namespace liaison
