// SPDX-License-Identifier: MIT
#pragma once

#include "passthrough.h"

#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <functional>

namespace liaison {

/// The headless Liaison that this program starts and watches: what is debugged is what is shipped. It has
/// this process's standard input; its output is handed on, markers included. It ends with this process,
/// however that ends.
class Server final : public QObject {
    Q_OBJECT
public:
    /// @param program the path of the executable
    /// @param arguments of it
    Server(QString program, QStringList arguments, QObject *parent = nullptr);
    ~Server() override;

    enum class State { Stopped, Starting, Serving, Stopping };
    State state() const { return m_state; }

    void start();

    /// Has it end as SIGTERM does.
    void stop();

    /// Stops it if it runs, and starts it again.
    void restart();

    /// Whether it has ever been ready for clients.
    bool hasServed() const { return m_hasServed; }

Q_SIGNALS:
    void stateChanged();

    /// It is ready for clients.
    /// @param address "host:port", of which the port is the one it listens on
    void serving(const QString &address);

    /// It has ended.
    /// @param exitCode -1 where it crashed
    /// @param wasAsked whether stop() or restart() had it end
    void ended(int exitCode, bool wasAsked);

    /// What came to standard output, but for markers, or to standard error; UTF-8, cut anywhere.
    void printed(bool isError, const QByteArray &text);

private:
    void setState(State state);
    void onOutput(const QByteArray &chunk);
    void onFinished(int exitCode, QProcess::ExitStatus status);

    QString m_program;
    QStringList m_arguments;
    QProcess m_process;
    Passthrough m_output;
    Passthrough m_errors;
    QTimer m_killTimer;
    State m_state = State::Stopped;
    bool m_startsAgain = false;
    bool m_hasServed = false;
};

} // namespace liaison
