// SPDX-License-Identifier: MIT
#include "arrays.h"

#include "pythontest.h"

namespace py = pybind11;

using namespace liaison;

/// Arrays of numbers are written from their memory; whoever has the buffer protocol may be one.
class TestArrays : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writes_data();
    void writes();
    void declines_data();
    void declines();
};

void TestArrays::writes_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("json");
    const auto row = [](const char *name, const char *code, const char *json) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(json);
    };
    row("bytes", "memoryview(b'\\x00\\xff')", "[0, 255]");
    row("signed bytes", "import array\narray.array('b', [-128, 127])", "[-128, 127]");
    row("short integers", "import array\narray.array('h', [-32768, 32767])", "[-32768, 32767]");
    row("unsigned short integers", "import array\narray.array('H', [0, 65535])", "[0, 65535]");
    row("integers", "import array\narray.array('i', [-2**31])", "[-2147483648]");
    row("unsigned integers", "import array\narray.array('I', [2**32 - 1])", "[4294967295]");
    row("the smallest of 64 bits", "import array\narray.array('q', [-2**63])", "[-9223372036854775808]");
    row("the largest of 64 bits", "import array\narray.array('Q', [2**64 - 1])", "[18446744073709551615]");
    row("floats", "import array\narray.array('f', [0.5, 0.1])", "[0.5, 0.10000000149011612]");
    row("doubles", "import array\narray.array('d', [0.1, 5.0, -0.0, 1e300])", "[0.1, 5.0, -0.0, 1e+300]");
    row("what is not finite", "import array\narray.array('d', [float('nan'), float('inf'), -float('inf')])",
        "[null, null, null]");
    row("booleans", "memoryview(b'\\x00\\x01').cast('?')", "[false, true]");
    row("nothing", "import array\narray.array('d')", "[]");
    row("every other", "memoryview(b'abcdef')[::2]", "[97, 99, 101]");
    row("backwards", "memoryview(b'abc')[::-1]", "[99, 98, 97]");
    row("two dimensions", "memoryview(b'abcdef').cast('B', [2, 3])", "[[97, 98, 99], [100, 101, 102]]");
    row("no dimension", "import ctypes\nctypes.c_double(2.5)", "2.5");
    row("the other byte order", "import ctypes\n(ctypes.c_int32.__ctype_be__ * 2)(1, -2)", "[1, -2]");
}

void TestArrays::writes()
{
    QFETCH(QString, code);
    QFETCH(QString, json);
    TextBuffer text("=");
    QVERIFY(writeNumbers(text, evaluated(code)));
    QCOMPARE(QString::fromUtf8(text.take()), QLatin1Char('=') + json);
    QVERIFY(!PyErr_Occurred());
}

void TestArrays::declines_data()
{
    QTest::addColumn<QString>("code");
    QTest::newRow("no buffer") << "[1, 2]";
    QTest::newRow("characters") << "memoryview(b'ab').cast('c')";
    QTest::newRow("structures") << "import ctypes\nclass S(ctypes.Structure):\n"
                                   "    _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_double)]\nS()";
    QTest::newRow("long doubles") << "import ctypes\nctypes.c_longdouble(0.5)";
    QTest::newRow("objects") << "import ctypes\n(ctypes.py_object * 1)(1)";
}

void TestArrays::declines()
{
    QFETCH(QString, code);
    TextBuffer text("=");
    QVERIFY(!writeNumbers(text, evaluated(code)));
    QCOMPARE(text.take(), QByteArray("="));
    QVERIFY(!PyErr_Occurred());
}

LIAISON_PYTHON_TEST_MAIN(TestArrays)
#include "tst_arrays.moc"
