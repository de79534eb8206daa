// SPDX-License-Identifier: MIT
#include "entrance.h"

#include "refusals.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtTest>

#include <memory>
#include <vector>

using namespace liaison;

namespace {

const QHostAddress loopback(QHostAddress::LocalHost);

QByteArray request(const QByteArray &headers = {})
{
    return "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           headers + "\r\n";
}

} // namespace

/// Who comes with a handshake, in good time and from a welcome origin, is let in.
class TestEntrance : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void admits_data();
    void admits();
    void handshakesTakeTheirTime();
    void manyTokensAtOnce();
    void stopsListening();

private:
    void open(const EntranceOptions &options);
    std::unique_ptr<QTcpSocket> client();
    int count(const char *refusal) const;

    Refusals m_refusals;
    std::unique_ptr<Entrance> m_entrance;
    std::unique_ptr<QSignalSpy> m_admitted;
};

void TestEntrance::init()
{
    m_refusals = {};
    open({});
}

void TestEntrance::open(const EntranceOptions &options)
{
    m_admitted.reset();
    m_entrance = std::make_unique<Entrance>(options, m_refusals);
    m_admitted = std::make_unique<QSignalSpy>(m_entrance.get(), &Entrance::admitted);
    QVERIFY2(m_entrance->listen({loopback}, 0), qPrintable(m_entrance->failure()));
}

std::unique_ptr<QTcpSocket> TestEntrance::client()
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(loopback, m_entrance->port());
    return socket;
}

int TestEntrance::count(const char *refusal) const
{
    return m_refusals.counts().value(QLatin1String(refusal)).toInt(-1);
}

void TestEntrance::admits_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("no page") << request() << QByteArray("HTTP/1.1 101 ") << QString();
    QTest::newRow("a page of this machine")
        << request("Origin: http://localhost:5173\r\n") << QByteArray("HTTP/1.1 101 ") << QString();
    QTest::newRow("a page from elsewhere") << request("Origin: https://example.org\r\n")
                                           << QByteArray("HTTP/1.1 403 ") << QStringLiteral("origin");
    QTest::newRow("a page that hides")
        << request("Origin: null\r\n") << QByteArray("HTTP/1.1 403 ") << QStringLiteral("origin");
    QTest::newRow("no WebSocket") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n\r\n") << QByteArray()
                                  << QStringLiteral("handshake");
    QTest::newRow("too long a request")
        << QByteArray(20'000, 'x') << QByteArray() << QStringLiteral("handshake");
}

void TestEntrance::admits()
{
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, answer);
    QFETCH(QString, refusal);
    const auto socket = client();
    socket->write(sent);
    QByteArray got;
    if (refusal.isNull()) {
        QTRY_COMPARE(m_admitted->count(), 1);
        QVERIFY(m_admitted->at(0).at(2).toBool());
        QTRY_VERIFY((got += socket->readAll()).startsWith(answer));
        return;
    }
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(socket->readAll().startsWith(answer));
    QTRY_COMPARE(count(qPrintable(refusal)), 1);
    int all = 0;
    const auto counts = m_refusals.counts();
    for (const auto &each : counts)
        all += each.toInt();
    QCOMPARE(all, 1);
    QCOMPARE(m_admitted->count(), 0);
}

void TestEntrance::handshakesTakeTheirTime()
{
    EntranceOptions options;
    options.limits.handshakeTime_s = 0.1;
    options.limits.connections = 3;
    open(options);
    std::vector<std::unique_ptr<QTcpSocket>> idlers;
    for (int i = 0; i < 4; ++i)
        idlers.push_back(client());
    // The fourth comes in by the first one's place.
    QTRY_COMPARE(count("connections"), 1);
    QTRY_COMPARE(count("handshake"), 3);
    for (const auto &idler : idlers)
        QTRY_COMPARE(idler->state(), QAbstractSocket::UnconnectedState);
    const auto socket = client();
    socket->write(request());
    QTRY_COMPARE(m_admitted->count(), 1);
}

/// Each is told of the subprotocol that it offers itself.
void TestEntrance::manyTokensAtOnce()
{
    EntranceOptions options;
    options.token = "right";
    open(options);
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const char *token : {"right", "wrong", "right", "other"}) {
        sockets.push_back(client());
        sockets.back()->write(request(QByteArray("Sec-WebSocket-Protocol: liaison.token.") + token + "\r\n"));
    }
    QTRY_COMPARE(m_admitted->count(), 4);
    int right = 0;
    for (const auto &arguments : std::as_const(*m_admitted))
        right += arguments.at(2).toBool() ? 1 : 0;
    QCOMPARE(right, 2);
    QCOMPARE(count("token"), 2);
    QByteArray answer;
    QTRY_VERIFY((answer += sockets[1]->readAll()).contains("liaison.token.wrong"));
}

void TestEntrance::stopsListening()
{
    const auto idler = client();
    QTRY_COMPARE(idler->state(), QAbstractSocket::ConnectedState);
    m_entrance->stopListening();
    QTRY_COMPARE(idler->state(), QAbstractSocket::UnconnectedState);
    const auto late = client();
    QTRY_COMPARE(late->error(), QAbstractSocket::ConnectionRefusedError);
}

QTEST_GUILESS_MAIN(TestEntrance)
#include "tst_entrance.moc"
