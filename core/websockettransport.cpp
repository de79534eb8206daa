// SPDX-License-Identifier: MIT
#include "websockettransport.h"

#include "logging.h"
#include "process.h"

#include <QAbstractEventDispatcher>
#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>

#include <algorithm>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace liaison {

namespace {

/// How long clients may take to answer the close frame when the process ends.
constexpr int closingTime_ms = 300;

/// How much longer, if they are still reading what was sent before.
constexpr int readingTime_ms = 900;

/// How often it is seen whether a client has stopped reading, and how long one may that is to be closed.
constexpr int stallInterval_ms = 500;
constexpr double stallInterval_s = 0.5;
constexpr double closingStall_s = 5;
constexpr double longestClosing_s = 60;

/// How long after a client has left what it took goes back to the system; not more often, should many leave.
constexpr int memoryInterval_ms = 1000;

/// So many who were turned away get the time to read why.
constexpr int mostTurnedAway = 64;

/// Frames are collected up to so many bytes; a longer text is not copied together with others.
constexpr qsizetype largestCollection = qsizetype(64) << 10;

/// Bytes that the system has not taken yet.
qint64 bytesLeft(const QTcpSocket *tcp)
{
    const auto *tls = qobject_cast<const QSslSocket *>(tcp);
    return tcp->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0);
}

/// The same, and those that the other side has not received.
qint64 bytesUnread(const QTcpSocket *tcp)
{
    int queued = 0;
    if (::ioctl(int(tcp->socketDescriptor()), SIOCOUTQ, &queued) != 0)
        queued = 0;
    return bytesLeft(tcp) + queued;
}

/// What is said before the connection ends reaches the client only if nothing of its own is left unread: a
/// system that closes a connection with unread bytes resets it.
void endOutput(QTcpSocket *tcp)
{
    if (bytesLeft(tcp) == 0)
        ::shutdown(int(tcp->socketDescriptor()), SHUT_WR);
}

/// So many bytes of items may wait for a client: fewer than those for which it would be closed.
qint64 backpressureLimit(const Limits &limits)
{
    constexpr qint64 usual = qint64(1) << 20;
    return std::max<qint64>(1, std::min(usual, limits.unread / 2));
}

} // namespace

WebSocketTransport::WebSocketTransport(EntranceOptions options)
    : Transport(backpressureLimit(options.limits))
    , m_options(std::move(options))
    , m_stallTimer(this)
    , m_memoryTimer(this)
{
    m_stallTimer.setInterval(stallInterval_ms);
    connect(&m_stallTimer, &QTimer::timeout, this, &WebSocketTransport::onStallTime);
    m_memoryTimer.setInterval(memoryInterval_ms);
    m_memoryTimer.setSingleShot(true);
    connect(&m_memoryTimer, &QTimer::timeout, this, &releaseFreeMemory);
}

void WebSocketTransport::listen(const QList<QHostAddress> &addresses, quint16 port)
{
    connect(QAbstractEventDispatcher::instance(thread()), &QAbstractEventDispatcher::aboutToBlock, this,
            &WebSocketTransport::onAboutToSleep, Qt::UniqueConnection);
    m_entrance = new Entrance(m_options, refusals(), this);
    connect(m_entrance, &Entrance::admitted, this, &WebSocketTransport::onAdmitted);
    if (m_entrance->listen(addresses, port))
        Q_EMIT listening(m_entrance->port());
    else
        Q_EMIT listenFailed(m_entrance->failure());
}

/// Short replies are collected until there is nothing else to do.
void WebSocketTransport::onAboutToSleep()
{
    sendCollected();
    lookForReplies();
}

void WebSocketTransport::stopListening()
{
    if (m_entrance)
        m_entrance->stopListening();
}

void WebSocketTransport::onAdmitted(QWebSocket *socket, QTcpSocket *tcp, bool showedToken,
                                    const QByteArray &early)
{
    if (!showedToken) {
        turnAway(socket, tcp, CloseCode::PolicyViolation, "a token is missing or wrong");
        return;
    }
    if (clientCount() >= m_options.limits.connections) {
        refusals().note(Refusal::Connections,
                        QStringLiteral("%1: there are %2 connections").arg(peerText(tcp)).arg(clientCount()));
        turnAway(socket, tcp, CloseCode::TryAgainLater, "too many connections");
        return;
    }
    const ClientId client = ++m_lastClient;
    const auto joined = m_connections.try_emplace(client, socket, tcp, m_options.limits.messageSize).first;
    joined->second.reader.append(early);
    connect(tcp, &QTcpSocket::readyRead, this, [this, client] { onReadyRead(client); });
    connect(socket, &QWebSocket::disconnected, this, [this, client] { onDisconnected(client); });
    qCInfo(lcLiaison).noquote() << "client" << client << "joined from" << peerText(tcp);
    backpressure()->join(client);
    Q_EMIT clientJoined(client);
    onReadyRead(client);
}

