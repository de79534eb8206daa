// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"
#include "mailbox.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <utility>

namespace liaison {

/// Carries text between clients and the rest, by client id. Lives on the I/O thread and has never heard of
/// Python.
class Transport : public QObject {
    Q_OBJECT
public:
    /// Thread-safe. Sends one message (UTF-8) to a client, or to everyClient, as soon as the I/O thread can.
    /// What is for a client that has left is dropped.
    void post(ClientId receiver, const QByteArray &text);

    /// Thread-safe. The same, but the I/O thread is only woken by flush(), or looks by itself a millisecond
    /// after what it did last: messages that come close together are sent together.
    void postLater(ClientId receiver, const QByteArray &text);
    void flush();

    /// On the I/O thread: sends at once.
    virtual void send(ClientId receiver, const QByteArray &text) = 0;

    /// On the I/O thread: commands have been handed over, so that replies are to be looked for.
    void expectReplies();

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
    void closed();

protected:
    Transport();
    void sendWaiting();

private:
    Mailbox<std::pair<ClientId, QByteArray>> m_outgoing;
    std::atomic<bool> m_wakeDue = false;
    QTimer m_lookTimer;
};

} // namespace liaison
