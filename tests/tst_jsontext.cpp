// SPDX-License-Identifier: MIT
#include "jsontext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

using namespace liaison;

namespace {

std::string_view view(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

QByteArray bytes(std::string_view text)
{
    return {text.data(), qsizetype(text.size())};
}

} // namespace

/// The scanner takes what Python's json.loads takes and says what is wrong in its words.
class TestJsonText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void nestingCostsNoRecursion();
    void members_data();
    void members();
    void childrenKnowTheirOwn();
    void elements_data();
    void elements();
    void unquotes_data();
    void unquotes();
    void everyControlCharacterUnquotes();
    void nonFiniteBecomesNull_data();
    void nonFiniteBecomesNull();
    void quotes_data();
    void quotes();
    void nesting_data();
    void nesting();
};

void TestJsonText::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("hasNonFinite");
    const auto row = [](const char *name, const QByteArray &text, bool hasNonFinite = false) {
        QTest::newRow(name) << text << text.trimmed() << hasNonFinite;
    };
    row("null", "null");
    row("true", "true");
    row("false", "false");
    row("zero", "0");
    row("minus zero", "-0");
    row("an integer of any size", "123456789012345678901234567890");
    row("a fraction", "-1.50");
    row("an exponent", "1e5");
    row("an exponent with a sign", "1.0E-5");
    row("an exponent beyond a double", "1e400");
    row("an empty string", "\"\"");
    row("every escape", R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")");
    row("a lone surrogate", R"("\ud800")");
    row("beyond ASCII", "\"é€😀\"");
    row("a delete character", "\"\x7f\"");
    row("an empty array", "[]");
    row("an empty array with space in it", "[ \n\t\r]");
    row("an empty object", "{ }");
    row("an object", R"({"a": 1, "b": [true, {}], "a": null})");
    row("space everywhere", " \t\r\n[ 1 , { \"a\" : 2 } ]\n ");
    row("NaN", "NaN", true);
    row("Infinity", "[Infinity]", true);
    row("minus Infinity", "{\"a\": -Infinity}", true);
    row("NaN in a string is text", "[\"NaN\", \"-Infinity\"]");
    row("a non-finite number as a name is text", "{\"Infinity\": 1}");
}

void TestJsonText::accepts()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, value);
    QFETCH(bool, hasNonFinite);
    const auto outline = scanJson(view(text));
    QCOMPARE(bytes(outline.value), value);
    QCOMPARE(outline.hasNonFinite, hasNonFinite);
}

