// SPDX-License-Identifier: MIT
#pragma once

#include "backpressure.h"
#include "clientid.h"
#include "mailbox.h"
#include "refusals.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <memory>

namespace liaison {

/// Which way a message goes.
enum class Direction { In, Out };

/// Carries text between clients and the rest, by client id. Lives on the I/O thread and has never heard of
/// Python.
class Transport : public QObject {
    Q_OBJECT
public:
    /// Thread-safe. Sends one message (UTF-8) to a client, or to everyClient, as soon as the I/O thread can.
    /// What is for a client that has left is dropped.
    void post(ClientId receiver, const QByteArray &text);

    /// Thread-safe. The same for the reply to a command, but the I/O thread is only woken by flush(); it also
    /// looks by itself from time to time, as long as expectReply() was called more often than replies came.
    /// Replies that come close together are sent together.
    void postReply(ClientId receiver, const QByteArray &text);
    void flush();

    /// Thread-safe. The same for an item of a stream, which is sent as soon as the I/O thread can; counted by
    /// backpressure().
    void postItem(ClientId receiver, const QByteArray &text);

    /// What is on its way to each client in items of streams.
    const std::shared_ptr<Backpressure> &backpressure() const { return m_backpressure; }

    /// On the I/O thread: who and what was turned away.
    Refusals &refusals() { return m_refusals; }

    /// On the I/O thread: a command has been handed over.
    void expectReply();

    /// On the I/O thread: sends with sendCollected(), or before.
    void send(ClientId receiver, const QByteArray &text);

    /// The same, but passed() says nothing of it.
    virtual void deliver(ClientId receiver, const QByteArray &text) = 0;

    /// On the I/O thread: bytes that were sent to a client and not taken by the system.
    virtual qint64 unwritten(ClientId) const { return 0; }

    /// On the I/O thread: hands over to the system what send() has collected.
    virtual void sendCollected() {}

    /// On the I/O thread, each time before it sleeps: waits a moment for replies that are due, and sees to it
    /// that it looks again.
    void lookForReplies();

    /// Accepts nobody any more; who is connected stays.
    virtual void stopListening() = 0;

    /// Sends what is waiting, says goodbye to every client, then emits closed().
    virtual void close() = 0;

Q_SIGNALS:
    void listening(quint16 port);
    void listenFailed(const QString &reason);
    void clientJoined(liaison::ClientId client);
    void clientLeft(liaison::ClientId client, qsizetype remaining);
    void textReceived(liaison::ClientId client, const QByteArray &text);

    /// A message is about to be received, or sent: see send().
    void passed(liaison::Direction direction, liaison::ClientId client, const QByteArray &text);

    void closed();

protected:
    /// @param backpressureLimit bytes of items that may wait for a client
    explicit Transport(qint64 backpressureLimit = qint64(1) << 20);

    /// A message has come.
    void receive(ClientId client, const QByteArray &text);

    /// Sends for so long at the most.
    /// @return whether that was all
    bool sendWaiting(int limit_ms);

private:
    enum class Kind { Push, Reply, Item };

    struct Outgoing {
        ClientId receiver = everyClient;
        QByteArray text;
        Kind kind = Kind::Push;
    };

    /// Bytes that were sent to a client and not taken by the system; from now on setUnwritten() follows them.
    virtual qint64 watchUnwritten(ClientId) { return 0; }

    void put(Outgoing message);
    void onWoken();
    void onLookTime();

    Mailbox<Outgoing> m_outgoing;
    std::shared_ptr<Backpressure> m_backpressure;
    std::deque<Outgoing> m_taken; ///< from m_outgoing and not sent yet
    std::atomic<bool> m_wakeDue = false;
    qint64 m_expectedReplies = 0;
    bool m_isReplyNew = false; ///< whether something has happened since the timer was started
    QTimer m_lookTimer;
    Refusals m_refusals;
};

} // namespace liaison
