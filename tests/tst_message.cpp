// SPDX-License-Identifier: MIT
#include "arguments.h"
#include "message.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QtTest>

using namespace liaison;

namespace {

/// What simdjson declines, so that the other reader has its turn.
const QByteArray bigNumber = "123456789012345678901234567890";

QJsonObject objectOf(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace

/// A message becomes a command or a fault that says what is wrong with it.
class TestMessage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commands_data();
    void commands();
    void echoLeavesTheIdAlone_data();
    void echoLeavesTheIdAlone();
    void options_data();
    void options();
    void idsAreComparedByTheirJson();
    void theEnvelopeKeeps_data();
    void theEnvelopeKeeps();
    void arguments_data();
    void arguments();
    void evtIsTheMessage_data();
    void evtIsTheMessage();
    void nestingHasALimit_data();
    void nestingHasALimit();
    void faults_data();
    void faults();
    void noObjects_data();
    void noObjects();
    void substitutesAreCutAtCharacters_data();
    void substitutesAreCutAtCharacters();
    void aCommandOutlivesItsMessage();
};

void TestMessage::commands_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("name");
    QTest::newRow("the least") << QByteArray(R"({"command": {"command": "ping"}})") << "ping";
    QTest::newRow("an unknown one is Python's business")
        << QByteArray(R"({"command": {"command": "fly"}})") << "fly";
    QTest::newRow("an empty name") << QByteArray(R"({"command": {"command": ""}})") << "";
    QTest::newRow("names with escapes")
        << QByteArray(R"({"\u0063ommand": {"comman\u0064": "\u0067et"}})") << "get";
    QTest::newRow("a name beyond ASCII")
        << QByteArray("{\"command\": {\"command\": \"é😀\"}}") << QString::fromUtf8("é😀");
    QTest::newRow("a byte order mark belongs to the name")
        << QByteArray("{\"command\": {\"\uFEFFcommand\": 1, \"command\": \"\uFEFFget\"}}")
        << QChar(0xfeff) + QStringLiteral("get");
    QTest::newRow("space around it") << QByteArray(" \n{\"command\": {\"command\": \"get\"}}\t ") << "get";
    QTest::newRow("the last of duplicate names wins")
        << QByteArray(R"({"command": 1, "command": {"command": 2, "command": "get"}})") << "get";
    QTest::newRow("the last of duplicate arguments wins")
        << QByteArray(R"({"command": {"command": "get", "args": 5, "args": []}})") << "get";
    QTest::newRow("unknown members are no fault")
        << QByteArray(R"({"x": [{}], "command": {"y": 1, "command": "get"}})") << "get";
}

void TestMessage::commands()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, name);
    // Once as it is and once with a member that simdjson declines.
    auto declined = message;
    declined.replace(declined.lastIndexOf('}'), 1, ", \"big\": " + bigNumber + '}');
    for (const auto &text : {message, declined}) {
        const auto parsed = parseMessage(text);
        const auto *command = std::get_if<Command>(&parsed);
        QVERIFY2(command, text.constData());
        QCOMPARE(command->name, name);
        QCOMPARE(command->client, everyClient);
        QCOMPARE(command->serial, quint64(0));
        QCOMPARE(command->evt, text);
        QVERIFY(command->arguments);
        QCOMPARE(command->envelope->object().value(QLatin1String("command")).toObject(),
                 QJsonObject({{QStringLiteral("command"), name}}));
    }
}

