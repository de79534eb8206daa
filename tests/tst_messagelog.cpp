// SPDX-License-Identifier: MIT
#include "messagelog.h"

#include <QtTest>

#include <thread>
#include <vector>

using namespace liaison;

/// The log keeps the latest messages, bounded in number and in bytes.
class TestMessageLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsTheLatest_data();
    void keepsTheLatest();
    void isBoundedInBytes_data();
    void isBoundedInBytes();
    void isThreadSafe();
};

void TestMessageLog::keepsTheLatest_data()
{
    QTest::addColumn<int>("appended");
    QTest::addColumn<int>("kept");
    QTest::newRow("none") << 0 << 0;
    QTest::newRow("one") << 1 << 1;
    QTest::newRow("as many as it may hold") << 1000 << 1000;
    QTest::newRow("one more drops the oldest") << 1001 << 1000;
    QTest::newRow("many more") << 3500 << 1000;
}

void TestMessageLog::keepsTheLatest()
{
    QFETCH(int, appended);
    QFETCH(int, kept);
    MessageLog log;
    for (int i = 0; i < appended; ++i)
        log.append(QByteArray::number(i));
    const auto messages = log.messages();
    QCOMPARE(messages.size(), kept);
    for (int i = 0; i < kept; ++i)
        QCOMPARE(messages.at(i), QByteArray::number(appended - kept + i));
}

void TestMessageLog::isBoundedInBytes_data()
{
    constexpr auto limit = MessageLog::maxBytes;
    QTest::addColumn<QList<qsizetype>>("sizes");
    QTest::addColumn<QList<qsizetype>>("kept");
    QTest::newRow("just as many as it may hold")
        << QList<qsizetype>{limit / 2, limit / 2} << QList<qsizetype>{limit / 2, limit / 2};
    QTest::newRow("one byte too many drops the oldest")
        << QList<qsizetype>{limit / 2, limit / 2, 1} << QList<qsizetype>{limit / 2, 1};
    QTest::newRow("one alone may be longer") << QList<qsizetype>{limit + 10} << QList<qsizetype>{limit + 10};
    QTest::newRow("a longer one drives out all others")
        << QList<qsizetype>{1, 2, 3, limit + 10} << QList<qsizetype>{limit + 10};
    QTest::newRow("the next drives out a longer one")
        << QList<qsizetype>{limit + 10, 7} << QList<qsizetype>{7};
}

void TestMessageLog::isBoundedInBytes()
{
    QFETCH(QList<qsizetype>, sizes);
    QFETCH(QList<qsizetype>, kept);
    const QByteArray longest(*std::max_element(sizes.begin(), sizes.end()), 'x');
    MessageLog log;
    for (const auto size : sizes)
        log.append(QByteArray::fromRawData(longest.constData(), size));
    QList<qsizetype> held;
    for (const auto &message : log.messages())
        held.append(message.size());
    QCOMPARE(held, kept);
}

void TestMessageLog::isThreadSafe()
{
    MessageLog log;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < 3; ++writer)
        threads.emplace_back([&log] {
            for (int i = 0; i < 1000; ++i)
                log.append("message");
        });
    while (log.messages().size() < 1000)
        std::this_thread::yield();
    for (auto &thread : threads)
        thread.join();
    QCOMPARE(log.messages().size(), 1000);
}

QTEST_GUILESS_MAIN(TestMessageLog)
#include "tst_messagelog.moc"
