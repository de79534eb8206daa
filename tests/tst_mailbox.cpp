// SPDX-License-Identifier: MIT
#include "mailbox.h"

#include <QtTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace liaison;

/// One reader, many writers: every value arrives, and wake-ups are not wasted.
class TestMailbox : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void putsBeforeATakeWakeOnce_data();
    void putsBeforeATakeWakeOnce();
    void valuesComeInOrder();
    void theReaderStaysAwakeUntilItFindsNothing();
    void aClosedBoxDropsAndAnswersWhatWasLeft();
    void moveOnlyValuesPass();
    void writersOnManyThreadsLoseNothing();
    void severalComeAndGoTogether();
    void aLookFindsWhatComesMeanwhile();
    void aLookInVainLeavesTheReaderAsleep();
};

void TestMailbox::putsBeforeATakeWakeOnce_data()
{
    QTest::addColumn<int>("puts");
    QTest::newRow("one") << 1;
    QTest::newRow("two") << 2;
    QTest::newRow("a thousand") << 1000;
}

void TestMailbox::putsBeforeATakeWakeOnce()
{
    QFETCH(int, puts);
    Mailbox<int> box;
    for (int round = 0; round < 3; ++round) {
        int wakeUps = 0;
        for (int i = 0; i < puts; ++i)
            wakeUps += box.put(i) ? 1 : 0;
        QCOMPARE(wakeUps, 1);
        int taken = 0;
        while (box.take())
            ++taken;
        QCOMPARE(taken, puts);
    }
}

void TestMailbox::valuesComeInOrder()
{
    Mailbox<QString> box;
    box.put(QStringLiteral("first"));
    box.put(QStringLiteral("second"));
    QCOMPARE(box.take().value(), QStringLiteral("first"));
    box.put(QStringLiteral("third"));
    QCOMPARE(box.take().value(), QStringLiteral("second"));
    QCOMPARE(box.take().value(), QStringLiteral("third"));
    QVERIFY(!box.take());
}

void TestMailbox::theReaderStaysAwakeUntilItFindsNothing()
{
    Mailbox<int> box;
    QVERIFY(box.put(1));
    QVERIFY(box.take());
    // The box is empty, but the reader has not seen that yet: it will look again.
    QVERIFY(!box.put(2));
    QVERIFY(box.take());
    QVERIFY(!box.take());
    QVERIFY(box.put(3));
}

void TestMailbox::aClosedBoxDropsAndAnswersWhatWasLeft()
{
    Mailbox<int> box;
    for (int i = 0; i < 3; ++i)
        box.put(i);
    QCOMPARE(box.take().value(), 0);
    const auto left = box.close();
    QCOMPARE(left.size(), std::size_t(2));
    QCOMPARE(left.front(), 1);
    QCOMPARE(left.back(), 2);
    QVERIFY(!box.take());
    QVERIFY2(!box.put(4), "a closed box must wake nobody");
    QVERIFY(!box.take());
    QVERIFY(box.close().empty());
}

void TestMailbox::moveOnlyValuesPass()
{
    Mailbox<std::unique_ptr<int>> box;
    box.put(std::make_unique<int>(5));
    const auto taken = box.take();
    QVERIFY(taken);
    QCOMPARE(**taken, 5);
}

void TestMailbox::writersOnManyThreadsLoseNothing()
{
    constexpr int writers = 4;
    constexpr int each = 5000;
    Mailbox<int> box;
    std::atomic<int> wakeUps = 0;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            for (int i = 0; i < each; ++i)
                wakeUps += box.put(writer * each + i) ? 1 : 0;
        });
    std::vector<int> last(writers, -1);
    int taken = 0;
    int sleeps = 0;
    while (taken < writers * each) {
        const auto value = box.take();
        if (!value) {
            ++sleeps;
            std::this_thread::yield();
            continue;
        }
        ++taken;
        const auto writer = std::size_t(*value / each);
        QVERIFY2(*value > last[writer], "the values of one writer must keep their order");
        last[writer] = *value;
    }
    for (auto &thread : threads)
        thread.join();
    QVERIFY(!box.take());
    QVERIFY(wakeUps >= 1);
    // Before the first put the reader may have looked in vain any number of times; from then on, a wake-up
    // needs a look in vain before it.
    QVERIFY(wakeUps <= sleeps + 1);
}

void TestMailbox::severalComeAndGoTogether()
{
    Mailbox<int> box;
    std::vector<int> values = {1, 2, 3};
    QVERIFY(box.putAll(values));
    QVERIFY(values.empty());
    values = {4};
    QVERIFY2(!box.putAll(values), "the reader has been woken already");
    QVERIFY2(!box.putAll(values), "nothing is no reason to wake");
    QCOMPARE(box.takeAll(), (std::deque<int>{1, 2, 3, 4}));
    QVERIFY(box.takeAll().empty());
    values = {5};
    QVERIFY(box.putAll(values));
    box.close();
    values = {6};
    QVERIFY(!box.putAll(values));
    QCOMPARE(values, std::vector<int>{6});
}

void TestMailbox::aLookFindsWhatComesMeanwhile()
{
    if (std::thread::hardware_concurrency() < 2)
        QSKIP("with one core nobody looks");
    using namespace std::chrono_literals;
    Mailbox<int> box;
    std::thread writer([&] { box.put(7); });
    QVERIFY(box.lookFor(10s));
    writer.join();
    QVERIFY2(!box.put(8), "who has found something is awake");
    QCOMPARE(box.take().value(), 7);
}

void TestMailbox::aLookInVainLeavesTheReaderAsleep()
{
    using namespace std::chrono_literals;
    Mailbox<int> box;
    for (int i = 0; i < 100; ++i)
        QVERIFY(!box.lookFor(1us));
    QVERIFY(box.put(1));
    QVERIFY(box.take());
    QVERIFY(!box.take());
    box.close();
    QVERIFY(!box.lookFor(1us));
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
