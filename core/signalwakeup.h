// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <QObject>

#include <array>

class QSocketNotifier;

namespace liaison {

/// Lets Python run its signal handlers while its main thread waits in Qt's event loop: Python writes to a
/// socketpair whenever a signal with such a handler comes. Made and ended on that thread, with the GIL.
class SignalWakeup final : public QObject {
    Q_OBJECT
public:
    SignalWakeup();
    ~SignalWakeup() override;

    /// Takes the place of Python's wake-up descriptor again, if nobody else has it: an event loop that user
    /// code ran has given it up. Needs the GIL.
    void keep();

private:
    int exchange(int descriptor) const;
    void onReadable();

    pybind11::object m_setDescriptor;
    std::array<int, 2> m_sockets = {-1, -1};
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace liaison
