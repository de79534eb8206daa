// SPDX-License-Identifier: MIT
#include "encoder.h"

#include "pythontest.h"

#include <QRandomGenerator>

#include <bit>
#include <cmath>
#include <limits>

namespace py = pybind11;

using namespace liaison;

namespace {

QByteArray encoded(py::handle value)
{
    Encoder encoder;
    encoder.write(value);
    return encoder.take();
}

QByteArray floatRepr(double value)
{
    std::array<char, 32> text{};
    const auto size = writeFloatRepr(value, text.data());
    return {text.data(), size};
}

/// Doubles from every corner, always the same.
QList<double> manyDoubles()
{
    QList<double> doubles = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             0.1,
                             1e-4,
                             1e-5,
                             9.999e-5,
                             0.00010000000000000002,
                             1e15,
                             1e16,
                             9999999999999998.0,
                             12345678901234567.0,
                             1e22,
                             1e23,
                             5e-324,
                             2.2250738585072014e-308,
                             1.7976931348623157e308,
                             -1.7976931348623157e308,
                             1e100,
                             1e-100,
                             123456.789,
                             0.30000000000000004,
                             9007199254740993.0};
    QRandomGenerator random(20240607);
    while (doubles.size() < 3000) {
        const auto number = std::bit_cast<double>(random.generate64());
        if (std::isfinite(number))
            doubles.append(number);
    }
    while (doubles.size() < 6000) {
        const double mantissa = random.generateDouble() * 2 - 1;
        doubles.append(mantissa * std::pow(10.0, random.bounded(-8, 20)));
    }
    while (doubles.size() < 7000)
        doubles.append(double(qint64(random.generate64() >> random.bounded(1, 64))));
    while (doubles.size() < 8000)
        doubles.append(double(random.bounded(-100'000, 100'000)) / 1000);
    return doubles;
}

} // namespace

/// Python's values leave as strict JSON, by the rules of the protocol.
class TestEncoder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writes_data();
    void writes();
    void writesNumpy_data();
    void writesNumpy();
    void raises_data();
    void raises();
    void floatsAreAsPythonHasThem();
    void manyTextsAreAsPythonReadsThem();
    void evtIsEnsured_data();
    void evtIsEnsured();
    void startAndRawTextStandAroundValues();
    void containersMayChangeWhileTheyAreWritten();
    void nothingIsLeaked();
};

