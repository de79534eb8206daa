// SPDX-License-Identifier: MIT
#include "signalwakeup.h"

#include <QSocketNotifier>

#include <sys/socket.h>
#include <unistd.h>

namespace py = pybind11;

namespace liaison {

namespace {

constexpr int none = -1;

} // namespace

SignalWakeup::SignalWakeup()
    : m_setDescriptor(py::module_::import("_signal").attr("set_wakeup_fd"))
{
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, m_sockets.data()) != 0)
        return;
    m_notifier = new QSocketNotifier(m_sockets[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &SignalWakeup::onReadable);
    keep();
}

SignalWakeup::~SignalWakeup()
{
    if (!m_notifier)
        return;
    try {
        const int current = exchange(none);
        if (current != m_sockets[1])
            exchange(current);
    } catch (py::error_already_set &error) {
        error.discard_as_unraisable("giving up the wake-up descriptor");
    }
    delete m_notifier;
    ::close(m_sockets[0]);
    ::close(m_sockets[1]);
}

void SignalWakeup::keep()
{
    if (!m_notifier)
        return;
    const int current = exchange(m_sockets[1]);
    if (current != none && current != m_sockets[1])
        exchange(current);
}

/// Answers the descriptor that was there before.
int SignalWakeup::exchange(int descriptor) const
{
    return m_setDescriptor(descriptor, py::arg("warn_on_full_buffer") = false).cast<int>();
}

void SignalWakeup::onReadable()
{
    std::array<char, 64> bytes{};
    while (::read(m_sockets[0], bytes.data(), bytes.size()) > 0) {
    }
    const py::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() == 0)
        return;
    // A handler that raises has no command to raise in.
    py::error_already_set error;
    error.discard_as_unraisable("a signal handler");
}

} // namespace liaison
