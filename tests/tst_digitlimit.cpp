// SPDX-License-Identifier: MIT
#include "digitlimit.h"

#include "pythontest.h"

namespace py = pybind11;

using namespace liaison;

/// Integers of any size have a text while the limit is lifted, and not longer.
class TestDigitLimit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isLiftedForAWhile_data();
    void isLiftedForAWhile();
};

void TestDigitLimit::isLiftedForAWhile_data()
{
    QTest::addColumn<QString>("code");
    QTest::newRow("to text") << "str(10 ** 10000)";
    QTest::newRow("from text") << "int('1' * 10000)";
    QTest::newRow("from JSON") << "__import__('json').loads('1' * 10000)";
}

void TestDigitLimit::isLiftedForAWhile()
{
    QFETCH(QString, code);
    if (!py::hasattr(py::module_::import("sys"), "set_int_max_str_digits"))
        QSKIP("this Python has no limit");
    const auto run = [&] { return raised([&] { evaluated(code); }); };
    QVERIFY(run().startsWith(QStringLiteral("ValueError: Exceeds the limit")));
    {
        const DigitLimitLifted lifted;
        QVERIFY(run().isNull());
        PyErr_SetString(PyExc_OSError, "an exception on its way");
    }
    QVERIFY(PyErr_ExceptionMatches(PyExc_OSError));
    PyErr_Clear();
    QVERIFY(!run().isNull());
}

LIAISON_PYTHON_TEST_MAIN(TestDigitLimit)
#include "tst_digitlimit.moc"
