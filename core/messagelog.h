// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <deque>
#include <mutex>

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
    mutable std::mutex m_mutex;
    std::deque<QByteArray> m_messages;
    qsizetype m_bytes = 0;
};

} // namespace liaison
