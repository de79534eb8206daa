// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>
#include <utility>

namespace liaison {

/// Why a command is stopped.
enum class StopReason { Interrupt, Timeout };

/// Stops commands whose time is over, or that are to be interrupted, and does not let go until they have
/// noticed. Lives on the I/O thread, so that it works whatever Python does.
class Watchdog final : public QObject {
    Q_OBJECT
public:
    /// Stops the command of a serial number.
    /// @return whether it must be asked again
    using Stop = std::function<bool(quint64 serial, StopReason reason)>;

    explicit Watchdog(Stop stop);

    /// After so many seconds the command is stopped, if it still runs then.
    void startTimer(quint64 serial, double timeout_s);

    /// The command is stopped from now on.
    void stop(quint64 serial, StopReason reason);

    /// It has ended; no harm if nobody watches it.
    void forget(quint64 serial);

private:
    void onAskTime();

    Stop m_stop;
    QHash<quint64, QTimer *> m_timers;
    QList<std::pair<quint64, StopReason>> m_stopping;
    QTimer m_askTimer;
};

} // namespace liaison
