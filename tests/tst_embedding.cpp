// SPDX-License-Identifier: MIT
#include "embedding.h"

#include "capturedoutput.h"

#include <QtTest>

using namespace liaison;

/// The whole program as a function. What it serves, tests/package sees.
class TestEmbedding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersWithAnExitCode_data();
    void answersWithAnExitCode();
};

void TestEmbedding::answersWithAnExitCode_data()
{
    QTest::addColumn<QByteArrayList>("options");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("errors");
    const auto row = [](const char *name, const QByteArrayList &options, int exitCode, const char *output,
                        const char *errors) {
        QTest::newRow(name) << options << exitCode << QByteArray(output) << QByteArray(errors);
    };
    row("what is written instead", {"--constants"}, 0, "{\"START_MARKER\": ", "");
    row("a bad address", {"localhost"}, 2, "", "liaison: the address must be host:port");
    row("no interpreter", {"--python", "/no/such/python", "localhost:0"}, 1, "",
        "liaison: \"/no/such/python\" is no Python interpreter that runs");
}

void TestEmbedding::answersWithAnExitCode()
{
    QFETCH(QByteArrayList, options);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, output);
    QFETCH(QByteArray, errors);
    options.prepend("program");
    QList<char *> arguments;
    for (auto &option : options)
        arguments.append(option.data());
    CapturedOutput standardOutput(STDOUT_FILENO);
    CapturedOutput standardError(STDERR_FILENO);
    const int answer = runProgram(int(arguments.size()), arguments.data());
    const auto written = standardOutput.take();
    const auto complaint = standardError.take();
    QCOMPARE(answer, exitCode);
    QVERIFY2(written.startsWith(output) && written.isEmpty() == output.isEmpty(), written.constData());
    QVERIFY2(complaint.startsWith(errors) && complaint.isEmpty() == errors.isEmpty(), complaint.constData());
}

QTEST_GUILESS_MAIN(TestEmbedding)
#include "tst_embedding.moc"