void TestMessage::echoLeavesTheIdAlone_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("evt");
    const auto row = [](const char *name, const QByteArray &members, const QByteArray &evt) {
        QTest::newRow(name) << "{" + members +
                                   R"("echo": "id", "command": {"command": "get", "args": ["x"]}})"
                            << evt;
    };
    row("text", R"("id": "7c9e", )", R"({"id": "7c9e"})");
    row("text with escapes", R"("id": "\\é\u0001\"", )", R"({"id": "\\é\u0001\""})");
    row("a number", R"("id": -5, )", R"({"id": -5})");
    row("a number past 63 bits", R"("id": 18446744073709551615, )", R"({"id": 18446744073709551615})");
    row("a number past 64 bits", "\"id\": " + bigNumber + ", ", "{\"id\": " + bigNumber + "}");
    row("a number as it was written", R"("id": 1e3, )", R"({"id": 1e3})");
    row("an array", R"("id": [1.0, {"a": 2.50}], )", R"({"id": [1.0, {"a": 2.50}]})");
    row("NaN", R"("id": NaN, )", R"({"id": null})");
    row("NaN in an array", R"("id": [NaN, 1.0], )", R"({"id": [null, 1.0]})");
    row("null", R"("id": null, )", R"({"id": null})");
    row("true", R"("id": true, )", R"({"id": true})");
    row("none", "", R"({"id": null})");
    row("the last of two", R"("id": 1, "id": 2, )", R"({"id": 2})");
    row("a lone surrogate", R"("id": "\ud800", )", R"({"id": "\ud800"})");
    row("beside what simdjson declines", "\"x\": " + bigNumber + R"(, "id": "a", )", R"({"id": "a"})");
    QTest::newRow("a fault as well") << QByteArray(R"({"echo": "id", "id": 5, "command": 1})")
                                     << QByteArray(R"({"id": 5})");
    QTest::newRow("what else is echoed is a fault")
        << QByteArray(R"({"echo": "all", "command": {"command": "ping"}})")
        << QByteArray(R"({"echo": "all", "command": {"command": "ping"}})");
}

void TestMessage::echoLeavesTheIdAlone()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, evt);
    const auto parsed = parseMessage(message);
    if (const auto *command = std::get_if<Command>(&parsed)) {
        QCOMPARE(command->evt, evt);
        if (!message.contains("NaN"))
            QCOMPARE(idOnly(message), evt);
        return;
    }
    const auto &fault = std::get<Fault>(parsed);
    QCOMPARE(fault.evt, evt);
    if (evt == message)
        QCOMPARE(fault.reason, QStringLiteral("\"echo\" must be \"id\", not \"all\""));
}

void TestMessage::options_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("commandMembers");
    QTest::addColumn<QString>("fault");
    const auto row = [](const char *name, const QByteArray &members, const QByteArray &commandMembers,
                        const char *fault) {
        QTest::newRow(name) << members << commandMembers << QString::fromUtf8(fault);
    };
    row("all of them", R"("timeout": 1.5, "stream": true, )", R"("references": "deep", )", "");
    row("a stream that is none", R"("timeout": 1e3, "stream": false, )", R"("references": "none", )", "");
    row("the default way of references", R"("timeout": 18446744073709551615, )", R"("references": "top", )",
        "");
    row("no time", R"("timeout": 0, )", "", "\"timeout\" must be a positive number of seconds, not 0");
    row("negative time", R"("timeout": -1.5, )", "",
        "\"timeout\" must be a positive number of seconds, not -1.5");
    row("time as text", R"("timeout": "1", )", "",
        "\"timeout\" must be a positive number of seconds, not \"1\"");
    row("null for a time", R"("timeout": null, )", "",
        "\"timeout\" must be a positive number of seconds, not null");
    row("NaN for a time", R"("timeout": NaN, )", "",
        "\"timeout\" must be a positive number of seconds, not null");
    row("an array for a time", R"("timeout": [1], )", "",
        "\"timeout\" must be a positive number of seconds, not [1]");
    row("a stream by number", R"("stream": 1, )", "", "\"stream\" must be true or false, not 1");
    row("another way of references", "", R"("references": "all", )",
        "\"references\" must be \"top\", \"deep\" or \"none\", not \"all\"");
    row("references by number", "", R"("references": 1, )",
        "\"references\" must be \"top\", \"deep\" or \"none\", not 1");
}

void TestMessage::options()
{
    QFETCH(QByteArray, members);
    QFETCH(QByteArray, commandMembers);
    QFETCH(QString, fault);
    const auto message = "{" + members + R"("command": {)" + commandMembers + R"("command": "get"}})";
    const auto parsed = parseMessage(message);
    if (!fault.isEmpty()) {
        const auto *found = std::get_if<Fault>(&parsed);
        QVERIFY(found);
        QCOMPARE(found->type, QByteArray("ValueError"));
        QCOMPARE(found->reason, fault);
        return;
    }
    const auto *command = std::get_if<Command>(&parsed);
    QVERIFY(command);
    const auto envelope = command->envelope->object();
    QCOMPARE(command->options.timeout_s, envelope.value(QLatin1String("timeout")).toDouble());
    QCOMPARE(command->options.streams, members.contains("\"stream\": true"));
    QCOMPARE(command->options.references, commandMembers.contains("deep")   ? References::Deep
                                          : commandMembers.contains("none") ? References::None
                                                                            : References::Top);
}

