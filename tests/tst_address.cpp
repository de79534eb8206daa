// SPDX-License-Identifier: MIT
#include "address.h"

#include "sentence.h"

#include <QNetworkInterface>
#include <QtTest>

using namespace liaison;

/// Addresses are read, written and resolved; only loopback is served.
class TestAddress : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void resolves_data();
    void resolves();
    void localhostIsEveryLoopback();
    void servesOnlyThisMachine_data();
    void servesOnlyThisMachine();
};

void TestAddress::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("written");
    QTest::newRow("a name") << "localhost:8001"
                            << "localhost" << 8001 << "localhost:8001";
    QTest::newRow("a dotted name") << "a.b-c.example:1"
                                   << "a.b-c.example" << 1 << "a.b-c.example:1";
    QTest::newRow("IPv4") << "127.0.0.1:65535"
                          << "127.0.0.1" << 65535 << "127.0.0.1:65535";
    QTest::newRow("IPv6") << "[::1]:8001"
                          << "::1" << 8001 << "[::1]:8001";
    QTest::newRow("IPv6 with a zone") << "[fe80::1%eth0]:8001"
                                      << "fe80::1%eth0" << 8001 << "[fe80::1%eth0]:8001";
    QTest::newRow("IPv4 in IPv6") << "[::ffff:127.0.0.1]:8001"
                                  << "::ffff:127.0.0.1" << 8001 << "[::ffff:127.0.0.1]:8001";
    QTest::newRow("any port") << "localhost:0"
                              << "localhost" << 0 << "localhost:0";
    QTest::newRow("leading zeros") << "localhost:00080"
                                   << "localhost" << 80 << "localhost:80";
}

void TestAddress::reads()
{
    QFETCH(QString, text);
    QFETCH(QString, host);
    QFETCH(int, port);
    QFETCH(QString, written);
    const auto address = parseAddress(text);
    QCOMPARE(address.host, host);
    QCOMPARE(int(address.port), port);
    QCOMPARE(addressText(address), written);
}

void TestAddress::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << "";
    QTest::newRow("only a name") << "localhost";
    QTest::newRow("only a port") << "8001";
    QTest::newRow("no name") << ":8001";
    QTest::newRow("no port") << "localhost:";
    QTest::newRow("a port beyond 65535") << "localhost:65536";
    QTest::newRow("a port of six digits") << "localhost:008001";
    QTest::newRow("a negative port") << "localhost:-1";
    QTest::newRow("a port with letters") << "localhost:80a";
    QTest::newRow("a port in another script") << QString::fromUtf8("localhost:٨٠");
    QTest::newRow("IPv6 without brackets") << "::1:8001";
    QTest::newRow("empty brackets") << "[]:8001";
    QTest::newRow("a name in brackets") << "[localhost]:8001";
    QTest::newRow("IPv4 in brackets") << "[127.0.0.1]:8001";
    QTest::newRow("half a bracket") << "[::1:8001";
    QTest::newRow("a URL") << "ws://localhost:8001";
    QTest::newRow("a path behind the port") << "localhost:8001/";
    QTest::newRow("a user") << "me@localhost:8001";
    QTest::newRow("space in front") << " localhost:8001";
    QTest::newRow("space behind") << "localhost:8001 ";
    QTest::newRow("a newline behind") << "localhost:8001\n";
}

void TestAddress::refuses()
{
    QFETCH(QString, text);
    const auto sentence = sentenceOf<AddressError>([&] { parseAddress(text); });
    QVERIFY(!sentence.isNull());
    QVERIFY2(sentence.contains(QLatin1Char('"')), "the sentence must quote the text");
}

void TestAddress::resolves_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("address");
    QTest::newRow("IPv4") << "127.0.0.1"
                          << "127.0.0.1";
    QTest::newRow("another loopback address") << "127.1.2.3"
                                              << "127.1.2.3";
    QTest::newRow("IPv6") << "::1"
                          << "::1";
    QTest::newRow("IPv6 written out") << "0:0:0:0:0:0:0:1"
                                      << "::1";
}

void TestAddress::resolves()
{
    QFETCH(QString, host);
    QFETCH(QString, address);
    QCOMPARE(servedAddresses(host, false), QList<QHostAddress>{QHostAddress(address)});
}

void TestAddress::localhostIsEveryLoopback()
{
    const bool hasIPv6 =
        QNetworkInterface::allAddresses().contains(QHostAddress(QHostAddress::LocalHostIPv6));
    QList<QHostAddress> expected = {QHostAddress(QHostAddress::LocalHost)};
    if (hasIPv6)
        expected.append(QHostAddress(QHostAddress::LocalHostIPv6));
    QCOMPARE(servedAddresses(QStringLiteral("localhost"), false), expected);
    QCOMPARE(servedAddresses(QStringLiteral("LOCALHOST"), false), expected);
}

void TestAddress::servesOnlyThisMachine_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("part");
    QTest::newRow("every IPv4 address") << "0.0.0.0"
                                        << "can be reached from other machines";
    QTest::newRow("every IPv6 address") << "::"
                                        << "can be reached from other machines";
    QTest::newRow("an IPv4 address") << "192.0.2.1"
                                     << "can be reached from other machines";
    QTest::newRow("an IPv6 address") << "2001:db8::1"
                                     << "can be reached from other machines";
    QTest::newRow("a name that cannot be one") << "no..name"
                                               << "is not known here";
}

void TestAddress::servesOnlyThisMachine()
{
    QFETCH(QString, host);
    QFETCH(QString, part);
    const auto sentence = sentenceOf<AddressError>([&] { servedAddresses(host, false); });
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
    QVERIFY(sentence.contains(QLatin1Char('"') + host + QLatin1Char('"')));
    if (!QHostAddress(host).isNull()) {
        const auto addresses = servedAddresses(host, true);
        QCOMPARE(addresses, QList<QHostAddress>{QHostAddress(host)});
        QVERIFY(!areLoopback(addresses));
    }
}

QTEST_GUILESS_MAIN(TestAddress)
#include "tst_address.moc"