void TestJsonText::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("fault");
    const auto row = [](const char *name, const char *text, const char *fault) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(fault);
    };
    row("nothing", "", "Expecting value: line 1 column 1 (char 0)");
    row("only space", " ", "Expecting value: line 1 column 2 (char 1)");
    row("an object that only opens", "{",
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
    row("an object that ends behind a name", "{\"a\"", "Expecting ':' delimiter: line 1 column 5 (char 4)");
    row("an object that ends behind a colon", "{\"a\":", "Expecting value: line 1 column 6 (char 5)");
    row("an object that ends behind a value", "{\"a\":1",
        "Expecting ',' delimiter: line 1 column 7 (char 6)");
    row("an object that ends behind a comma", "{\"a\":1,",
        "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)");
    row("a comma at the end of an object", "{\"a\":1,}",
        "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)");
    row("an object without a colon", "{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)");
    row("an object without a comma", "{\"a\":1 \"b\":2}",
        "Expecting ',' delimiter: line 1 column 8 (char 7)");
    row("an object without a value", "{\"a\":}", "Expecting value: line 1 column 6 (char 5)");
    row("a second member without a value", "{\"a\":1,\"b\"}",
        "Expecting ':' delimiter: line 1 column 11 (char 10)");
    row("a bare name", "{a:1}",
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
    row("a name in single quotes", "{'a':1}",
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
    row("a number as a name", "{1:2}",
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
    row("an array that only opens", "[", "Expecting value: line 1 column 2 (char 1)");
    row("an array that ends behind an element", "[1", "Expecting ',' delimiter: line 1 column 3 (char 2)");
    row("an array that ends behind a comma", "[1,", "Expecting value: line 1 column 4 (char 3)");
    row("a comma at the end of an array", "[1,]", "Expecting value: line 1 column 4 (char 3)");
    row("a comma at the start of an array", "[,1]", "Expecting value: line 1 column 2 (char 1)");
    row("two commas", "[1,,2]", "Expecting value: line 1 column 4 (char 3)");
    row("an array without a comma", "[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)");
    row("an array closed as an object", "[1}", "Expecting ',' delimiter: line 1 column 3 (char 2)");
    row("an object closed as an array", "{]",
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
    row("only a closing bracket", "]", "Expecting value: line 1 column 1 (char 0)");
    row("a string that does not end", "\"abc", "Unterminated string starting at: line 1 column 1 (char 0)");
    row("a string that ends in a backslash", "\"a\\",
        "Unterminated string starting at: line 1 column 1 (char 0)");
    row("a string whose end is escaped", "\"a\\\"",
        "Unterminated string starting at: line 1 column 1 (char 0)");
    row("an unknown escape", "\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)");
    row("a short unicode escape", "\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)");
    row("a unicode escape with another letter", "\"\\u12g4\"",
        "Invalid \\uXXXX escape: line 1 column 3 (char 2)");
    row("a unicode escape at the end", "\"\\u", "Invalid \\uXXXX escape: line 1 column 3 (char 2)");
    row("a unicode escape that ends the text", "\"\\u1234",
        "Invalid \\uXXXX escape: line 1 column 3 (char 2)");
    row("a newline in a string", "\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)");
    row("half a literal", "nul", "Expecting value: line 1 column 1 (char 0)");
    row("a literal in another case", "Nan", "Expecting value: line 1 column 1 (char 0)");
    row("half of minus Infinity", "-Inf", "Expecting value: line 1 column 1 (char 0)");
    row("only a minus", "-", "Expecting value: line 1 column 1 (char 0)");
    row("two minuses", "--1", "Expecting value: line 1 column 1 (char 0)");
    row("a plus", "+1", "Expecting value: line 1 column 1 (char 0)");
    row("a fraction without an integer", ".5", "Expecting value: line 1 column 1 (char 0)");
    row("a leading zero", "01", "Extra data: line 1 column 2 (char 1)");
    row("a leading zero behind a minus", "-01", "Extra data: line 1 column 3 (char 2)");
    row("a fraction without digits", "1.", "Extra data: line 1 column 2 (char 1)");
    row("an exponent without digits", "1e+", "Extra data: line 1 column 2 (char 1)");
    row("a hexadecimal number", "0x10", "Extra data: line 1 column 2 (char 1)");
    row("two values", "{} []", "Extra data: line 1 column 4 (char 3)");
    row("characters are counted, not bytes", "[\"é\",\n x]", "Expecting value: line 2 column 2 (char 7)");
    row("characters beyond the first plane count once", "\"😀\" x", "Extra data: line 1 column 5 (char 4)");
    row("lines are counted", "\n\n  x", "Expecting value: line 3 column 3 (char 4)");
    row("a vertical tab is no space",
        "\x0b"
        "1",
        "Expecting value: line 1 column 1 (char 0)");
    row("a word", "é", "Expecting value: line 1 column 1 (char 0)");
    row("a byte order mark", "\xEF\xBB\xBF{}", "Unexpected UTF-8 BOM: line 1 column 1 (char 0)");
    QTest::newRow("a null byte") << QByteArray("\0", 1)
                                 << QByteArray("Expecting value: line 1 column 1 (char 0)");
    QTest::newRow("a null byte behind the value")
        << QByteArray("1\0", 2) << QByteArray("Extra data: line 1 column 2 (char 1)");
    QTest::newRow("a null byte in a string")
        << QByteArray("\"\0\"", 3) << QByteArray("Invalid control character at: line 1 column 2 (char 1)");
}

void TestJsonText::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, fault);
    QByteArray what;
    try {
        scanJson(view(text));
    } catch (const JsonFault &caught) {
        what = caught.what();
    }
    QCOMPARE(what, fault);
}

void TestJsonText::nestingCostsNoRecursion()
{
    constexpr int depth = 1'000'000;
    const auto nested = QByteArray(depth, '[') + QByteArray(depth, ']');
    QCOMPARE(bytes(scanJson(view(nested)).value).size(), nested.size());
    QVERIFY_EXCEPTION_THROWN(scanJson(view(nested.chopped(1))), JsonFault);
    QCOMPARE(jsonElementCount(view(nested)), 1);
}

void TestJsonText::members_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QByteArrayList>("values");
    QTest::newRow("none") << QByteArray("{ }") << QStringList() << QByteArrayList();
    QTest::newRow("one") << QByteArray(R"({"a":1})") << QStringList{QStringLiteral("a")}
                         << QByteArrayList{"1"};
    QTest::newRow("in their order, with duplicates")
        << QByteArray(R"({"b": [1, {"x": 2}] , "a" : "}," ,"b":-Infinity })")
        << QStringList{QStringLiteral("b"), QStringLiteral("a"), QStringLiteral("b")}
        << QByteArrayList{R"([1, {"x": 2}])", R"("},")", "-Infinity"};
    QTest::newRow("an escaped name") << QByteArray(R"({"\u0061\n": {}})")
                                     << QStringList{QStringLiteral("a\n")} << QByteArrayList{"{}"};
    QTest::newRow("an empty name") << QByteArray(R"({"": ""})") << QStringList{QString()}
                                   << QByteArrayList{"\"\""};
}

