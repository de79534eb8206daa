// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"
#include "messagelog.h"

#include <QJsonObject>
#include <QObject>

#include <functional>

namespace liaison {

/// What Dispatcher asks others for. Called on the I/O thread; needs no Python.
struct OutOfBand {
    /// Stops the command with an id (as idOf() has it; null: what runs), and answers whether there was one.
    std::function<bool(ClientId client, const QByteArray &id)> interrupt;

    /// The answer to info.
    std::function<QJsonObject()> info;
};

/// Turns text into commands. Lives on the I/O thread, so what it answers itself is answered whatever Python
/// does: messages that are no commands, and the commands that need no Python (ping, info, interrupt). The
/// others it passes on.
class Dispatcher final : public QObject {
    Q_OBJECT
public:
    void setOutOfBand(OutOfBand outOfBand) { m_outOfBand = std::move(outOfBand); }

    void onTextReceived(ClientId client, const QByteArray &text);

    /// What came in, the latest 1000. Thread-safe.
    const MessageLog &messages() const { return m_messages; }

Q_SIGNALS:
    void commandReceived(const liaison::Command &command);
    void replied(liaison::ClientId client, const QByteArray &text);

private:
    bool answerAtOnce(const Command &command);
    QByteArray infoReply(const Command &command) const;
    QByteArray interruptReply(const Command &command) const;

    OutOfBand m_outOfBand;
    MessageLog m_messages;
    quint64 m_lastSerial = 0;
};

} // namespace liaison
