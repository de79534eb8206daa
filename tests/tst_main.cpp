// SPDX-License-Identifier: MIT
#include <QProcess>
#include <QTcpServer>
#include <QtTest>

#include <csignal>

/// The executable, seen from outside.
class TestMain : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesAndExits_data();
    void writesAndExits();
    void aTakenPortIsOneLine();
    void servesUntilASignal_data();
    void servesUntilASignal();

private:
    static void start(QProcess &process, const QStringList &arguments);
};

void TestMain::start(QProcess &process, const QStringList &arguments)
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"})
        environment.remove(QString::fromUtf8(name));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(LIAISON_TEST_EXECUTABLE), arguments);
}

void TestMain::writesAndExits_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("errors");
    const auto row = [](const char *name, const QStringList &arguments, int exitCode, const char *output,
                        const char *errors) {
        QTest::newRow(name) << arguments << exitCode << QByteArray(output) << QByteArray(errors);
    };
    row("the constants", {QStringLiteral("--constants")}, 0, "{\"START_MARKER\": ", "");
    row("the version", {QStringLiteral("--version")}, 0, "liaison ", "");
    row("help", {QStringLiteral("--help")}, 0, "Usage: ", "");
    row("a bad address", {QStringLiteral("localhost")}, 2, "", "liaison: the address must be host:port");
    row("an unknown option", {QStringLiteral("--fly")}, 2, "", "liaison: Unknown option");
    row("no such interpreter",
        {QStringLiteral("--python"), QStringLiteral("/no/such/python"), QStringLiteral("localhost:0")}, 1, "",
        "liaison: \"/no/such/python\" is no Python interpreter that runs");
}

void TestMain::writesAndExits()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, output);
    QFETCH(QByteArray, errors);
    QProcess process;
    start(process, arguments);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), exitCode);
    const auto written = process.readAllStandardOutput();
    QVERIFY2(written.startsWith(output), written.constData());
    QCOMPARE(written.isEmpty(), output.isEmpty());
    const auto complaint = process.readAllStandardError();
    QVERIFY2(complaint.startsWith(errors), complaint.constData());
    QCOMPARE(complaint.count('\n'), errors.isEmpty() ? 0 : 1);
}

void TestMain::aTakenPortIsOneLine()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    QProcess process;
    start(process, {QStringLiteral("127.0.0.1:%1").arg(taken.serverPort())});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 1);
    QCOMPARE(process.readAllStandardOutput(), QByteArray());
    QCOMPARE(process.readAllStandardError().count('\n'), 1);
}

void TestMain::servesUntilASignal_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void TestMain::servesUntilASignal()
{
    QFETCH(int, number);
    QProcess process;
    start(process, {QStringLiteral("127.0.0.1:0")});
    QTRY_VERIFY_WITH_TIMEOUT(process.bytesAvailable() > 0, 10'000);
    const auto started = process.readAllStandardOutput();
    QVERIFY2(started.startsWith("LIAISON:CONNECTED@127.0.0.1:"), started.constData());
    QVERIFY(!started.endsWith('\n'));
    QElapsedTimer timer;
    timer.start();
    ::kill(pid_t(process.processId()), number);
    QVERIFY(process.waitForFinished());
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(process.readAllStandardOutput(), QByteArray(started).replace("CONNECTED", "DISCONNECTED"));
    QCOMPARE(process.readAllStandardError(), QByteArray());
}

QTEST_GUILESS_MAIN(TestMain)
#include "tst_main.moc"
