// SPDX-License-Identifier: MIT
#include "parentwatch.h"

#include <QSignalSpy>
#include <QtTest>

#include <csignal>
#include <unistd.h>

using namespace liaison;

/// Another parent means that the first one has ended.
class TestParentWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aParentThatIsThere();
    void aParentThatHasEnded();
    void theSignalIsNobodyElses();
};

void TestParentWatch::aParentThatIsThere()
{
    ParentWatch watch(::getppid());
    const QSignalSpy gone(&watch, &ParentWatch::parentGone);
    watch.check();
    QVERIFY(!QTest::qWaitFor([&] { return gone.count() > 0; }, 700));
}

void TestParentWatch::aParentThatHasEnded()
{
    // Its process id was another.
    ParentWatch watch(::getppid() + 1);
    const QSignalSpy gone(&watch, &ParentWatch::parentGone);
    QTRY_COMPARE(gone.count(), 1);
    // Once is enough.
    QVERIFY(!QTest::qWaitFor([&] { return gone.count() > 1; }, 700));
}

void TestParentWatch::theSignalIsNobodyElses()
{
#ifdef __linux__
    QVERIFY(ParentWatch::deathSignal() > SIGRTMIN && ParentWatch::deathSignal() <= SIGRTMAX);
#endif
}

QTEST_GUILESS_MAIN(TestParentWatch)
#include "tst_parentwatch.moc"