/// Somebody who is no client: what it sends is not even read.
void WebSocketTransport::turnAway(QWebSocket *socket, QTcpSocket *tcp, CloseCode code, const char *reason)
{
    connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    connect(tcp, &QTcpSocket::readyRead, tcp, [tcp] { tcp->skip(tcp->bytesAvailable()); });
    connect(tcp, &QObject::destroyed, this, [this] { --m_turnedAway; });
    QTimer::singleShot(closingTime_ms, socket, [socket] { socket->abort(); });
    tcp->write(closeFrame(code, reason));
    endWhenWritten(tcp);
    // A crowd of them gets no time to read why.
    if (++m_turnedAway > mostTurnedAway) {
        tcp->flush();
        socket->abort();
    }
}

void WebSocketTransport::onReadyRead(ClientId client)
{
    auto found = m_connections.find(client);
    if (found == m_connections.end())
        return;
    found->second.reader.append(found->second.tcp->readAll());
    while (found != m_connections.end()) {
        const auto incoming = found->second.reader.next();
        if (!incoming)
            return;
        onIncoming(client, found->second, *incoming);
        // That may have ended the connection.
        found = m_connections.find(client);
    }
}

void WebSocketTransport::onIncoming(ClientId client, Connection &connection, const Incoming &incoming)
{
    if (connection.state == State::Closed)
        return;
    const bool isOpen = connection.state == State::Open;
    switch (incoming.kind) {
    case Incoming::Kind::Message:
        if (isOpen)
            receive(client, incoming.payload);
        return;
    case Incoming::Kind::Ping:
        if (isOpen)
            collectFrame(connection, client, pongFrame(incoming.payload));
        return;
    case Incoming::Kind::Pong:
        return;
    case Incoming::Kind::Close:
        if (isOpen)
            closeConnection(connection, client, incoming.code, {});
        finish(connection);
        return;
    case Incoming::Kind::Fault:
        if (isOpen) {
            const bool isTooBig = incoming.code == CloseCode::MessageTooBig;
            refusals().note(isTooBig ? Refusal::MessageSize : Refusal::Protocol,
                            QStringLiteral("client %1 is closed with %2: %3")
                                .arg(client)
                                .arg(int(incoming.code))
                                .arg(incoming.reason));
            closeConnection(connection, client, incoming.code, incoming.reason.toUtf8());
        }
        finish(connection);
        return;
    }
}

/// Says goodbye, behind what was sent before. Does not flush: a socket that fails then ends the connection at
/// once, in the middle of whatever is being done with it.
void WebSocketTransport::closeConnection(Connection &connection, ClientId client, CloseCode code,
                                         QByteArrayView reason)
{
    write(connection);
    connection.tcp->write(closeFrame(code, reason));
    connection.state = State::Closing;
    connection.code = code;
    connection.stalled_s = 0;
    watch(connection, client);
    // A stream has nobody to wait for any more.
    backpressure()->leave(client);
}

/// Both have said goodbye, or nothing more is to be heard.
void WebSocketTransport::finish(Connection &connection)
{
    connection.state = State::Closed;
    endWhenWritten(connection.tcp);
}

void WebSocketTransport::endWhenWritten(QTcpSocket *tcp)
{
    endOutput(tcp);
    // Of TLS, bytes are said to be written when they are about to be encrypted.
    if (auto *tls = qobject_cast<QSslSocket *>(tcp))
        connect(tls, &QSslSocket::encryptedBytesWritten, tcp, [tcp] { endOutput(tcp); });
    else
        connect(tcp, &QTcpSocket::bytesWritten, tcp, [tcp] { endOutput(tcp); });
}

void WebSocketTransport::onDisconnected(ClientId client)
{
    const auto found = m_connections.find(client);
    if (found == m_connections.end())
        return;
    const auto &connection = found->second;
    qCInfo(lcLiaison) << "client" << client << "left"
                      << (connection.state == State::Open ? "without a close frame" : "with close code")
                      << (connection.state == State::Open ? 0 : int(connection.code));
    connection.tcp->disconnect(this);
    connection.socket->disconnect(this);
    connection.socket->deleteLater();
    m_connections.erase(found);
    if (!m_memoryTimer.isActive())
        m_memoryTimer.start();
    backpressure()->leave(client);
    Q_EMIT clientLeft(client, clientCount());
    if (m_closing && m_connections.empty())
        Q_EMIT closed();
}

void WebSocketTransport::deliver(ClientId receiver, const QByteArray &text)
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
    if (connection.state != State::Open)
        return;
    const auto left = bytesUnwritten(connection);
    if (left == 0)
        connection.longest = 0;
    // One message that is longer than that may be on its way; it is what comes behind that piles up.
    if (left - connection.longest > m_options.limits.unread) {
        refusals().note(
            Refusal::Unread,
            QStringLiteral("client %1 is closed with 1013: it has not read %2 bytes").arg(client).arg(left));
        closeConnection(connection, client, CloseCode::TryAgainLater, "too much is waiting to be read");
        return;
    }
    connection.longest = std::max(connection.longest, qint64(text.size()));
    const bool isLong = text.size() > largestCollection;
    appendTextHeader(connection.collected, text.size());
    if (!isLong) {
        connection.collected.append(text);
        markUnsent(connection, client);
    }
    if (isLong || connection.collected.size() > largestCollection)
        write(connection);
    if (isLong)
        connection.tcp->write(text);
}

