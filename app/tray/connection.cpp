// SPDX-License-Identifier: MIT
#include "connection.h"

#include "jsontext.h"

#include <QJsonDocument>

#include <utility>

namespace liaison {

namespace {

constexpr int infoInterval_ms = 1000;

} // namespace

Connection::Connection(QObject *parent)
    : QObject(parent)
    , m_watcher(new Watcher)
    , m_infoTimer(this)
{
    qRegisterMetaType<CallBatch>();
    qRegisterMetaType<Peer>();
    m_watcher->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_watcher, &QObject::deleteLater);
    connect(m_watcher, &Watcher::opened, this, [this] {
        m_isOpen = true;
        m_infoTimer.start();
        askForInfo();
        Q_EMIT opened();
    });
    connect(m_watcher, &Watcher::closed, this, &Connection::onClosed);
    connect(m_watcher, &Watcher::batchReady, this, &Connection::batchReady);
    connect(m_watcher, &Watcher::answered, this, &Connection::onAnswered);
    m_infoTimer.setInterval(infoInterval_ms);
    connect(&m_infoTimer, &QTimer::timeout, this, &Connection::askForInfo);
    m_thread.setObjectName(QStringLiteral("liaison-watcher"));
    m_thread.start();
}

Connection::~Connection()
{
    m_thread.quit();
    m_thread.wait();
}

void Connection::open(const Peer &peer)
{
    QMetaObject::invokeMethod(m_watcher, [watcher = m_watcher, peer] { watcher->open(peer); });
}

void Connection::close()
{
    QMetaObject::invokeMethod(m_watcher, &Watcher::close);
}

void Connection::ask(const QByteArray &command, const Answered &answered)
{
    const auto id = QByteArray::fromRawData(ownIdStart.data(), qsizetype(ownIdStart.size())) +
                    QByteArray::number(++m_lastId) + '"';
    send("{\"command\": " + command + ", \"id\": " + id + ", \"echo\": \"id\"}", id, answered);
}

void Connection::send(const QByteArray &message, const QByteArray &id, const Answered &answered)
{
    if (!m_isOpen) {
        answered(false, quotedJson(tr("nothing is connected")));
        return;
    }
    m_waiting.insert(id, answered);
    QMetaObject::invokeMethod(m_watcher, [watcher = m_watcher, message] { watcher->send(message); });
}

void Connection::takeBatch()
{
    QMetaObject::invokeMethod(m_watcher, &Watcher::onBatchTaken);
}

void Connection::onAnswered(const QByteArray &id, bool isSuccess, const QByteArray &json)
{
    if (const auto answered = m_waiting.take(id))
        answered(isSuccess, json);
}

void Connection::onClosed(const QString &reason)
{
    m_isOpen = false;
    m_infoTimer.stop();
    m_isInfoDue = false;
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &answered : waiting)
        answered(false, quotedJson(tr("the connection has ended")));
    Q_EMIT closed(reason);
}

void Connection::askForInfo()
{
    if (std::exchange(m_isInfoDue, true))
        return;
    ask(R"({"command": "info"})", [this](bool isSuccess, const QByteArray &json) {
        m_isInfoDue = false;
        if (isSuccess)
            Q_EMIT informed(QJsonDocument::fromJson(json).object());
    });
}

} // namespace liaison
