// SPDX-License-Identifier: MIT
#include "websockettransport.h"

#include <QNetworkInterface>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>
#include <QtTest>

#include <memory>
#include <vector>

using namespace liaison;

namespace {

const QHostAddress loopback(QHostAddress::LocalHost);

QUrl urlOf(const QHostAddress &host, quint16 port)
{
    QUrl url;
    url.setScheme(QStringLiteral("ws"));
    url.setHost(host.toString());
    url.setPort(port);
    return url;
}

EntranceOptions limited(qint64 messageSize)
{
    EntranceOptions options;
    options.limits.messageSize = messageSize;
    return options;
}

} // namespace

/// Text goes from socket to signal and from post() to socket, whatever clients do.
class TestWebSocketTransport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void listensOnEveryAddress();
    void picksAnotherPortEachTime();
    void saysThatAPortIsTaken_data();
    void saysThatAPortIsTaken();
    void takesTextAndBinary_data();
    void takesTextAndBinary();
    void answersInOneFrame_data();
    void answersInOneFrame();
    void refusesWhatIsTooLong_data();
    void refusesWhatIsTooLong();
    void joinsManyClientsAtOnce();
    void namesEveryClientAnew();
    void dropsWhatIsForClientsThatLeft();
    void sendsToEveryClient();
    void shortAndLongTextsKeepTheirOrder();
    void textsAreNotCopiedIntoOtherEncodings();
    void countsThoseWhoRemain();
    void aBrokenHandshakeIsNoClient();
    void stopsListening();
    void closesWithGoingAway();
    void closesAtOnceWithoutClients();
    void sendsWhatWaitsBeforeItCloses();
    void doesNotWaitForSilentClients();
    void closesWhoReadsNothing();
    void closesWhomAStreamWaitsFor();
    void thereIsRoomForSoMany();
    void askedForATokenNobodyComesInWithout_data();
    void askedForATokenNobodyComesInWithout();

private:
    /// A client that is connected.
    std::unique_ptr<QWebSocket> newClient();

    std::unique_ptr<WebSocketTransport> m_transport;
    std::unique_ptr<QSignalSpy> m_received;
    std::unique_ptr<QSignalSpy> m_joined;
    std::unique_ptr<QSignalSpy> m_left;
    std::unique_ptr<QSignalSpy> m_closed;
    quint16 m_port = 0;
};

void TestWebSocketTransport::init()
{
    m_transport = std::make_unique<WebSocketTransport>(limited(qint64(64) << 20));
    m_received = std::make_unique<QSignalSpy>(m_transport.get(), &Transport::textReceived);
    m_joined = std::make_unique<QSignalSpy>(m_transport.get(), &Transport::clientJoined);
    m_left = std::make_unique<QSignalSpy>(m_transport.get(), &Transport::clientLeft);
    m_closed = std::make_unique<QSignalSpy>(m_transport.get(), &Transport::closed);
    const QSignalSpy listening(m_transport.get(), &Transport::listening);
    m_transport->listen({loopback}, 0);
    QCOMPARE(listening.count(), 1);
    m_port = listening.at(0).at(0).value<quint16>();
    QVERIFY(m_port != 0);
}

void TestWebSocketTransport::cleanup()
{
    m_transport.reset();
}

