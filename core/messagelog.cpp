// SPDX-License-Identifier: MIT
#include "messagelog.h"

namespace liaison {

void MessageLog::append(const QByteArray &message)
{
    const std::scoped_lock lock(m_mutex);
    m_messages.push_back(message);
    m_bytes += message.size();
    while (m_messages.size() > maxMessages || (m_bytes > maxBytes && m_messages.size() > 1)) {
        m_bytes -= m_messages.front().size();
        m_messages.pop_front();
    }
}

QByteArrayList MessageLog::messages() const
{
    const std::scoped_lock lock(m_mutex);
    return {m_messages.begin(), m_messages.end()};
}

} // namespace liaison
