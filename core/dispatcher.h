// SPDX-License-Identifier: MIT
#pragma once

#include "clientlimits.h"
#include "message.h"
#include "messagelog.h"
#include "refusals.h"

#include <QJsonObject>
#include <QObject>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace liaison {

/// What Dispatcher asks others for. Called on the I/O thread; needs no Python.
struct OutOfBand {
    /// Stops the command with an id (as idOf() has it; null: what runs), and answers whether there was one.
    std::function<bool(ClientId client, const QByteArray &id)> interrupt = {};

    /// The answer to info.
    std::function<QJsonObject()> info = {};

    /// Notes that something was turned away.
    std::function<void(Refusal refusal, const QString &line)> refused = {};

    /// From now on a client gets copies of all messages, or does so no longer.
    std::function<void(ClientId client, bool isWatching)> watch = {};
};

/// Turns text into commands. Lives on the I/O thread, so what it answers itself is answered whatever Python
/// does: messages that are no commands, and the commands that need no Python (ping, info, interrupt,
/// monitor). The others it passes on.
class Dispatcher final : public QObject {
    Q_OBJECT
public:
    explicit Dispatcher(const Limits &limits = {})
        : m_limits(limits)
    {
    }

    void setOutOfBand(OutOfBand outOfBand) { m_outOfBand = std::move(outOfBand); }

    void onTextReceived(ClientId client, const QByteArray &text);
    void onClientLeft(ClientId client);

    /// What came in, the latest 1000. Thread-safe.
    const MessageLog &messages() const { return m_messages; }

Q_SIGNALS:
    void commandReceived(const liaison::Command &command);
    void replied(liaison::ClientId client, const QByteArray &text);

private:
    /// The commands of a client that are not answered yet. Counted down on whichever thread that happens.
    struct Queue {
        std::atomic<int> count = 0;
        std::atomic<qint64> bytes = 0;
    };
    class Place;

    bool answerAtOnce(const Command &command);
    bool enqueue(Command &command, qint64 bytes);
    void note(Refusal refusal, const QString &line) const;
    QByteArray infoReply(const Command &command) const;
    QByteArray interruptReply(const Command &command) const;
    void answerMonitor(const Command &command);

    Limits m_limits;
    std::unordered_map<ClientId, std::shared_ptr<Queue>> m_queues;
    std::vector<std::shared_ptr<Queue>>
        m_left; ///< of clients that have left, but whose commands have not run
    OutOfBand m_outOfBand;
    MessageLog m_messages;
    quint64 m_lastSerial = 0;
};

} // namespace liaison
