// SPDX-License-Identifier: MIT
#include "calltracker.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace liaison;

namespace {

QByteArray copyOf(const char *direction, const QJsonValue &client, double time, const QByteArray &text)
{
    return QJsonDocument(QJsonObject{{QStringLiteral("tag"), QStringLiteral("monitor")},
                                     {QStringLiteral("direction"), QLatin1String(direction)},
                                     {QStringLiteral("client"), client},
                                     {QStringLiteral("time"), time},
                                     {QStringLiteral("text"), QString::fromUtf8(text)}})
        .toJson(QJsonDocument::Compact);
}

QByteArray command(const QByteArray &id, const QByteArray &inner = R"({"command": "ping"})")
{
    return "{\"command\": " + inner + (id.isEmpty() ? QByteArray() : ", \"id\": " + id) + '}';
}

QByteArray response(const QByteArray &id)
{
    return "{\"response\": 5, \"tag\": \"response\", \"evt\": {\"id\": " + id + "}}";
}

} // namespace

/// Copies become calls: which answer belongs to which message.
class TestCallTracker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsCommands_data();
    void readsCommands();
    void findsTheCall_data();
    void findsTheCall();
    void endsLater();
    void errorsHaveAType();
    void pushesAndOutput();
    void ownQuestionsAreLeftOut();
    void lostCopiesLeaveCallsUnknown();
    void bytesAreCounted();
};

void TestCallTracker::readsCommands_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("target");
    const auto row = [](const char *name, const QByteArray &message, const char *commandName,
                        const char *target) {
        QTest::newRow(name) << message << QString::fromUtf8(commandName) << QString::fromUtf8(target);
    };
    row("run", command("1", R"({"command": "run", "args": ["math:hypot", 3, 4]})"), "run", "math:hypot");
    row("init", command("1", R"({"command": "init", "args": ["x", "pkg:Class"]})"), "init", "pkg:Class");
    row("register", command("1", R"({"command": "register", "args": [null, "pkg:f"]})"), "register", "pkg:f");
    row("by keyword", command("1", R"({"command": "get", "kwargs": {"target": "x"}})"), "get", "x");
    row("run by keyword", command("1", R"({"command": "run", "kwargs": {"a": 1, "fcn": "f"}})"), "run", "f");
    row("init with a name alone", command("1", R"({"command": "init", "args": ["x"]})"), "init", "x");
    row("no arguments", command("1"), "ping", "");
    row("an argument that is no text", command("1", R"({"command": "interrupt", "args": [7]})"), "interrupt",
        "7");
    row("beyond ASCII", command("1", "{\"command\": \"get\", \"args\": [\"\\u00e9\xc3\xa9\"]}"), "get", "éé");
    row("args that are none", command("1", R"({"command": "run", "args": "x"})"), "run", "");
    row("no command", R"({"id": 1})", "", "");
    row("no object", "[1]", "", "");
    row("no JSON", "nonsense", "", "");
    row("nothing", "", "", "");
}

void TestCallTracker::readsCommands()
{
    QFETCH(QByteArray, message);
    CallTracker tracker;
    tracker.take(copyOf("in", 3, 10.5, message));
    const auto batch = tracker.takeBatch();
    QCOMPARE(batch.begun.size(), 1);
    const auto &call = batch.begun.first();
    QTEST(call.command, "command");
    QTEST(call.target, "target");
    QCOMPARE(call.client, ClientId(3));
    QCOMPARE(call.time_s, 10.5);
    QCOMPARE(call.message, message);
    QCOMPARE(call.number, quint64(1));
    QCOMPARE(call.state, CallState::Running);
    QVERIFY(tracker.takeBatch().isEmpty());
}

void TestCallTracker::findsTheCall_data()
{
    QTest::addColumn<QByteArrayList>("ids");
    QTest::addColumn<QByteArray>("answered");
    QTest::addColumn<int>("index");
    QTest::newRow("a number") << QByteArrayList{"1", "2", "3"} << QByteArray("2") << 1;
    QTest::newRow("text") << QByteArrayList{"\"a\"", "\"b\""} << QByteArray("\"b\"") << 1;
    QTest::newRow("an object, written otherwise")
        << QByteArrayList{"{\"a\": [1, null]}", "5"} << QByteArray("{\"a\":[1,null]}") << 0;
    QTest::newRow("none at all") << QByteArrayList{"1", "", ""} << QByteArray("null") << 1;
    QTest::newRow("the older of two alike") << QByteArrayList{"7", "7"} << QByteArray("7") << 0;
    QTest::newRow("nobody's") << QByteArrayList{"1", "2"} << QByteArray("9") << -1;
}

void TestCallTracker::findsTheCall()
{
    QFETCH(QByteArrayList, ids);
    QFETCH(QByteArray, answered);
    QFETCH(int, index);
    CallTracker tracker;
    for (const auto &id : ids) {
        tracker.take(copyOf("in", 1, 1, command(id)));
        tracker.take(copyOf("in", 2, 1, command(id)));
    }
    tracker.take(copyOf("out", 1, 3, response(answered)));
    const auto batch = tracker.takeBatch();
    QCOMPARE(batch.begun.size(), 2 * ids.size());
    for (qsizetype i = 0; i < batch.begun.size(); ++i) {
        const auto &call = batch.begun.at(i);
        const bool isMeant = i == 2 * index;
        QCOMPARE(call.state, isMeant ? CallState::Done : CallState::Running);
        QCOMPARE(call.duration_s, isMeant ? 2.0 : 0.0);
        QCOMPARE(call.answer, isMeant ? response(answered) : QByteArray());
    }
    QCOMPARE(tracker.openCount(), 2 * ids.size() - (index < 0 ? 0 : 1));
    QVERIFY(batch.ended.isEmpty());
}

