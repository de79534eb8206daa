// SPDX-License-Identifier: MIT
#include "address.h"
#include "options.h"
#include "sentence.h"
#include "version.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QWebSocket>
#include <QtTest>

using namespace liaison;

Q_DECLARE_METATYPE(liaison::Program)

namespace {

Options parsed(const QString &line, Program program = Program::Executable)
{
    return parseOptions(
        QStringList{QStringLiteral("liaison")} + line.split(QLatin1Char(' '), Qt::SkipEmptyParts), program);
}

} // namespace

/// A command line becomes Options, or one clear sentence.
class TestOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void addresses_data();
    void addresses();
    void switches();
    void defaults();
    void sizes_data();
    void sizes();
    void noSizes_data();
    void noSizes();
    void outputs_data();
    void outputs();
    void refuses_data();
    void refuses();
};

void TestOptions::addresses_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::newRow("none is localhost:8001") << ""
                                            << "localhost:8001"
                                            << "localhost" << 8001;
    QTest::newRow("a name") << "localhost:9000"
                            << "localhost:9000"
                            << "localhost" << 9000;
    QTest::newRow("an IPv4 address") << "127.0.0.1:0"
                                     << "127.0.0.1:0"
                                     << "127.0.0.1" << 0;
    QTest::newRow("an IPv6 address") << "[::1]:80"
                                     << "[::1]:80"
                                     << "::1" << 80;
    QTest::newRow("as it was given") << "LocalHost:08001"
                                     << "LocalHost:08001"
                                     << "LocalHost" << 8001;
    QTest::newRow("behind options") << "--stay localhost:1"
                                    << "localhost:1"
                                    << "localhost" << 1;
    QTest::newRow("in front of options") << "localhost:1 --stay"
                                         << "localhost:1"
                                         << "localhost" << 1;
}

void TestOptions::addresses()
{
    QFETCH(QString, line);
    QFETCH(QString, address);
    QFETCH(QString, host);
    QFETCH(int, port);
    for (const auto program : {Program::Executable, Program::Module}) {
        const auto options = parsed(line, program);
        QVERIFY(options.output.isNull());
        QCOMPARE(options.service.address, address);
        QCOMPARE(options.service.host, host);
        QCOMPARE(int(options.service.port), port);
        QCOMPARE(options.service.addresses, servedAddresses(host, false));
        QVERIFY(options.service.ownsProcess);
    }
}

void TestOptions::switches()
{
    const auto options =
        parsed(QStringLiteral("--stay --marker-newline --verbose --python /x/python --max-message-size 1K"));
    QVERIFY(options.service.stays);
    QVERIFY(options.service.newlines);
    QVERIFY(options.verbose);
    QCOMPARE(options.python, QStringLiteral("/x/python"));
    QCOMPARE(options.service.limits.messageSize, qint64(1024));
    QCOMPARE(parsed(QStringLiteral("--max-message-size=5")).service.limits.messageSize, qint64(5));
}

void TestOptions::defaults()
{
    const auto options = parsed(QString());
    QVERIFY(!options.service.stays);
    QVERIFY(!options.service.newlines);
    QVERIFY(!options.verbose);
    QVERIFY(options.python.isEmpty());
    QCOMPARE(options.service.limits.messageSize, qint64(256) * 1024 * 1024);
}

void TestOptions::sizes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("one byte") << "1" << qint64(1);
    QTest::newRow("bytes") << "65536" << qint64(65536);
    QTest::newRow("K") << "64K" << qint64(65536);
    QTest::newRow("a small letter") << "64k" << qint64(65536);
    QTest::newRow("M") << "256M" << (qint64(256) << 20);
    QTest::newRow("G") << "1G" << (qint64(1) << 30);
    QTest::newRow("leading zeros") << "0010" << qint64(10);
    const auto largest = qint64(QWebSocket::maxIncomingMessageSize());
    QTest::newRow("the largest") << QString::number(largest) << largest;
}

