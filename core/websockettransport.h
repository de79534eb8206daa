// SPDX-License-Identifier: MIT
#pragma once

#include "entrance.h"
#include "frames.h"
#include "textbuffer.h"
#include "transport.h"

#include <QHostAddress>
#include <QList>
#include <QTimer>

#include <unordered_map>

class QTcpSocket;
class QWebSocket;

namespace liaison {

/// The Transport that speaks WebSocket: one text frame for each message.
///
/// QWebSocketServer does the handshake. From then on frames are read from the TCP socket below the
/// QWebSocket, and written to it, many at a time: QWebSocket decodes each frame of a text by itself, so that
/// a character that a browser has cut ends the connection, counts a text's length in UTF-16 and writes each
/// frame by itself.
class WebSocketTransport final : public Transport {
    Q_OBJECT
public:
    explicit WebSocketTransport(EntranceOptions options = {});

    /// Listens on every one of the addresses at the same port, then emits listening(), or listenFailed() when
    /// one of them cannot be had.
    /// @param port 0 picks one that is free on all of them
    void listen(const QList<QHostAddress> &addresses, quint16 port);

    void stopListening() override;
    void close() override;
    void deliver(ClientId receiver, const QByteArray &text) override;
    qint64 unwritten(ClientId client) const override;
    void sendCollected() override;

    /// On the I/O thread: how many are connected.
    qsizetype clientCount() const { return qsizetype(m_connections.size()); }

private:
    /// Open: messages come and go. Closing: a close frame was sent, the client's is awaited. Closed: nothing
    /// that comes counts any more.
    enum class State { Open, Closing, Closed };

    struct Connection {
        Connection(QWebSocket *webSocket, QTcpSocket *tcpSocket, qint64 maxMessageSize)
            : socket(webSocket)
            , tcp(tcpSocket)
            , reader(maxMessageSize)
            , collected({}, 0)
        {
        }

        QWebSocket *socket;
        QTcpSocket *tcp;
        FrameReader reader;
        TextBuffer collected; ///< frames
        State state = State::Open;
        CloseCode code = CloseCode::Normal;
        bool isUnsent = false;  ///< m_unsent names it
        bool isWatched = false; ///< backpressure() is told what is written
        qint64 longest = 0;     ///< bytes of the longest message on its way
        qint64 unread = 0;      ///< bytes, when it was last looked at
        double stalled_s = 0;   ///< how long somebody has waited for that to become less
        double closing_s = 0;   ///< how long ago the close frame was sent
    };

    qint64 watchUnwritten(ClientId client) override;
    static qint64 bytesUnwritten(const Connection &connection);
    void watch(Connection &connection, ClientId client);
    void onAboutToSleep();
    void onAdmitted(QWebSocket *socket, QTcpSocket *tcp, bool showedToken, const QByteArray &early);
    void turnAway(QWebSocket *socket, QTcpSocket *tcp, CloseCode code, const char *reason);
    void onReadyRead(ClientId client);
    void onIncoming(ClientId client, Connection &connection, const Incoming &incoming);
    void onDisconnected(ClientId client);
    void onStallTime();
    void collect(Connection &connection, ClientId client, const QByteArray &text);
    void collectFrame(Connection &connection, ClientId client, const QByteArray &frame);
    void markUnsent(Connection &connection, ClientId client);
    static void write(Connection &connection);
    void closeConnection(Connection &connection, ClientId client, CloseCode code, QByteArrayView reason);
    static void finish(Connection &connection);
    static void endWhenWritten(QTcpSocket *tcp);
    void abortAll();

    EntranceOptions m_options;
    Entrance *m_entrance = nullptr;
    std::unordered_map<ClientId, Connection> m_connections;
    QList<ClientId> m_unsent; ///< those for whom something is collected
    ClientId m_lastClient = everyClient;
    QTimer m_stallTimer;  ///< while somebody may be stalled
    QTimer m_memoryTimer; ///< after somebody has left
    int m_turnedAway = 0; ///< connections that are not gone yet
    bool m_closing = false;
};

} // namespace liaison
