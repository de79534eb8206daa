// SPDX-License-Identifier: MIT
#include "watchdog.h"

#include <QtTest>

using namespace liaison;

/// Commands are asked to stop until they have; those whose time is over, too.
class TestWatchdog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asksUntilItIsHeard();
    void stopsWhatTakesTooLong();
    void leavesWhatHasEnded();
    void leavesWhatIsNotToBeStopped();
};

void TestWatchdog::asksUntilItIsHeard()
{
    QList<quint64> asked;
    Watchdog watchdog([&](quint64 serial, StopReason reason) {
        if (reason != StopReason::Interrupt)
            return false;
        asked.append(serial);
        return asked.count(serial) < 3;
    });
    watchdog.stop(5, StopReason::Interrupt);
    QCOMPARE(asked, QList<quint64>{5});
    watchdog.stop(6, StopReason::Interrupt);
    QTRY_COMPARE(asked.size(), 6);
    QTest::qWait(100);
    QCOMPARE(asked.count(5), 3);
    QCOMPARE(asked.count(6), 3);
}

void TestWatchdog::stopsWhatTakesTooLong()
{
    QList<quint64> expired;
    QList<StopReason> reasons;
    Watchdog watchdog([&](quint64 serial, StopReason reason) {
        expired.append(serial);
        reasons.append(reason);
        return expired.size() < 2;
    });
    watchdog.startTimer(1, 0.02);
    watchdog.startTimer(2, 1e300);
    // The reason is kept for as long as it must be asked.
    QTRY_COMPARE(expired, (QList<quint64>{1, 1}));
    QCOMPARE(reasons, (QList<StopReason>{StopReason::Timeout, StopReason::Timeout}));
}

void TestWatchdog::leavesWhatHasEnded()
{
    int expired = 0;
    Watchdog watchdog([&](quint64, StopReason) { return ++expired == 0; });
    watchdog.startTimer(1, 0.01);
    watchdog.startTimer(2, 0.05);
    watchdog.forget(1);
    watchdog.forget(17);
    QTRY_COMPARE(expired, 1);
}

void TestWatchdog::leavesWhatIsNotToBeStopped()
{
    int asked = 0;
    Watchdog watchdog([&](quint64, StopReason) {
        ++asked;
        return false;
    });
    watchdog.startTimer(1, 0.01);
    QTRY_COMPARE(asked, 1);
    QTest::qWait(100);
    QCOMPARE(asked, 1);
}

QTEST_GUILESS_MAIN(TestWatchdog)
#include "tst_watchdog.moc"
