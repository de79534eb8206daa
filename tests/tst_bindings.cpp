// SPDX-License-Identifier: MIT
#include "bindings.h"

#include "capturedoutput.h"
#include "pythontest.h"

#include <QScopeGuard>
#include <QTcpServer>

namespace py = pybind11;

using namespace liaison;

/// What liaison._core offers Python, and the command line's end.
class TestBindings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void evaluates_data();
    void evaluates();
    void runsTheModule_data();
    void runsTheModule();
    void complainsOfATakenPort();
};

void TestBindings::evaluates_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *code, const char *value) {
        QTest::newRow(name) << QStringLiteral("from liaison import _core\n") + QString::fromUtf8(code)
                            << QString::fromUtf8(value);
    };
    row("a value is encoded", "_core.encode({'a': (1.0, 'é', None)})", "'{\"a\": [1.0, \"é\", null]}'");
    row("a target is resolved", "_core.Targets().resolve({'x': [5]}, 'x[0]')", "5");
    row("a target is called", "_core.Targets().call({'x': 3}, 'math:hypot', ['$x', 4], {})", "5.0");
    row("keywords are passed on", "_core.Targets().call({'x': 3}, 'builtins:dict', (), {'a': '$x'})",
        "{'a': 3}");
    row("a traceback is listed", "_core.traceback_lines(ValueError('no'))", "['ValueError: no\\n']");
    row("a service that does not run",
        "s = _core.Service('localhost', 5, max_message_size=1000)\n(s.host, s.port, s.alive, s.messages())",
        "('localhost', 5, False, [])");
    row("a stop that does nothing", "_core.Service('localhost', 5, max_message_size=1000).stop()", "None");
    row("a push to nobody", "_core.Service('localhost', 5, max_message_size=1000).push({'a': 1})", "None");
}

void TestBindings::evaluates()
{
    QFETCH(QString, code);
    QFETCH(QString, value);
    QCOMPARE(pythonRepr(evaluated(code)), value);
}

void TestBindings::runsTheModule_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("errors");
    QTest::newRow("the version") << QStringList{QStringLiteral("--version")} << 0 << QByteArray("liaison ")
                                 << QByteArray();
    QTest::newRow("help") << QStringList{QStringLiteral("--help")} << 0 << QByteArray("Usage: ")
                          << QByteArray();
    QTest::newRow("a bad address") << QStringList{QStringLiteral("nowhere")} << 2 << QByteArray()
                                   << QByteArray("liaison: the address must be ");
    QTest::newRow("an unknown option") << QStringList{QStringLiteral("--fly")} << 2 << QByteArray()
                                       << QByteArray("liaison: Unknown option 'fly'");
}

void TestBindings::runsTheModule()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, output);
    QFETCH(QByteArray, errors);
    // It takes the message handler for good, as is right for a process of its own.
    const auto handler = qInstallMessageHandler(nullptr);
    const auto restore = qScopeGuard([&] { qInstallMessageHandler(handler); });
    CapturedOutput capturedOutput(STDOUT_FILENO);
    CapturedOutput capturedErrors(STDERR_FILENO);
    const int code = runModule(QStringList{QStringLiteral("liaison")} + arguments);
    const auto writtenErrors = capturedErrors.take();
    const auto written = capturedOutput.take();
    QCOMPARE(code, exitCode);
    QVERIFY2(written.startsWith(output), written.constData());
    QCOMPARE(written.isEmpty(), output.isEmpty());
    QVERIFY2(writtenErrors.startsWith(errors), writtenErrors.constData());
    QCOMPARE(writtenErrors.count('\n'), errors.isEmpty() ? 0 : 1);
}

void TestBindings::complainsOfATakenPort()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    Options options;
    options.service.host = QStringLiteral("127.0.0.1");
    options.service.port = taken.serverPort();
    CapturedOutput errors(STDERR_FILENO);
    const int code = serve(options);
    const auto written = errors.take();
    QCOMPARE(code, 1);
    QVERIFY2(written.startsWith("liaison: cannot listen on 127.0.0.1 port "), written.constData());
    QCOMPARE(written.count('\n'), 1);
}

LIAISON_PYTHON_TEST_MAIN(TestBindings)
#include "tst_bindings.moc"
