// SPDX-License-Identifier: MIT
#include "dispatcher.h"

#include "arguments.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QSignalSpy>
#include <QtTest>

using namespace liaison;

/// Every message leads to one command or to one reply.
class TestDispatcher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void answersAtOnce_data();
    void answersAtOnce();
    void passesOn_data();
    void passesOn();
    void interrupts_data();
    void interrupts();
    void informs();
    void watches_data();
    void watches();
    void commandsAreNumbered();
    void everythingIsLogged();

private:
    std::unique_ptr<Dispatcher> m_dispatcher;
    std::unique_ptr<QSignalSpy> m_commands;
    std::unique_ptr<QSignalSpy> m_replies;
};

void TestDispatcher::init()
{
    m_dispatcher = std::make_unique<Dispatcher>();
    m_commands = std::make_unique<QSignalSpy>(m_dispatcher.get(), &Dispatcher::commandReceived);
    m_replies = std::make_unique<QSignalSpy>(m_dispatcher.get(), &Dispatcher::replied);
}

void TestDispatcher::answersAtOnce_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("outcome");
    const auto error = [](const char *sentence) {
        return QByteArray("\"error\": [\"") + sentence + "\\n\"]";
    };
    QTest::newRow("a ping") << QByteArray(R"({"command": {"command": "ping"}, "id": 1})")
                            << QByteArray(R"("response": "pong")");
    QTest::newRow("a ping without an id")
        << QByteArray(R"({"command": {"command": "ping"}})") << QByteArray(R"("response": "pong")");
    QTest::newRow("a ping with empty arguments")
        << QByteArray(R"({"command": {"command": "ping", "args": [], "kwargs": {}}})")
        << QByteArray(R"("response": "pong")");
    QTest::newRow("a ping with an argument")
        << QByteArray(R"({"command": {"command": "ping", "args": [1]}})")
        << error("TypeError: Companion.ping() takes 1 positional argument but 2 were given");
    QTest::newRow("a ping with arguments that only Python reads")
        << QByteArray(R"({"command": {"command": "ping", "args": [123456789012345678901, 2]}})")
        << error("TypeError: Companion.ping() takes 1 positional argument but 3 were given");
    QTest::newRow("a ping with a keyword")
        << QByteArray(R"({"command": {"command": "ping", "kwargs": {"a": 1}}})")
        << error("TypeError: Companion.ping() got an unexpected keyword argument 'a'");
    QTest::newRow("a ping with both")
        << QByteArray(R"({"command": {"command": "ping", "args": [1], "kwargs": {"a": 1}}})")
        << error("TypeError: Companion.ping() got an unexpected keyword argument 'a'");
    QTest::newRow("no arguments array")
        << QByteArray(R"({"command": {"command": "run", "args": "x"}, "id": 5})")
        << error("TypeError: \\\"args\\\" must be an array, not a string");
    QTest::newRow("a message that is too early at its end")
        << QByteArray(R"({"command": {"command": "run")")
        << error("json.decoder.JSONDecodeError: Expecting ',' delimiter: line 1 column 30 (char 29)");
}

void TestDispatcher::answersAtOnce()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, outcome);
    m_dispatcher->onTextReceived(7, message);
    QCOMPARE(m_commands->count(), 0);
    QCOMPARE(m_replies->count(), 1);
    QCOMPARE(m_replies->at(0).at(0).value<ClientId>(), ClientId(7));
    const auto text = m_replies->at(0).at(1).toByteArray();
    const QByteArray tag = outcome.startsWith("\"response\"") ? "response" : "error";
    QVERIFY2(text.startsWith('{' + outcome + ", "), text.constData());
    QVERIFY(text.contains(", \"tag\": \"" + tag + "\", \"evt\": "));
    if (message.endsWith('}'))
        QVERIFY(text.endsWith("\"evt\": " + message + '}'));
    QVERIFY(QJsonDocument::fromJson(text).object().value(QLatin1String("evt")).isObject());
}

void TestDispatcher::passesOn_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("name");
    QTest::newRow("a command") << QByteArray(R"({"command": {"command": "run", "args": ["f"]}, "id": "a"})")
                               << "run";
    QTest::newRow("a command that nobody knows") << QByteArray(R"({"command": {"command": "fly"}})") << "fly";
    QTest::newRow("names are told by their case")
        << QByteArray(R"({"command": {"command": "Ping"}})") << "Ping";
    QTest::newRow("no name") << QByteArray(R"({"command": {"command": ""}})") << "";
}

