// SPDX-License-Identifier: MIT
#include "monitor.h"

#include "escape.h"
#include "logging.h"
#include "textbuffer.h"

#include <chrono>

namespace liaison {

namespace {

/// So often it is seen whether those who have lost copies have room to be told.
constexpr int lostInterval_ms = 200;

/// Room for what stands around a text.
constexpr qsizetype frameSize = 160;

/// Seconds since 1970, to the microsecond.
QByteArray now()
{
    const std::chrono::duration<double> time = std::chrono::system_clock::now().time_since_epoch();
    constexpr int microseconds = 6;
    return QByteArray::number(time.count(), 'f', microseconds);
}

QByteArray copyOf(Direction direction, ClientId client, const QByteArray &text)
{
    TextBuffer copy({}, text.size() + text.size() / 4 + frameSize);
    copy.append("{\"tag\": \"monitor\", \"direction\": ");
    copy.append(direction == Direction::In ? "\"in\"" : "\"out\"");
    copy.append(", \"client\": ");
    if (client == everyClient)
        copy.append("null");
    else
        copy.appendInteger(client);
    copy.append(", \"time\": ");
    copy.append(now());
    copy.append(", \"text\": \"");
    appendEscaped(copy, text);
    copy.append("\", \"evt\": {}}");
    return copy.take();
}

} // namespace

Monitor::Monitor(Transport &transport, qint64 mostUnwritten, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_mostUnwritten(mostUnwritten)
    , m_lostTimer(this)
{
    m_lostTimer.setInterval(lostInterval_ms);
    connect(&m_lostTimer, &QTimer::timeout, this, [this] { tellOfLost(); });
}

void Monitor::watch(ClientId client, bool isWatching)
{
    if (m_lost.contains(client) == isWatching)
        return;
    if (isWatching)
        m_lost.insert(client, 0);
    else
        m_lost.remove(client);
    if (m_lost.isEmpty())
        disconnect(m_passed);
    else if (!m_passed)
        m_passed = connect(&m_transport, &Transport::passed, this, &Monitor::onPassed, Qt::DirectConnection);
    qCInfo(lcLiaison) << "client" << client << (isWatching ? "watches" : "watches no longer");
    Q_EMIT watchersChanged();
}

void Monitor::onPassed(Direction direction, ClientId client, const QByteArray &text)
{
    QByteArray copy;
    for (auto watcher = m_lost.begin(); watcher != m_lost.end(); ++watcher) {
        if (!hasRoom(watcher.key())) {
            ++watcher.value();
            if (!m_lostTimer.isActive())
                m_lostTimer.start();
            continue;
        }
        tellOfLost(watcher.key(), watcher.value());
        if (copy.isNull())
            copy = copyOf(direction, client, text);
        m_transport.deliver(watcher.key(), copy);
    }
}

bool Monitor::hasRoom(ClientId watcher) const
{
    return m_transport.unwritten(watcher) < m_mostUnwritten;
}

void Monitor::tellOfLost(ClientId watcher, qint64 &lost)
{
    if (lost == 0)
        return;
    m_transport.deliver(watcher, "{\"tag\": \"monitor\", \"lost\": " + QByteArray::number(lost) +
                                     ", \"time\": " + now() + ", \"evt\": {}}");
    lost = 0;
}

void Monitor::tellOfLost()
{
    bool isDone = true;
    for (auto watcher = m_lost.begin(); watcher != m_lost.end(); ++watcher) {
        if (hasRoom(watcher.key()))
            tellOfLost(watcher.key(), watcher.value());
        isDone = isDone && watcher.value() == 0;
    }
    if (isDone)
        m_lostTimer.stop();
    m_transport.sendCollected();
}

} // namespace liaison
