// SPDX-License-Identifier: MIT
#include "messagelog.h"

namespace liaison {

void MessageLog::append(const QByteArray &message)
{
    const std::scoped_lock lock(m_mutex);
    if (m_count == maxMessages)
        dropOldest();
    m_messages[(m_oldest + m_count) % maxMessages] = message;
    ++m_count;
    m_bytes += message.size();
    while (m_bytes > maxBytes && m_count > 1)
        dropOldest();
}

QByteArrayList MessageLog::messages() const
{
    const std::scoped_lock lock(m_mutex);
    QByteArrayList messages;
    for (std::size_t i = 0; i < m_count; ++i)
        messages.append(m_messages[(m_oldest + i) % maxMessages]);
    return messages;
}

void MessageLog::dropOldest()
{
    m_bytes -= m_messages[m_oldest].size();
    m_messages[m_oldest] = QByteArray();
    m_oldest = (m_oldest + 1) % maxMessages;
    --m_count;
}

} // namespace liaison
