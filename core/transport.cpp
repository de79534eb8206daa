// SPDX-License-Identifier: MIT
#include "transport.h"

namespace liaison {

namespace {

/// How long a reply may wait for others, should the command behind it take long.
constexpr int lookInterval_ms = 1;

} // namespace

Transport::Transport()
    : m_lookTimer(this)
{
    m_lookTimer.setSingleShot(true);
    m_lookTimer.setTimerType(Qt::PreciseTimer);
    m_lookTimer.setInterval(lookInterval_ms);
    connect(&m_lookTimer, &QTimer::timeout, this, &Transport::sendWaiting);
}

void Transport::post(ClientId receiver, const QByteArray &text)
{
    postLater(receiver, text);
    flush();
}

void Transport::postLater(ClientId receiver, const QByteArray &text)
{
    if (m_outgoing.put({receiver, text}))
        m_wakeDue = true;
}

void Transport::flush()
{
    if (m_wakeDue.exchange(false))
        QMetaObject::invokeMethod(this, &Transport::sendWaiting, Qt::QueuedConnection);
}

void Transport::expectReplies()
{
    if (!m_lookTimer.isActive())
        m_lookTimer.start();
}

void Transport::sendWaiting()
{
    bool sent = false;
    while (const auto message = m_outgoing.take()) {
        send(message->first, message->second);
        sent = true;
    }
    // More may follow without a wake-up.
    if (sent)
        expectReplies();
}

} // namespace liaison
