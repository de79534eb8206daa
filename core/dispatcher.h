// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"
#include "messagelog.h"

#include <QObject>

namespace liaison {

/// Turns text into commands. Lives on the I/O thread, so what it answers itself is answered whatever Python
/// does: messages that are no commands, and the commands that need no Python (ping). The others it passes on.
class Dispatcher final : public QObject {
    Q_OBJECT
public:
    void onTextReceived(ClientId client, const QByteArray &text);

    /// What came in, the latest 1000. Thread-safe.
    const MessageLog &messages() const { return m_messages; }

Q_SIGNALS:
    void commandReceived(const liaison::Command &command);
    void replied(liaison::ClientId client, const QByteArray &text);

private:
    bool answerAtOnce(const Command &command);

    MessageLog m_messages;
    quint64 m_lastSerial = 0;
};

} // namespace liaison
