// SPDX-License-Identifier: MIT
#pragma once

#include "connection.h"
#include "server.h"

#include <QObject>
#include <QString>

#include <memory>

namespace liaison {

struct TrayOptions;

/// The Liaison that is watched: a child of this process, or one that runs elsewhere.
class Watched final : public QObject {
    Q_OBJECT
public:
    explicit Watched(const TrayOptions &options, QObject *parent = nullptr);

    Connection &connection() { return m_connection; }

    /// The child; null for one that runs elsewhere.
    Server *server() { return m_server.get(); }

    /// Starts the child, or connects to the one elsewhere.
    void begin();

    enum class State { Stopped, Connecting, Watching, Failed };
    State state() const { return m_state; }

    /// What is known of it, in a sentence.
    const QString &stateText() const { return m_text; }

    /// "host:port"; empty before it is known.
    const QString &address() const { return m_address; }

Q_SIGNALS:
    void stateChanged();

private:
    void connectTo(const QString &address);
    void onServerState();
    void onServerEnded(int exitCode, bool wasAsked);
    void setState(State state, const QString &text);

    Peer m_peer; ///< but for the host and port
    Connection m_connection;
    std::unique_ptr<Server> m_server;
    QString m_address;
    State m_state = State::Stopped;
    QString m_text;
};

} // namespace liaison
