// SPDX-License-Identifier: MIT
#include "transport.h"

#include <QElapsedTimer>
#include <QScopeGuard>

#include <algorithm>
#include <utility>

namespace liaison {

namespace {

/// So long a flood of messages may keep the I/O thread from everything else.
constexpr int sendingTime_ms = 2;

/// How long a reply may wait for others, should the command behind it take long. Looking for it is done less
/// and less often while none comes.
constexpr int shortestLook_ms = 1;
constexpr int longestLook_ms = 64;

/// How long the I/O thread stays awake for the reply to a short command.
constexpr std::chrono::microseconds awakeTime{20};

} // namespace

Transport::Transport(qint64 backpressureLimit)
    : m_backpressure(std::make_shared<Backpressure>(backpressureLimit))
    , m_lookTimer(this)
{
    // Pushes to all have a level of their own: who makes them waits while this thread has not taken them.
    m_backpressure->join(everyClient);
    m_lookTimer.setSingleShot(true);
    m_lookTimer.setTimerType(Qt::PreciseTimer);
    m_lookTimer.setInterval(shortestLook_ms);
    connect(&m_lookTimer, &QTimer::timeout, this, &Transport::onLookTime);
}

void Transport::post(ClientId receiver, const QByteArray &text)
{
    m_backpressure->post(everyClient, text.size());
    put({receiver, text, Kind::Push});
    flush();
}

void Transport::send(ClientId receiver, const QByteArray &text)
{
    Q_EMIT passed(Direction::Out, receiver, text);
    deliver(receiver, text);
}

void Transport::receive(ClientId client, const QByteArray &text)
{
    Q_EMIT passed(Direction::In, client, text);
    Q_EMIT textReceived(client, text);
}

void Transport::postReply(ClientId receiver, const QByteArray &text)
{
    put({receiver, text, Kind::Reply});
}

void Transport::postItem(ClientId receiver, const QByteArray &text)
{
    m_backpressure->post(receiver, text.size());
    put({receiver, text, Kind::Item});
    flush();
}

void Transport::put(Outgoing message)
{
    if (m_outgoing.put(std::move(message)))
        m_wakeDue = true;
}

void Transport::flush()
{
    if (m_wakeDue.exchange(false))
        QMetaObject::invokeMethod(this, &Transport::onWoken, Qt::QueuedConnection);
}

void Transport::expectReply()
{
    ++m_expectedReplies;
    m_isReplyNew = true;
}

void Transport::lookForReplies()
{
    if (m_expectedReplies > 0 && m_outgoing.lookFor(awakeTime))
        onWoken();
    // More may follow without a wake-up.
    if (m_expectedReplies > 0 && std::exchange(m_isReplyNew, false))
        m_lookTimer.start(shortestLook_ms);
    else if (m_expectedReplies == 0 && m_lookTimer.isActive())
        m_lookTimer.stop();
}

void Transport::onWoken()
{
    if (!sendWaiting(sendingTime_ms)) {
        QMetaObject::invokeMethod(this, &Transport::onWoken, Qt::QueuedConnection);
        return;
    }
    m_isReplyNew = true;
}

void Transport::onLookTime()
{
    const qint64 before = m_expectedReplies;
    if (!sendWaiting(sendingTime_ms)) {
        QMetaObject::invokeMethod(this, &Transport::onWoken, Qt::QueuedConnection);
        return;
    }
    const bool found = m_expectedReplies != before;
    if (m_expectedReplies > 0)
        m_lookTimer.start(found ? shortestLook_ms : std::min(m_lookTimer.interval() * 2, longestLook_ms));
}

bool Transport::sendWaiting(int limit_ms)
{
    const auto sent = qScopeGuard([this] { sendCollected(); });
    constexpr int uncheckedMessages = 16;
    QElapsedTimer spent;
    spent.start();
    for (int i = 1;; ++i) {
        if (m_taken.empty())
            m_taken = m_outgoing.takeAll();
        if (m_taken.empty())
            return true;
        const auto message = std::move(m_taken.front());
        m_taken.pop_front();
        if (message.kind == Kind::Reply)
            --m_expectedReplies;
        if (message.kind == Kind::Push)
            m_backpressure->take(everyClient, message.text.size());
        send(message.receiver, message.text);
        if (message.kind == Kind::Item) {
            m_backpressure->setUnwritten(message.receiver, watchUnwritten(message.receiver));
            m_backpressure->take(message.receiver, message.text.size());
        }
        if (i % uncheckedMessages == 0 && spent.hasExpired(limit_ms))
            return false;
    }
}

} // namespace liaison