void TestOptions::sizes()
{
    QFETCH(QString, text);
    QFETCH(qint64, bytes);
    QCOMPARE(parseSize(text), bytes);
}

void TestOptions::noSizes_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"", "0", "0K", "-1", "+1", "1.5M", "K", "1T", "1KB", "1 K", " 1", "1 ", "0x10", "64K\n"})
        QTest::addRow("\"%s\"", text) << QString::fromUtf8(text);
    const auto largest = qint64(QWebSocket::maxIncomingMessageSize());
    QTest::newRow("one more than the largest") << QString::number(largest + 1);
    QTest::newRow("more than the largest with a unit") << "1000000G";
    QTest::newRow("a number past 64 bits") << "18446744073709551617";
    QTest::newRow("a number that would wrap around") << "17179869185G";
    QTest::newRow("digits of another script") << QString::fromUtf8("١");
}

void TestOptions::noSizes()
{
    QFETCH(QString, text);
    const auto sentence = sentenceOf<UsageError>([&] { parseSize(text); });
    QVERIFY2(sentence.startsWith(QStringLiteral("a size must be a number of bytes from 1 to ")),
             qPrintable(sentence));
    QVERIFY(sentence.endsWith(QStringLiteral("not \"%1\"").arg(text)));
}

void TestOptions::outputs_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<Program>("program");
    QTest::addColumn<QString>("part");
    const auto version = QStringLiteral("liaison %1\n").arg(QString::fromUtf8(versionText));
    QTest::newRow("the executable's help") << "--help" << Program::Executable << "--python";
    QTest::newRow("help by its letter") << "-h" << Program::Module << "--max-message-size";
    QTest::newRow("help names the default address") << "-h" << Program::Module << "localhost:8001";
    QTest::newRow("the executable's version") << "--version" << Program::Executable << version;
    QTest::newRow("the module's version") << "--version" << Program::Module << version;
    QTest::newRow("output comes before a bad address") << "nonsense --version" << Program::Module << version;
    QTest::newRow("constants")
        << "--constants" << Program::Executable
        << R"({"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"})";
}

void TestOptions::outputs()
{
    QFETCH(QString, line);
    QFETCH(Program, program);
    QFETCH(QString, part);
    const auto output = parsed(line, program).output;
    QVERIFY2(output.contains(part), qPrintable(output));
    if (!line.contains(QLatin1String("-h")))
        QCOMPARE(output, part);
    else
        QCOMPARE(output.contains(QLatin1String("--constants")), program == Program::Executable);
}

void TestOptions::refuses_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const char *line, const char *part) {
        QTest::newRow(name) << QString::fromUtf8(line).split(QLatin1Char(' ')) << QString::fromUtf8(part);
    };
    row("an address without a port", "localhost", "the address must be host:port");
    row("a port beyond 65535", "localhost:65536", "not \"localhost:65536\"");
    row("a port that is no number", "localhost:http", "the address must be host:port");
    row("two addresses", "localhost:1 localhost:2", "one ADDRESS expected, not also \"localhost:2\"");
    row("an address beyond loopback", "0.0.0.0:8001", "can be reached from other machines");
    row("an unknown option", "--fly", "fly");
    row("a size that is none", "--max-message-size=x", "a size must be");
    row("a size without a number", "--max-message-size", "max-message-size");
    QTest::newRow("an empty interpreter") << QStringList{QStringLiteral("--python"), QString()}
                                          << "--python expects the path of an interpreter";
    QTest::newRow("an empty address") << QStringList{QString()} << "the address must be host:port";
}

void TestOptions::refuses()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    const auto sentence = sentenceOf<UsageError>(
        [&] { parseOptions(QStringList{QStringLiteral("liaison")} + arguments, Program::Executable); });
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
    QVERIFY2(!sentence.contains(QLatin1Char('\n')), "a sentence is one line");
    if (arguments.first() == QLatin1String("--fly"))
        QVERIFY(
            !sentenceOf<UsageError>([] { parsed(QStringLiteral("--python /x"), Program::Module); }).isNull());
}

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
