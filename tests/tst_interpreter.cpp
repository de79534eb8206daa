// SPDX-License-Identifier: MIT
#include "interpreter.h"

#include "sentence.h"

#include <pybind11/embed.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <optional>

namespace py = pybind11;

using namespace liaison;

namespace {

const QString version = QStringLiteral("%1.%2").arg(PY_MAJOR_VERSION).arg(PY_MINOR_VERSION);

void write(const QString &path, const QString &contents, bool isExecutable = false)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(contents.toUtf8());
    if (isExecutable)
        file.setPermissions(file.permissions() | QFile::ExeOwner);
}

} // namespace

/// The interpreter that is chosen, and the one that is embedded.
class TestInterpreter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void chooses_data();
    void chooses();
    void refuses_data();
    void refuses();
    void isAsIfStartedWithM_data();
    void isAsIfStartedWithM();

private:
    std::optional<Interpreter> m_interpreter;
};

void TestInterpreter::initTestCase()
{
    qunsetenv("VIRTUAL_ENV");
    qunsetenv("PYTHONPATH");
    m_interpreter.emplace(QStringLiteral(LIAISON_TEST_PYTHON),
                          QStringList{QStringLiteral("liaison"), QString::fromUtf8("é")});
}

void TestInterpreter::cleanupTestCase()
{
    m_interpreter.reset();
}

void TestInterpreter::chooses_data()
{
    QTest::addColumn<QString>("config");
    for (const char *name : {"version", "version_info"})
        QTest::addRow("an environment that records its %s", name)
            << QStringLiteral("home = /usr/bin\n%1 = %2.4\n").arg(QString::fromUtf8(name), version);
}

void TestInterpreter::chooses()
{
    QFETCH(QString, config);
    const QTemporaryDir folder;
    write(folder.filePath(QStringLiteral("pyvenv.cfg")), config);
    QDir(folder.path()).mkdir(QStringLiteral("bin"));
    const auto python = folder.filePath(QStringLiteral("bin/python"));
    write(python, QString(), true);
    QCOMPARE(chosenInterpreter(python), python);
    qputenv("VIRTUAL_ENV", folder.path().toUtf8());
    QCOMPARE(chosenInterpreter(QString()), python);
    qunsetenv("VIRTUAL_ENV");
    QCOMPARE(chosenInterpreter(QString()), QStringLiteral(LIAISON_TEST_PYTHON));
    QVERIFY(!chosenInterpreter(QStringLiteral(LIAISON_TEST_PYTHON)).isEmpty());
}

void TestInterpreter::refuses_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("config");
    QTest::addColumn<QString>("part");
    QTest::newRow("nothing") << QString() << QString() << "is no Python interpreter that runs";
    QTest::newRow("a program that fails") << "exit 3" << QString() << "is no Python interpreter that runs";
    QTest::newRow("a program that says nothing")
        << "exit 0" << QString() << "is no Python interpreter that runs";
    QTest::newRow("a program that says too much")
        << "echo 1; echo 2; echo 3" << QString() << "is no Python interpreter that runs";
    QTest::newRow("another version") << "echo 2.7; echo /usr/bin/python2" << QString()
                                     << "is Python 2.7, but this";
    QTest::newRow("an environment whose interpreter is gone")
        << QString() << QStringLiteral("version = %1.4\n").arg(version)
        << "is no Python interpreter that runs";
    QTest::newRow("an environment of another version") << "exit 0"
                                                       << "version = 3.1.4\n"
                                                       << "is Python 3.1, but this";
}

void TestInterpreter::refuses()
{
    QFETCH(QString, script);
    QFETCH(QString, config);
    QFETCH(QString, part);
    const QTemporaryDir folder;
    QDir(folder.path()).mkdir(QStringLiteral("bin"));
    const auto python = folder.filePath(QStringLiteral("bin/python"));
    if (!script.isNull())
        write(python, QStringLiteral("#!/bin/sh\n%1\n").arg(script), true);
    if (!config.isNull())
        write(folder.filePath(QStringLiteral("pyvenv.cfg")), config);
    const auto sentence = sentenceOf<InterpreterError>([&] { chosenInterpreter(python); });
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
    QVERIFY(sentence.contains(python));
    QVERIFY(!sentence.contains(QLatin1Char('\n')));
}

void TestInterpreter::isAsIfStartedWithM_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *expression, const QString &value) {
        QTest::newRow(name) << QString::fromUtf8(expression) << value;
    };
    row("its executable", "sys.executable", QStringLiteral("'%1'").arg(QStringLiteral(LIAISON_TEST_PYTHON)));
    row("its arguments", "sys.argv", QString::fromUtf8("['liaison', 'é']"));
    row("the current folder comes first", "sys.path[0] == os.getcwd()", QStringLiteral("True"));
    row("prints arrive when printed", "sys.stdout.write_through", QStringLiteral("True"));
    row("crashes leave a traceback", "faulthandler.is_enabled()", QStringLiteral("True"));
    row("the package is there", "liaison.Companion().ping()", QStringLiteral("'pong'"));
    row("its core is the one built in", "sys.modules['liaison._core'].__name__",
        QStringLiteral("'_liaison_core'"));
    row("its core is its attribute", "liaison._core is sys.modules['liaison._core']", QStringLiteral("True"));
}

void TestInterpreter::isAsIfStartedWithM()
{
    QFETCH(QString, expression);
    QFETCH(QString, value);
    QString found;
    try {
        py::dict scope;
        py::exec("import sys, os, faulthandler, liaison, liaison._core", scope);
        found = QString::fromStdString(py::repr(py::eval(expression.toStdString(), scope)));
    } catch (const py::error_already_set &error) {
        found = QString::fromUtf8(error.what());
    }
    QCOMPARE(found, value);
}

QTEST_GUILESS_MAIN(TestInterpreter)
#include "tst_interpreter.moc"
