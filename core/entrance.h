// SPDX-License-Identifier: MIT
#pragma once

#include "clientlimits.h"

#include <QHash>
#include <QHostAddress>
#include <QList>
#include <QObject>
#include <QSslConfiguration>
#include <QString>
#include <QStringList>

#include <optional>

class QTcpServer;
class QTcpSocket;
class QWebSocket;
class QWebSocketServer;

namespace liaison {

class Refusals;

/// Who may come in, and by what.
struct EntranceOptions {
    Limits limits;
    QStringList allowedOrigins;           ///< besides those of this machine, to the letter
    QByteArray token;                     ///< what clients have to show; empty: nothing
    std::optional<QSslConfiguration> tls; ///< the server's certificate and key; without it, plain text
};

/// Listens, and lets in who comes with a WebSocket handshake in good time and from a welcome origin. The
/// handshake itself is QWebSocketServer's. Lives on the I/O thread.
class Entrance final : public QObject {
    Q_OBJECT
public:
    /// @param refusals must outlive it
    Entrance(EntranceOptions options, Refusals &refusals, QObject *parent = nullptr);

    /// Listens on every one of the addresses at the same port.
    /// @param port 0 picks one that is free on all of them
    /// @return whether that worked; failure() says why it did not
    bool listen(const QList<QHostAddress> &addresses, quint16 port);

    /// Accepts nobody any more, and cuts who has not come in yet.
    void stopListening();

    quint16 port() const { return m_port; }
    const QString &failure() const { return m_failure; }

Q_SIGNALS:
    /// @param tcp the connection below the WebSocket, from which nothing has been read yet
    /// @param showedToken whether the token was right, or none is asked for
    /// @param early what came behind the request, before it was answered
    void admitted(QWebSocket *socket, QTcpSocket *tcp, bool showedToken, const QByteArray &early);

private:
    struct Handshake {
        quint64 number = 0;         ///< in the order they came
        bool isRequested = false;   ///< the request has come, and it is QWebSocketServer's turn
        bool isUnwelcome = false;   ///< by its origin, as was noted
        QStringList tokenProtocols; ///< that it offers
        QByteArray early;           ///< what came behind the request
    };

    bool tryListen(const QList<QHostAddress> &addresses, quint16 port);
    void acceptFrom(QTcpServer *server);
    void receive(qintptr descriptor);
    void onRequestBytes(QTcpSocket *tcp);
    void refuseAtOnce(QTcpSocket *tcp);
    static QByteArray takeEarly(QTcpSocket *tcp, qsizetype requestSize);
    void onUpgraded();
    void onDisconnected(QTcpSocket *tcp);
    void cut(QTcpSocket *tcp, const QString &reason);
    void cutOldest();
    void closeServers();
    QTcpSocket *takeHandshake(const QWebSocket *socket, Handshake &taken);
    void setProtocols();

    EntranceOptions m_options;
    Refusals &m_refusals;
    QWebSocketServer *m_upgrader;
    QList<QTcpServer *> m_servers;
    QHash<QTcpSocket *, Handshake> m_handshakes;
    quint64 m_lastNumber = 0;
    quint16 m_port = 0;
    QString m_failure;
};

/// Who is at the other end, for the log: "127.0.0.1 port 40000".
QString peerText(const QTcpSocket *tcp);

} // namespace liaison
