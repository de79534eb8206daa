// SPDX-License-Identifier: MIT
#include "typedcommand.h"

#include "jsontext.h"

#include <QtTest>

using namespace liaison;

/// What a person types becomes a message in which every digit is as it was typed.
class TestTypedCommand : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void means_data();
    void means();
    void refuses_data();
    void refuses();
};

void TestTypedCommand::means_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QByteArray>("message");
    const auto whole = [](const char *name, const char *typed, const QByteArray &message) {
        QTest::newRow(name) << QString::fromUtf8(typed) << message;
    };
    const auto row = [&](const char *name, const char *typed, const QByteArray &command) {
        whole(name, typed, "{\"command\": " + command + ", \"id\": \"c1\"}");
    };
    row("a command alone", "ping", R"({"command": "ping"})");
    row("space around", "  ping\t ", R"({"command": "ping"})");
    row("a target and numbers", "run math:hypot 3 4", R"({"command": "run", "args": ["math:hypot", 3, 4]})");
    row("space between", "run   math:hypot\t3", R"({"command": "run", "args": ["math:hypot", 3]})");
    row("digits as they were typed", "store x [123456789012345678901234567890, 1.0, 1, 1e400, -0.10]",
        R"({"command": "store", "args": ["x", [123456789012345678901234567890, 1.0, 1, 1e400, -0.10]]})");
    row("numbers alone as well", "run f 123456789012345678901234567890 1.50 -0",
        R"({"command": "run", "args": ["f", 123456789012345678901234567890, 1.50, -0]})");
    row("what is almost a number", "run f 1. 01 0x10 1_000 -",
        R"({"command": "run", "args": ["f", "1.", "01", "0x10", "1_000", "-"]})");
    row("literals", "run f true false null NaN -Infinity",
        R"({"command": "run", "args": ["f", true, false, null, NaN, -Infinity]})");
    row("Python's literals are text", "run f True None",
        R"({"command": "run", "args": ["f", "True", "None"]})");
    row("quoted text", R"(run f "a b" "5" "say \"hi\" [")",
        R"({"command": "run", "args": ["f", "a b", "5", "say \"hi\" ["]})");
    row("a reference", "run f $x $x.y", R"({"command": "run", "args": ["f", "$x", "$x.y"]})");
    row("an object", R"(store x {"b": 1, "a": [2, {"c": "}"}]})",
        R"({"command": "store", "args": ["x", {"b": 1, "a": [2, {"c": "}"}]}]})");
    row("a target with a key", "get d['a b'].rows[0]", R"({"command": "get", "args": ["d['a b'].rows[0]"]})");
    row("a target with a bracket in a key", R"(get d["]"])", R"({"command": "get", "args": ["d[\"]\"]"]})");
    row("a target that calls", "get e.get('k', 2)[1]", R"({"command": "get", "args": ["e.get('k', 2)[1]"]})");
    row("an expression", "get (a + b)", R"x({"command": "get", "args": ["(a + b)"]})x");
    row("text in single quotes is a string with them", "store x 'a b'",
        R"({"command": "store", "args": ["x", "'a b'"]})");
    row("an apostrophe", "store x don't", R"({"command": "store", "args": ["x", "don't"]})");
    row("an inch", "store x 5\"", R"({"command": "store", "args": ["x", "5\""]})");
    row("a backslash", R"(store x C:\temp)", R"({"command": "store", "args": ["x", "C:\\temp"]})");
    row("beyond ASCII", "store x é😀", "{\"command\": \"store\", \"args\": [\"x\", \"é😀\"]}");
    row("a keyword argument", "run f 1 equal_var=false",
        R"({"command": "run", "args": ["f", 1], "kwargs": {"equal_var": false}})");
    row("only keyword arguments", "get target=x", R"({"command": "get", "kwargs": {"target": "x"}})");
    row("keyword arguments of every kind", R"(init x C a=1.0 b="c d" c=[1, 2] d=$y e=text f="g=h")",
        R"({"command": "init", "args": ["x", "C"], "kwargs": {"a": 1.0, "b": "c d", "c": [1, 2], "d": "$y", "e": "text", "f": "g=h"}})");
    row("a keyword argument with an equals sign", "try f a=b=c",
        R"({"command": "try", "args": ["f"], "kwargs": {"a": "b=c"}})");
    row("a keyword argument without text",
        "run f a=", R"({"command": "run", "args": ["f"], "kwargs": {"a": ""}})");
    row("a keyword beyond ASCII", "run f é=1",
        "{\"command\": \"run\", \"args\": [\"f\"], \"kwargs\": {\"é\": 1}}");
    row("a comparison", "get a==b", R"({"command": "get", "args": ["a==b"]})");
    row("an equals sign behind no name", "run f 1=2 =3 a.b=4 \"a=5\"",
        R"({"command": "run", "args": ["f", "1=2", "=3", "a.b=4", "a=5"]})");
    row("a command in quotes", R"("my command" 1)", R"({"command": "my command", "args": [1]})");
    row("a command that is a number", "5 6", R"({"command": "5", "args": [6]})");
    row("a command in JSON", R"({"command": "run", "args": ["f", 1.0]})",
        R"({"command": "run", "args": ["f", 1.0]})");
    whole("a message in JSON", R"( {"command": {"command": "ping"}} )",
          R"({"command": {"command": "ping"}, "id": "c1"})");
    whole("a message with options", R"({"timeout": 1.50, "command": {"command": "ping"}})",
          R"({"timeout": 1.50, "command": {"command": "ping"}, "id": "c1"})");
    whole("a message with an id", R"({"id": null, "command": {"command": "ping"}})",
          R"({"id": null, "command": {"command": "ping"}})");
}

