// SPDX-License-Identifier: MIT
#include "encoder.h"

#include "pythontest.h"
#include "sanitized.h"

#include <QRandomGenerator>

namespace py = pybind11;

using namespace liaison;

namespace {

QByteArray encoded(py::handle value)
{
    Encoder encoder;
    encoder.write(value);
    return encoder.take();
}

/// Python code, and what comes of it.
void addColumns(const char *outcome)
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>(outcome);
}

void row(const char *name, const char *code, const char *outcome)
{
    QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(outcome);
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
    void manyTextsAreAsPythonReadsThem();
    void evtIsEnsured_data();
    void evtIsEnsured();
    void registeredForms_data();
    void registeredForms();
    void whatJsonHasNeedsNoForm();
    void startAndRawTextStandAroundValues();
    void nestingEndsBeforeTheStackDoes();
    void containersMayChangeWhileTheyAreWritten();
    void nothingIsLeaked();
};

void TestEncoder::writes_data()
{
    addColumns("json");
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
    row("a lone surrogate beside a byte order mark", R"('\ufeff\ud800')", "\"\uFEFF\\ud800\"");
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
    row("a dict that grows while it is written is written as it was",
        "d = {}\nclass A:\n    def getJSON(self): d['b'] = 1\nd['a'] = A()\nd", R"({"a": null})");
    row("a dict that is emptied while it is written",
        "d = {}\nclass A:\n    def getJSON(self): d.clear()\nd['a'] = A()\nd['b'] = [1]\nd",
        R"({"a": null, "b": [1]})");
    row("a list that is emptied while it is written ends there",
        "a = []\nclass A:\n    def getJSON(self): a.clear()\na.extend([A(), 1, 2])\na", "[null]");
    row("a __class__ that lies", "class A:\n    __class__ = dict\n    __str__ = lambda self: 'A'\nA()",
        R"("A")");
    row("a __class__ that raises",
        "class A:\n    __class__ = property(lambda self: 1/0)\n    __str__ = lambda self: 'A'\n[A()]",
        R"(["A"])");
    row("a type without a hash, after a form was registered",
        "import liaison\nclass B: pass\nliaison.encode.register(B, lambda b: 1)\n"
        "class M(type):\n    __eq__ = lambda a, b: a is b\n"
        "class U(metaclass=M):\n    __str__ = lambda self: 'u'\nU()",
        R"("u")");
    row("a UUID", "import uuid\nuuid.UUID(int=5)", R"("00000000-0000-0000-0000-000000000005")");
    row("a date with a time and a zone",
        "import datetime\ndatetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc)",
        R"("2024-02-29 01:02:03+00:00")");
    row("long text beyond ASCII", "('é' * 2000 + '\\n') * 2",
        ('"' + (QByteArray("é").repeated(2000) + "\\n").repeated(2) + '"').constData());
    row("long text with a lone surrogate", "'a' * 2000 + '\\ud800'",
        ('"' + QByteArray(2000, 'a') + "\\ud800\"").constData());
    row("deep nesting", "a = 1\nfor i in range(200):\n    a = {'a': [a]}\na",
        (QByteArray("{\"a\": [").repeated(200) + '1' + QByteArray("]}").repeated(200)).constData());
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
    addColumns("json");
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
    row("every integer type",
        "[numpy.array([1], dtype=t) for t in ('i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'l', 'q', "
        "'p')]",
        "[[1], [1], [1], [1], [1], [1], [1], [1], [1], [1], [1]]");
    row("every integer type, big-endian",
        "[numpy.array([258], dtype=t) for t in ('>i2', '>i4', '>i8', '>u2')]",
        "[[258], [258], [258], [258]]");
    row("floats of 16 and 32 bits", "[numpy.array([0.1, numpy.inf], dtype=t) for t in ('f2', 'f4', '>f2')]",
        "[[0.0999755859375, null], [0.10000000149011612, null], [0.0999755859375, null]]");
    row("floats, big-endian", "numpy.array([0.1, 5], dtype='>f8')", "[0.1, 5.0]");
    row("booleans", "numpy.array([[True], [False]])", "[[true], [false]]");
    row("Fortran order", "numpy.asfortranarray([[1, 2], [3, 4]])", "[[1, 2], [3, 4]]");
    row("strides", "numpy.arange(10.0)[::-3]", "[9.0, 6.0, 3.0, 0.0]");
    row("a transposed cube", "numpy.arange(8).reshape(2, 2, 2).T", "[[[0, 4], [2, 6]], [[1, 5], [3, 7]]]");
    row("broadcast", "numpy.broadcast_to(numpy.int8(7), (2, 2))", "[[7, 7], [7, 7]]");
    row("read only", "a = numpy.arange(2)\na.flags.writeable = False\na", "[0, 1]");
    row("three by nothing", "numpy.zeros((3, 0))", "[[], [], []]");
    row("no dimension, of each kind",
        "[numpy.array(True), numpy.array(0.5), numpy.array('a'), numpy.array(None), "
        "numpy.array('2024-01-01', dtype='datetime64[D]')]",
        R"([true, 0.5, "a", null, "2024-01-01"])");
    row("complex numbers are text", "numpy.array([1+2j])", R"j(["(1+2j)"])j");
    row("text and bytes", "[numpy.array(['a', 'é']), numpy.array([b'hi'])]", R"([["a", "é"], ["aGk="]])");
    row("structures", "numpy.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])", "[[1, 2.5]]");
    row("one structure", "numpy.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])[0]", "[1, 2.5]");
    row("structures with times, arrays and long doubles",
        "numpy.array([(1, '2024-02-29', [1, 2], 0.5)], "
        "dtype=[('a', 'i4'), ('t', 'datetime64[ns]'), ('v', 'i2', 2), ('g', 'g')])",
        R"([[1, "2024-02-29T00:00:00.000000000", [1, 2], 0.5]])");
    row("time spans", "numpy.array([5, 'NaT'], dtype='timedelta64[D]')", R"(["5 days", null])");
    row("raw memory", "numpy.zeros(1, dtype='V3')", R"(["AAAA"])");
    row("masked", "numpy.ma.array([1.5, 2.5], mask=[False, True])", "[1.5, null]");
    row("masked times", "numpy.ma.array(['2024-02-29', '2024-03-01'], mask=[0, 1], dtype='datetime64[D]')",
        R"(["2024-02-29", null])");
    row("the masked value", "numpy.ma.masked", "null");
    row("a masked structure with a time",
        "numpy.ma.array([(1, '2020'), (3, '2021')], mask=[(0, 1), (1, 0)], "
        "dtype=[('a', 'i4'), ('b', 'datetime64[Y]')])",
        R"([[1, null], [null, "2021"]])");
    row("a matrix of times", "numpy.matrix(numpy.array([['2020-01-01']], dtype='datetime64[D]'))",
        R"([["2020-01-01"]])");
    row("a matrix", "numpy.matrix([[1, 2]])", "[[1, 2]]");
    row("records", "numpy.rec.array([(1, 'a')], dtype=[('n', 'i4'), ('s', 'U1')])", R"([[1, "a"]])");
    row("objects within objects", "numpy.array([numpy.array([1.5]), [numpy.int8(1)], None], dtype=object)",
        "[[1.5], [1], null]");
    row("an array of own type with a tolist of its own",
        "class A(numpy.ndarray):\n    def tolist(self): return 'mine'\nnumpy.arange(2).view(A)", R"("mine")");
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
    addColumns("error");
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
    row("a registered form that answers itself",
        "import liaison\nclass A: pass\nliaison.encode.register(A, lambda a: [a])\nA()", circular);
    row("a registered form that raises",
        "import liaison\nclass A: pass\nliaison.encode.register(A, lambda a: 1/0)\n[A()]",
        "ZeroDivisionError: division by zero");
    row("an interrupt while getJSON is looked up",
        "class A:\n    def __getattr__(self, name): raise KeyboardInterrupt\nA()", "KeyboardInterrupt");
    row("an interrupt in getJSON", "class A:\n    def getJSON(self): raise KeyboardInterrupt\nA()",
        "KeyboardInterrupt");
    row("an interrupt in str()", "class A:\n    def __str__(self): raise KeyboardInterrupt\n(A(),)",
        "KeyboardInterrupt");
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
    addColumns("json");
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

void TestEncoder::registeredForms_data()
{
    addColumns("json");
    row("a class", "class A: pass\nliaison.encode.register(A, lambda a: [1.0])\n[A()]", "[[1.0]]");
    row("as a decorator", "class A: pass\n@liaison.encode.register(A)\ndef _(a): return {'a': None}\nA()",
        R"({"a": null})");
    row("by an annotation", "class A: pass\n@liaison.encode.register\ndef _(a: A): return 'A'\nA()",
        R"("A")");
    row("a subclass of it", "class A: pass\nclass B(A): pass\nliaison.encode.register(A, lambda a: 1)\nB()",
        "1");
    row("the nearest base",
        "class A: pass\nclass B(A): pass\nliaison.encode.register(A, lambda a: 1)\n"
        "liaison.encode.register(B, lambda a: 2)\n[A(), B()]",
        "[1, 2]");
    row("comes before getJSON",
        "class A:\n    getJSON = lambda self: 1\nliaison.encode.register(A, lambda a: 2)\nA()", "2");
    row("comes before a base that JSON has",
        "class A(dict): pass\nliaison.encode.register(A, lambda a: sorted(a))\nA(b=1, a=2)", R"(["a", "b"])");
    row("may answer the base", "class A(dict): pass\nliaison.encode.register(A, dict)\nA(b=1)",
        R"({"b": 1})");
    row("of an abstract base",
        "import abc\nclass I(abc.ABC): pass\nclass A: pass\nI.register(A)\n"
        "liaison.encode.register(I, lambda a: 'I')\nA()",
        R"("I")");
    row("leaves others alone", "class A: pass\nliaison.encode.register(A, lambda a: 1)\n[{'a': 2.0}, (3,)]",
        R"([{"a": 2.0}, [3]])");
    row("is written by encode() itself",
        "class A: pass\nliaison.encode.register(A, lambda a: 1)\nliaison.encode([A()])", R"("[1]")");
}

void TestEncoder::registeredForms()
{
    QFETCH(QString, code);
    QFETCH(QString, json);
    QCOMPARE(QString::fromUtf8(encoded(evaluated(QStringLiteral("import liaison\n") + code))), json);
}

void TestEncoder::whatJsonHasNeedsNoForm()
{
    for (const auto *type : {"dict", "int", "object", "type(None)"}) {
        const auto error = raised([&] {
            evaluated(
                QStringLiteral("import liaison\nliaison.encode.register(%1, list)").arg(QLatin1String(type)));
        });
        QVERIFY2(error.startsWith(
                     QStringLiteral("TypeError: a form is for types that JSON has none for, not for ")),
                 qPrintable(error));
    }
}

void TestEncoder::nestingEndsBeforeTheStackDoes()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer's own stack is smaller");
    const auto sys = py::module_::import("sys");
    const auto before = sys.attr("getrecursionlimit")();
    sys.attr("setrecursionlimit")(2'000'000'000);
    const auto deep = evaluated(QStringLiteral("a = []\nfor i in range(1000000):\n    a = [a]\na"));
    const auto error = raised([&] { encoded(deep); });
    const auto objects = evaluated(QStringLiteral("class A:\n    def __init__(self, a): self.a = a\n"
                                                  "    def getJSON(self): return self.a\n"
                                                  "a = 1\nfor i in range(300):\n    a = {'a': A(a)}\na"));
    QVERIFY(encoded(objects).endsWith(QByteArray("}").repeated(300)));
    sys.attr("setrecursionlimit")(before);
    QCOMPARE(error, QStringLiteral("RecursionError: maximum recursion depth exceeded while writing JSON"));
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
    QCOMPARE(encoded(replacing), QByteArray("{\"a\": \"A\", \"b\": [5]}"));
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
