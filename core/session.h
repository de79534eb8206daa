// SPDX-License-Identifier: MIT
#pragma once

#include "companion.h"
#include "pythonsignal.h"
#include "service.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QHostAddress>
#include <QJsonObject>
#include <QObject>
#include <QThread>

namespace liaison {

class Backpressure;
class Dispatcher;
class Monitor;
class OutputCapture;
class ParentWatch;
class SignalWakeup;
class SignalWatcher;
class Watchdog;
class WebSocketTransport;

/// One run of a Service, from the first listener to the last socket. Lives on the thread that runs Python;
/// its sockets live on an I/O thread of its own. What is said to be thread-safe may be called from any
/// thread.
class Session final : public QObject {
    Q_OBJECT
public:
    /// Needs the GIL.
    Session(const ServiceOptions &options, const pybind11::object &companion);
    /// Needs the GIL.
    ~Session() override;

    /// Serves until it is stopped. Called with the GIL, released while idle.
    /// @throws ServiceError
    void run();

    /// Thread-safe. Ends run() as soon as the command that runs has ended.
    void stop();

    /// Thread-safe.
    void push(const QByteArray &text);

    /// What is on its way to clients.
    std::shared_ptr<Backpressure> backpressure() const;

    /// Thread-safe.
    QByteArrayList messages() const;

Q_SIGNALS:
    void started(quint16 port);

    /// What lives on the I/O thread is about to end: nothing that is thread-safe may be called any more.
    void ending();

private:
    /// Lets an object live on the I/O thread, and end with it.
    template <typename Object> Object *onIo(Object *object);

    void connectAll();
    void watchSignals();
    void keepSignals();
    void finishIo();
    void watchFrontend();
    void captureOutput();
    void onListening(quint16 port);
    void onListenFailed(const QString &reason);
    void stopByForce();
    void setUpOutOfBand();
    QJsonObject info() const;

    ServiceOptions m_options;
    QList<QHostAddress> m_addresses;
    Companion m_companion;
    QThread m_io;
    QList<QObject *> m_onIo;
    WebSocketTransport *m_transport; ///< on the I/O thread, as the next four; they end with it
    Monitor *m_monitor;
    Dispatcher *m_dispatcher;
    Watchdog *m_watchdog;
    QJsonObject m_facts; ///< what info answers and does not change
    QElapsedTimer m_uptime;
    std::optional<PythonSignalHandler>
        m_onInterrupt; ///< SIGINT and SIGTERM as Python sees them; only on its main thread
    std::optional<PythonSignalHandler> m_onTerminate;
    SignalWatcher *m_signals = nullptr;
    std::unique_ptr<SignalWakeup> m_wakeup;
    std::unique_ptr<OutputCapture> m_output; ///< on the I/O thread while that runs
    ParentWatch *m_parentWatch = nullptr;    ///< on the I/O thread, where it ends
    QEventLoop m_loop;
    QString m_failure;
    QByteArray m_marker; ///< the address that the markers name
    std::atomic<bool> m_hasDeadline = false;
    std::atomic<bool> m_stopping = false;
};

} // namespace liaison