void TestJsonText::members()
{
    QFETCH(QByteArray, object);
    QFETCH(QStringList, names);
    QFETCH(QByteArrayList, values);
    scanJson(view(object));
    QStringList foundNames;
    QByteArrayList foundValues;
    for (const auto &member : jsonMembers(view(object))) {
        foundNames.append(member.name);
        foundValues.append(bytes(member.value));
    }
    QCOMPARE(foundNames, names);
    QCOMPARE(foundValues, values);
}

void TestJsonText::childrenKnowTheirOwn()
{
    const QByteArray object =
        R"( {"a": [1, [2, 3], {}], "b" : { }, "c\n": {"x": [1, 2], "x": "1, 2"} , "d":-1} )";
    const auto outline = scanJson(view(object));
    QCOMPARE(outline.childCount, 4);
    QByteArrayList names;
    QList<qsizetype> counts;
    JsonChildren children(outline.value);
    while (const auto child = children.next()) {
        names.append(bytes(child->name));
        counts.append(child->childCount);
    }
    QCOMPARE(names, (QByteArrayList{"\"a\"", "\"b\"", R"("c\n")", "\"d\""}));
    QCOMPARE(counts, (QList<qsizetype>{3, 0, 2, 0}));
    QVERIFY(!children.next());
}

void TestJsonText::elements_data()
{
    QTest::addColumn<QByteArray>("array");
    QTest::addColumn<QByteArrayList>("texts");
    QTest::newRow("none") << QByteArray("[]") << QByteArrayList();
    QTest::newRow("none but space") << QByteArray("[ \n ]") << QByteArrayList();
    QTest::newRow("one") << QByteArray("[1]") << QByteArrayList{"1"};
    QTest::newRow("space around one") << QByteArray("[ 1\n]") << QByteArrayList{"1"};
    QTest::newRow("nested ones count once")
        << QByteArray(R"([ [1, 2] , {"a": [3, 4]}, "5, 6" , NaN ])")
        << QByteArrayList{"[1, 2]", R"({"a": [3, 4]})", R"("5, 6")", "NaN"};
    QTest::newRow("many") << "[0" + QByteArray(",0").repeated(99'999) + ']'
                          << QByteArrayList(100'000, QByteArray("0"));
}

void TestJsonText::elements()
{
    QFETCH(QByteArray, array);
    QFETCH(QByteArrayList, texts);
    QCOMPARE(scanJson(view(array)).childCount, texts.size());
    QCOMPARE(jsonElementCount(view(array)), texts.size());
    QByteArrayList found;
    for (const auto text : jsonElements(view(array)))
        found.append(bytes(text));
    QCOMPARE(found, texts);
}

void TestJsonText::unquotes_data()
{
    QTest::addColumn<QByteArray>("string");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const QByteArray &string, const QString &text) {
        QTest::newRow(name) << string << text;
    };
    row("nothing", R"("")", QString());
    row("plain", R"("abc")", QStringLiteral("abc"));
    row("a quote", R"("\"")", QStringLiteral("\""));
    row("a backslash", R"("\\")", QStringLiteral("\\"));
    row("a slash", R"("\/")", QStringLiteral("/"));
    row("a backspace", R"("\b")", QStringLiteral("\b"));
    row("a form feed", R"("\f")", QStringLiteral("\f"));
    row("a newline", R"("\n")", QStringLiteral("\n"));
    row("a carriage return", R"("\r")", QStringLiteral("\r"));
    row("a tab", R"("\t")", QStringLiteral("\t"));
    row("an escaped backslash before a letter", R"("\\n")", QStringLiteral("\\n"));
    row("text around escapes", R"("a\nb\\c\"d")", QStringLiteral("a\nb\\c\"d"));
    row("lowercase hexadecimal", R"("\u00e9")", QString(QChar(0xe9)));
    row("uppercase hexadecimal", R"("\u00E9")", QString(QChar(0xe9)));
    row("a null character", R"("a\u0000b")", QStringLiteral("a") + QChar(0) + QLatin1Char('b'));
    row("a surrogate pair", R"("\ud83d\ude00")", QString::fromUtf8("😀"));
    row("a lone high surrogate", R"("x\ud83dy")", QStringLiteral("x") + QChar(0xd83d) + QLatin1Char('y'));
    row("a lone low surrogate", R"("\ude00")", QString(QChar(0xde00)));
    row("a byte order mark is text", "\"\uFEFFa\\n\uFEFF\"",
        QChar(0xfeff) + QStringLiteral("a\n") + QChar(0xfeff));
    row("UTF-8 as it is", "\"é€😀\"", QString::fromUtf8("é€😀"));
}

