// SPDX-License-Identifier: MIT
#include "deadline.h"

#include "childprocess.h"
#include "markers.h"
#include "sanitized.h"

#include <QElapsedTimer>
#include <QtTest>

#include <csignal>

#include <poll.h>

using namespace liaison;

/// A process that was given a deadline ends in time, whatever it does, unless it is taken back.
class TestDeadline : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void endsWhatHangs_data();
    void endsWhatHangs();
    void sparesWhatDisarmsIt_data();
    void sparesWhatDisarmsIt();
};

void TestDeadline::endsWhatHangs_data()
{
    QTest::addColumn<int>("arms");
    QTest::newRow("armed once") << 1;
    QTest::newRow("a second call changes nothing") << 3;
}

void TestDeadline::endsWhatHangs()
{
    QFETCH(int, arms);
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer lets no forked child begin a thread");
    QElapsedTimer timer;
    timer.start();
    const auto child = runInChild([&] {
        writeStartMarker("a:1", "");
        for (int i = 0; i < arms; ++i)
            armDeadline();
        while (true)
            ::pause();
    });
    QCOMPARE(child.exitCode, 0);
    QCOMPARE(child.output, QByteArray("LIAISON:CONNECTED@a:1LIAISON:DISCONNECTED@a:1"));
    QVERIFY2(timer.elapsed() >= 1400 && timer.elapsed() < 10'000,
             qPrintable(QString::number(timer.elapsed())));
}

void TestDeadline::sparesWhatDisarmsIt_data()
{
    QTest::addColumn<bool>("isArmed");
    QTest::newRow("an armed one is taken back") << true;
    QTest::newRow("without one nothing happens") << false;
}

void TestDeadline::sparesWhatDisarmsIt()
{
    QFETCH(bool, isArmed);
    if (isUnderThreadSanitizer && isArmed)
        QSKIP("ThreadSanitizer lets no forked child begin a thread");
    const auto child = runInChild([&] {
        writeStartMarker("a:1", "");
        if (isArmed)
            armDeadline();
        disarmDeadline();
        disarmDeadline();
        // Longer than the deadline would have been.
        ::poll(nullptr, 0, isArmed ? 1800 : 0);
        _exit(5);
    });
    QCOMPARE(child.exitCode, 5);
    QCOMPARE(child.output, QByteArray("LIAISON:CONNECTED@a:1"));
}

QTEST_GUILESS_MAIN(TestDeadline)
#include "tst_deadline.moc"
