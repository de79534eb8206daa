// SPDX-License-Identifier: MIT
#include "watcher.h"

#include "liaisonprocess.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWebSocketServer>
#include <QtTest>

using namespace liaison;

/// What happens at a real Liaison is told, a batch at a time.
class TestWatcher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void watches();
    void oneBatchAtATime();
    void showsTheToken();
    void connectsAgain();
};

namespace {

const QByteArray question = R"({"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": "q"})";

} // namespace

void TestWatcher::watches()
{
    const LiaisonProcess liaison;
    Watcher watcher;
    const QSignalSpy opened(&watcher, &Watcher::opened);
    const QSignalSpy answered(&watcher, &Watcher::answered);
    const QSignalSpy batches(&watcher, &Watcher::batchReady);
    watcher.open(liaison.peer());
    QTRY_COMPARE(opened.count(), 1);
    QTRY_COMPARE(answered.count(), 1);
    QCOMPARE(answered.at(0).at(0).toByteArray(), QByteArray("\"liaison-tray/monitor\""));
    watcher.send(question);
    QTRY_COMPARE(answered.count(), 2);
    QCOMPARE(answered.at(1).at(0).toByteArray(), QByteArray("\"q\""));
    QCOMPARE(answered.at(1).at(1).toBool(), true);
    QCOMPARE(answered.at(1).at(2).toByteArray(), QByteArray("5.0"));
    QTRY_VERIFY(batches.count() > 0);
    const auto call = batches.at(0).at(0).value<CallBatch>().begun.first();
    QCOMPARE(call.message, question);
    QCOMPARE(call.target, QStringLiteral("math:hypot"));
    watcher.send(R"({"command": {"command": "run", "args": ["math:sqrt", -1]}, "id": "e"})");
    QTRY_COMPARE(answered.count(), 3);
    QCOMPARE(answered.at(2).at(1).toBool(), false);
    QVERIFY(answered.at(2).at(2).toByteArray().contains("ValueError"));
}

void TestWatcher::oneBatchAtATime()
{
    const LiaisonProcess liaison;
    Watcher watcher;
    const QSignalSpy answered(&watcher, &Watcher::answered);
    const QSignalSpy batches(&watcher, &Watcher::batchReady);
    watcher.open(liaison.peer());
    QTRY_COMPARE(answered.count(), 1);
    watcher.send(question);
    QTRY_COMPARE(batches.count(), 1);
    for (int i = 0; i < 50; ++i)
        watcher.send(question);
    QTRY_COMPARE(answered.count(), 52);
    // Longer than it takes for a batch to be made.
    QTest::qWait(200);
    QCOMPARE(batches.count(), 1);
    qsizetype seen = 1;
    watcher.onBatchTaken();
    QTRY_COMPARE(batches.count(), 2);
    seen = batches.at(0).at(0).value<CallBatch>().begun.size() +
           batches.at(1).at(0).value<CallBatch>().begun.size();
    QCOMPARE(seen, 51);
}

void TestWatcher::showsTheToken()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("secret");
    file.close();
    const LiaisonProcess liaison({QStringLiteral("--token-file"), file.fileName()});
    auto peer = liaison.peer();
    Watcher stranger;
    const QSignalSpy refused(&stranger, &Watcher::closed);
    stranger.open(peer);
    QTRY_VERIFY(refused.count() > 0);
    QVERIFY2(refused.at(0).at(0).toString().contains(QStringLiteral("token")),
             qPrintable(refused.at(0).at(0).toString()));
    stranger.close();
    peer.token = "secret";
    Watcher watcher;
    const QSignalSpy answered(&watcher, &Watcher::answered);
    watcher.open(peer);
    QTRY_COMPARE(answered.count(), 1);
}

void TestWatcher::connectsAgain()
{
    auto first = std::make_unique<LiaisonProcess>();
    const auto address = first->address();
    const auto peer = first->peer();
    Watcher watcher;
    const QSignalSpy opened(&watcher, &Watcher::opened);
    const QSignalSpy closed(&watcher, &Watcher::closed);
    watcher.open(peer);
    QTRY_COMPARE(opened.count(), 1);
    first.reset();
    QTRY_VERIFY(closed.count() >= 1);
    // Nobody there,
    QTRY_VERIFY(closed.count() >= 2);
    // then somebody else.
    QWebSocketServer second(QStringLiteral("second"), QWebSocketServer::NonSecureMode);
    QVERIFY(second.listen(QHostAddress::LocalHost, quint16(peer.url.port())));
    QTRY_COMPARE(opened.count(), 2);
    watcher.close();
    QTRY_VERIFY(!closed.isEmpty());
}

QTEST_GUILESS_MAIN(TestWatcher)
#include "tst_watcher.moc"
