// SPDX-License-Identifier: MIT
#pragma once

#include "clientlimits.h"

#include <pybind11/pybind11.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QHostAddress>
#include <QList>
#include <QString>
#include <QStringList>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>

#include <sys/types.h>

namespace liaison {

class Session;

/// Why nothing could be served; what() is one sentence for the user.
class ServiceError : public std::runtime_error {
public:
    explicit ServiceError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

struct ServiceOptions {
    QString address; ///< as the user gave it, for the markers; empty: made of host and port
    QString host = QStringLiteral("localhost");
    QList<QHostAddress> addresses; ///< what the host stands for; empty: not looked up yet
    quint16 port = 8001;           ///< 0: any that is free
    Limits limits;
    QStringList allowedOrigins;   ///< pages that may connect, besides those of this machine
    QByteArray token;             ///< what clients have to show; empty: nothing
    bool allowsRemote = false;    ///< whether addresses beyond loopback may be served, given a token
    QString tlsCertificate;       ///< a file with the server's certificate, and those that vouch for it (PEM)
    QString tlsKey;               ///< a file with its private key (PEM); both empty: no TLS
    bool stays = true;            ///< whether it outlives a frontend that has closed stdin and left
    bool exitsWithParent = false; ///< whether it ends when the process that launched it does
    pid_t parent = 0;             ///< that process, as it was at the start
    bool streamsOutput = false;   ///< whether what a command prints also goes to its client
    bool newlines = false;        ///< whether the markers end with a newline
    bool ownsProcess =
        false; ///< whether the process is there for this service alone: the stop marker then comes
               ///< when Python has finalised, and a hanging Python does not keep the process alive
};

/// Serves a companion to clients: joins transport, dispatcher and companion, writes the markers. All but
/// run() may be called from any thread, and while it does not run they do nothing.
class Service {
public:
    explicit Service(ServiceOptions options)
        : m_options(std::move(options))
    {
    }

    /// Serves on this thread until stop(), SIGINT or SIGTERM. Called with the GIL, which it holds only while
    /// Python runs. Watches signals only on Python's main thread. May be called again afterwards.
    /// @param companion an instance of the Python class liaison.Companion
    /// @throws ServiceError when it cannot, AddressError when the host is none that it serves
    void run(const pybind11::object &companion);

    /// Ends run() soon: no command begins any more, the one that runs goes on to its end.
    void stop();

    /// Sends a text (UTF-8) to all clients. Waits for so long at the most while much is on its way to them;
    /// needs no GIL, and whoever calls should not hold it.
    void push(const QByteArray &text, std::chrono::milliseconds patience);

    /// The latest 1000 messages, as received; none while it does not run.
    QByteArrayList messages() const;

    bool isAlive() const { return m_port != 0; }

    const ServiceOptions &options() const { return m_options; }

    /// The port that is served; before it is known, the one that was asked for.
    quint16 port() const { return m_port ? m_port.load() : m_options.port; }

private:
    ServiceOptions m_options;
    mutable std::mutex m_mutex;
    Session *m_session = nullptr; ///< guarded by m_mutex
    std::atomic<quint16> m_port = 0;
    std::atomic<bool> m_isRunning = false;
};

/// Makes the QCoreApplication of this process if there is none; it is kept until the process ends.
void ensureApplication();

/// The same, with the program's arguments, which must outlive it.
void ensureApplication(int &argc, char **argv);

} // namespace liaison
