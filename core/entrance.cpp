// SPDX-License-Identifier: MIT
#include "entrance.h"

#include "access.h"
#include "fork.h"
#include "logging.h"
#include "refusals.h"

#include <QNetworkRequest>
#include <QSocketNotifier>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketCorsAuthenticator>
#include <QWebSocketServer>

#include <utility>

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace liaison {

namespace {

/// How often port 0 tries again when the port that one address offered is taken on another.
constexpr int portAttempts = 20;

/// Bytes of an HTTP request with its headers.
constexpr qint64 longestRequest = qint64(16) << 10;

/// When to try again after the system had no descriptor left for a connection.
constexpr int acceptAgain_ms = 100;

/// Then those who are in get their turn.
constexpr int acceptedAtOnce = 64;

/// How long a connection is kept that ended while QWebSocketServer had it.
constexpr int farewell_ms = 1000;

int milliseconds(double seconds)
{
    constexpr double ms = 1000;
    return int(seconds * ms);
}

} // namespace

QString peerText(const QTcpSocket *tcp)
{
    return QStringLiteral("%1 port %2").arg(tcp->peerAddress().toString()).arg(tcp->peerPort());
}

Entrance::Entrance(EntranceOptions options, Refusals &refusals, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_refusals(refusals)
    , m_upgrader(new QWebSocketServer(
          QStringLiteral("Liaison"),
          m_options.tls ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode, this))
{
    connect(m_upgrader, &QWebSocketServer::newConnection, this, &Entrance::onUpgraded);
    connect(m_upgrader, &QWebSocketServer::originAuthenticationRequired, this,
            [this](QWebSocketCorsAuthenticator *asked) {
                asked->setAllowed(isWelcome(asked->origin(), m_options.allowedOrigins));
            });
}

bool Entrance::listen(const QList<QHostAddress> &addresses, quint16 port)
{
    for (int attempt = 0; attempt < (port ? 1 : portAttempts); ++attempt) {
        if (tryListen(addresses, port))
            return true;
        closeServers();
    }
    return false;
}

/// Connections are accepted here: QTcpServer tries again and again, in a busy loop, when the system has no
/// descriptor for one.
void Entrance::acceptFrom(QTcpServer *server)
{
    server->pauseAccepting();
    const auto listening = int(server->socketDescriptor());
    auto *acceptable = new QSocketNotifier(listening, QSocketNotifier::Read, server);
    connect(acceptable, &QSocketNotifier::activated, this, [this, listening, acceptable] {
        for (int i = 0; i < acceptedAtOnce; ++i) {
            const int descriptor = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (descriptor >= 0) {
                receive(descriptor);
                continue;
            }
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                m_refusals.note(Refusal::Connections, qt_error_string(errno));
                acceptable->setEnabled(false);
                QTimer::singleShot(acceptAgain_ms, acceptable,
                                   [acceptable] { acceptable->setEnabled(true); });
            }
            return;
        }
    });
}

bool Entrance::tryListen(const QList<QHostAddress> &addresses, quint16 port)
{
    for (const auto &address : addresses) {
        auto *server = new QTcpServer(this);
        if (server->listen(address, port)) {
            port = server->serverPort();
            closeInChildren(int(server->socketDescriptor()));
            acceptFrom(server);
            m_servers.append(server);
            qCInfo(lcLiaison) << "listening on" << address.toString() << "port" << port;
            continue;
        }
        m_failure =
            QStringLiteral("%1 port %2: %3").arg(address.toString()).arg(port).arg(server->errorString());
        delete server;
        return false;
    }
    m_port = port;
    return !m_servers.isEmpty();
}

void Entrance::closeServers()
{
    for (auto *server : std::exchange(m_servers, {})) {
        keepInChildren(int(server->socketDescriptor()));
        delete server;
    }
}

void Entrance::stopListening()
{
    closeServers();
    const auto unfinished = m_handshakes.keys();
    m_handshakes.clear();
    for (auto *tcp : unfinished)
        tcp->abort();
}

void Entrance::receive(qintptr descriptor)
{
    auto *tls = m_options.tls ? new QSslSocket(this) : nullptr;
    auto *tcp = tls ? tls : new QTcpSocket(this);
    if (!tcp->setSocketDescriptor(descriptor)) {
        ::close(int(descriptor));
        delete tcp;
        return;
    }
    closeInChildren(int(descriptor));
    connect(tcp, &QTcpSocket::disconnected, this, [this, tcp, descriptor] {
        keepInChildren(int(descriptor));
        onDisconnected(tcp);
    });
    // Replies are collected before they are written; the system shall not wait for more of them.
    tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    tcp->setReadBufferSize(longestRequest);
    if (m_handshakes.size() >= m_options.limits.connections)
        cutOldest();
    m_handshakes[tcp].number = ++m_lastNumber;
    QTimer::singleShot(milliseconds(m_options.limits.handshakeTime_s), tcp, [this, tcp] {
        if (m_handshakes.contains(tcp))
            cut(tcp, QStringLiteral("the handshake took too long"));
    });
    connect(tcp, &QTcpSocket::readyRead, this, [this, tcp] { onRequestBytes(tcp); });
    if (tls) {
        connect(tls, &QSslSocket::errorOccurred, this, [this, tls](QAbstractSocket::SocketError error) {
            if (error == QAbstractSocket::SslHandshakeFailedError && m_handshakes.contains(tls))
                cut(tls, tls->errorString());
        });
        tls->setSslConfiguration(*m_options.tls);
        tls->startServerEncryption();
    }
}

/// The request is looked at before QWebSocketServer reads it: what a client offers as subprotocol must be
/// agreed to, or a browser gives up, and which of them shows the right token is nobody's business here.
void Entrance::onRequestBytes(QTcpSocket *tcp)
{
    const auto found = m_handshakes.find(tcp);
    if (found == m_handshakes.end() || found->isRequested)
        return;
    const QByteArrayView blankLine = "\r\n\r\n";
    const auto received = tcp->peek(longestRequest);
    const auto end = received.indexOf(blankLine);
    if (end < 0) {
        if (received.size() >= longestRequest)
            cut(tcp, QStringLiteral("the request is longer than %1 bytes").arg(longestRequest));
        return;
    }
    const auto header = QByteArrayView(received).first(end);
    const auto origin = namedOrigin(header);
    if (!origin) {
        refuseAtOnce(tcp);
        return;
    }
    found->isUnwelcome = !isWelcome(*origin, m_options.allowedOrigins);
    if (found->isUnwelcome)
        m_refusals.note(Refusal::Origin,
                        QStringLiteral("a page of \"%1\" may not connect (--allow-origin)").arg(*origin));
    found->isRequested = true;
    found->tokenProtocols = tokenProtocols(header);
    if (!found->tokenProtocols.isEmpty())
        setProtocols();
    found->early = takeEarly(tcp, end + blankLine.size());
    m_upgrader->handleConnection(tcp);
}

/// No browser asks like that, and QWebSocketServer would look at one of the origins alone.
void Entrance::refuseAtOnce(QTcpSocket *tcp)
{
    m_refusals.note(Refusal::Origin,
                    QStringLiteral("%1: an origin that is empty, or more than one").arg(peerText(tcp)));
    m_handshakes.remove(tcp);
    tcp->write("HTTP/1.1 403 Access Forbidden\r\nConnection: close\r\n\r\n");
    tcp->disconnectFromHost();
}

/// QWebSocketServer drops what it reads behind a request: it shall find the request alone.
QByteArray Entrance::takeEarly(QTcpSocket *tcp, qsizetype requestSize)
{
    const auto received = tcp->readAll();
    for (auto i = requestSize; i > 0; --i)
        tcp->ungetChar(received[i - 1]);
    tcp->setReadBufferSize(requestSize);
    return received.sliced(requestSize);
}

void Entrance::setProtocols()
{
    QStringList protocols;
    for (const auto &handshake : std::as_const(m_handshakes))
        protocols += handshake.tokenProtocols;
    m_upgrader->setSupportedSubprotocols(protocols);
}

void Entrance::onUpgraded()
{
    while (auto *socket = m_upgrader->nextPendingConnection()) {
        socket->setParent(this);
        Handshake handshake;
        auto *tcp = takeHandshake(socket, handshake);
        if (!tcp || handshake.isUnwelcome) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        tcp->disconnect(this);
        tcp->setReadBufferSize(0);
        const auto descriptor = int(tcp->socketDescriptor());
        connect(tcp, &QTcpSocket::disconnected, this, [descriptor] { keepInChildren(descriptor); });
        const bool showedToken = m_options.token.isEmpty() ||
                                 showsToken(socket->request(), handshake.tokenProtocols, m_options.token);
        if (!showedToken)
            m_refusals.note(Refusal::Token,
                            QStringLiteral("%1: the token is missing or wrong").arg(peerText(tcp)));
        Q_EMIT admitted(socket, tcp, showedToken, handshake.early);
    }
}

/// The TCP socket below a WebSocket: the one that the WebSocket reads from, which it does no longer. Peers
/// would not tell: those who have left before they were accepted have none.
QTcpSocket *Entrance::takeHandshake(const QWebSocket *socket, Handshake &taken)
{
    for (auto handshake = m_handshakes.begin(); handshake != m_handshakes.end(); ++handshake) {
        auto *tcp = handshake.key();
        if (!handshake->isRequested || !QObject::disconnect(tcp, &QTcpSocket::readyRead, socket, nullptr))
            continue;
        taken = std::move(*handshake);
        m_handshakes.erase(handshake);
        if (!taken.tokenProtocols.isEmpty())
            setProtocols();
        return tcp;
    }
    return nullptr;
}

/// Before it has come in.
void Entrance::onDisconnected(QTcpSocket *tcp)
{
    const auto found = m_handshakes.find(tcp);
    if (found != m_handshakes.end()) {
        const auto handshake = *found;
        m_handshakes.erase(found);
        // Who was refused for another reason was noted then.
        if (handshake.isRequested && !handshake.isUnwelcome)
            m_refusals.note(Refusal::Handshake,
                            QStringLiteral("%1: no WebSocket handshake").arg(peerText(tcp)));
        if (!handshake.tokenProtocols.isEmpty())
            setProtocols();
        if (handshake.isRequested) {
            // QWebSocketServer may be about to make a WebSocket of it all the same, which uses it to its end.
            QTimer::singleShot(farewell_ms, tcp, &QObject::deleteLater);
            return;
        }
    }
    tcp->deleteLater();
}

/// Who comes, comes in: those who take their time make room.
void Entrance::cutOldest()
{
    auto oldest = m_handshakes.begin();
    for (auto handshake = m_handshakes.begin(); handshake != m_handshakes.end(); ++handshake) {
        if (handshake->number < oldest->number)
            oldest = handshake;
    }
    auto *tcp = oldest.key();
    m_refusals.note(Refusal::Connections,
                    QStringLiteral("%1: too many handshakes at a time").arg(peerText(tcp)));
    m_handshakes.erase(oldest);
    tcp->abort();
}

void Entrance::cut(QTcpSocket *tcp, const QString &reason)
{
    const auto handshake = m_handshakes.take(tcp);
    if (!handshake.isUnwelcome)
        m_refusals.note(Refusal::Handshake, peerText(tcp) + QLatin1String(": ") + reason);
    tcp->abort();
}

} // namespace liaison