void TestTypedCommand::means()
{
    QFETCH(QString, typed);
    QFETCH(QByteArray, message);
    const auto found = typedMessage(typed, "\"c1\"");
    QCOMPARE(found, message);
    scanJson({found.constData(), std::size_t(found.size())});
}

void TestTypedCommand::refuses_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char *name, const char *typed, const char *sentence) {
        QTest::newRow(name) << QString::fromUtf8(typed) << QString::fromUtf8(sentence);
    };
    row("nothing", " ", "A command is missing, such as: run math:hypot 3 4.");
    row("an open bracket", "run f [1, 2", "The [ at character 7 is not closed.");
    row("an open bracket in another", "run f ([1, 2]", "The ( at character 7 is not closed.");
    row("a bracket that closes nothing", "run f 1]", "The ] at character 8 closes nothing.");
    row("a bracket that closes another", "run f [1, {2]",
        "The ] at character 13 does not close the { at character 11.");
    row("an open quote", "run f \"a b", "The quote \" at character 7 is not closed.");
    row("an open quote behind a keyword", "run f a='b", "The quote ' at character 9 is not closed.");
    row("an open quote in brackets", "get d['a]", "The quote ' at character 7 is not closed.");
    row("a quote whose end is escaped", "run f \"a\\\"", "The quote \" at character 7 is not closed.");
    row("a quote that ends in a backslash", "run f \"a\\", "The quote \" at character 7 is not closed.");
    row("a keyword argument given twice", "run f a=1 a=2", "The keyword argument a is given twice.");
    row("no JSON", "{\"command\": }",
        "What begins with { must be JSON: Expecting value: line 1 column 13 (char 12).");
    row("no command", "{\"args\": []}",
        "The object has no \"command\", which must be a command's name or an object.");
    row("a command of another type", "{\"command\": 5}",
        "\"command\" must be a command's name or an object, not 5.");
}

void TestTypedCommand::refuses()
{
    QFETCH(QString, typed);
    QFETCH(QString, sentence);
    QString what;
    try {
        typedMessage(typed, "1");
    } catch (const TypedFault &fault) {
        what = QString::fromUtf8(fault.what());
    }
    QCOMPARE(what, sentence);
}

QTEST_GUILESS_MAIN(TestTypedCommand)
#include "tst_typedcommand.moc"
