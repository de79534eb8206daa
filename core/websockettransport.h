// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"
#include "transport.h"

#include <QHostAddress>
#include <QList>

#include <unordered_map>

class QTcpSocket;
class QWebSocket;
class QWebSocketServer;

namespace liaison {

/// The Transport that speaks WebSocket: one QWebSocketServer for each address, one text frame for each
/// message.
///
/// What comes in goes through QWebSocket whole. What goes out is framed here and written to the TCP socket
/// below it, many frames at a time: QWebSocket takes text as UTF-16 only and writes each frame by itself,
/// which took a third of the time that a short message costs.
class WebSocketTransport final : public Transport {
    Q_OBJECT
public:
    /// @param maxMessageSize bytes; a longer message closes its connection with code 1009
    explicit WebSocketTransport(qint64 maxMessageSize);

    /// Listens on every one of the addresses at the same port, then emits listening(), or listenFailed() when
    /// one of them cannot be had.
    /// @param port 0 picks one that is free on all of them
    void listen(const QList<QHostAddress> &addresses, quint16 port);

    void stopListening() override;
    void close() override;
    void send(ClientId receiver, const QByteArray &text) override;
    void sendCollected() override;

    /// On the I/O thread: how many are connected.
    qsizetype clientCount() const { return qsizetype(m_connections.size()); }

private:
    struct Connection {
        QWebSocket *socket = nullptr;
        QTcpSocket *tcp = nullptr; ///< null: only the WebSocket can be written to
        TextBuffer collected;      ///< frames
        bool isUnsent = false;     ///< m_unsent names it
        bool isClosing = false;    ///< the close frame was the last
        bool isWatched = false;    ///< backpressure() is told what is written
    };

    qint64 watchUnwritten(ClientId client) override;
    static qint64 unwritten(const Connection &connection);
    void onAboutToSleep();
    QList<QWebSocket *> sockets() const;
    void collect(Connection &connection, ClientId client, const QByteArray &text);
    static void write(Connection &connection);
    bool tryListen(const QList<QHostAddress> &addresses, quint16 port);
    void onNewConnection(QWebSocketServer *server);
    void onDisconnected(ClientId client);

    qint64 m_maxMessageSize;
    QList<QWebSocketServer *> m_servers;
    std::unordered_map<ClientId, Connection> m_connections;
    QList<ClientId> m_unsent; ///< those for whom something is collected
    ClientId m_lastClient = everyClient;
    QString m_failure;
    bool m_closing = false;
};

} // namespace liaison
