// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

namespace liaison {

/// How many bytes are on their way to each client: who has much to send waits until a slow client has read
/// some. Thread-safe.
class Backpressure {
public:
    /// @param limit so many bytes may wait for a client before who sends waits too
    explicit Backpressure(qint64 limit = qint64(1) << 20)
        : m_limit(limit)
    {
    }

    void join(ClientId client);
    void leave(ClientId client);

    /// A message of so many bytes was handed to the I/O thread.
    void post(ClientId client, qint64 bytes);

    /// The I/O thread has taken a message of so many bytes; so many, of all of them, the system has not.
    void take(ClientId client, qint64 bytes);
    void setUnwritten(ClientId client, qint64 bytes);

    /// Waits for so long at the most until there is room for more, or the client has left.
    /// @return whether that is so
    bool waitForRoom(ClientId client, std::chrono::milliseconds longest);

    bool isConnected(ClientId client) const;

    /// Whether there was no room when somebody last asked, and there has not been any since.
    bool isWaitedFor(ClientId client) const;

private:
    struct Level {
        qint64 posted = 0;
        qint64 unwritten = 0;
        bool isWaitedFor = false;
    };

    bool hasRoom(const Level &level) const { return level.posted + level.unwritten < m_limit; }

    qint64 m_limit;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::unordered_map<ClientId, Level> m_levels;
};

} // namespace liaison
