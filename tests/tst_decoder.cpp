// SPDX-License-Identifier: MIT
#include "decoder.h"

#include "jsontext.h"
#include "pythontest.h"

#include <QRandomGenerator>

namespace py = pybind11;

using namespace liaison;

namespace {

/// What the decoder makes of a text that simdjson takes.
py::object decodedText(const QByteArray &text)
{
    simdjson::dom::parser parser;
    simdjson::dom::document document;
    simdjson::dom::element root;
    const auto error =
        parser.parse_into_document(document, text.constData(), std::size_t(text.size())).get(root);
    if (error)
        throw std::runtime_error(simdjson::error_message(error));
    return decoded(root);
}

py::object loadedByPython(const QByteArray &text)
{
    return py::module_::import("json").attr("loads")(py::bytes(text.constData(), std::size_t(text.size())));
}

} // namespace

/// JSON becomes the Python objects that json.loads would make of it.
class TestDecoder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void decodes_data();
    void decodes();
    void loads_data();
    void loads();
    void loadsRaises_data();
    void loadsRaises();
    void doublesAreExact();
    void nestingIsLimited();
    void longArraysAreWhole();
    void stringsAreText();
    void theScannerAgreesWithPython();
};

void TestDecoder::decodes_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const char *json, const char *code) {
        QTest::newRow(name) << QString::fromUtf8(json) << QString::fromUtf8(code);
    };
    row("null", "null", "None");
    row("true", "true", "True");
    row("false", "false", "False");
    row("an integer", "1", "1");
    row("minus zero is an integer", "-0", "0");
    row("a float that is an integer", "1.0", "1.0");
    row("an exponent makes a float", "1e3", "1000.0");
    row("minus zero as a float", "-0.0", "-0.0");
    row("the smallest of 64 bits", "-9223372036854775808", "-2**63");
    row("the largest of 63 bits", "9223372036854775807", "2**63-1");
    row("the largest of 64 bits", "18446744073709551615", "2**64-1");
    row("an underflow", "1e-400", "0.0");
    row("an empty text", "\"\"", "''");
    row("escapes", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000")", R"('"\\/\b\f\n\r\té😀\x00')");
    row("beyond ASCII", "\"é€😀\"", "'é€😀'");
    row("an empty array", "[]", "[]");
    row("an array", R"([1, "a", [null, {}], 2.5])", "[1, 'a', [None, {}], 2.5]");
    row("an empty object", "{}", "{}");
    row("an object in its order", R"({"b": 1, "a": {"d": [], "c": true}})",
        "{'b': 1, 'a': {'d': [], 'c': True}}");
    row("the last of duplicate keys wins", R"({"a": 1, "b": 2, "a": 3})", "{'a': 3, 'b': 2}");
    row("an empty key", R"({"": ""})", "{'': ''}");
}

void TestDecoder::decodes()
{
    QFETCH(QString, json);
    QFETCH(QString, code);
    // Their repr tells 1 from 1.0 and shows the order.
    QCOMPARE(pythonRepr(decodedText(json.toUtf8())), pythonRepr(evaluated(code)));
    QCOMPARE(pythonRepr(loadedJson(json.toUtf8())), pythonRepr(evaluated(code)));
}

void TestDecoder::loads_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const char *json, const char *code) {
        QTest::newRow(name) << QString::fromUtf8(json) << QString::fromUtf8(code);
    };
    row("integers keep every digit", "[123456789012345678901234567890]", "[123456789012345678901234567890]");
    row("NaN and Infinity", "[NaN, Infinity, -Infinity]", "[float('nan'), float('inf'), -float('inf')]");
    row("beyond a double", "1e400", "float('inf')");
    row("lone surrogates", R"(["\ud800", "\udc00x"])", R"(['\ud800', '\udc00x'])");
    row("beyond ASCII", "{\"é\": \"😀\"}", "{'é': '😀'}");
}

void TestDecoder::loads()
{
    QFETCH(QString, json);
    QFETCH(QString, code);
    QCOMPARE(pythonRepr(loadedJson(json.toUtf8())), pythonRepr(evaluated(code)));
}

