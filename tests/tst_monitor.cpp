// SPDX-License-Identifier: MIT
#include "monitor.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <map>

using namespace liaison;

namespace {

/// Delivers into lists, and says that as much is unwritten as it is told.
class ListTransport final : public Transport {
    Q_OBJECT
public:
    void stopListening() override {}
    void close() override { Q_EMIT closed(); }
    void deliver(ClientId receiver, const QByteArray &text) override { m_delivered[receiver].append(text); }
    qint64 unwritten(ClientId client) const override
    {
        const auto found = m_unwritten.find(client);
        return found == m_unwritten.end() ? 0 : found->second;
    }
    void come(ClientId client, const QByteArray &text) { receive(client, text); }
    bool isWatched() const { return isSignalConnected(QMetaMethod::fromSignal(&Transport::passed)); }

    std::map<ClientId, QByteArrayList> m_delivered;
    std::map<ClientId, qint64> m_unwritten;
};

QJsonObject object(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

} // namespace

/// Who watches gets copies; who reads slowly loses some, and is told.
class TestMonitor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void copiesWhatPasses_data();
    void copiesWhatPasses();
    void nobodyWatchesForNothing();
    void ownMessagesAreCopiedAndCopiesAreNot();
    void slowWatchersLoseCopies();

private:
    std::unique_ptr<ListTransport> m_transport;
    std::unique_ptr<Monitor> m_monitor;
};

void TestMonitor::init()
{
    m_monitor.reset();
    m_transport = std::make_unique<ListTransport>();
    m_monitor = std::make_unique<Monitor>(*m_transport, 1000);
}

void TestMonitor::copiesWhatPasses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("a command") << QByteArray(R"({"command": {"command": "ping"}, "id": "a\\b"})");
    QTest::newRow("beyond ASCII") << QByteArray("\"\xc3\xa9\xf0\x9f\x98\x80\"");
    QTest::newRow("control characters") << QByteArray("a\nb\tc\x01");
    QTest::newRow("nothing") << QByteArray("");
    QTest::newRow("a long one") << QByteArray(100'000, '"');
}

void TestMonitor::copiesWhatPasses()
{
    QFETCH(QByteArray, text);
    m_monitor->watch(9, true);
    const auto start = QDateTime::currentMSecsSinceEpoch();
    m_transport->come(3, text);
    m_transport->send(4, text);
    m_transport->send(everyClient, text);
    const auto &copies = m_transport->m_delivered[9];
    QCOMPARE(copies.size(), 3);
    for (const auto &copy : copies) {
        const auto seen = object(copy);
        QCOMPARE(seen.size(), 6);
        QCOMPARE(seen.value(QLatin1String("tag")).toString(), QStringLiteral("monitor"));
        QCOMPARE(seen.value(QLatin1String("text")).toString(), QString::fromUtf8(text));
        QCOMPARE(seen.value(QLatin1String("evt")), QJsonValue(QJsonObject()));
        const auto time_ms = seen.value(QLatin1String("time")).toDouble() * 1000;
        QVERIFY(time_ms >= double(start) - 1);
        QVERIFY(time_ms <= double(QDateTime::currentMSecsSinceEpoch()) + 1);
    }
    const auto field = [&](int i, const char *name) { return object(copies[i]).value(QLatin1String(name)); };
    QCOMPARE(field(0, "direction"), QJsonValue(QStringLiteral("in")));
    QCOMPARE(field(1, "direction"), QJsonValue(QStringLiteral("out")));
    QCOMPARE(field(0, "client"), QJsonValue(3));
    QCOMPARE(field(1, "client"), QJsonValue(4));
    QCOMPARE(field(2, "client"), QJsonValue());
    QCOMPARE(m_transport->m_delivered[4], QByteArrayList{text});
}

void TestMonitor::nobodyWatchesForNothing()
{
    QVERIFY(!m_transport->isWatched());
    m_monitor->watch(9, true);
    m_monitor->watch(9, true);
    m_monitor->watch(8, true);
    QCOMPARE(m_monitor->watcherCount(), 2);
    QVERIFY(m_transport->isWatched());
    m_monitor->watch(9, false);
    m_monitor->watch(9, false);
    m_monitor->onClientLeft(7);
    QVERIFY(m_transport->isWatched());
    m_monitor->onClientLeft(8);
    QVERIFY(!m_transport->isWatched());
    m_transport->come(3, "text");
    QVERIFY(m_transport->m_delivered.empty());
    m_monitor->watch(9, true);
    m_transport->come(3, "text");
    QCOMPARE(m_transport->m_delivered[9].size(), 1);
}

void TestMonitor::ownMessagesAreCopiedAndCopiesAreNot()
{
    m_monitor->watch(9, true);
    m_monitor->watch(8, true);
    m_transport->come(9, "question");
    m_transport->send(9, "answer");
    QCOMPARE(m_transport->m_delivered[9].size(), 3);
    QCOMPARE(m_transport->m_delivered[8].size(), 2);
}

void TestMonitor::slowWatchersLoseCopies()
{
    m_monitor->watch(9, true);
    m_monitor->watch(8, true);
    m_transport->m_unwritten[9] = 1000;
    for (int i = 0; i < 5; ++i)
        m_transport->come(3, "text");
    QCOMPARE(m_transport->m_delivered[8].size(), 5);
    QCOMPARE(m_transport->m_delivered[9].size(), 0);
    // With the next copy,
    m_transport->m_unwritten[9] = 999;
    m_transport->come(3, "text");
    QCOMPARE(m_transport->m_delivered[9].size(), 2);
    const auto told = object(m_transport->m_delivered[9][0]);
    QCOMPARE(told.value(QLatin1String("lost")), QJsonValue(5));
    QCOMPARE(told.value(QLatin1String("tag")), QJsonValue(QStringLiteral("monitor")));
    QCOMPARE(told.value(QLatin1String("evt")), QJsonValue(QJsonObject()));
    // or by itself, where none comes.
    m_transport->m_unwritten[9] = 2000;
    m_transport->come(3, "text");
    m_transport->m_unwritten[9] = 0;
    QTRY_COMPARE(m_transport->m_delivered[9].size(), 3);
    QCOMPARE(object(m_transport->m_delivered[9][2]).value(QLatin1String("lost")), QJsonValue(1));
}

QTEST_GUILESS_MAIN(TestMonitor)
#include "tst_monitor.moc"