void TestMessage::idsAreComparedByTheirJson()
{
    QCOMPARE(idOf(R"({"id": "a"})"), idOf(R"({"command": {}, "id":"\u0061"})"));
    QCOMPARE(idOf(R"({"id": [1, {"a": 2}]})"), idOf(R"({"id":[1,{"a":2}]})"));
    QVERIFY(idOf(R"({"id": 1})") != idOf(R"({"id": "1"})"));
    QCOMPARE(idOf("{}"), QByteArray("null"));
    QCOMPARE(idOf("{\"id\": " + bigNumber + " }"), bigNumber);
}

void TestMessage::theEnvelopeKeeps_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("envelope");
    const auto row = [](const char *name, const QByteArray &members, const QByteArray &kept) {
        QTest::newRow(name) << "{" + members +
                                   R"("command": {"command": "get", "args": ["x"], "kwargs": {"y": 1}}})"
                            << "{" + kept + R"("command": {"command": "get"}})";
    };
    row("no options", "", "");
    row("an id is left to evt", R"("id": 5, )", "");
    row("an option that is an integer", R"("timeout": 9007199254740993, )",
        R"("timeout": 9007199254740993, )");
    row("an option that is a fraction", R"("timeout": 1.25, )", R"("timeout": 1.25, )");
    row("an option past 63 bits", R"("timeout": 18446744073709551615, )",
        R"("timeout": 18446744073709551615, )");
    row("an option past 64 bits", "\"timeout\": " + bigNumber + ", ", "\"timeout\": " + bigNumber + ", ");
    row("options", R"("timeout": 1.5, "stream": true, "echo": "id", )",
        R"("timeout": 1.5, "stream": true, "echo": "id", )");
    row("options beside what simdjson declines",
        "\"timeout\": 2, \"x\": " + bigNumber + ", \"echo\": \"id\", ", R"("timeout": 2, "echo": "id", )");
    row("nothing else", R"("payload": "large", "tag": 1, )", "");
    row("the last of duplicates", R"("timeout": 1, "timeout": 2, )", R"("timeout": 2, )");
    QTest::newRow("the way of references")
        << QByteArray(R"({"command": {"command": "run", "references": "deep"}})")
        << QByteArray(R"({"command": {"command": "run", "references": "deep"}})");
}

void TestMessage::theEnvelopeKeeps()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, envelope);
    const auto parsed = parseMessage(message);
    const auto *command = std::get_if<Command>(&parsed);
    QVERIFY(command);
    QJsonParseError error;
    const auto expected = QJsonDocument::fromJson(envelope, &error);
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(*command->envelope, expected);
}

void TestMessage::nestingHasALimit_data()
{
    QTest::addColumn<int>("most");
    QTest::addColumn<int>("levels");
    QTest::addColumn<QByteArray>("number");
    for (const int most : {10, 1024, 3000}) {
        for (const int levels : {most, most + 1}) {
            QTest::addRow("%d of %d", levels, most) << most << levels << QByteArray("1");
            QTest::addRow("%d of %d, beside what only Python reads", levels, most)
                << most << levels << QByteArray("NaN");
        }
    }
}

void TestMessage::nestingHasALimit()
{
    QFETCH(int, most);
    QFETCH(int, levels);
    QFETCH(QByteArray, number);
    const int inner = levels - 3;
    const auto parsed = parseMessage(R"({"id": 7, "command": {"command": "run", "args": [)" + number + ", " +
                                         QByteArray(inner, '[') + QByteArray(inner, ']') + "]}}",
                                     most);
    const auto *fault = std::get_if<Fault>(&parsed);
    QCOMPARE(fault != nullptr, levels > most);
    if (!fault)
        return;
    QVERIFY(fault->isTooDeep);
    QCOMPARE(fault->type, QByteArray("RecursionError"));
    QCOMPARE(fault->reason,
             QStringLiteral("a message may be nested %1 levels deep, not %2").arg(most).arg(levels));
    QVERIFY(fault->evt.startsWith(R"({"id": 7)"));
}

