// SPDX-License-Identifier: MIT
#include "transport.h"

#include <QThread>
#include <QtTest>

#include <thread>
#include <vector>

using namespace liaison;

/// Remembers what it was to send, and where it did.
class LoopbackTransport final : public Transport {
    Q_OBJECT
public:
    void stopListening() override {}
    void close() override { Q_EMIT closed(); }
    void deliver(ClientId receiver, const QByteArray &text) override
    {
        m_sent.append({receiver, text});
        m_isOnOwnThread = m_isOnOwnThread && QThread::currentThread() == thread();
        ++m_count;
    }

    void sendCollected() override { ++m_writes; }

    QList<std::pair<ClientId, QByteArray>> m_sent;
    int m_writes = 0;
    bool m_isOnOwnThread = true;
    std::atomic<int> m_count = 0;
};

/// What is posted, from wherever, is sent in its order on the transport's thread.
class TestTransport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sendsInOrder_data();
    void sendsInOrder();
    void sendsNothingWhilePosting();
    void repliesThatWaitTogetherAreOneWrite();
    void looksForRepliesByItself();
    void sendsOnItsOwnThread();
};

void TestTransport::sendsInOrder_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("one") << 1;
    QTest::newRow("a few") << 5;
    QTest::newRow("many") << 10'000;
}

void TestTransport::sendsInOrder()
{
    QFETCH(int, count);
    LoopbackTransport transport;
    QList<std::pair<ClientId, QByteArray>> posted;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < count; ++i) {
            posted.append({ClientId(i % 3), QByteArray::number(i)});
            transport.post(posted.last().first, posted.last().second);
        }
        QTRY_COMPARE(transport.m_count.load(), int(posted.size()));
    }
    QVERIFY(transport.m_sent == posted);
}

void TestTransport::sendsNothingWhilePosting()
{
    LoopbackTransport transport;
    transport.post(1, "text");
    QCOMPARE(transport.m_count.load(), 0);
    QTRY_COMPARE(transport.m_count.load(), 1);
}

void TestTransport::repliesThatWaitTogetherAreOneWrite()
{
    LoopbackTransport transport;
    for (int i = 0; i < 100; ++i) {
        transport.expectReply();
        transport.postReply(1, QByteArray::number(i));
    }
    transport.flush();
    transport.flush();
    QTRY_COMPARE(transport.m_count.load(), 100);
    QCoreApplication::processEvents();
    QCOMPARE(transport.m_writes, 1);
}

void TestTransport::looksForRepliesByItself()
{
    LoopbackTransport transport;
    transport.expectReply();
    transport.lookForReplies();
    QCOMPARE(transport.m_count.load(), 0);
    // The command behind it goes on, so nobody says flush().
    transport.postReply(1, "late");
    QTRY_COMPARE(transport.m_count.load(), 1);
    // One that has come already is found at once.
    transport.expectReply();
    transport.postReply(1, "early");
    transport.flush();
    QTRY_COMPARE(transport.m_count.load(), 2);
}

void TestTransport::sendsOnItsOwnThread()
{
    constexpr int writers = 4;
    constexpr int each = 2000;
    QThread thread;
    auto *transport = new LoopbackTransport;
    transport->moveToThread(&thread);
    thread.start();
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([transport, writer] {
            for (int i = 0; i < each; ++i)
                transport->post(ClientId(writer + 1), QByteArray::number(i));
        });
    for (auto &writer : threads)
        writer.join();
    QTRY_COMPARE(transport->m_count.load(), writers * each);
    thread.quit();
    QVERIFY(thread.wait());
    QVERIFY(transport->m_isOnOwnThread);
    QList<int> next(writers, 0);
    for (const auto &[receiver, text] : std::as_const(transport->m_sent))
        QCOMPARE(text.toInt(), next[qsizetype(receiver) - 1]++);
    delete transport;
}

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