void TestEncoder::writes_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *name, const char *code, const char *json) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(json);
    };
    row("None", "None", "null");
    row("True", "True", "true");
    row("False", "False", "false");
    row("zero", "0", "0");
    row("the smallest of 64 bits", "-2**63", "-9223372036854775808");
    row("the largest of 63 bits", "2**63 - 1", "9223372036854775807");
    row("integers keep every digit", "-123456789012345678901234567890", "-123456789012345678901234567890");
    row("a float that is an integer", "1.0", "1.0");
    row("a float", "0.1", "0.1");
    row("minus zero", "-0.0", "-0.0");
    row("NaN becomes null", "float('nan')", "null");
    row("Infinity becomes null", "[float('inf'), -float('inf')]", "[null, null]");
    row("an empty text", "''", R"("")");
    row("quotes, backslashes, slashes", R"('"\\/')", R"("\"\\/")");
    row("named escapes", R"('\b\f\n\r\t')", R"("\b\f\n\r\t")");
    row("other control characters", R"('\x00\x01\x0b\x1f\x7f')", "\"\\u0000\\u0001\\u000b\\u001f\x7f\"");
    row("beyond ASCII", "'é€😀'", "\"é€😀\"");
    row("a lone high surrogate", R"('a\ud800"é')", R"("a\ud800\"é")");
    row("a lone low surrogate", R"('\udfff')", R"("\udfff")");
    row("two surrogates in a row", R"('\ud83d\ude00')", R"("\ud83d\ude00")");
    row("a lone surrogate beside a newline and an emoji", R"('\n\udc00😀')", R"("\n\udc00😀")");
    row("an empty list", "[]", "[]");
    row("a list", "[1, 'a', None, [True]]", R"([1, "a", null, [true]])");
    row("a tuple", "(1, (2,), ())", "[1, [2], []]");
    row("an empty dict", "{}", "{}");
    row("a dict in its order", "{'b': 1, 'a': {'c': []}}", R"({"b": 1, "a": {"c": []}})");
    row("keys as json writes them", "{1: 0, 1.5: 0, True: 0, False: 0, None: 0, 2**70: 0}",
        R"({"1": 0, "1.5": 0, "false": 0, "null": 0, "1180591620717411303424": 0})");
    row("keys that are not finite", "{float('nan'): 0, float('inf'): 0, -float('inf'): 0}",
        R"({"NaN": 0, "Infinity": 0, "-Infinity": 0})");
    row("keys of other types", "{(1, 2): 0, b'x': 0}", "{\"(1, 2)\": 0, \"b'x'\": 0}");
    row("keys that want escapes", R"({'"\n': 0, '\ud800': 1})", R"({"\"\n": 0, "\ud800": 1})");
    row("a named tuple", "from collections import namedtuple\nnamedtuple('P', 'x y')(1, 2)", "[1, 2]");
    row("an ordered dict", "from collections import OrderedDict\nOrderedDict([('b', 1), ('a', 2)])",
        R"({"b": 1, "a": 2})");
    row("an ordered dict that was reordered",
        "from collections import OrderedDict\nd = OrderedDict([('b', 1), ('a', 2)])\nd.move_to_end('b')\nd",
        R"({"a": 2, "b": 1})");
    row("a default dict", "from collections import defaultdict\ndefaultdict(list, x=[1])", R"({"x": [1]})");
    row("IntEnum", "from enum import IntEnum\nIntEnum('E', 'A B').B", "2");
    row("an int with a repr of its own",
        "class I(int):\n    __repr__ = lambda self: 'I'\n    __str__ = __repr__\n[I(5), {I(2**70): "
        "I(-2**70)}]",
        R"([5, {"1180591620717411303424": -1180591620717411303424}])");
    row("a float with a repr of its own",
        "class F(float):\n    __repr__ = lambda self: 'F'\n[F(1.5), {F(2): 1}]", R"([1.5, {"2.0": 1}])");
    row("a str with a str of its own", "class S(str):\n    __str__ = lambda self: 'S'\n[S('x'), {S('y'): 1}]",
        R"(["x", {"y": 1}])");
    row("an enum of texts", "from enum import Enum\nclass E(str, Enum):\n    A = 'a'\nE.A", R"("a")");
    row("a plain enum", "from enum import Enum\nEnum('E', 'A B').B", R"("E.B")");
    row("a set", "{1}", "[1]");
    row("a frozen set", "frozenset(['a'])", R"(["a"])");
    row("an empty set", "set()", "[]");
    row("a dict's keys", "{'a': 1, 'b': 2}.keys()", R"(["a", "b"])");
    row("a dict's values", "{'a': 1, 'b': 2}.values()", "[1, 2]");
    row("a dict's items", "{'a': 1, 'b': 2}.items()", R"([["a", 1], ["b", 2]])");
    row("bytes", "b'hi'", R"("aGk=")");
    row("no bytes", "b''", R"("")");
    row("a byte array", "bytearray(b'\\xff\\xfe')", R"("//4=")");
    row("a memory view", "memoryview(b'abcdef')[::2]", R"("YWNl")");
    row("a module", "import os.path\nos", R"("python:///os")");
    row("a class", "import collections\ncollections.OrderedDict", R"("python:///collections:OrderedDict")");
    row("a function", "import json\njson.loads", R"("python:///json:loads")");
    row("a function in a class", "class A:\n    class B:\n        def f(self): pass\nA.B.f",
        R"("python:///test_code:A.B.f")");
    row("a built-in function", "import math\nmath.hypot", R"("python:///math:hypot")");
    row("a built-in type", "int", R"("python:///builtins:int")");
    row("a method of an object is its text", "[].append.__name__", R"("append")");
    row("an exception is its lines", "ValueError('no')", R"(["ValueError: no\n"])");
    row("a date", "import datetime\ndatetime.date(2024, 2, 29)", R"("2024-02-29")");
    row("a decimal", "import decimal\ndecimal.Decimal('1.10')", R"("1.10")");
    row("a fraction", "import fractions\nfractions.Fraction(1, 3)", R"("1/3")");
    row("a path", "import pathlib\npathlib.PurePosixPath('/a/b')", R"("/a/b")");
    row("a complex number", "1+2j", "\"(1+2j)\"");
    row("a range is its text", "range(3)", "\"range(0, 3)\"");
    row("an object", "class A:\n    __str__ = lambda self: 'an \"A\"\\n'\nA()", R"("an \"A\"\n")");
    row("an object with getJSON", "class A:\n    getJSON = lambda self: {'a': [1.0]}\nA()",
        R"({"a": [1.0]})");
    row("getJSON within getJSON",
        "class A:\n    getJSON = lambda self: 1\nclass B:\n    getJSON = lambda self: [A(), A()]\n{'b': B()}",
        R"({"b": [1, 1]})");
    row("getJSON comes before the rules for exceptions",
        "class E(Exception):\n    getJSON = lambda self: 'e'\nE()", R"("e")");
    row("a getJSON that raises is not there",
        "class A:\n    def getJSON(self): raise ValueError\n    __str__ = lambda self: 'A'\nA()", R"("A")");
    row("a getJSON that is no method is not there",
        "class A:\n    getJSON = 5\n    __str__ = lambda self: 'A'\nA()", R"("A")");
    row("a class with getJSON is a reference", "class A:\n    getJSON = lambda self: 1\nA",
        R"("python:///test_code:A")");
    row("an object that answers to any name",
        "from unittest.mock import NonCallableMock\nm = NonCallableMock()\n"
        "m.__str__ = lambda self: 'mock'\nstr(m)",
        R"("mock")");
    row("a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: object\nP(1, P(2.5, "
        "None))",
        R"({"x": 1, "y": {"x": 2.5, "y": null}})");
    row("a dataclass without fields",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    pass\nP()", "{}");
    row("a dataclass with slots and a class variable",
        "from dataclasses import dataclass\nfrom typing import ClassVar\n@dataclass(frozen=True)\nclass P:\n"
        "    x: int\n    n: ClassVar[int] = 3\nP(1)",
        R"({"x": 1})");
    row("a dataclass as a class", "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP",
        R"("python:///test_code:P")");
    row("the same list twice is no cycle", "a = [1]\n[a, a, {'a': a}]", R"([[1], [1], {"a": [1]}])");
    row("the same object twice is no cycle", "class A:\n    getJSON = lambda self: [1]\na = A()\n[a, a]",
        "[[1], [1]]");
}

void TestEncoder::writes()
{
    QFETCH(QString, code);
    QFETCH(QString, json);
    QCOMPARE(QString::fromUtf8(encoded(evaluated(code))), json);
}

void TestEncoder::writesNumpy_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *name, const char *code, const char *json) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(json);
    };
    row("an integer", "numpy.int32(5)", "5");
    row("a float of 64 bits", "numpy.float64(0.1)", "0.1");
    row("a float of 32 bits", "numpy.float32(0.5)", "0.5");
    row("a boolean", "numpy.bool_(True)", "true");
    row("NaN", "numpy.float32('nan')", "null");
    row("a text", "numpy.str_('a')", R"("a")");
    row("an array", "numpy.array([[1, 2], [3, 4]])", "[[1, 2], [3, 4]]");
    row("an array without dimensions", "numpy.array(5.0)", "5.0");
    row("an empty array", "numpy.zeros((0, 3))", "[]");
    row("an array with NaN", "numpy.array([1.5, numpy.nan])", "[1.5, null]");
    row("an array of objects", "numpy.array([None, 'a', [1]], dtype=object)", R"([null, "a", [1]])");
    row("a long double", "numpy.longdouble(0.5)", "0.5");
    row("an array of long doubles", "numpy.array([0.5, 2], dtype=numpy.longdouble)", "[0.5, 2.0]");
    row("a time", "numpy.datetime64('2024-02-29')", R"("2024-02-29")");
    row("no time", "numpy.datetime64('NaT')", "null");
    row("an array of times", "numpy.array(['2024-02-29', 'NaT'], dtype='datetime64[D]')",
        R"(["2024-02-29", null])");
    row("a key", "{numpy.int64(3): 1}", R"({"3": 1})");
}

void TestEncoder::writesNumpy()
{
    QFETCH(QString, code);
    QFETCH(QString, json);
    try {
        py::module_::import("numpy");
    } catch (const py::error_already_set &) {
        QSKIP("numpy is not installed; LIAISON_TEST_PYTHON may name an interpreter that has it");
    }
    QCOMPARE(QString::fromUtf8(encoded(evaluated(QStringLiteral("import numpy\n") + code))), json);
}

void TestEncoder::raises_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *code, const char *error) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(error);
    };
    constexpr auto circular = "ValueError: Circular reference detected";
    row("a list in itself", "a = []\na.append(a)\na", circular);
    row("a dict in itself", "a = {}\na['a'] = {'b': a}\na", circular);
    row("a tuple in its list", "a = []\na.append((a,))\na", circular);
    row("a dict in its own values", "a = {}\na['v'] = a.values()\na", circular);
    row("an object whose getJSON answers itself", "class A:\n    getJSON = lambda self: [self]\nA()",
        circular);
    row("a dataclass in itself",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: object\np = P(0)\np.x = [p]\np",
        circular);
    row("a str() that raises", "class A:\n    def __str__(self): raise OSError('no text')\n[A()]",
        "OSError: no text");
    row("a str() that is no text", "class A:\n    __str__ = lambda self: 5\nA()",
        "TypeError: __str__ returned non-string (type int)");
    row("a key whose str() raises", "class A:\n    def __str__(self): raise OSError('no text')\n{A(): 1}",
        "OSError: no text");
    row("an interrupt in getJSON", "class A:\n    def getJSON(self): raise KeyboardInterrupt\nA()",
        "KeyboardInterrupt");
    row("a dict that grows while it is written",
        "d = {}\nclass A:\n    def getJSON(self): d['b'] = 1\nd['a'] = A()\nd",
        "RuntimeError: dictionary changed size during iteration");
    row("a set that grows while it is written",
        "s = set()\nclass A:\n    def getJSON(self): s.add(1)\ns.add(A())\ns",
        "RuntimeError: Set changed size during iteration");
}

void TestEncoder::raises()
{
    QFETCH(QString, code);
    QFETCH(QString, error);
    const auto value = evaluated(code);
    QCOMPARE(raised([&] { encoded(value); }), error);
    // What failed leaves no trace.
    QCOMPARE(encoded(py::int_(1)), QByteArray("1"));
    QVERIFY(!PyErr_Occurred());
}

void TestEncoder::floatsAreAsPythonHasThem()
{
    for (const double value : manyDoubles())
        QCOMPARE(QString::fromUtf8(floatRepr(value)), pythonRepr(py::float_(value)));
}

void TestEncoder::manyTextsAreAsPythonReadsThem()
{
    QRandomGenerator random(42);
    const auto loads = py::module_::import("json").attr("loads");
    for (int i = 0; i < 500; ++i) {
        py::list characters;
        const int length = random.bounded(0, 40);
        for (int j = 0; j < length; ++j) {
            const int limits[] = {0x20, 0x80, 0x800, 0x10000, 0x110000};
            const int c = random.bounded(limits[random.bounded(0, 5)]);
            // Two halves that meet would be read as one character.
            const bool isSurrogate = c >= 0xD800 && c <= 0xDFFF;
            characters.append(py::module_::import("builtins").attr("chr")(isSurrogate ? 0xDC00 : c));
        }
        const py::str value = py::str("").attr("join")(characters);
        const auto json = encoded(value);
        QVERIFY(json.isValidUtf8());
        QVERIFY(loads(py::bytes(json.constData(), std::size_t(json.size()))).equal(value));
    }
}

void TestEncoder::evtIsEnsured_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *name, const char *code, const char *json) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(json);
    };
    row("an empty object gets one", "{}", R"({"evt": {}})");
    row("an object gets one at its end", "{'tag': 'alert', 'a': {'b': 1}}",
        R"({"tag": "alert", "a": {"b": 1}, "evt": {}})");
    row("one that is there stays", "{'evt': {'id': 5}, 'a': 1}", R"({"evt": {"id": 5}, "a": 1})");
    row("even when it is null", "{'evt': None}", R"({"evt": null})");
    row("one further in does not count", "{'a': {'evt': 1}}", R"({"a": {"evt": 1}, "evt": {}})");
    row("one further in gets none", "{'evt': 1, 'a': {}}", R"({"evt": 1, "a": {}})");
    row("objects in a list get none", "[{}, {'a': 1}]", R"([{}, {"a": 1}])");
    row("an ordered dict", "from collections import OrderedDict\nOrderedDict(a=1)", R"({"a": 1, "evt": {}})");
    row("an ordered dict that has one", "from collections import OrderedDict\nOrderedDict(evt=1)",
        R"({"evt": 1})");
    row("what getJSON answers", "class A:\n    getJSON = lambda self: {'a': 1}\nA()",
        R"({"a": 1, "evt": {}})");
    row("a dataclass", "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(1)",
        R"({"x": 1, "evt": {}})");
    row("a number stays", "5", "5");
    row("a list stays", "[1]", "[1]");
    row("a key that reads so but is none", "{b'evt': 1}", R"({"b'evt'": 1, "evt": {}})");
}

void TestEncoder::evtIsEnsured()
{
    QFETCH(QString, code);
    QFETCH(QString, json);
    Encoder encoder;
    encoder.ensureEvt();
    encoder.write(evaluated(code));
    QCOMPARE(QString::fromUtf8(encoder.take()), json);
}

void TestEncoder::startAndRawTextStandAroundValues()
{
    Encoder encoder("{\"response\": ");
    encoder.write(evaluated(QStringLiteral("[1, 2]")));
    encoder.writeRaw(", \"evt\": ");
    encoder.writeRaw(QByteArray(5000, ' '));
    encoder.write(py::none());
    encoder.writeRaw("}");
    QCOMPARE(encoder.take(), "{\"response\": [1, 2], \"evt\": " + QByteArray(5000, ' ') + "null}");
}

void TestEncoder::containersMayChangeWhileTheyAreWritten()
{
    const auto shrinking = evaluated(QStringLiteral("l = [1, 2, 3]\n"
                                                    "class A:\n"
                                                    "    def getJSON(self):\n"
                                                    "        del l[1:]\n"
                                                    "        return 'A'\n"
                                                    "l[0] = A()\n"
                                                    "l"));
    QCOMPARE(encoded(shrinking), QByteArray("[\"A\"]"));
    const auto replacing = evaluated(QStringLiteral("d = {'a': None, 'b': [5]}\n"
                                                    "class A:\n"
                                                    "    def getJSON(self):\n"
                                                    "        d['a'] = d['b'] = 0\n"
                                                    "        return 'A'\n"
                                                    "d['a'] = A()\n"
                                                    "d"));
    QCOMPARE(encoded(replacing), QByteArray("{\"a\": \"A\", \"b\": 0}"));
    const auto dropped = evaluated(QStringLiteral("l = [[1, 2]]\n"
                                                  "class A:\n"
                                                  "    def getJSON(self): l.clear()\n"
                                                  "l[0].insert(0, A())\n"
                                                  "l"));
    QCOMPARE(encoded(dropped), QByteArray("[[null, 1, 2]]"));
}

void TestEncoder::nothingIsLeaked()
{
    const auto value = evaluated(QStringLiteral("class A:\n    getJSON = lambda self: [1]\n"
                                                "a = A()\n{'a': a, 'b': [a, (a,)], 'c': {a}}"));
    const auto object = value["a"];
    const auto before = object.ref_count();
    for (int i = 0; i < 10; ++i)
        encoded(value);
    QCOMPARE(object.ref_count(), before);
    const auto deep = evaluated(QStringLiteral("a = []\nfor i in range(100000):\n    a = [a]\na"));
    QVERIFY(raised([&] { encoded(deep); }).startsWith(QStringLiteral("RecursionError")));
    // The recursion is unwound: as deep as before is possible again.
    const auto shallow = evaluated(QStringLiteral("a = []\nfor i in range(300):\n    a = [a]\na"));
    QCOMPARE(encoded(shallow), QByteArray(301, '[') + QByteArray(301, ']'));
}

LIAISON_PYTHON_TEST_MAIN(TestEncoder)
#include "tst_encoder.moc"
