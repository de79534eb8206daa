// SPDX-License-Identifier: MIT
#pragma once

#include "pythonsignal.h"

#include <QtGlobal>

#include <atomic>
#include <functional>
#include <optional>

#include <pthread.h>

namespace liaison {

/// Raises KeyboardInterrupt in the command that runs, and in no other. For this it sends a signal of its own
/// to Python's main thread: that wakes a blocking system call, and Python then runs the handler that raises.
/// SIGINT is left to the program.
///
/// Made, used and ended on the thread that runs the commands, with the GIL, but for what is thread-safe. Does
/// nothing on a thread other than Python's main thread, where Python runs no signal handlers.
class Interrupter {
public:
    /// @param onSignal called with the GIL whenever the handler runs, whatever for; may be empty
    explicit Interrupter(std::function<void()> onSignal = {});

    Interrupter(const Interrupter &) = delete;
    Interrupter &operator=(const Interrupter &) = delete;

    /// A command begins: interrupt(serial) means it from now on.
    void begin(quint64 serial) { m_running = serial; }

    /// It has ended: an interrupt that was on its way to it hits nothing.
    void end() { m_running = 0; }

    /// Thread-safe, needs no GIL. Asks once; a system call that is about to block may miss it, so who wants
    /// to be sure asks again while the answer is true.
    /// @return whether that command runs and has not been interrupted yet, or not since renew()
    bool interrupt(quint64 serial);

    /// The same for a command that may have been interrupted before.
    void interruptAgain(quint64 serial);

    /// Thread-safe, needs no GIL. A command that has been interrupted, and went on, may be interrupted again.
    void renew(quint64 serial);

    /// Thread-safe, needs no GIL. Has the handler run soon if Python runs.
    void wakeHandler();

    /// Whether the exception was raised in this command.
    bool hasInterrupted(quint64 serial) const { return m_interrupted == serial; }

    /// The serial number of the command that runs; 0 without one. Thread-safe.
    quint64 running() const { return m_running; }

private:
    void handle();

    pthread_t m_thread = pthread_self();
    std::atomic<quint64> m_running = 0;
    std::atomic<quint64> m_wanted = 0;
    std::atomic<quint64> m_interrupted = 0;
    std::atomic<quint64> m_settled = 0; ///< it has had what was asked for
    std::function<void()> m_onSignal;
    bool m_isHandling = false;
    std::optional<PythonSignalHandler> m_handler;
};

} // namespace liaison
