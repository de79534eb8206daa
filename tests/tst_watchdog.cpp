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
    Watchdog watchdog(
        [&](quint64 serial) {
            asked.append(serial);
            return asked.count(serial) < 3;
        },
        [](quint64) { return true; });
    watchdog.stop(5);
    QCOMPARE(asked, QList<quint64>{5});
    watchdog.stop(6);
    QTRY_COMPARE(asked.size(), 6);
    QTest::qWait(100);
    QCOMPARE(asked.count(5), 3);
    QCOMPARE(asked.count(6), 3);
}

void TestWatchdog::stopsWhatTakesTooLong()
{
    QList<quint64> expired;
    QList<quint64> stopped;
    Watchdog watchdog(
        [&](quint64 serial) {
            stopped.append(serial);
            return false;
        },
        [&](quint64 serial) {
            expired.append(serial);
            return true;
        });
    watchdog.startTimer(1, 0.02);
    watchdog.startTimer(2, 1e300);
    QTRY_COMPARE(stopped, QList<quint64>{1});
    QCOMPARE(expired, QList<quint64>{1});
}

void TestWatchdog::leavesWhatHasEnded()
{
    int expired = 0;
    Watchdog watchdog([](quint64) { return false; }, [&](quint64) { return ++expired > 0; });
    watchdog.startTimer(1, 0.01);
    watchdog.startTimer(2, 0.05);
    watchdog.forget(1);
    watchdog.forget(17);
    QTRY_COMPARE(expired, 1);
}

void TestWatchdog::leavesWhatIsNotToBeStopped()
{
    int expired = 0;
    int stopped = 0;
    Watchdog watchdog([&](quint64) { return ++stopped > 0; },
                      [&](quint64) {
                          ++expired;
                          return false;
                      });
    watchdog.startTimer(1, 0.01);
    QTRY_COMPARE(expired, 1);
    QCOMPARE(stopped, 0);
}

QTEST_GUILESS_MAIN(TestWatchdog)
#include "tst_watchdog.moc"