void TestMessage::arguments_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<qsizetype>("count");
    QTest::addColumn<QString>("firstKeyword");
    QTest::addColumn<bool>("isText");
    const auto row = [](const char *name, const QByteArray &members, qsizetype count,
                        const QString &firstKeyword,
                        bool isText) { QTest::newRow(name) << members << count << firstKeyword << isText; };
    row("none", "", 0, {}, false);
    row("empty ones", R"(, "args": [], "kwargs": {})", 0, {}, false);
    row("positional ones", R"(, "args": [1, [2, 3], {"a": 4}])", 3, {}, false);
    row("keyword ones", R"(, "kwargs": {"b": 1, "a": 2})", 0, QStringLiteral("b"), false);
    row("an empty keyword", R"(, "kwargs": {"": 1})", 0, QStringLiteral(""), false);
    row("both", R"(, "args": [null], "kwargs": {"a": 2})", 1, QStringLiteral("a"), false);
    row("64 bits", R"(, "args": [18446744073709551615, -9223372036854775808])", 2, {}, false);
    row("past 64 bits", ", \"args\": [" + bigNumber + ", 1]", 2, {}, true);
    row("below minus 63 bits", R"(, "args": [-9223372036854775809])", 1, {}, true);
    row("NaN", R"(, "args": [NaN], "kwargs": {"x": 1})", 1, QStringLiteral("x"), true);
    row("Infinity as a keyword's value", R"(, "kwargs": {"a": -Infinity})", 0, QStringLiteral("a"), true);
    row("a lone surrogate", R"(, "args": ["\ud800"])", 1, {}, true);
    row("beyond a double", R"(, "args": [1e400])", 1, {}, true);
    row("nested deeply", ", \"args\": [" + QByteArray(5000, '[') + QByteArray(5000, ']') + "]", 1, {}, true);
    row("a byte order mark before a keyword", ", \"kwargs\": {\"\uFEFFa\": 2}", 0,
        QChar(0xfeff) + QStringLiteral("a"), false);
    row("empty ones as text", ", \"args\": [ ], \"kwargs\": { }, \"x\": " + bigNumber, 0, {}, true);
}

void TestMessage::arguments()
{
    QFETCH(QByteArray, members);
    QFETCH(qsizetype, count);
    QFETCH(QString, firstKeyword);
    QFETCH(bool, isText);
    const auto parsed = parseMessage(R"({"command": {"command": "run")" + members + "}}");
    const auto *command = std::get_if<Command>(&parsed);
    QVERIFY(command);
    QCOMPARE(command->arguments->argsCount, count);
    QCOMPARE(command->arguments->firstKeyword, firstKeyword);
    QCOMPARE(command->arguments->firstKeyword.isNull(), firstKeyword.isNull());
    QCOMPARE(!command->arguments->argsText.isNull() || !command->arguments->kwargsText.isNull(), isText);
    if (isText)
        QCOMPARE(!command->arguments->argsText.isNull(), members.contains("\"args\""));
    else
        QCOMPARE(command->arguments->args.has_value(), members.contains("\"args\""));
}

void TestMessage::evtIsTheMessage_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("evt");
    const auto same = [](const char *name, const QByteArray &message) {
        QTest::newRow(name) << message << message;
    };
    same("as it is", R"({ "command":{"command" : "get","args":[1.0,"\u00e9"]},"b":1,"a":[ ] })");
    same("with its duplicates", R"({"command": 1, "command": {"command": "get"}})");
    same("with big numbers", "{\"command\": {\"command\": \"get\", \"args\": [" + bigNumber + ", 1E400]}}");
    same("with lone surrogates", R"({"command": {"command": "get", "args": ["\ud800"]}})");
    same("with NaN in strings", R"({"command": {"command": "get", "args": ["NaN", "\ud800"]}})");
    QTest::newRow("in strict JSON")
        << QByteArray(R"({"command": {"command": "get", "args": [NaN,-Infinity]}, "NaN": Infinity})")
        << QByteArray(R"({"command": {"command": "get", "args": [null,null]}, "NaN": null})");
}