void TestDispatcher::passesOn()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, name);
    m_dispatcher->onTextReceived(9, message);
    QCOMPARE(m_replies->count(), 0);
    QCOMPARE(m_commands->count(), 1);
    const auto command = m_commands->at(0).at(0).value<Command>();
    QCOMPARE(command.client, ClientId(9));
    QCOMPARE(command.name, name);
    QCOMPARE(command.evt, message);
    QVERIFY(command.serial > 0);
    QVERIFY(command.arguments);
}

void TestDispatcher::interrupts_data()
{
    QTest::addColumn<QByteArray>("arguments");
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QByteArray &arguments, const QByteArray &id) {
        QTest::newRow(name) << arguments << id << QString();
    };
    row("whatever runs", "", QByteArray());
    row("whatever runs, said aloud", R"(, "args": [null])", QByteArray());
    row("text", R"(, "args": ["a"])", R"("a")");
    row("text with an escape", R"(, "args": ["\u0061"])", R"("a")");
    row("a number", R"(, "args": [5])", "5");
    row("a number by its name", R"(, "kwargs": {"id": 5})", "5");
    row("null by its name", R"(, "kwargs": {"id": null})", QByteArray());
    row("an object", R"(, "args": [{"a": [1, 2]}])", R"({"a":[1,2]})");
    row("a number past 64 bits", R"(, "args": [123456789012345678901])", "123456789012345678901");
    row("the same by its name", R"(, "kwargs": {"id": 123456789012345678901})", "123456789012345678901");
    const auto fault = [](const char *name, const QByteArray &arguments, const char *error) {
        QTest::newRow(name) << arguments << QByteArray() << QString::fromUtf8(error);
    };
    fault("two of them", R"(, "args": [1, 2])",
          "Companion.interrupt() takes from 1 to 2 positional arguments but 3 were given");
    fault("another name", R"(, "kwargs": {"a": 1})",
          "Companion.interrupt() got an unexpected keyword argument 'a'");
    fault("both ways", R"(, "args": [1], "kwargs": {"id": 1})",
          "Companion.interrupt() got multiple values for argument 'id'");
}

void TestDispatcher::interrupts()
{
    QFETCH(QByteArray, arguments);
    QFETCH(QByteArray, id);
    QFETCH(QString, error);
    QList<std::pair<ClientId, QByteArray>> asked;
    m_dispatcher->setOutOfBand({[&](ClientId client, const QByteArray &wanted) {
                                    asked.append({client, wanted});
                                    return asked.size() == 1;
                                },
                                {},
                                {}});
    const auto message = R"({"command": {"command": "interrupt")" + arguments + R"(}, "id": 1})";
    m_dispatcher->onTextReceived(3, message);
    m_dispatcher->onTextReceived(3, message);
    QCOMPARE(m_replies->count(), 2);
    QCOMPARE(m_commands->count(), 0);
    const auto replies = {m_replies->at(0).at(1).toByteArray(), m_replies->at(1).at(1).toByteArray()};
    if (error.isEmpty()) {
        QCOMPARE(asked, (QList<std::pair<ClientId, QByteArray>>{{3, id}, {3, id}}));
        QVERIFY(replies.begin()[0].startsWith(R"({"response": true, )"));
        QVERIFY(replies.begin()[1].startsWith(R"({"response": false, )"));
    } else {
        QVERIFY(asked.isEmpty());
        QVERIFY2(replies.begin()[0].startsWith("{\"error\": [\"TypeError: " + error.toUtf8() + "\\n\"]"),
                 replies.begin()[0].constData());
    }
}

