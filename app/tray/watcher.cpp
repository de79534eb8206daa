// SPDX-License-Identifier: MIT
#include "watcher.h"

#include "jsontext.h"
#include "message.h"

#include <QNetworkRequest>
#include <QSslConfiguration>
#include <QSslError>
#include <QWebSocket>
#include <QWebSocketProtocol>

namespace liaison {

namespace {

/// So often what has happened is shown.
constexpr int batchInterval_ms = 40;

/// How long after a failure the next attempt comes.
constexpr int again_ms = 500;

/// So much waits for a window that is busy; then copies are dropped.
constexpr qint64 mostPendingBytes = qint64(128) << 20;

const QByteArray monitorCommand =
    R"({"command": {"command": "monitor", "args": [true]}, "id": "liaison-tray/monitor", "echo": "id"})";

/// Who is known by the certificate itself may be called whatever it says.
QList<QSslError> harmless(const QList<QSslError> &errors)
{
    QList<QSslError> found;
    for (const auto &error : errors) {
        if (error.error() == QSslError::HostNameMismatch)
            found.append(error);
    }
    return found;
}

} // namespace

Watcher::Watcher()
    : m_batchTimer(this)
    , m_againTimer(this)
{
    m_batchTimer.setInterval(batchInterval_ms);
    connect(&m_batchTimer, &QTimer::timeout, this, &Watcher::giveBatch);
    m_againTimer.setInterval(again_ms);
    m_againTimer.setSingleShot(true);
    connect(&m_againTimer, &QTimer::timeout, this, &Watcher::connectToPeer);
}

Watcher::~Watcher() = default;

void Watcher::open(const Peer &peer)
{
    close();
    m_peer = peer;
    m_isWanted = true;
    connectToPeer();
}

void Watcher::close()
{
    m_isWanted = false;
    m_againTimer.stop();
    if (m_socket)
        m_socket->abort();
}

void Watcher::connectToPeer()
{
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    auto *socket = m_socket;
    connect(socket, &QWebSocket::connected, this, &Watcher::onConnected);
    connect(socket, &QWebSocket::textMessageReceived, this, &Watcher::onText);
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        const auto reason = socket->closeReason().isEmpty() ? socket->errorString() : socket->closeReason();
        socket->deleteLater();
        if (m_socket == socket) {
            m_socket = nullptr;
            onDisconnected(reason);
        }
    });
    if (!m_peer.authorities.isEmpty()) {
        auto tls = socket->sslConfiguration();
        tls.addCaCertificates(m_peer.authorities);
        socket->setSslConfiguration(tls);
        connect(socket, &QWebSocket::sslErrors, this,
                [socket](const QList<QSslError> &errors) { socket->ignoreSslErrors(harmless(errors)); });
    }
    QNetworkRequest request(m_peer.url);
    if (!m_peer.token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_peer.token);
    socket->open(request);
}

void Watcher::onConnected()
{
    send(monitorCommand);
    m_batchTimer.start();
    Q_EMIT opened();
}

void Watcher::onDisconnected(const QString &reason)
{
    m_tracker.forgetOpen();
    Q_EMIT closed(reason);
    if (m_isWanted)
        m_againTimer.start();
}

void Watcher::send(const QByteArray &message)
{
    if (m_socket)
        m_socket->sendTextMessage(QString::fromUtf8(message));
}

void Watcher::onText(const QString &text)
{
    const auto utf8 = text.toUtf8();
    // As the server writes it; everything else came for this client itself.
    if (!utf8.startsWith("{\"tag\": \"monitor\""))
        onAnswer(utf8);
    else if (m_tracker.pendingBytes() > mostPendingBytes)
        m_tracker.take(R"({"lost": 1})");
    else
        m_tracker.take(utf8);
}

void Watcher::onAnswer(const QByteArray &text)
{
    QByteArray value;
    QByteArray evt;
    bool isSuccess = false;
    for (const auto &[name, json] : jsonMembers({text.constData(), std::size_t(text.size())})) {
        const QByteArray bytes(json.data(), qsizetype(json.size()));
        isSuccess = isSuccess || name == QLatin1String("response");
        if (name == QLatin1String("response") || name == QLatin1String("error"))
            value = bytes;
        else if (name == QLatin1String("evt"))
            evt = bytes;
    }
    if (!value.isNull())
        Q_EMIT answered(idOf(evt), isSuccess, value);
}

void Watcher::giveBatch()
{
    if (m_isBatchOut)
        return;
    const auto batch = m_tracker.takeBatch();
    if (batch.isEmpty())
        return;
    m_isBatchOut = true;
    Q_EMIT batchReady(batch);
}

void Watcher::onBatchTaken()
{
    m_isBatchOut = false;
}

} // namespace liaison
