// SPDX-License-Identifier: MIT
#include "frontendwatch.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtTest>

#include <cstdio>

#include <unistd.h>

using namespace liaison;

/// The frontend is gone when the pipe to stdin has closed and nobody is connected for ten seconds.
class TestFrontendWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void aClosedPipeWithoutClients();
    void anOpenPipeIsNoReason();

private:
    int m_stdin = -1;
};

void TestFrontendWatch::initTestCase()
{
    m_stdin = ::dup(STDIN_FILENO);
}

void TestFrontendWatch::cleanupTestCase()
{
    ::dup2(m_stdin, STDIN_FILENO);
}

void TestFrontendWatch::anOpenPipeIsNoReason()
{
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    ::dup2(ends[0], STDIN_FILENO);
    FrontendWatch watch;
    const QSignalSpy gone(&watch, &FrontendWatch::frontendGone);
    watch.setClientCount(1);
    watch.setClientCount(0);
    // Two looks at the pipe.
    QVERIFY(!QTest::qWaitFor([&] { return gone.count() > 0; }, 1200));
    ::close(ends[0]);
    ::close(ends[1]);
}

void TestFrontendWatch::aClosedPipeWithoutClients()
{
    FILE *file = std::tmpfile();
    ::dup2(::fileno(file), STDIN_FILENO);
    FrontendWatch ofAFile;
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    ::dup2(ends[0], STDIN_FILENO);
    FrontendWatch alone;
    FrontendWatch connected;
    FrontendWatch left;
    FrontendWatch oneRemains;
    connected.setClientCount(1);
    for (auto *watch : {&left, &oneRemains}) {
        watch->setClientCount(2);
        watch->setClientCount(1);
    }
    left.setClientCount(0);
    const QSignalSpy goneOfAFile(&ofAFile, &FrontendWatch::frontendGone);
    const QSignalSpy goneAlone(&alone, &FrontendWatch::frontendGone);
    const QSignalSpy goneConnected(&connected, &FrontendWatch::frontendGone);
    const QSignalSpy goneLeft(&left, &FrontendWatch::frontendGone);
    const QSignalSpy goneOneRemains(&oneRemains, &FrontendWatch::frontendGone);
    QElapsedTimer timer;
    timer.start();
    ::close(ends[0]);
    ::close(ends[1]);
    QTRY_VERIFY_WITH_TIMEOUT(goneAlone.count() > 0 && goneLeft.count() > 0, 14'000);
    QVERIFY2(timer.elapsed() >= 10'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(goneAlone.count(), 1);
    QCOMPARE(goneLeft.count(), 1);
    QCOMPARE(goneConnected.count(), 0);
    QCOMPARE(goneOneRemains.count(), 0);
    QCOMPARE(goneOfAFile.count(), 0);
    std::fclose(file);
}

QTEST_GUILESS_MAIN(TestFrontendWatch)
#include "tst_frontendwatch.moc"
