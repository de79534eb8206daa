// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

#include <array>

#include <csignal>

class QSocketNotifier;

namespace liaison {

/// Turns SIGINT, SIGTERM and ParentWatch::deathSignal() into a Qt signal on its own thread, at once, whatever
/// Python does: the handler, which is C, writes to a socketpair. While it lives it is the process's handler
/// for them; then the old ones are back. A child that was forked off gets the default behaviour. One at a
/// time in a process.
class SignalWatcher final : public QObject {
    Q_OBJECT
public:
    SignalWatcher();
    ~SignalWatcher() override;

    /// Whether the handlers are this object's: there is another watcher otherwise, or no socketpair.
    bool isInstalled() const { return m_installed; }

    /// As if the process had been sent the signal. Async-signal-safe. In a child that was forked off, the
    /// default happens instead.
    static void notify(int number);

    /// Whether the handler in C is still this class's; signal.signal() puts Python's in its place.
    static bool hasHandler(int number);

    /// Makes it so again, while there is a watcher.
    static void takeHandler(int number);

Q_SIGNALS:
    void received(int number);

private:
    void onReadable();

    bool m_installed = false;
    std::array<int, 2> m_sockets = {-1, -1};
    std::array<struct sigaction, 3> m_previous = {};
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace liaison