std::unique_ptr<QWebSocket> TestWebSocketTransport::newClient()
{
    auto client = std::make_unique<QWebSocket>();
    const auto before = m_joined->count();
    QSignalSpy connected(client.get(), &QWebSocket::connected);
    client->open(urlOf(loopback, m_port));
    const bool joined =
        QTest::qWaitFor([&] { return connected.count() == 1 && m_joined->count() > before; }, 10'000);
    return joined ? std::move(client) : nullptr;
}

void TestWebSocketTransport::listensOnEveryAddress()
{
    QList<QHostAddress> addresses = {loopback, QHostAddress(QStringLiteral("127.0.0.2"))};
    if (QNetworkInterface::allAddresses().contains(QHostAddress(QHostAddress::LocalHostIPv6)))
        addresses.append(QHostAddress(QHostAddress::LocalHostIPv6));
    WebSocketTransport transport(limited(1000));
    const QSignalSpy listening(&transport, &Transport::listening);
    QSignalSpy joined(&transport, &Transport::clientJoined);
    transport.listen(addresses, 0);
    QCOMPARE(listening.count(), 1);
    const auto port = listening.at(0).at(0).value<quint16>();
    for (const auto &address : std::as_const(addresses)) {
        joined.clear();
        QWebSocket client;
        client.open(urlOf(address, port));
        QTRY_COMPARE(joined.count(), 1);
    }
}

void TestWebSocketTransport::picksAnotherPortEachTime()
{
    WebSocketTransport other(limited(1000));
    const QSignalSpy listening(&other, &Transport::listening);
    other.listen({loopback}, 0);
    QCOMPARE(listening.count(), 1);
    QVERIFY(listening.at(0).at(0).value<quint16>() != m_port);
}

void TestWebSocketTransport::saysThatAPortIsTaken_data()
{
    QTest::addColumn<QString>("free");
    QTest::newRow("on its only address") << "";
    QTest::newRow("on one of its addresses") << "127.0.0.2";
}

void TestWebSocketTransport::saysThatAPortIsTaken()
{
    QFETCH(QString, free);
    WebSocketTransport other(limited(1000));
    const QSignalSpy listening(&other, &Transport::listening);
    const QSignalSpy failed(&other, &Transport::listenFailed);
    QList<QHostAddress> addresses = {loopback};
    if (!free.isEmpty())
        addresses.prepend(QHostAddress(free));
    other.listen(addresses, m_port);
    QCOMPARE(listening.count(), 0);
    QCOMPARE(failed.count(), 1);
    const auto reason = failed.at(0).at(0).toString();
    QVERIFY2(reason.startsWith(QStringLiteral("127.0.0.1 port %1: ").arg(m_port)), qPrintable(reason));
    // What was free is free again.
    QTcpServer server;
    QVERIFY(free.isEmpty() || server.listen(QHostAddress(free), m_port));
}

void TestWebSocketTransport::takesTextAndBinary_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("short") << QByteArray("x");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("beyond ASCII") << QByteArray("é€😀\n\t\"");
    QTest::newRow("with a null character") << QByteArray("a\0b", 3);
    QTest::newRow("longer than a frame's short length") << QByteArray(70'000, 'x');
    QTest::newRow("several megabytes") << QByteArray("é").repeated(2'000'000);
}

void TestWebSocketTransport::takesTextAndBinary()
{
    QFETCH(QByteArray, text);
    const auto client = newClient();
    QVERIFY(client);
    client->sendTextMessage(QString::fromUtf8(text));
    client->sendBinaryMessage(text);
    QTRY_COMPARE(m_received->count(), 2);
    for (const auto &arguments : std::as_const(*m_received)) {
        QCOMPARE(arguments.at(0).value<ClientId>(), m_joined->at(0).at(0).value<ClientId>());
        QVERIFY(arguments.at(1).toByteArray() == text);
    }
}

void TestWebSocketTransport::answersInOneFrame_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("short") << QByteArray(R"({"response": 1})");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("the longest of the shortest header") << QByteArray(125, 'x');
    QTest::newRow("the shortest of two bytes of length") << QByteArray(126, 'x');
    QTest::newRow("the longest of two bytes of length") << QByteArray(0xFFFF, 'x');
    QTest::newRow("the shortest of eight bytes of length") << QByteArray(0x10000, 'x');
    QTest::newRow("beyond ASCII") << QByteArray("é€😀");
    QTest::newRow("longer than Qt's frames as a rule") << QByteArray("é").repeated(1 << 20);
    QTest::newRow("ten megabytes") << QByteArray(10 << 20, 'x');
}

void TestWebSocketTransport::answersInOneFrame()
{
    QFETCH(QByteArray, text);
    const auto client = newClient();
    QVERIFY(client);
    const QSignalSpy frames(client.get(), &QWebSocket::textFrameReceived);
    const QSignalSpy messages(client.get(), &QWebSocket::textMessageReceived);
    const QSignalSpy binary(client.get(), &QWebSocket::binaryFrameReceived);
    m_transport->post(m_joined->at(0).at(0).value<ClientId>(), text);
    QTRY_COMPARE(messages.count(), 1);
    QVERIFY(messages.at(0).at(0).toString().toUtf8() == text);
    QCOMPARE(frames.count(), 1);
    QVERIFY(frames.at(0).at(1).toBool());
    QCOMPARE(binary.count(), 0);
}

