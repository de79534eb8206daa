// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <mutex>
#include <vector>

namespace liaison {

/// The latest messages that came in, as received. Thread-safe.
class MessageLog {
public:
    /// What it holds at the most: so many messages, and so many bytes unless one alone is longer.
    static constexpr std::size_t maxMessages = 1000;
    static constexpr qsizetype maxBytes = qsizetype(64) << 20;

    void append(const QByteArray &message);
    QByteArrayList messages() const; ///< oldest first

private:
    void dropOldest();

    mutable std::mutex m_mutex;
    std::vector<QByteArray> m_messages = std::vector<QByteArray>(maxMessages); ///< a ring
    std::size_t m_oldest = 0;
    std::size_t m_count = 0;
    qsizetype m_bytes = 0;
};

} // namespace liaison
