// SPDX-License-Identifier: MIT
#include "trafficfile.h"

#include "calls.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

using namespace liaison;

/// Calls as lines that can be replayed.
class TestTrafficFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesLines_data();
    void writesLines();
    void saves();
    void saysWhyItCannot();
};

void TestTrafficFile::writesLines_data()
{
    QTest::addColumn<Call>("call");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("a call") << endedCall(2)
                            << QByteArray(
                                   R"({"time": 1764183816.002000, "client": 1, "duration": 0.005000, )"
                                   R"("message": {"command": {"command": "run"}, "id": 2}, )"
                                   R"("answer": {"response": 5.0, "tag": "response", "evt": {"id": 2}}})");
    auto running = runningCall(2);
    running.message =
        "{\"command\":\n{\"command\": \"run\",\r\n\"args\": [12345678901234567890123, 1.0, \"a\\nb\"]}}";
    QTest::newRow("one that runs, of several lines")
        << running
        << QByteArray(
               R"({"time": 1764183816.002000, "client": 1, "duration": null, )"
               R"("message": {"command": {"command": "run",  "args": [12345678901234567890123, 1.0, "a\nb"]}}, )"
               R"("answer": null})");
    auto push = endedCall(2);
    push.state = CallState::Pushed;
    push.client = everyClient;
    push.message.clear();
    push.answer = "plain \"text\"";
    QTest::newRow("a push that is no JSON")
        << push
        << QByteArray(R"({"time": 1764183816.002000, "client": null, "duration": null, "message": null, )"
                      R"("answer": "plain \"text\""})");
    auto odd = runningCall(2);
    odd.message = "[NaN, 1]";
    QTest::newRow("a message that JavaScript does not take")
        << odd
        << QByteArray(R"({"time": 1764183816.002000, "client": 1, "duration": null, "message": [null, 1], )"
                      R"("answer": null})");
}

void TestTrafficFile::writesLines()
{
    QFETCH(Call, call);
    const auto line = trafficLine(call);
    QTEST(line, "line");
    QVERIFY(QJsonDocument::fromJson(line).isObject());
}

void TestTrafficFile::saves()
{
    const QTemporaryDir folder;
    const auto path = folder.filePath(QStringLiteral("traffic.jsonl"));
    QCOMPARE(saveTraffic({endedCall(1), failedCall(2)}, path), QString());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), trafficLine(endedCall(1)) + '\n' + trafficLine(failedCall(2)) + '\n');
}

void TestTrafficFile::saysWhyItCannot()
{
    QVERIFY(!saveTraffic({endedCall(1)}, QStringLiteral("/no/such/folder/traffic.jsonl")).isEmpty());
}

QTEST_GUILESS_MAIN(TestTrafficFile)
#include "tst_trafficfile.moc"
