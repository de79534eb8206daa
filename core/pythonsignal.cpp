// SPDX-License-Identifier: MIT
#include "pythonsignal.h"

namespace py = pybind11;

namespace liaison {

bool isPythonMainThread()
{
    const auto threading = py::module_::import("threading");
    return threading.attr("current_thread")().is(threading.attr("main_thread")());
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
