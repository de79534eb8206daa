// SPDX-License-Identifier: MIT
#include "markers.h"

#include "childprocess.h"
#include "sanitized.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <csignal>
#include <thread>
#include <vector>

using namespace liaison;

/// The markers are written as frontends compare them, and the stop marker once.
class TestMarkers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void areWritten_data();
    void areWritten();
    void noStopMarkerIsDueWithoutAStart();
    void ofManyStopsOneWrites();
    void everyStartHasItsStop();
    void aForkedChildOwesNone();
    void aReaderThatHasGoneIsNoReasonToFail();
    void theConstantsNameThem();
};

void TestMarkers::areWritten_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("end");
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("without a newline") << QByteArray("localhost:8001") << QByteArray()
                                       << QByteArray("LIAISON:CONNECTED@localhost:8001"
                                                     "LIAISON:DISCONNECTED@localhost:8001");
    QTest::newRow("with a newline") << QByteArray("[::1]:80") << QByteArray("\n")
                                    << QByteArray(
                                           "LIAISON:CONNECTED@[::1]:80\nLIAISON:DISCONNECTED@[::1]:80\n");
}

void TestMarkers::areWritten()
{
    QFETCH(QByteArray, address);
    QFETCH(QByteArray, end);
    QFETCH(QByteArray, output);
    const auto child = runInChild([&] {
        writeStartMarker(address, end);
        writeStopMarkers();
    });
    QCOMPARE(child.exitCode, 0);
    QCOMPARE(child.output, output);
    QCOMPARE(child.errors, QByteArray());
}

void TestMarkers::noStopMarkerIsDueWithoutAStart()
{
    QCOMPARE(runInChild([] { writeStopMarkers(); }).output, QByteArray());
}

void TestMarkers::ofManyStopsOneWrites()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer lets no forked child begin a thread");
    const auto child = runInChild([] {
        writeStartMarker("a:1", "");
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back(writeStopMarkers);
        for (auto &thread : threads)
            thread.join();
        writeStopMarkers();
    });
    QCOMPARE(child.output, QByteArray("LIAISON:CONNECTED@a:1LIAISON:DISCONNECTED@a:1"));
}

void TestMarkers::everyStartHasItsStop()
{
    const auto child = runInChild([] {
        for (const char *address : {"a:1", "b:2"}) {
            writeStartMarker(address, "\n");
            writeStopMarkers();
        }
    });
    QCOMPARE(child.output, QByteArray("LIAISON:CONNECTED@a:1\nLIAISON:DISCONNECTED@a:1\n"
                                      "LIAISON:CONNECTED@b:2\nLIAISON:DISCONNECTED@b:2\n"));
}

void TestMarkers::aForkedChildOwesNone()
{
    const auto child = runInChild([] {
        writeStartMarker("a:1", "\n");
        if (::fork() == 0) {
            writeStopMarkers();
            _exit(0);
        }
        ::wait(nullptr);
        writeStopMarkers();
    });
    QCOMPARE(child.output, QByteArray("LIAISON:CONNECTED@a:1\nLIAISON:DISCONNECTED@a:1\n"));
}

void TestMarkers::aReaderThatHasGoneIsNoReasonToFail()
{
    const auto child = runInChild([] {
        std::signal(SIGPIPE, SIG_IGN);
        int ends[2] = {};
        if (::pipe(ends) != 0)
            _exit(2);
        ::close(ends[0]);
        ::dup2(ends[1], STDOUT_FILENO);
        writeStartMarker("a:1", "");
        writeStopMarkers();
    });
    QCOMPARE(child.exitCode, 0);
    QCOMPARE(child.signal, 0);
}

void TestMarkers::theConstantsNameThem()
{
    const auto constants = QJsonDocument::fromJson(constantsText).object();
    QCOMPARE(constants.size(), 2);
    QCOMPARE(constants.value(QLatin1String("START_MARKER")).toString(), QString::fromUtf8(startMarker));
    QCOMPARE(constants.value(QLatin1String("STOP_MARKER")).toString(), QString::fromUtf8(stopMarker));
}

QTEST_GUILESS_MAIN(TestMarkers)
#include "tst_markers.moc"
