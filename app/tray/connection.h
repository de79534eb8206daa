// SPDX-License-Identifier: MIT
#pragma once

#include "ask.h"
#include "watcher.h"

#include <QHash>
#include <QObject>
#include <QThread>
#include <QTimer>

namespace liaison {

/// The window's end of a Watcher: questions and their answers. Lives on the thread of the window.
class Connection final : public QObject {
    Q_OBJECT
public:
    explicit Connection(QObject *parent = nullptr);
    ~Connection() override;

    void open(const Peer &peer);
    void close();
    bool isOpen() const { return m_isOpen; }

    /// Asks for the answer to a command; it does not appear among the calls.
    /// @param command the object under "command", JSON
    void ask(const QByteArray &command, const Answered &answered);

    /// Sends a whole message as a person would; it appears among the calls.
    /// @param id its id, JSON
    void send(const QByteArray &message, const QByteArray &id, const Answered &answered);

    /// The batch that came has been dealt with: the next may come.
    void takeBatch();

Q_SIGNALS:
    void opened();

    /// The connection has ended, or could not be made; it is tried again.
    void closed(const QString &reason);

    void batchReady(const liaison::CallBatch &batch);

    /// What the command info answers, once a second.
    void informed(const QJsonObject &info);

private:
    void onAnswered(const QByteArray &id, bool isSuccess, const QByteArray &json);
    void onClosed(const QString &reason);
    void askForInfo();

    QThread m_thread;
    Watcher *m_watcher;                    ///< on that thread, and ends with it
    QHash<QByteArray, Answered> m_waiting; ///< by id
    QTimer m_infoTimer;
    quint64 m_lastId = 0;
    bool m_isOpen = false;
    bool m_isInfoDue = false; ///< it was asked for, and has not come
};

} // namespace liaison
