// SPDX-License-Identifier: MIT
#include "reply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace liaison;

/// Replies hold exactly what clients rely on, and evt as it came.
class TestReply : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void responses_data();
    void responses();
    void errors_data();
    void errors();
    void aFaultIsAnErrorOfItsType();
};

void TestReply::responses_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("evt");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("a string") << QByteArray("\"pong\"") << QByteArray("{}")
                              << QByteArray(R"({"response": "pong", "tag": "response", "evt": {}})");
    QTest::newRow("null is there") << QByteArray("null") << QByteArray(R"({"id": 1})")
                                   << QByteArray(
                                          R"({"response": null, "tag": "response", "evt": {"id": 1}})");
    QTest::newRow("evt is not encoded anew")
        << QByteArray("1") << QByteArray("{ \"id\":\t1.0,\"a\":\"\\u00e9\"}\n")
        << QByteArray(
               "{\"response\": 1, \"tag\": \"response\", \"evt\": { \"id\":\t1.0,\"a\":\"\\u00e9\"}\n}");
}

void TestReply::responses()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, evt);
    QFETCH(QByteArray, text);
    QCOMPARE(responseText(value, evt), text);
}

void TestReply::errors_data()
{
    QTest::addColumn<QString>("reason");
    QTest::newRow("a plain sentence") << "it did not work";
    QTest::newRow("quotes, backslashes and control characters") << "\"a\\b\"\n\t\r\b\f\x01\x1f\x7f";
    QTest::newRow("beyond ASCII") << QString::fromUtf8("é € 😀 \u2028");
    QTest::newRow("nothing") << QString();
}

void TestReply::errors()
{
    QFETCH(QString, reason);
    const QByteArray evt = R"({"id": "a", "command": {}})";
    const auto text = errorText("ValueError", reason, evt);
    QVERIFY(text.endsWith(evt + '}'));
    QJsonParseError error;
    const auto reply = QJsonDocument::fromJson(text, &error).object();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(reply.keys(), QStringList({QStringLiteral("error"), QStringLiteral("evt"),
                                        QStringLiteral("exception"), QStringLiteral("tag")}));
    const QJsonObject exception{{QStringLiteral("type"), QStringLiteral("ValueError")},
                                {QStringLiteral("module"), QStringLiteral("builtins")},
                                {QStringLiteral("message"), reason},
                                {QStringLiteral("cause"), QJsonValue::Null}};
    QCOMPARE(reply.value(QLatin1String("exception")).toObject(), exception);
    QCOMPARE(reply.value(QLatin1String("error")).toArray(),
             QJsonArray{QStringLiteral("ValueError: ") + reason + QLatin1Char('\n')});
    QCOMPARE(reply.value(QLatin1String("tag")).toString(), QStringLiteral("error"));
    QCOMPARE(reply.value(QLatin1String("evt")).toObject().value(QLatin1String("id")).toString(),
             QStringLiteral("a"));
}

void TestReply::aFaultIsAnErrorOfItsType()
{
    const Fault fault{"json.decoder.JSONDecodeError", QStringLiteral("Expecting value"), "{\"id\": 7}"};
    QCOMPARE(
        errorText(fault),
        QByteArray(R"({"error": ["json.decoder.JSONDecodeError: Expecting value\n"], )"
                   R"("exception": {"type": "JSONDecodeError", "module": "json.decoder", )"
                   R"("message": "Expecting value", "cause": null}, "tag": "error", "evt": {"id": 7}})"));
}

QTEST_GUILESS_MAIN(TestReply)
#include "tst_reply.moc"