void TestWebSocketTransport::refusesWhatIsTooLong_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("isBinary");
    QTest::addColumn<qsizetype>("frameSize");
    QTest::addColumn<bool>("isTaken");
    const auto whole = qsizetype(100'000);
    QTest::newRow("text of the limit") << qsizetype(1000) << false << whole << true;
    QTest::newRow("text over the limit") << qsizetype(1001) << false << whole << false;
    QTest::newRow("binary of the limit") << qsizetype(1000) << true << whole << true;
    QTest::newRow("binary over the limit") << qsizetype(1001) << true << whole << false;
    QTest::newRow("far over the limit") << qsizetype(90'000) << false << whole << false;
    QTest::newRow("in frames, of the limit") << qsizetype(1000) << false << qsizetype(100) << true;
    QTest::newRow("in frames, over the limit") << qsizetype(1001) << false << qsizetype(100) << false;
}

void TestWebSocketTransport::refusesWhatIsTooLong()
{
    QFETCH(qsizetype, size);
    QFETCH(bool, isBinary);
    QFETCH(qsizetype, frameSize);
    QFETCH(bool, isTaken);
    WebSocketTransport transport(limited(1000));
    const QSignalSpy listening(&transport, &Transport::listening);
    const QSignalSpy received(&transport, &Transport::textReceived);
    const QSignalSpy left(&transport, &Transport::clientLeft);
    transport.listen({loopback}, 0);
    QWebSocket client;
    client.setOutgoingFrameSize(quint64(frameSize));
    const QSignalSpy connected(&client, &QWebSocket::connected);
    client.open(urlOf(loopback, listening.at(0).at(0).value<quint16>()));
    QTRY_COMPARE(connected.count(), 1);
    if (isBinary)
        client.sendBinaryMessage(QByteArray(size, 'x'));
    else
        client.sendTextMessage(QString(size, QLatin1Char('x')));
    if (isTaken) {
        QTRY_COMPARE(received.count(), 1);
        QCOMPARE(received.at(0).at(1).toByteArray(), QByteArray(size, 'x'));
        QCOMPARE(client.state(), QAbstractSocket::ConnectedState);
    } else {
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
        QTRY_COMPARE(left.count(), 1);
        QCOMPARE(received.count(), 0);
    }
}

void TestWebSocketTransport::joinsManyClientsAtOnce()
{
    constexpr int count = 40;
    std::vector<std::unique_ptr<QWebSocket>> clients;
    int connected = 0;
    QHash<QString, int> replies;
    for (int i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<QWebSocket>());
        auto *client = clients.back().get();
        connect(client, &QWebSocket::connected, this, [&connected, client, i] {
            ++connected;
            client->sendTextMessage(QString::number(i));
        });
        connect(client, &QWebSocket::textMessageReceived, this, [&replies, i](const QString &text) {
            if (text == QString::number(i))
                ++replies[text];
        });
        client->open(urlOf(loopback, m_port));
    }
    connect(m_transport.get(), &Transport::textReceived, m_transport.get(), &Transport::post);
    QTRY_COMPARE(m_joined->count(), count);
    QTRY_COMPARE(replies.size(), count);
    QCOMPARE(connected, count);
    QCOMPARE(m_received->count(), count);
    for (const int times : std::as_const(replies))
        QCOMPARE(times, 1);
}

void TestWebSocketTransport::namesEveryClientAnew()
{
    QSet<ClientId> ids;
    for (int i = 0; i < 5; ++i) {
        const auto client = newClient();
        QVERIFY(client);
        ids.insert(m_joined->last().at(0).value<ClientId>());
    }
    QCOMPARE(ids.size(), 5);
    QVERIFY(!ids.contains(everyClient));
}