void TestMessage::evtIsTheMessage()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, evt);
    const auto parsed = parseMessage(message);
    const auto *command = std::get_if<Command>(&parsed);
    QVERIFY(command);
    QCOMPARE(command->evt, evt);
}

void TestMessage::faults_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QString>("reason");
    const QString commandForm =
        QStringLiteral("an object such as {\"command\": \"run\", \"args\": [\"math:hypot\", 3, 4]}");
    const auto row = [](const char *name, const char *message, const char *type, const QString &reason) {
        QTest::newRow(name) << QByteArray(message) << QByteArray(type) << reason;
    };
    const auto wrong = [&](const QString &field, const QString &expected, const char *got) {
        return QStringLiteral("%1 must be %2, not %3").arg(field, expected, QString::fromUtf8(got));
    };
    row("no command", R"({"id": ID})", "KeyError",
        QStringLiteral("\"command\" is missing: expected ") + commandForm);
    const QList<std::pair<const char *, const char *>> kinds = {
        {"null", "null"},     {"true", "a boolean"}, {"false", "a boolean"}, {"5", "a number"},
        {"-1.5", "a number"}, {"\"a\"", "a string"}, {"[1]", "an array"},    {"{}", "an object"},
    };
    for (const auto &[json, kind] : kinds) {
        const QString jsonText = QString::fromUtf8(json);
        const auto add = [&](const char *form, const QString &field, const QString &expected) {
            QTest::addRow("%s in %s", json, form) << QString::fromUtf8(form).arg(jsonText).toUtf8()
                                                  << QByteArray("TypeError") << wrong(field, expected, kind);
        };
        if (*json != '{')
            add(R"({"id": ID, "command": %1})", QStringLiteral("\"command\""), commandForm);
        if (*json != '"')
            add(R"({"id": ID, "command": {"command": %1}})", QStringLiteral("\"command\" in \"command\""),
                QStringLiteral("a string, the command's name"));
        if (*json != '[')
            add(R"({"id": ID, "command": {"command": "run", "args": %1}})", QStringLiteral("\"args\""),
                QStringLiteral("an array"));
        if (*json != '{')
            add(R"({"id": ID, "command": {"command": "run", "kwargs": %1}})", QStringLiteral("\"kwargs\""),
                QStringLiteral("an object"));
    }
    row("no name", R"({"id": ID, "command": {"args": []}})", "KeyError",
        QStringLiteral("\"command\" in \"command\" is missing: expected a string, the command's name"));
    row("no name and wrong arguments", R"({"id": ID, "command": {"args": 1}})", "KeyError",
        QStringLiteral("\"command\" in \"command\" is missing: expected a string, the command's name"));
    row("an empty object", "{}", "KeyError",
        QStringLiteral("\"command\" is missing: expected ") + commandForm);
}

void TestMessage::faults()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, type);
    QFETCH(QString, reason);
    for (const QByteArray &id : {QByteArray("1"), bigNumber}) {
        const auto text = QByteArray(message).replace("ID", id);
        const auto parsed = parseMessage(text);
        const auto *fault = std::get_if<Fault>(&parsed);
        QVERIFY2(fault, text.constData());
        QCOMPARE(fault->type, type);
        QCOMPARE(fault->reason, reason);
        QCOMPARE(fault->evt, text);
    }
}

