// SPDX-License-Identifier: MIT
#include "websockettransport.h"

#include "fork.h"
#include "logging.h"
#include "utf8.h"

#include <QAbstractEventDispatcher>
#include <QTcpSocket>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <QtEndian>

namespace liaison {

namespace {

/// How long a client may take to answer the close frame before its connection is cut.
constexpr int closingTime_ms = 300;

/// How often port 0 tries again when the port that one address offered is taken on another.
constexpr int portAttempts = 20;

/// Frames are collected up to so many bytes; a longer text is not copied together with others.
constexpr qsizetype largestCollection = qsizetype(64) << 10;

/// Appends the header of an unmasked, final text frame: RFC 6455, section 5.2.
void appendTextFrameHeader(TextBuffer &bytes, qsizetype payload)
{
    constexpr char finalText = char(0x81);
    constexpr qsizetype longestHeader = 10;
    char *const header = bytes.room(longestHeader);
    header[0] = finalText;
    if (payload < 126) {
        header[1] = char(payload);
        bytes.commit(2);
    } else if (payload <= 0xFFFF) {
        header[1] = char(126);
        qToBigEndian(quint16(payload), header + 2);
        bytes.commit(4);
    } else {
        header[1] = char(127);
        qToBigEndian(quint64(payload), header + 2);
        bytes.commit(longestHeader);
    }
}

/// The TCP socket below a WebSocket; null where Qt does not keep it with the server. Both have the same peer.
QTcpSocket *tcpSocketOf(const QWebSocket *socket, const QWebSocketServer *server)
{
    const auto candidates = server->findChildren<QTcpSocket *>();
    for (auto *candidate : candidates) {
        if (candidate->peerPort() == socket->peerPort() &&
            candidate->peerAddress() == socket->peerAddress() &&
            candidate->state() == QAbstractSocket::ConnectedState)
            return candidate;
    }
    return nullptr;
}

} // namespace

WebSocketTransport::WebSocketTransport(qint64 maxMessageSize)
    : m_maxMessageSize(maxMessageSize)
{
}

void WebSocketTransport::listen(const QList<QHostAddress> &addresses, quint16 port)
{
    connect(QAbstractEventDispatcher::instance(thread()), &QAbstractEventDispatcher::aboutToBlock, this,
            &WebSocketTransport::onAboutToSleep, Qt::UniqueConnection);
    for (int attempt = 0; attempt < (port ? 1 : portAttempts); ++attempt) {
        if (tryListen(addresses, port)) {
            Q_EMIT listening(m_servers.first()->serverPort());
            return;
        }
        qDeleteAll(std::exchange(m_servers, {}));
    }
    Q_EMIT listenFailed(m_failure);
}

/// Short replies are collected until there is nothing else to do.
void WebSocketTransport::onAboutToSleep()
{
    sendCollected();
    lookForReplies();
}

QList<QWebSocket *> WebSocketTransport::sockets() const
{
    QList<QWebSocket *> sockets;
    for (const auto &[client, connection] : m_connections)
        sockets.append(connection.socket);
    return sockets;
}

bool WebSocketTransport::tryListen(const QList<QHostAddress> &addresses, quint16 port)
{
    for (const auto &address : addresses) {
        auto *server = new QWebSocketServer(QStringLiteral("Liaison"), QWebSocketServer::NonSecureMode, this);
        connect(server, &QWebSocketServer::newConnection, this, [this, server] { onNewConnection(server); });
        if (server->listen(address, port)) {
            port = server->serverPort();
            closeInChildren(int(server->socketDescriptor()));
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
    for (auto *server : std::as_const(m_servers)) {
        keepInChildren(int(server->socketDescriptor()));
        server->close();
    }
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
        connect(socket, &QWebSocket::aboutToClose, this, [this, client] {
            if (const auto found = m_connections.find(client); found != m_connections.end())
                found->second.isClosing = true;
        });
        auto *tcp = tcpSocketOf(socket, server);
        // Replies are collected here; the system shall not wait for more of them.
        if (tcp) {
            tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            const auto descriptor = int(tcp->socketDescriptor());
            closeInChildren(descriptor);
            connect(tcp, &QTcpSocket::disconnected, this, [descriptor] { keepInChildren(descriptor); });
        }
        m_connections.emplace(client, Connection{socket, tcp, TextBuffer({}, 0)});
        qCInfo(lcLiaison) << "client" << client << "joined from" << socket->peerAddress().toString() << "port"
                          << socket->peerPort();
        backpressure()->join(client);
        Q_EMIT clientJoined(client);
    }
}

void WebSocketTransport::onDisconnected(ClientId client)
{
    const auto found = m_connections.find(client);
    if (found == m_connections.end())
        return;
    auto *socket = found->second.socket;
    m_connections.erase(found);
    backpressure()->leave(client);
    qCInfo(lcLiaison) << "client" << client << "left with close code" << int(socket->closeCode());
    socket->deleteLater();
    Q_EMIT clientLeft(client, clientCount());
    if (m_closing && m_connections.empty())
        Q_EMIT closed();
}

void WebSocketTransport::send(ClientId receiver, const QByteArray &text)
{
    if (receiver == everyClient) {
        for (auto &[client, connection] : m_connections)
            collect(connection, client, text);
    } else if (const auto found = m_connections.find(receiver); found != m_connections.end()) {
        collect(found->second, receiver, text);
    }
}

void WebSocketTransport::collect(Connection &connection, ClientId client, const QByteArray &text)
{
    if (connection.isClosing)
        return;
    if (!connection.tcp) {
        connection.socket->sendTextMessage(textOf(text));
        return;
    }
    const bool isLong = text.size() > largestCollection;
    if (!isLong && !connection.isUnsent) {
        connection.isUnsent = true;
        m_unsent.append(client);
    }
    appendTextFrameHeader(connection.collected, text.size());
    if (!isLong)
        connection.collected.append(text);
    if (isLong || connection.collected.size() > largestCollection)
        write(connection);
    if (isLong)
        connection.tcp->write(text);
}

void WebSocketTransport::write(Connection &connection)
{
    connection.tcp->write(std::exchange(connection.collected, TextBuffer({}, 0)).take());
}

qint64 WebSocketTransport::unwritten(const Connection &connection)
{
    return connection.collected.size() + connection.socket->bytesToWrite();
}

qint64 WebSocketTransport::watchUnwritten(ClientId client)
{
    const auto found = m_connections.find(client);
    if (found == m_connections.end())
        return 0;
    auto &connection = found->second;
    if (!connection.isWatched) {
        connection.isWatched = true;
        connect(connection.socket, &QWebSocket::bytesWritten, this, [this, client] {
            if (const auto written = m_connections.find(client); written != m_connections.end())
                backpressure()->setUnwritten(client, unwritten(written->second));
        });
    }
    return unwritten(connection);
}

void WebSocketTransport::sendCollected()
{
    for (const auto client : std::exchange(m_unsent, {})) {
        const auto found = m_connections.find(client);
        if (found == m_connections.end())
            continue;
        auto &connection = found->second;
        connection.isUnsent = false;
        if (connection.isClosing)
            continue;
        write(connection);
        connection.tcp->flush();
    }
}

void WebSocketTransport::close()
{
    stopListening();
    sendWaiting(closingTime_ms);
    m_closing = true;
    if (m_connections.empty()) {
        Q_EMIT closed();
        return;
    }
    // A client that answers emits disconnected() and may do so at once: walk over a copy.
    const auto present = sockets();
    for (auto *socket : present)
        socket->close(QWebSocketProtocol::CloseCodeGoingAway, QStringLiteral("Liaison stops"));
    QTimer::singleShot(closingTime_ms, this, [this] {
        const auto late = sockets();
        for (auto *socket : late)
            socket->abort();
        if (m_connections.empty())
            return;
        m_connections.clear();
        Q_EMIT closed();
    });
}

} // namespace liaison
