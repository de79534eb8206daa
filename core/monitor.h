// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"
#include "transport.h"

#include <QByteArray>
#include <QHash>
#include <QMetaObject>
#include <QObject>
#include <QTimer>

namespace liaison {

/// Sends those clients who watch a copy of every message that comes in or goes out, as
/// {"tag": "monitor", "direction": "in" | "out", "client", "time", "text", "evt": {}}: `client` is null for
/// what goes to all, `time` is in seconds since 1970 (UTC). Copies are not copied.
///
/// Who reads slowly loses copies, and is told so before the next one by {"tag": "monitor", "lost", "time",
/// "evt": {}}; the server waits for nobody. Without watchers nothing is connected, and nothing done.
/// Lives on the I/O thread.
class Monitor final : public QObject {
    Q_OBJECT
public:
    /// @param transport must outlive it
    /// @param mostUnwritten bytes that may wait for a watcher; then copies are lost
    Monitor(Transport &transport, qint64 mostUnwritten, QObject *parent = nullptr);

    /// From now on a client watches, or does so no longer.
    void watch(ClientId client, bool isWatching);

    void onClientLeft(ClientId client) { watch(client, false); }

    qsizetype watcherCount() const { return m_lost.size(); }

Q_SIGNALS:
    void watchersChanged();

private:
    void onPassed(Direction direction, ClientId client, const QByteArray &text);
    void tellOfLost();
    bool hasRoom(ClientId watcher) const;
    void tellOfLost(ClientId watcher, qint64 &lost);

    Transport &m_transport;
    qint64 m_mostUnwritten;
    QHash<ClientId, qint64> m_lost; ///< of each watcher: copies of which it has not been told
    QMetaObject::Connection m_passed;
    QTimer m_lostTimer; ///< while somebody has to be told
};

} // namespace liaison
