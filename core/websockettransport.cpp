// SPDX-License-Identifier: MIT
#include "websockettransport.h"

#include "logging.h"

#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

namespace liaison {

namespace {

/// How long a client may take to answer the close frame before its connection is cut.
constexpr int closingTime_ms = 300;

/// How often port 0 tries again when the port that one address offered is taken on another.
constexpr int portAttempts = 20;

} // namespace

WebSocketTransport::WebSocketTransport(qint64 maxMessageSize)
    : m_maxMessageSize(maxMessageSize)
{
}

void WebSocketTransport::listen(const QList<QHostAddress> &addresses, quint16 port)
{
    for (int attempt = 0; attempt < (port ? 1 : portAttempts); ++attempt) {
        if (tryListen(addresses, port)) {
            Q_EMIT listening(m_servers.first()->serverPort());
            return;
        }
        qDeleteAll(std::exchange(m_servers, {}));
    }
    Q_EMIT listenFailed(m_failure);
}

bool WebSocketTransport::tryListen(const QList<QHostAddress> &addresses, quint16 port)
{
    for (const auto &address : addresses) {
        auto *server = new QWebSocketServer(QStringLiteral("Liaison"), QWebSocketServer::NonSecureMode, this);
        connect(server, &QWebSocketServer::newConnection, this, [this, server] { onNewConnection(server); });
        if (server->listen(address, port)) {
            port = server->serverPort();
            m_servers.append(server);
            qCInfo(lcLiaison) << "listening on" << address.toString() << "port" << port;
            continue;
        }
        m_failure =
            QStringLiteral("%1 port %2: %3").arg(address.toString()).arg(port).arg(server->errorString());
        delete server;
        return false;
    }
    return !m_servers.isEmpty();
}

void WebSocketTransport::stopListening()
{
    // They stay until the end: the connections' sockets are their children.
    for (auto *server : std::as_const(m_servers))
        server->close();
}

void WebSocketTransport::onNewConnection(QWebSocketServer *server)
{
    while (auto *socket = server->nextPendingConnection()) {
        const ClientId client = ++m_lastClient;
        socket->setMaxAllowedIncomingMessageSize(quint64(m_maxMessageSize));
        socket->setMaxAllowedIncomingFrameSize(quint64(m_maxMessageSize));
        socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
        connect(socket, &QWebSocket::textMessageReceived, this,
                [this, client](const QString &text) { Q_EMIT textReceived(client, text.toUtf8()); });
        connect(socket, &QWebSocket::binaryMessageReceived, this,
                [this, client](const QByteArray &text) { Q_EMIT textReceived(client, text); });
        connect(socket, &QWebSocket::disconnected, this, [this, client] { onDisconnected(client); });
        m_sockets.insert(client, socket);
        qCInfo(lcLiaison) << "client" << client << "joined from" << socket->peerAddress().toString() << "port"
                          << socket->peerPort();
        Q_EMIT clientJoined(client);
    }
}

void WebSocketTransport::onDisconnected(ClientId client)
{
    auto *socket = m_sockets.take(client);
    if (!socket)
        return;
    qCInfo(lcLiaison) << "client" << client << "left with close code" << int(socket->closeCode());
    socket->deleteLater();
    Q_EMIT clientLeft(client, m_sockets.size());
    if (m_closing && m_sockets.isEmpty())
        Q_EMIT closed();
}

void WebSocketTransport::send(ClientId receiver, const QByteArray &text)
{
    auto message = QString::fromUtf8(text);
    // Qt takes it for a byte order mark and drops it; here it is text.
    if (text.startsWith("\xEF\xBB\xBF"))
        message.prepend(QChar(QChar::ByteOrderMark));
    if (receiver != everyClient) {
        if (auto *socket = m_sockets.value(receiver))
            socket->sendTextMessage(message);
        return;
    }
    for (auto *socket : std::as_const(m_sockets))
        socket->sendTextMessage(message);
}

void WebSocketTransport::close()
{
    stopListening();
    sendWaiting(closingTime_ms);
    m_closing = true;
    if (m_sockets.isEmpty()) {
        Q_EMIT closed();
        return;
    }
    // A client that answers emits disconnected() and may do so at once: walk over a copy.
    const auto sockets = m_sockets.values();
    for (auto *socket : sockets)
        socket->close(QWebSocketProtocol::CloseCodeGoingAway, QStringLiteral("Liaison stops"));
    QTimer::singleShot(closingTime_ms, this, [this] {
        const auto late = m_sockets.values();
        for (auto *socket : late)
            socket->abort();
        if (m_sockets.isEmpty())
            return;
        m_sockets.clear();
        Q_EMIT closed();
    });
}

} // namespace liaison