void TestDecoder::loadsRaises_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("no JSON") << QByteArray("[1,")
                             << "json.decoder.JSONDecodeError: Expecting value: line 1 column 4 (char 3)";
    QTest::newRow("nothing") << QByteArray("")
                             << "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)";
    QTest::newRow("no UTF-8")
        << QByteArray("\"\xff\"")
        << "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte";
    QTest::newRow("nested beyond the stack")
        << QByteArray(100'000, '[') + QByteArray(100'000, ']')
        << "RecursionError: maximum recursion depth exceeded while reading JSON";
    QTest::newRow("nested beyond the limit") << QByteArray(5000, '[') + QByteArray(5000, ']')
                                             << "RecursionError: maximum recursion depth exceeded while "
                                                "decoding a JSON array from a unicode string";
}

void TestDecoder::loadsRaises()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, error);
    QCOMPARE(raised([&] { loadedJson(text); }), error);
}

void TestDecoder::doublesAreExact()
{
    QRandomGenerator random(7);
    const auto floatType = py::module_::import("builtins").attr("float");
    for (int i = 0; i < 5000; ++i) {
        QByteArray text = QByteArray::number(random.bounded(0, 100)) + '.';
        const int digits = random.bounded(1, 25);
        for (int j = 0; j < digits; ++j)
            text += char('0' + random.bounded(0, 10));
        text += 'e' + QByteArray::number(random.bounded(-320, 300));
        QCOMPARE(pythonRepr(decodedText(text)), pythonRepr(floatType(text.toStdString())));
    }
}

void TestDecoder::nestingIsLimited()
{
    simdjson::dom::parser parser;
    constexpr int depth = 100'000;
    const auto array = QByteArray(depth, '[') + QByteArray(depth, ']');
    const auto object = QByteArray("{\"a\":").repeated(depth) + '1' + QByteArray(depth, '}');
    for (const auto &text : {array, object}) {
        QCOMPARE(parser.allocate(std::size_t(text.size()), depth + 1), simdjson::SUCCESS);
        const auto root = parser.parse(text.constData(), std::size_t(text.size())).value_unsafe();
        QVERIFY(raised([&] { decoded(root); }).startsWith(QStringLiteral("RecursionError: ")));
    }
    // The limit is unwound: what is less deep passes again.
    const auto fair = QByteArray(500, '[') + QByteArray(500, ']');
    QCOMPARE(pythonRepr(decodedText(fair)), QString::fromUtf8(fair));
}

void TestDecoder::longArraysAreWhole()
{
    constexpr int count = 1 << 18;
    const auto list = decodedText("[0" + QByteArray(",1").repeated(count - 1) + ']');
    QCOMPARE(py::len(list), std::size_t(count));
    QCOMPARE(py::module_::import("builtins").attr("sum")(list).cast<int>(), count - 1);
}

void TestDecoder::stringsAreText()
{
    QCOMPARE(pythonRepr(decoded(std::string_view("a\0b", 3))), QStringLiteral("'a\\x00b'"));
    QCOMPARE(pythonRepr(decoded(std::string_view())), QStringLiteral("''"));
    QVERIFY(
        raised([] { decoded(std::string_view("\xff")); }).startsWith(QStringLiteral("UnicodeDecodeError")));
}

void TestDecoder::theScannerAgreesWithPython()
{
    // Pieces put together at random: now and then they are JSON, more often nearly.
    static const QByteArrayList pieces = {
        "{",  "}",    "[",      "]",     ",",   ":",           " ",         "\n",  "\"a\"",
        "\"", "\\u",  "00e9",   "1",     "-",   "0",           ".",         "e",   "+5",
        "12", "null", "true",   "false", "NaN", "Infinity",    "-Infinity", "\\n", "é",
        "\t", "\\",   "\"b\":", "[1,2]", "{}",  "\"\\ud800\"", "-1.5e3",    "x"};
    QRandomGenerator random(20240607);
    int accepted = 0;
    for (int i = 0; i < 20'000; ++i) {
        QByteArray text;
        const int count = random.bounded(1, 8);
        for (int j = 0; j < count; ++j)
            text += pieces.at(random.bounded(0, int(pieces.size())));
        bool scanned = true;
        try {
            scanJson({text.constData(), std::size_t(text.size())});
        } catch (const JsonFault &) {
            scanned = false;
        }
        const bool loaded = raised([&] { loadedByPython(text); }).isNull();
        QVERIFY2(scanned == loaded, text.constData());
        accepted += loaded ? 1 : 0;
    }
    QVERIFY(accepted > 100);
}

LIAISON_PYTHON_TEST_MAIN(TestDecoder)
#include "tst_decoder.moc"
