// SPDX-License-Identifier: MIT
#include "connection.h"

#include "liaisonprocess.h"

#include <QJsonObject>
#include <QSignalSpy>
#include <QtTest>

using namespace liaison;

/// Questions and their answers, from the thread of a window.
class TestConnection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asks();
    void ownQuestionsAreNoCalls();
    void nobodyWaitsForEver();
};

void TestConnection::asks()
{
    const LiaisonProcess liaison;
    Connection connection;
    const QSignalSpy informed(&connection, &Connection::informed);
    connection.open(liaison.peer());
    QTRY_VERIFY(connection.isOpen());
    QList<std::pair<bool, QByteArray>> answers;
    const auto keep = [&](bool isSuccess, const QByteArray &json) { answers.append({isSuccess, json}); };
    connection.ask(R"({"command": "run", "args": ["math:hypot", 3, 4]})", keep);
    QTRY_COMPARE(answers.size(), 1);
    QCOMPARE(answers.at(0), std::pair(true, QByteArray("5.0")));
    connection.ask(R"({"command": "get", "args": ["nothing"]})", keep);
    QTRY_COMPARE(answers.size(), 2);
    QVERIFY(!answers.at(1).first);
    QVERIFY(answers.at(1).second.startsWith('['));
    QTRY_VERIFY(informed.count() > 0);
    const auto info = informed.at(0).at(0).toJsonObject();
    QCOMPARE(info.value(QLatin1String("pid")).toInteger(), liaison.processId());
    QVERIFY(info.value(QLatin1String("memory")).toInteger() > 1'000'000);
}

void TestConnection::ownQuestionsAreNoCalls()
{
    const LiaisonProcess liaison;
    Connection connection;
    const QSignalSpy batches(&connection, &Connection::batchReady);
    connection.open(liaison.peer());
    QTRY_VERIFY(connection.isOpen());
    int answers = 0;
    const auto count = [&](bool, const QByteArray &) { ++answers; };
    connection.ask(R"({"command": "ping"})", count);
    connection.send(R"({"command": {"command": "ping"}, "id": "mine"})", "\"mine\"", count);
    QTRY_COMPARE(answers, 2);
    QTRY_COMPARE(batches.count(), 1);
    const auto batch = batches.at(0).at(0).value<CallBatch>();
    QCOMPARE(batch.begun.size(), 1);
    QCOMPARE(batch.begun.first().id, QByteArray("\"mine\""));
}

void TestConnection::nobodyWaitsForEver()
{
    Connection connection;
    QByteArray answer;
    connection.ask(R"({"command": "ping"})", [&](bool isSuccess, const QByteArray &json) {
        QVERIFY(!isSuccess);
        answer = json;
    });
    QCOMPARE(answer, QByteArray("\"nothing is connected\""));
    auto liaison = std::make_unique<LiaisonProcess>();
    connection.open(liaison->peer());
    QTRY_VERIFY(connection.isOpen());
    connection.ask(R"({"command": "run", "args": ["time:sleep", 60]})",
                   [&](bool, const QByteArray &json) { answer = json; });
    QTest::qWait(100);
    liaison.reset();
    QTRY_VERIFY(answer.contains("connection") || answer.contains("KeyboardInterrupt"));
    QTRY_VERIFY(!connection.isOpen());
}

QTEST_GUILESS_MAIN(TestConnection)
#include "tst_connection.moc"