void TestMessage::noObjects_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QString>("reason");
    const auto notAnObject = [](const char *name, const QByteArray &message, const char *kind) {
        QTest::newRow(name) << message << QByteArray("TypeError")
                            << QStringLiteral("a message must be an object with a \"command\", not %1")
                                   .arg(QString::fromUtf8(kind));
    };
    notAnObject("an array", "[]", "an array");
    notAnObject("an array that simdjson declines", '[' + bigNumber + ']', "an array");
    notAnObject("a string", "\"ping\"", "a string");
    notAnObject("a number", " 5 ", "a number");
    notAnObject("a big number", bigNumber, "a number");
    notAnObject("NaN", "NaN", "a number");
    notAnObject("minus Infinity", "-Infinity", "a number");
    notAnObject("null", "null", "null");
    notAnObject("true", "true", "a boolean");
    const auto noJson = [](const char *name, const QByteArray &message, const char *reason) {
        QTest::newRow(name) << message << QByteArray("json.decoder.JSONDecodeError")
                            << QString::fromUtf8(reason);
    };
    noJson("nothing", "", "Expecting value: line 1 column 1 (char 0)");
    noJson("text", "hello \"world\"\\", "Expecting value: line 1 column 1 (char 0)");
    noJson("half an object", "{\"command\": {",
           "Expecting property name enclosed in double quotes: line 1 column 14 (char 13)");
    noJson("an object and more", "{\"command\": {\"command\": \"ping\"}} x",
           "Extra data: line 1 column 34 (char 33)");
    noJson("a byte order mark", "\xEF\xBB\xBF{\"command\": {\"command\": \"ping\"}}",
           "Unexpected UTF-8 BOM: line 1 column 1 (char 0)");
    noJson("a null byte", QByteArray("\0", 1), "Expecting value: line 1 column 1 (char 0)");
    QTest::newRow("no UTF-8") << QByteArray("{\"command\": \"\xff\"}") << QByteArray("UnicodeDecodeError")
                              << "a message must be UTF-8";
    QTest::newRow("an encoded surrogate") << QByteArray("{\"command\": \"\xed\xa0\x80\"}")
                                          << QByteArray("UnicodeDecodeError") << "a message must be UTF-8";
}

void TestMessage::noObjects()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, type);
    QFETCH(QString, reason);
    const auto parsed = parseMessage(message);
    const auto *fault = std::get_if<Fault>(&parsed);
    QVERIFY(fault);
    QCOMPARE(fault->type, type);
    QCOMPARE(fault->reason, reason);
    QVERIFY(fault->evt.isValidUtf8());
    const auto evt = objectOf(fault->evt);
    QCOMPARE(evt.size(), 2);
    QCOMPARE(evt.value(QLatin1String("id")), QJsonValue(QJsonValue::Null));
    // Qt's decoder drops a byte order mark unless it is told that there is none to look for.
    QStringDecoder decoder(QStringConverter::Utf8,
                           QStringConverter::Flag::Stateless | QStringConverter::Flag::ConvertInitialBom);
    QCOMPARE(evt.value(QLatin1String("message")), QJsonValue(QString(decoder(message))));
}

void TestMessage::substitutesAreCutAtCharacters_data()
{
    QTest::addColumn<QString>("character");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("kept");
    QTest::newRow("199 of one byte") << "a" << 199 << 199;
    QTest::newRow("200 of one byte") << "a" << 200 << 200;
    QTest::newRow("201 of one byte") << "a" << 201 << 200;
    QTest::newRow("many of one byte") << "a" << 100'000 << 200;
    QTest::newRow("many of two bytes") << QString::fromUtf8("é") << 1000 << 200;
    QTest::newRow("many of three bytes") << QString::fromUtf8("€") << 1000 << 200;
    QTest::newRow("many of four bytes") << QString::fromUtf8("😀") << 1000 << 200;
    QTest::newRow("200 of four bytes") << QString::fromUtf8("😀") << 200 << 200;
}

void TestMessage::substitutesAreCutAtCharacters()
{
    QFETCH(QString, character);
    QFETCH(int, count);
    QFETCH(int, kept);
    const auto parsed = parseMessage(character.repeated(count).toUtf8());
    const auto *fault = std::get_if<Fault>(&parsed);
    QVERIFY(fault);
    QCOMPARE(objectOf(fault->evt).value(QLatin1String("message")).toString(), character.repeated(kept));
}

void TestMessage::aCommandOutlivesItsMessage()
{
    std::variant<Command, Fault> parsed;
    {
        QByteArray message =
            R"({"command": {"command": "store", "args": ["name", "a text that is none of the short ones"]}})";
        message.detach();
        parsed = parseMessage(message);
        message.fill('x');
    }
    // The parser is shared by the messages of a thread: what the first one left must not be the second's.
    const auto other = parseMessage(
        R"({"command": {"command": "store", "args": [1, "another text of about that length......"]}})");
    QVERIFY(std::holds_alternative<Command>(other));
    const auto &command = std::get<Command>(parsed);
    QVERIFY(command.evt.startsWith("{\"command\""));
    QCOMPARE(std::string_view(command.arguments->args->at(1).get_string()),
             std::string_view("a text that is none of the short ones"));
}

QTEST_GUILESS_MAIN(TestMessage)
#include "tst_message.moc"
