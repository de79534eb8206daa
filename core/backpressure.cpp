// SPDX-License-Identifier: MIT
#include "backpressure.h"

namespace liaison {

void Backpressure::join(ClientId client)
{
    const std::scoped_lock lock(m_mutex);
    m_levels.try_emplace(client);
}

void Backpressure::leave(ClientId client)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_levels.erase(client);
    }
    m_changed.notify_all();
}

void Backpressure::post(ClientId client, qint64 bytes)
{
    const std::scoped_lock lock(m_mutex);
    if (const auto found = m_levels.find(client); found != m_levels.end())
        found->second.posted += bytes;
}

void Backpressure::take(ClientId client, qint64 bytes)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto found = m_levels.find(client); found != m_levels.end())
            found->second.posted -= bytes;
    }
    m_changed.notify_all();
}

void Backpressure::setUnwritten(ClientId client, qint64 bytes)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto found = m_levels.find(client); found != m_levels.end())
            found->second.unwritten = bytes;
    }
    m_changed.notify_all();
}

bool Backpressure::waitForRoom(ClientId client, std::chrono::milliseconds longest)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, longest, [&] {
        const auto found = m_levels.find(client);
        if (found == m_levels.end())
            return true;
        found->second.isWaitedFor = !hasRoom(found->second);
        return !found->second.isWaitedFor;
    });
}

bool Backpressure::isConnected(ClientId client) const
{
    const std::scoped_lock lock(m_mutex);
    return m_levels.count(client) > 0;
}

bool Backpressure::isWaitedFor(ClientId client) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_levels.find(client);
    return found != m_levels.end() && found->second.isWaitedFor && !hasRoom(found->second);
}

} // namespace liaison