void TestCallTracker::endsLater()
{
    CallTracker tracker;
    tracker.take(copyOf("in", 1, 1, command("1")));
    tracker.take(copyOf("in", 1, 1, command("2")));
    QCOMPARE(tracker.takeBatch().begun.size(), 2);
    tracker.take(copyOf("in", 1, 1, command("3")));
    tracker.take(copyOf("out", 1, 4, response("2")));
    tracker.take(copyOf("out", 1, 5, response("3")));
    const auto batch = tracker.takeBatch();
    QCOMPARE(batch.begun.size(), 1);
    QCOMPARE(batch.begun.first().number, quint64(3));
    QCOMPARE(batch.begun.first().duration_s, 4.0);
    QCOMPARE(batch.ended.size(), 1);
    QCOMPARE(batch.ended.first().number, quint64(2));
    QCOMPARE(batch.ended.first().time_s, 4.0);
    QCOMPARE(tracker.openCount(), 1);
}

void TestCallTracker::errorsHaveAType()
{
    CallTracker tracker;
    tracker.take(copyOf("in", 1, 1, command("1")));
    tracker.take(
        copyOf("out", 1, 2,
               R"({"error": ["ValueError: x\n"], "exception": {"type": "ValueError", "cause": null}, )"
               R"("tag": "error", "evt": {"id": 1}})"));
    const auto call = tracker.takeBatch().begun.first();
    QCOMPARE(call.state, CallState::Failed);
    QCOMPARE(call.errorType, QStringLiteral("ValueError"));
}

void TestCallTracker::pushesAndOutput()
{
    CallTracker tracker;
    tracker.take(copyOf("out", QJsonValue(), 1, R"({"tag": "alert", "message": 5, "evt": {}})"));
    tracker.take(copyOf("out", QJsonValue(), 1, "plain text"));
    tracker.take(copyOf("out", 4, 1, R"({"tag": "stdout", "text": "a\n", "evt": {"id": 1}})"));
    tracker.take(copyOf("out", 4, 1, R"({"tag": "stderr", "text": "é", "evt": {"id": 1}})"));
    tracker.take(copyOf("out", 4, 1, R"({"item": 1, "tag": "item", "evt": {"id": 1}})"));
    const auto batch = tracker.takeBatch();
    QCOMPARE(batch.begun.size(), 2);
    QCOMPARE(batch.begun.at(0).state, CallState::Pushed);
    QCOMPARE(batch.begun.at(0).target, QStringLiteral("alert"));
    QCOMPARE(batch.begun.at(1).answer, QByteArray("plain text"));
    QCOMPARE(batch.output.size(), 2);
    QVERIFY(!batch.output.at(0).isError);
    QCOMPARE(batch.output.at(0).text, QByteArray("a\n"));
    QVERIFY(batch.output.at(1).isError);
    QCOMPARE(batch.output.at(1).text, QByteArray("é"));
    QCOMPARE(tracker.openCount(), 0);
}

void TestCallTracker::ownQuestionsAreLeftOut()
{
    CallTracker tracker;
    tracker.take(copyOf("in", 1, 1, command("\"liaison-tray/5\"")));
    tracker.take(copyOf("out", 1, 1, response("\"liaison-tray/5\"")));
    QVERIFY(tracker.takeBatch().isEmpty());
    QCOMPARE(tracker.openCount(), 0);
}

void TestCallTracker::lostCopiesLeaveCallsUnknown()
{
    CallTracker tracker;
    tracker.take(copyOf("in", 1, 1, command("1")));
    QCOMPARE(tracker.takeBatch().begun.size(), 1);
    tracker.take(copyOf("in", 1, 1, command("2")));
    tracker.take(R"({"tag": "monitor", "lost": 17, "time": 2, "evt": {}})");
    const auto batch = tracker.takeBatch();
    QCOMPARE(batch.lost, qint64(17));
    QCOMPARE(batch.begun.first().state, CallState::Unknown);
    QCOMPARE(batch.ended.size(), 1);
    QCOMPARE(batch.ended.first().state, CallState::Unknown);
    QCOMPARE(tracker.openCount(), 0);
}

void TestCallTracker::bytesAreCounted()
{
    CallTracker tracker;
    const auto message = command("1");
    tracker.take(copyOf("in", 1, 1, message));
    QCOMPARE(tracker.pendingBytes(), qint64(message.size()));
    tracker.take(copyOf("out", 1, 1, response("1")));
    QCOMPARE(tracker.pendingBytes(), qint64(message.size() + response("1").size()));
    QCOMPARE(tracker.takeBatch().bytes, qint64(message.size() + response("1").size()));
    QCOMPARE(tracker.pendingBytes(), qint64(0));
}

QTEST_GUILESS_MAIN(TestCallTracker)
#include "tst_calltracker.moc"
