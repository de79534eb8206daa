// SPDX-License-Identifier: MIT
#include "interrupter.h"

#include <csignal>

namespace py = pybind11;

namespace liaison {

namespace {

/// Ignored by default, so it harms nobody should it arrive where no handler is, and hardly ever used
/// otherwise.
constexpr int interruptSignal = SIGURG;

} // namespace

Interrupter::Interrupter()
{
    if (isPythonMainThread())
        m_handler.emplace(interruptSignal, [this] { onSignal(); });
}

void Interrupter::interrupt(quint64 serial)
{
    if (!m_handler || serial == 0)
        return;
    m_wanted = serial;
    pthread_kill(m_thread, interruptSignal);
}

void Interrupter::onSignal()
{
    const quint64 wanted = m_wanted.exchange(0);
    if (wanted == 0 || wanted != m_running)
        return;
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    throw py::error_already_set();
}

} // namespace liaison
