// SPDX-License-Identifier: MIT
#pragma once

#include "transport.h"

#include <QHash>
#include <QHostAddress>
#include <QList>

class QWebSocket;
class QWebSocketServer;

namespace liaison {

/// The Transport that speaks WebSocket: one QWebSocketServer for each address, one text frame for each
/// message.
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

private:
    bool tryListen(const QList<QHostAddress> &addresses, quint16 port);
    void onNewConnection(QWebSocketServer *server);
    void onDisconnected(ClientId client);

    qint64 m_maxMessageSize;
    QList<QWebSocketServer *> m_servers;
    QHash<ClientId, QWebSocket *> m_sockets;
    ClientId m_lastClient = everyClient;
    QString m_failure;
    bool m_closing = false;
};

} // namespace liaison
