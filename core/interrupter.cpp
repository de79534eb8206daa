// SPDX-License-Identifier: MIT
#include "interrupter.h"

#include <QScopeGuard>

#include <csignal>
#include <utility>

namespace py = pybind11;

namespace liaison {

namespace {

/// Ignored by default, so it harms nobody should it arrive where no handler is, and hardly ever used
/// otherwise.
constexpr int interruptSignal = SIGURG;

/// The attribute that tells this KeyboardInterrupt from one that the code raises itself; liaison.companion
/// reads it.
constexpr const char *interruptMark = "_liaison_interrupt";

} // namespace

Interrupter::Interrupter(std::function<void()> onSignal)
    : m_onSignal(std::move(onSignal))
{
    if (isPythonMainThread())
        m_handler.emplace(interruptSignal, [this] { handle(); });
}

bool Interrupter::interrupt(quint64 serial)
{
    if (serial == 0 || m_running != serial || m_settled == serial)
        return false;
    interruptAgain(serial);
    return true;
}

void Interrupter::interruptAgain(quint64 serial)
{
    m_wanted = serial;
    wakeHandler();
}

void Interrupter::renew(quint64 serial)
{
    m_settled.compare_exchange_strong(serial, 0);
}

void Interrupter::wakeHandler()
{
    if (m_handler)
        pthread_kill(m_thread, interruptSignal);
}

void Interrupter::handle()
{
    // What that runs shall not be interrupted itself.
    if (std::exchange(m_isHandling, true))
        return;
    const auto handled = qScopeGuard([this] { m_isHandling = false; });
    if (m_onSignal)
        m_onSignal();
    const quint64 wanted = m_wanted.exchange(0);
    if (wanted == 0 || wanted != m_running)
        return;
    m_interrupted = wanted;
    m_settled = wanted;
    const auto exception = py::reinterpret_borrow<py::object>(PyExc_KeyboardInterrupt)();
    exception.attr(interruptMark) = true;
    PyErr_SetObject(PyExc_KeyboardInterrupt, exception.ptr());
    throw py::error_already_set();
}

} // namespace liaison