void WebSocketTransport::collectFrame(Connection &connection, ClientId client, const QByteArray &frame)
{
    // A ping more or less is nothing to those who do not read.
    if (bytesUnwritten(connection) > m_options.limits.unread)
        return;
    connection.collected.append(frame);
    markUnsent(connection, client);
}

void WebSocketTransport::markUnsent(Connection &connection, ClientId client)
{
    if (!connection.isUnsent)
        m_unsent.append(client);
    connection.isUnsent = true;
}

void WebSocketTransport::write(Connection &connection)
{
    connection.tcp->write(std::exchange(connection.collected, TextBuffer({}, 0)).take());
}

qint64 WebSocketTransport::bytesUnwritten(const Connection &connection)
{
    return connection.collected.size() + bytesLeft(connection.tcp);
}

qint64 WebSocketTransport::unwritten(ClientId client) const
{
    const auto found = m_connections.find(client);
    return found == m_connections.end() ? 0 : bytesUnwritten(found->second);
}

qint64 WebSocketTransport::watchUnwritten(ClientId client)
{
    const auto found = m_connections.find(client);
    if (found == m_connections.end())
        return 0;
    watch(found->second, client);
    return bytesUnwritten(found->second);
}

/// From now on it is known what it reads, and when it stops.
void WebSocketTransport::watch(Connection &connection, ClientId client)
{
    if (!m_stallTimer.isActive())
        m_stallTimer.start();
    if (std::exchange(connection.isWatched, true))
        return;
    const auto onWritten = [this, client] {
        const auto written = m_connections.find(client);
        if (written == m_connections.end())
            return;
        backpressure()->setUnwritten(client, bytesUnwritten(written->second));
    };
    connect(connection.tcp, &QTcpSocket::bytesWritten, this, onWritten);
    if (auto *tls = qobject_cast<QSslSocket *>(connection.tcp))
        connect(tls, &QSslSocket::encryptedBytesWritten, this, onWritten);
}

/// Those who are to be closed, or whom a stream waits for, must read now and then.
void WebSocketTransport::onStallTime()
{
    bool isNeeded = false;
    QList<QWebSocket *> late;
    for (auto &[client, connection] : m_connections) {
        const auto unread = connection.collected.size() + bytesUnread(connection.tcp);
        const bool isClosing = connection.state != State::Open;
        const bool isWaitedFor = isClosing || backpressure()->isWaitedFor(client);
        isNeeded = isNeeded || isWaitedFor || (connection.isWatched && unread > 0);
        const bool isStalled = isWaitedFor && (unread >= connection.unread || unread == 0);
        connection.unread = unread;
        connection.stalled_s = isStalled ? connection.stalled_s + stallInterval_s : 0;
        connection.closing_s += isClosing ? stallInterval_s : 0;
        if (isClosing &&
            (connection.stalled_s >= closingStall_s || connection.closing_s >= longestClosing_s)) {
            late.append(connection.socket);
        } else if (!isClosing && connection.stalled_s >= m_options.limits.stallTime_s) {
            refusals().note(Refusal::Stalled,
                            QStringLiteral("client %1 is closed with 1013: a stream has waited %2 s for it")
                                .arg(client)
                                .arg(m_options.limits.stallTime_s));
            closeConnection(connection, client, CloseCode::TryAgainLater, "a stream has waited too long");
        }
    }
    for (auto *socket : std::as_const(late))
        socket->abort();
    if (!isNeeded)
        m_stallTimer.stop();
}

void WebSocketTransport::sendCollected()
{
    for (const auto client : std::exchange(m_unsent, {})) {
        const auto found = m_connections.find(client);
        if (found == m_connections.end())
            continue;
        auto &connection = found->second;
        connection.isUnsent = false;
        if (connection.state != State::Open)
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
    for (auto &[client, connection] : m_connections) {
        if (connection.state == State::Open)
            closeConnection(connection, client, CloseCode::GoingAway, "Liaison stops");
    }
    QTimer::singleShot(closingTime_ms, this, [this] {
        const bool isReading = std::any_of(m_connections.begin(), m_connections.end(), [](const auto &entry) {
            return bytesUnwritten(entry.second) > 0;
        });
        if (isReading)
            QTimer::singleShot(readingTime_ms, this, &WebSocketTransport::abortAll);
        else
            abortAll();
    });
}

void WebSocketTransport::abortAll()
{
    QList<QWebSocket *> late;
    for (const auto &[client, connection] : m_connections)
        late.append(connection.socket);
    for (auto *socket : std::as_const(late))
        socket->abort();
    if (m_connections.empty())
        return;
    m_connections.clear();
    Q_EMIT closed();
}

} // namespace liaison