void TestJsonText::unquotes()
{
    QFETCH(QByteArray, string);
    QFETCH(QString, text);
    scanJson(view(string));
    QCOMPARE(unquotedJson(view(string)), text);
}

void TestJsonText::everyControlCharacterUnquotes()
{
    for (ushort c = 0; c < 0x20; ++c) {
        const auto string = "\"\\u" + QByteArray::number(c, 16).rightJustified(4, '0') + '"';
        QCOMPARE(unquotedJson(view(string)), QString(QChar(c)));
    }
}

void TestJsonText::nonFiniteBecomesNull_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("strict");
    QTest::newRow("none") << QByteArray(R"({"a": [1, true, null]})")
                          << QByteArray(R"({"a": [1, true, null]})");
    QTest::newRow("each of the three")
        << QByteArray("[NaN,Infinity, -Infinity ]") << QByteArray("[null,null, null ]");
    QTest::newRow("alone") << QByteArray("-Infinity") << QByteArray("null");
    QTest::newRow("not in strings") << QByteArray(R"({"NaN": "Infinity \" -Infinity", "a": NaN})")
                                    << QByteArray(R"({"NaN": "Infinity \" -Infinity", "a": null})");
    QTest::newRow("negative numbers stay") << QByteArray("[-1, -0.5, NaN]") << QByteArray("[-1, -0.5, null]");
    QTest::newRow("everything else stays as it is") << QByteArray("{ \"é\" :\t1.50e+3,\n\"\\u00e9\": NaN }")
                                                    << QByteArray("{ \"é\" :\t1.50e+3,\n\"\\u00e9\": null }");
}

void TestJsonText::nonFiniteBecomesNull()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, strict);
    scanJson(view(text));
    QCOMPARE(withoutNonFinite(view(text)), strict);
    QVERIFY(!scanJson(view(strict)).hasNonFinite);
}

void TestJsonText::quotes_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << QString();
    QTest::newRow("plain") << "abc";
    QTest::newRow("brackets, commas and space") << " [1, {\"a\": 2}] ";
    QTest::newRow("quotes and backslashes") << "\\\"\\\\\"/";
    QString all;
    for (ushort c = 0; c < 0x100; ++c)
        all += QChar(c);
    QTest::newRow("the first 256 characters") << all;
    QTest::newRow("beyond the first plane") << QString::fromUtf8("é€😀");
    QTest::newRow("separators that JavaScript takes for newlines") << QString::fromUtf8("\u2028\u2029");
    QTest::newRow("a lone high surrogate") << QString(QChar(0xd800));
    QTest::newRow("a lone low surrogate in text")
        << QStringLiteral("a") + QChar(0xdc00) + QStringLiteral("b");
}

void TestJsonText::quotes()
{
    QFETCH(QString, text);
    const auto string = quotedJson(text);
    QCOMPARE(bytes(scanJson(view(string)).value), string);
    QVERIFY(string.isValidUtf8());
    QCOMPARE(unquotedJson(view(string)), text);
}

void TestJsonText::nesting_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("levels");
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("a number") << QByteArray("5") << 0;
    QTest::newRow("side by side") << QByteArray("[[], {}, []]") << 2;
    QTest::newRow("one in another") << QByteArray(R"({"a": [{"b": []}]})") << 4;
    QTest::newRow("in text") << QByteArray(R"(["[[[", "\"[[", "\\", {}])") << 2;
    QTest::newRow("open") << QByteArray(5000, '[') << 5000;
    QTest::newRow("text that ends in an escape") << QByteArray(R"(["\)") << 1;
}

void TestJsonText::nesting()
{
    QFETCH(QByteArray, text);
    QFETCH(int, levels);
    QCOMPARE(int(jsonNesting(view(text))), levels);
}

QTEST_GUILESS_MAIN(TestJsonText)
#include "tst_jsontext.moc"
