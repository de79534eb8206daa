// SPDX-License-Identifier: MIT
#pragma once

#include "calltracker.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QObject>
#include <QSslCertificate>
#include <QTimer>
#include <QUrl>

class QWebSocket;

namespace liaison {

/// Where a Liaison is, and what it asks of its clients.
struct Peer {
    QUrl url; ///< ws:// or wss://
    QByteArray token;
    QList<QSslCertificate> authorities; ///< to be trusted besides those of the system
};

/// Watches a Liaison as one of its clients: says what happens to all calls, a batch at a time, and what is
/// answered to its own questions. Lives on a thread of its own, where it may take its time: a new batch comes
/// when the one before was taken.
class Watcher final : public QObject {
    Q_OBJECT
public:
    Watcher();
    ~Watcher() override;

    /// Connects, again and again until it works, and again when the connection ends.
    void open(const liaison::Peer &peer);
    void close();

    /// @param message a whole message, with an id
    void send(const QByteArray &message);

    /// The batch has been dealt with.
    void onBatchTaken();

Q_SIGNALS:
    void opened();
    void closed(const QString &reason);
    void batchReady(const liaison::CallBatch &batch);

    /// A reply came to what send() has sent.
    /// @param id as idOf() has it
    /// @param json the response; or the array of traceback lines
    void answered(const QByteArray &id, bool isSuccess, const QByteArray &json);

private:
    void connectToPeer();
    void onConnected();
    void onDisconnected(const QString &reason);
    void onText(const QString &text);
    void onAnswer(const QByteArray &text);
    void giveBatch();

    Peer m_peer;
    QWebSocket *m_socket = nullptr;
    CallTracker m_tracker;
    QTimer m_batchTimer;
    QTimer m_againTimer;
    bool m_isWanted = false;
    bool m_isBatchOut = false;
};

} // namespace liaison

Q_DECLARE_METATYPE(liaison::Peer)
