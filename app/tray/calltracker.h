// SPDX-License-Identifier: MIT
#pragma once

#include "call.h"

#include <QByteArray>
#include <QHash>
#include <QQueue>

#include <string_view>

namespace liaison {

/// Ids that begin so are those of this program's own questions, which are no calls that a person looks for.
inline constexpr std::string_view ownIdStart = "\"liaison-tray/";

/// Makes calls of the copies that the command monitor sends: finds out which answer belongs to which message.
/// A value of one thread.
class CallTracker {
public:
    /// @param copy a message with the tag "monitor", JSON in UTF-8
    void take(const QByteArray &copy);

    /// No answer is to be expected any more: calls that run are Unknown.
    void forgetOpen();

    /// What has happened since it was last asked.
    CallBatch takeBatch();

    qint64 pendingBytes() const { return m_batch.bytes; }

    /// Calls without an answer.
    qsizetype openCount() const { return m_open.size(); }

private:
    struct Open {
        ClientId client = everyClient;
        QByteArray id;
    };

    void onReceived(ClientId client, double time_s, const QByteArray &text);
    void onSent(ClientId client, double time_s, const QByteArray &text);
    void onPushed(ClientId client, double time_s, const QByteArray &text);
    void begin(Call call);
    void end(CallEnd end);
    quint64 takeOpen(ClientId client, const QByteArray &id);

    quint64 m_lastNumber = 0;
    QHash<quint64, Open> m_open;
    QHash<ClientId, QHash<QByteArray, QQueue<quint64>>> m_numbers; ///< of those, by client and id
    CallBatch m_batch;
};

} // namespace liaison
