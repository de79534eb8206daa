// SPDX-License-Identifier: MIT
#include "trayoptions.h"

#include "sentence.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace liaison;

/// What the command line asks for, and what is the child's.
class TestTrayOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void readsCommandLines_data();
    void readsCommandLines();
    void readsTokens();
    void complains_data();
    void complains();
    void helps();

private:
    TrayOptions parsed(const QStringList &arguments) const
    {
        return parseTrayOptions(QStringList{QStringLiteral("liaison-tray")} + arguments);
    }
};

void TestTrayOptions::init()
{
    qunsetenv("LIAISON_TOKEN");
    // As it stands beside the program, where it is installed.
    QFile::link(QStringLiteral(LIAISON_TEST_EXECUTABLE),
                QCoreApplication::applicationDirPath() + QStringLiteral("/liaison"));
}

void TestTrayOptions::readsCommandLines_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("attachTo");
    QTest::addColumn<QStringList>("childs");
    const QString own = QStringLiteral("--exit-with-parent");
    const auto list = [](const char *words) {
        return QString::fromUtf8(words).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    QTest::newRow("nothing") << QStringList() << QString() << QStringList{own};
    QTest::newRow("an address") << list("localhost:8001") << QString()
                                << list("--exit-with-parent localhost:8001");
    QTest::newRow("options of the child")
        << list("--python /x/python --stay --max-unread=5M localhost:0") << QString()
        << list("--exit-with-parent --python /x/python --stay --max-unread=5M localhost:0");
    QTest::newRow("to attach") << list("--attach localhost:8001") << QStringLiteral("localhost:8001")
                               << QStringList();
    QTest::newRow("to attach, in one word")
        << list("--attach=[::1]:8001") << QStringLiteral("[::1]:8001") << QStringList();
}

void TestTrayOptions::readsCommandLines()
{
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, childs);
    const auto options = parsed(arguments);
    QTEST(options.attachTo, "attachTo");
    QCOMPARE(options.arguments, childs);
    QCOMPARE(options.program.isEmpty(), childs.isEmpty());
    QCOMPARE(options.stays, arguments.contains(QStringLiteral("--stay")));
    QVERIFY(options.token.isEmpty());
    QVERIFY(!options.usesTls);
}

void TestTrayOptions::readsTokens()
{
    qputenv("LIAISON_TOKEN", "from-the-environment");
    QCOMPARE(parsed({}).token, QByteArray("from-the-environment"));
    // The child is to find it, too.
    QCOMPARE(qgetenv("LIAISON_TOKEN"), QByteArray("from-the-environment"));
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("from-a-file\n");
    file.close();
    const auto options = parsed({QStringLiteral("--token-file"), file.fileName()});
    QCOMPARE(options.token, QByteArray("from-a-file"));
    QVERIFY(options.arguments.contains(file.fileName()));
}

void TestTrayOptions::complains_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    QTest::newRow("no address") << QStringList{QStringLiteral("--attach"), QStringLiteral("localhost")}
                                << QStringLiteral("--attach: the address must be host:port");
    QTest::newRow("any port") << QStringList{QStringLiteral("--attach"), QStringLiteral("localhost:0")}
                              << QStringLiteral("--attach expects the port");
    QTest::newRow("no token") << QStringList{QStringLiteral("--token-file"), QStringLiteral("/no/such/file")}
                              << QStringLiteral("cannot read the token file");
}

void TestTrayOptions::complains()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    const auto sentence = sentenceOf<TrayUsageError>([&] { parsed(arguments); });
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
}

void TestTrayOptions::helps()
{
    QVERIFY(parsed({QStringLiteral("--help")}).output.contains(QStringLiteral("--attach <ADDRESS>")));
}

QTEST_GUILESS_MAIN(TestTrayOptions)
#include "tst_trayoptions.moc"
