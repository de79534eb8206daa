// SPDX-License-Identifier: MIT
#pragma once

#include <QJsonObject>
#include <QString>

#include <array>

namespace liaison {

/// Why somebody or something was turned away.
enum class Refusal {
    Origin,      ///< of a page that may not connect
    Token,       ///< missing or wrong
    Connections, ///< too many
    Handshake,   ///< took too long, or was none
    Protocol,    ///< of WebSocket was broken
    MessageSize,
    Nesting,
    Waiting, ///< commands of a client
    Unread,  ///< by a slow client
    Stalled, ///< a stream, by a client that does not read at all
    Count
};

/// Counts refusals, and writes a line of the log for each. Lives on the I/O thread.
class Refusals {
public:
    /// @param line what happened to whom, for the log
    void note(Refusal refusal, const QString &line);

    /// How many there were of each, by name.
    QJsonObject counts() const;

private:
    std::array<qint64, std::size_t(Refusal::Count)> m_counts = {};
};

} // namespace liaison
