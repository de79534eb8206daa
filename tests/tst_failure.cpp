// SPDX-License-Identifier: MIT
#include "failure.h"

#include "pythontest.h"

namespace py = pybind11;

using namespace liaison;

/// Exceptions become the lines that Python prints, without Liaison's own frames.
class TestFailure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lastLines_data();
    void lastLines();
    void ownFramesAreLeftOut();
    void framesOfTheCallerStay();
};

void TestFailure::lastLines_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("lines");
    const auto row = [](const char *name, const char *code, const char *lines) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(lines);
    };
    row("with a message", "ValueError('no')", "['ValueError: no\\n']");
    row("without a message", "ValueError()", "['ValueError\\n']");
    row("of a class in a module", "import json\njson.JSONDecodeError('no', 'x', 0)",
        "['json.decoder.JSONDecodeError: no: line 1 column 1 (char 0)\\n']");
    row("beyond ASCII", "ValueError('é\\ud800')", "['ValueError: é\\ud800\\n']");
    row("whose str() raises", "class E(Exception):\n    def __str__(self): raise OSError\nE()",
        "['test_code.E: <exception str() failed>\\n']");
    row("no Exception", "KeyboardInterrupt()", "['KeyboardInterrupt\\n']");
}

void TestFailure::lastLines()
{
    QFETCH(QString, code);
    QFETCH(QString, lines);
    QCOMPARE(pythonRepr(tracebackLines(evaluated(code))), lines);
}

void TestFailure::ownFramesAreLeftOut()
{
    const auto companion = py::module_::import("liaison").attr("Companion")();
    const auto scope = executed(QStringLiteral("def fail():\n"
                                               "    try:\n"
                                               "        1 / 0\n"
                                               "    except ZeroDivisionError as error:\n"
                                               "        raise ValueError('no') from error\n"));
    companion.attr("namespace")["fail"] = scope["fail"];
    for (const char *target : {"fail", "fail.__call__"}) {
        try {
            companion.attr("call")(target);
            QFAIL("it must raise");
        } catch (py::error_already_set &error) {
            const auto whole = pythonText(py::str("").attr("join")(tracebackLines(exceptionOf(error))));
            QVERIFY2(!whole.contains(QLatin1String("liaison")), qPrintable(whole));
            QVERIFY(whole.contains(QLatin1String("ZeroDivisionError: division by zero\n")));
            QVERIFY(whole.contains(QLatin1String("direct cause")));
            QVERIFY(whole.endsWith(QLatin1String("in fail\nValueError: no\n")));
        }
    }
}

void TestFailure::framesOfTheCallerStay()
{
    // A frame of Liaison's below the called code is part of the story.
    const auto companion = py::module_::import("liaison").attr("Companion")();
    const auto scope = executed(QStringLiteral("def ask(companion):\n    companion.store(5, 1)\n"));
    try {
        scope["ask"](companion);
        QFAIL("it must raise");
    } catch (py::error_already_set &error) {
        const auto whole = pythonText(py::str("").attr("join")(tracebackLines(exceptionOf(error))));
        QVERIFY(whole.contains(QLatin1String("in ask")));
        QVERIFY(whole.contains(QLatin1String("in store")));
        QVERIFY(whole.endsWith(QLatin1String("TypeError: name must be a string, not int\n")));
    }
}

LIAISON_PYTHON_TEST_MAIN(TestFailure)
#include "tst_failure.moc"