void TestWebSocketTransport::dropsWhatIsForClientsThatLeft()
{
    auto leaver = newClient();
    const auto stayer = newClient();
    QVERIFY(leaver && stayer);
    const QSignalSpy messages(stayer.get(), &QWebSocket::textMessageReceived);
    const auto left = m_joined->at(0).at(0).value<ClientId>();
    leaver.reset();
    QTRY_COMPARE(m_left->count(), 1);
    m_transport->post(left, "for the one that left");
    m_transport->post(left + 1000, "for one that never was");
    m_transport->post(m_joined->at(1).at(0).value<ClientId>(), "for the one that stayed");
    QTRY_COMPARE(messages.count(), 1);
    QCOMPARE(messages.at(0).at(0).toString(), QStringLiteral("for the one that stayed"));
}

void TestWebSocketTransport::sendsToEveryClient()
{
    std::vector<std::unique_ptr<QWebSocket>> clients;
    int received = 0;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(newClient());
        QVERIFY(clients.back());
        connect(clients.back().get(), &QWebSocket::textMessageReceived, this, [&](const QString &text) {
            if (text == QLatin1String("for all"))
                ++received;
        });
    }
    m_transport->post(everyClient, "for all");
    QTRY_COMPARE(received, 3);
}

void TestWebSocketTransport::shortAndLongTextsKeepTheirOrder()
{
    const auto client = newClient();
    QVERIFY(client);
    QStringList received;
    connect(client.get(), &QWebSocket::textMessageReceived, this,
            [&](const QString &text) { received.append(text); });
    QStringList sent;
    for (const int size : {1, 200, 70'000, 5, 300'000, 40'000, 40'000, 2, 0, 100'000}) {
        sent.append(QString(size, QLatin1Char(char('a' + sent.size()))));
        m_transport->send(m_joined->at(0).at(0).value<ClientId>(), sent.last().toUtf8());
    }
    QTRY_COMPARE(received.size(), sent.size());
    QVERIFY(received == sent);
}

/// The way round QWebSocket is there: with Qt's own, text would go through UTF-16.
void TestWebSocketTransport::textsAreNotCopiedIntoOtherEncodings()
{
    const auto client = newClient();
    QVERIFY(client);
    auto *tcp = m_transport->findChild<QTcpSocket *>();
    QVERIFY(tcp);
    // Nor does the system hold back short ones (Nagle's algorithm): that costs a client 40 ms a message.
    QCOMPARE(tcp->socketOption(QAbstractSocket::LowDelayOption).toInt(), 1);
    // What send() collected has not been written; a WebSocket would have.
    m_transport->send(everyClient, "short");
    QCOMPARE(tcp->bytesToWrite(), qint64(0));
    m_transport->send(everyClient, QByteArray(100'000, 'x'));
    QCOMPARE(tcp->bytesToWrite(), qint64(2 + 5 + 10 + 100'000));
}

void TestWebSocketTransport::countsThoseWhoRemain()
{
    auto first = newClient();
    auto second = newClient();
    QVERIFY(first && second);
    first->close();
    QTRY_COMPARE(m_left->count(), 1);
    QCOMPARE(m_left->at(0).at(0).value<ClientId>(), m_joined->at(0).at(0).value<ClientId>());
    QCOMPARE(m_left->at(0).at(1).value<qsizetype>(), qsizetype(1));
    // A client that vanishes leaves as well.
    second->abort();
    QTRY_COMPARE(m_left->count(), 2);
    QCOMPARE(m_left->at(1).at(1).value<qsizetype>(), qsizetype(0));
    QCOMPARE(m_closed->count(), 0);
}

void TestWebSocketTransport::aBrokenHandshakeIsNoClient()
{
    QTcpSocket socket;
    socket.connectToHost(loopback, m_port);
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(m_joined->count(), 0);
    QVERIFY(newClient());
}

void TestWebSocketTransport::stopsListening()
{
    const auto client = newClient();
    QVERIFY(client);
    m_transport->stopListening();
    QWebSocket late;
    const QSignalSpy failed(&late, &QWebSocket::disconnected);
    late.open(urlOf(loopback, m_port));
    QTRY_COMPARE(late.error(), QAbstractSocket::ConnectionRefusedError);
    // Who is connected stays, in both directions.
    const QSignalSpy messages(client.get(), &QWebSocket::textMessageReceived);
    client->sendTextMessage(QStringLiteral("still here"));
    QTRY_COMPARE(m_received->count(), 1);
    m_transport->post(everyClient, "so am I");
    QTRY_COMPARE(messages.count(), 1);
    QCOMPARE(m_joined->count(), 1);
}

void TestWebSocketTransport::closesWithGoingAway()
{
    const auto first = newClient();
    const auto second = newClient();
    QVERIFY(first && second);
    m_transport->close();
    for (auto *client : {first.get(), second.get()}) {
        QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(client->closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    }
    QTRY_COMPARE(m_closed->count(), 1);
    QCOMPARE(m_left->count(), 2);
    QTcpServer server;
    QVERIFY2(server.listen(loopback, m_port), "the port must be free again");
}

void TestWebSocketTransport::closesAtOnceWithoutClients()
{
    m_transport->close();
    QCOMPARE(m_closed->count(), 1);
}

void TestWebSocketTransport::sendsWhatWaitsBeforeItCloses()
{
    const auto client = newClient();
    QVERIFY(client);
    const QSignalSpy messages(client.get(), &QWebSocket::textMessageReceived);
    constexpr int count = 100;
    for (int i = 0; i < count; ++i)
        m_transport->post(everyClient, QByteArray::number(i) + QByteArray(10'000, ' '));
    m_transport->close();
    QTRY_COMPARE(m_closed->count(), 1);
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(messages.count(), count);
    for (int i = 0; i < count; ++i)
        QCOMPARE(messages.at(i).at(0).toString().trimmed().toInt(), i);
}

void TestWebSocketTransport::doesNotWaitForSilentClients()
{
    QTcpSocket socket;
    socket.connectToHost(loopback, m_port);
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    QTRY_COMPARE(m_joined->count(), 1);
    m_transport->close();
    // QTRY's own patience is the limit: the client never answers.
    QTRY_COMPARE(m_closed->count(), 1);
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

void TestWebSocketTransport::closesWhoReadsNothing()
{
    auto options = limited(1000);
    options.limits.unread = 1'000'000;
    WebSocketTransport transport(options);
    const QSignalSpy listening(&transport, &Transport::listening);
    const QSignalSpy joined(&transport, &Transport::clientJoined);
    transport.listen({loopback}, 0);
    QWebSocket slow;
    slow.setReadBufferSize(1000);
    const QSignalSpy left(&transport, &Transport::clientLeft);
    slow.open(urlOf(loopback, listening.at(0).at(0).value<quint16>()));
    QTRY_COMPARE(joined.count(), 1);
    // One large message goes out whatever the limit is; what it leaves behind counts.
    const QByteArray large(20'000'000, 'x');
    for (int i = 0; i < 3; ++i)
        transport.send(joined.at(0).at(0).value<ClientId>(), large);
    QCOMPARE(transport.refusals().counts().value(QLatin1String("unread")).toInt(), 1);
    QVERIFY(!transport.backpressure()->isConnected(joined.at(0).at(0).value<ClientId>()));
    // It can read no more than it has room for.
    slow.abort();
    QTRY_COMPARE(left.count(), 1);
}

void TestWebSocketTransport::closesWhomAStreamWaitsFor()
{
    auto options = limited(1000);
    options.limits.stallTime_s = 1;
    WebSocketTransport transport(options);
    const QSignalSpy listening(&transport, &Transport::listening);
    const QSignalSpy joined(&transport, &Transport::clientJoined);
    const QSignalSpy left(&transport, &Transport::clientLeft);
    transport.listen({loopback}, 0);
    QTcpSocket silent;
    silent.setReadBufferSize(1000);
    silent.connectToHost(loopback, listening.at(0).at(0).value<quint16>());
    silent.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    QTRY_COMPARE(joined.count(), 1);
    const auto client = joined.at(0).at(0).value<ClientId>();
    for (int i = 0; i < 20; ++i)
        transport.postItem(client, QByteArray(1'000'000, 'x'));
    // Nobody is closed for whom nobody waits.
    QVERIFY(!transport.backpressure()->waitForRoom(client, std::chrono::milliseconds(0)));
    QTRY_COMPARE(transport.refusals().counts().value(QLatin1String("stalled")).toInt(), 1);
    QVERIFY(transport.backpressure()->waitForRoom(client, std::chrono::milliseconds(0)));
    constexpr int patience_ms = 20'000;
    QTRY_COMPARE_WITH_TIMEOUT(left.count(), 1, patience_ms);
}

void TestWebSocketTransport::thereIsRoomForSoMany()
{
    auto options = limited(1000);
    options.limits.connections = 2;
    WebSocketTransport transport(options);
    const QSignalSpy listening(&transport, &Transport::listening);
    const QSignalSpy joined(&transport, &Transport::clientJoined);
    transport.listen({loopback}, 0);
    std::vector<std::unique_ptr<QWebSocket>> clients;
    const auto add = [&] {
        clients.push_back(std::make_unique<QWebSocket>());
        clients.back()->open(urlOf(loopback, listening.at(0).at(0).value<quint16>()));
    };
    add();
    add();
    QTRY_COMPARE(joined.count(), 2);
    add();
    // To QWebSocket, 1013 is no close code.
    const QSignalSpy closed(clients.back().get(), &QWebSocket::disconnected);
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(joined.count(), 2);
    QCOMPARE(transport.refusals().counts().value(QLatin1String("connections")).toInt(), 1);
    clients.front()->close();
    QTRY_COMPARE(transport.clientCount(), qsizetype(1));
    add();
    QTRY_COMPARE(joined.count(), 3);
}

void TestWebSocketTransport::askedForATokenNobodyComesInWithout_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QByteArray>("authorization");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<bool>("isIn");
    const auto row = [](const char *name, const char *query, const char *authorization, const char *protocol,
                        bool isIn) {
        QTest::newRow(name) << QString::fromUtf8(query) << QByteArray(authorization)
                            << QString::fromUtf8(protocol) << isIn;
    };
    row("nothing", "", "", "", false);
    row("in the query", "token=s3cret+%25", "", "", true);
    row("in the query, wrong", "token=s3cret", "", "", false);
    row("in the query, empty", "token=", "", "", false);
    row("as header", "", "Bearer s3cret+%", "", true);
    row("as header, in another case", "", "bearer  s3cret+%", "", true);
    row("as header, wrong", "", "Bearer s3cret+%x", "", false);
    row("as header of another kind", "", "Basic s3cret+%", "", false);
    row("as subprotocol", "", "", "liaison.token.s3cret+%", true);
    row("as subprotocol, wrong", "", "", "liaison.token.wrong", false);
    row("as subprotocol, empty", "", "", "liaison.token.", false);
    row("wrong in one way, right in another", "token=wrong", "Bearer s3cret+%", "", true);
}

void TestWebSocketTransport::askedForATokenNobodyComesInWithout()
{
    QFETCH(QString, query);
    QFETCH(QByteArray, authorization);
    QFETCH(QString, protocol);
    QFETCH(bool, isIn);
    auto options = limited(1000);
    options.token = "s3cret+%";
    WebSocketTransport transport(options);
    const QSignalSpy listening(&transport, &Transport::listening);
    const QSignalSpy joined(&transport, &Transport::clientJoined);
    const QSignalSpy received(&transport, &Transport::textReceived);
    transport.listen({loopback}, 0);
    auto url = urlOf(loopback, listening.at(0).at(0).value<quint16>());
    url.setQuery(query);
    QNetworkRequest request(url);
    if (!authorization.isEmpty())
        request.setRawHeader("Authorization", authorization);
    QWebSocketHandshakeOptions handshake;
    if (!protocol.isEmpty())
        handshake.setSubprotocols({protocol});
    QWebSocket client;
    connect(&client, &QWebSocket::connected, &client, [&] { client.sendTextMessage(QStringLiteral("x")); });
    client.open(request, handshake);
    if (isIn) {
        QTRY_COMPARE(received.count(), 1);
        QCOMPARE(client.subprotocol(), protocol);
        return;
    }
    QTRY_COMPARE(client.closeCode(), QWebSocketProtocol::CloseCodePolicyViolated);
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(joined.count(), 0);
    QCOMPARE(received.count(), 0);
    QCOMPARE(transport.refusals().counts().value(QLatin1String("token")).toInt(), 1);
}

QTEST_GUILESS_MAIN(TestWebSocketTransport)
#include "tst_websockettransport.moc"
