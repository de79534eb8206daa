// SPDX-License-Identifier: MIT
#include "signals.h"

#include "childprocess.h"
#include "sanitized.h"

#include <QSignalSpy>
#include <QThread>
#include <QtTest>

using namespace liaison;

namespace {

struct sigaction handlerOf(int number)
{
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    return action;
}

} // namespace

/// Signals of the process arrive as Qt signals, and the old handlers come back.
class TestSignals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void arrive_data();
    void arrive();
    void notifyIsAsASignal();
    void oldHandlersComeBack();
    void thereIsOneWatcherAtATime();
    void aForkedChildHasTheDefaultBehaviour_data();
    void aForkedChildHasTheDefaultBehaviour();
};

void TestSignals::arrive_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("times");
    QTest::newRow("SIGINT") << SIGINT << 1;
    QTest::newRow("SIGTERM") << SIGTERM << 1;
    QTest::newRow("SIGTERM, many times") << SIGTERM << 50;
}

void TestSignals::arrive()
{
    QFETCH(int, number);
    QFETCH(int, times);
    const SignalWatcher watcher;
    QVERIFY(watcher.isInstalled());
    const QSignalSpy received(&watcher, &SignalWatcher::received);
    for (int i = 0; i < times; ++i)
        std::raise(number);
    QCOMPARE(received.count(), 0);
    QTRY_COMPARE(received.count(), times);
    for (const auto &arguments : received)
        QCOMPARE(arguments.at(0).toInt(), number);
}

void TestSignals::notifyIsAsASignal()
{
    const SignalWatcher watcher;
    const QSignalSpy received(&watcher, &SignalWatcher::received);
    errno = 5;
    SignalWatcher::notify(SIGTERM);
    QCOMPARE(errno, 5);
    QTRY_COMPARE(received.count(), 1);
    QCOMPARE(received.at(0).at(0).toInt(), SIGTERM);
}

void TestSignals::oldHandlersComeBack()
{
    for (const int number : {SIGINT, SIGTERM}) {
        const auto before = handlerOf(number);
        {
            const SignalWatcher watcher;
            QVERIFY(handlerOf(number).sa_handler != before.sa_handler);
        }
        QVERIFY(handlerOf(number).sa_handler == before.sa_handler);
        QCOMPARE(handlerOf(number).sa_flags, before.sa_flags);
    }
}

void TestSignals::thereIsOneWatcherAtATime()
{
    auto first = std::make_unique<SignalWatcher>();
    {
        const SignalWatcher second;
        QVERIFY(first->isInstalled());
        QVERIFY(!second.isInstalled());
    }
    const QSignalSpy received(first.get(), &SignalWatcher::received);
    std::raise(SIGTERM);
    QTRY_COMPARE(received.count(), 1);
    first.reset();
    QVERIFY(SignalWatcher().isInstalled());
}

void TestSignals::aForkedChildHasTheDefaultBehaviour_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void TestSignals::aForkedChildHasTheDefaultBehaviour()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer keeps signals back");
    QFETCH(int, number);
    const SignalWatcher watcher;
    const QSignalSpy received(&watcher, &SignalWatcher::received);
    const auto child = runInChild([&] {
        std::raise(number);
        _exit(1);
    });
    QCOMPARE(child.signal, number);
    SignalWatcher::notify(number);
    QTRY_COMPARE(received.count(), 1);
}

QTEST_GUILESS_MAIN(TestSignals)
#include "tst_signals.moc"