void TestDispatcher::watches_data()
{
    QTest::addColumn<QByteArray>("arguments");
    QTest::addColumn<QByteArray>("outcome"); ///< "on", "off", or the error
    QTest::newRow("nothing said") << QByteArray() << QByteArray("on");
    QTest::newRow("true") << QByteArray(R"(, "args": [true])") << QByteArray("on");
    QTest::newRow("false") << QByteArray(R"(, "args": [false])") << QByteArray("off");
    QTest::newRow("by keyword") << QByteArray(R"(, "kwargs": {"on": false})") << QByteArray("off");
    QTest::newRow("a number") << QByteArray(R"(, "args": [1])")
                              << QByteArray("TypeError: on must be true or false, not 1");
    QTest::newRow("null") << QByteArray(R"(, "args": [null])")
                          << QByteArray("TypeError: on must be true or false, not null");
    QTest::newRow("too many")
        << QByteArray(R"(, "args": [true, true])")
        << QByteArray(
               "TypeError: Companion.monitor() takes from 1 to 2 positional arguments but 3 were given");
    QTest::newRow("another keyword")
        << QByteArray(R"(, "kwargs": {"off": true})")
        << QByteArray("TypeError: Companion.monitor() got an unexpected keyword argument 'off'");
}

void TestDispatcher::watches()
{
    QFETCH(QByteArray, arguments);
    QFETCH(QByteArray, outcome);
    QByteArrayList events;
    OutOfBand outOfBand;
    outOfBand.watch = [&](ClientId client, bool isWatching) {
        events.append(QByteArray::number(client) + (isWatching ? " on" : " off"));
    };
    m_dispatcher->setOutOfBand(outOfBand);
    connect(m_dispatcher.get(), &Dispatcher::replied, this,
            [&](ClientId, const QByteArray &) { events.append("reply"); });
    m_dispatcher->onTextReceived(7, R"({"command": {"command": "monitor")" + arguments + R"(}, "id": 1})");
    const auto reply = m_replies->at(0).at(1).toByteArray();
    if (outcome == "on") {
        QCOMPARE(events, (QByteArrayList{"reply", "7 on"}));
        QVERIFY(reply.startsWith("{\"response\": true, "));
    } else if (outcome == "off") {
        QCOMPARE(events, (QByteArrayList{"7 off", "reply"}));
        QVERIFY(reply.startsWith("{\"response\": false, "));
    } else {
        QCOMPARE(events, QByteArrayList{"reply"});
        QVERIFY2(reply.startsWith("{\"error\": [\"" + outcome + "\\n\"]"), reply.constData());
    }
    QCOMPARE(m_commands->count(), 0);
}

void TestDispatcher::informs()
{
    m_dispatcher->setOutOfBand({{}, [] { return QJsonObject{{QStringLiteral("pid"), 5}}; }, {}});
    m_dispatcher->onTextReceived(3, R"({"command": {"command": "info"}})");
    QVERIFY(m_replies->at(0).at(1).toByteArray().startsWith(R"({"response": {"pid":5}, )"));
    m_dispatcher->onTextReceived(3, R"({"command": {"command": "info", "args": [1]}})");
    QVERIFY(
        m_replies->at(1).at(1).toByteArray().contains("Companion.info() takes 1 positional argument but 2"));
}

void TestDispatcher::commandsAreNumbered()
{
    QList<quint64> serials;
    for (int i = 0; i < 5; ++i) {
        m_dispatcher->onTextReceived(ClientId(i + 1), R"({"command": {"command": "get"}})");
        m_dispatcher->onTextReceived(1, R"({"command": {"command": "ping"}})");
        m_dispatcher->onTextReceived(1, "nonsense");
    }
    QCOMPARE(m_commands->count(), 5);
    QCOMPARE(m_replies->count(), 10);
    for (const auto &arguments : std::as_const(*m_commands))
        serials.append(arguments.at(0).value<Command>().serial);
    QVERIFY(serials.first() > 0);
    for (qsizetype i = 1; i < serials.size(); ++i)
        QVERIFY(serials.at(i) > serials.at(i - 1));
}

void TestDispatcher::everythingIsLogged()
{
    const QByteArrayList messages = {"nonsense", "", R"({"command": {"command": "ping"}})",
                                     R"({"command": {"command": "get"}})"};
    for (const auto &message : messages)
        m_dispatcher->onTextReceived(1, message);
    QCOMPARE(m_dispatcher->messages().messages(), messages);
    for (int i = 0; i < 2000; ++i)
        m_dispatcher->onTextReceived(1, "x");
    QCOMPARE(m_dispatcher->messages().messages().size(), 1000);
}

QTEST_GUILESS_MAIN(TestDispatcher)
#include "tst_dispatcher.moc"
