// SPDX-License-Identifier: MIT
#include "escape.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

using namespace liaison;

namespace {

QByteArray escaped(QByteArrayView text)
{
    TextBuffer buffer;
    appendEscaped(buffer, text);
    return buffer.take();
}

} // namespace

/// What JSON does not take as it is within a string is escaped, wherever it stands.
class TestEscape : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCharacterAtEveryPlace();
    void namedAndOthers_data();
    void namedAndOthers();
    void unicodeEscapes();
};

void TestEscape::everyCharacterAtEveryPlace()
{
    // Eight characters are looked at together: shift each through two groups.
    for (int c = 0; c < 128; ++c) {
        for (int length = 1; length < 20; ++length) {
            for (int place = 0; place < length; ++place) {
                QByteArray text(length, 'x');
                text[place] = char(c);
                const auto json = escaped(text);
                const auto array = QJsonDocument::fromJson("[\"" + json + "\"]").array();
                QCOMPARE(array.at(0).toString().toUtf8(), text);
                const bool isPlain = c >= 0x20 && c != '"' && c != '\\';
                QCOMPARE(json == text, isPlain);
            }
        }
    }
}

void TestEscape::namedAndOthers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray("") << QByteArray("");
    QTest::newRow("named") << QByteArray("\"\\\b\f\n\r\t") << QByteArray(R"(\"\\\b\f\n\r\t)");
    QTest::newRow("a slash stays") << QByteArray("a/b") << QByteArray("a/b");
    QTest::newRow("others by their number")
        << QByteArray("\0\x1f\x7f", 3) << QByteArray("\\u0000\\u001f\x7f");
    QTest::newRow("beyond ASCII stays") << QByteArray("é€😀é€😀é€😀") << QByteArray("é€😀é€😀é€😀");
    QTest::newRow("many in a row") << QByteArray(20, '\n') << QByteArray("\\n").repeated(20);
}

void TestEscape::namedAndOthers()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(escaped(text), json);
}

void TestEscape::unicodeEscapes()
{
    TextBuffer buffer;
    appendUnicodeEscape(buffer, 0xD800);
    appendUnicodeEscape(buffer, 0xA);
    QCOMPARE(buffer.take(), QByteArray("\\ud800\\u000a"));
}

QTEST_GUILESS_MAIN(TestEscape)
#include "tst_escape.moc"
