// SPDX-License-Identifier: MIT
#include "traylauncher.h"

#include "childprocess.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace liaison;

/// Another program takes over, or it is said what is missing.
class TestTrayLauncher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handsOver_data();
    void handsOver();
    void saysWhatIsMissing();
};

void TestTrayLauncher::handsOver_data()
{
    QTest::addColumn<QString>("place");
    QTest::newRow("installed") << "liaison-tray";
    QTest::newRow("built") << "tray/liaison-tray";
}

void TestTrayLauncher::handsOver()
{
    QFETCH(QString, place);
    const QTemporaryDir folder;
    QDir(folder.path()).mkdir(QStringLiteral("tray"));
    QFile program(folder.filePath(place));
    QVERIFY(program.open(QIODevice::WriteOnly));
    program.write("#!/bin/sh\nprintf '%s,' \"$@\"\nexit 7\n");
    program.close();
    QVERIFY(program.setPermissions(QFile::ReadOwner | QFile::ExeOwner | QFile::WriteOwner));
    const auto child = runInChild([&] {
        becomeTray({QStringLiteral("liaison"), QStringLiteral("--tray"), QStringLiteral("--verbose"),
                    QStringLiteral("localhost:0"), QStringLiteral("é ä")},
                   folder.path());
    });
    QCOMPARE(child.output, QByteArray("--verbose,localhost:0,é ä,"));
}

void TestTrayLauncher::saysWhatIsMissing()
{
    const QTemporaryDir folder;
    const auto sentence = becomeTray({QStringLiteral("liaison"), QStringLiteral("--tray")}, folder.path());
    QVERIFY(
        sentence.startsWith(QStringLiteral("--tray needs the program liaison-tray beside this one, in \"%1\"")
                                .arg(folder.path())));
    QVERIFY(sentence.contains(QStringLiteral("Qt Widgets")));
    QVERIFY(!sentence.contains(QLatin1Char('\n')));
}

QTEST_GUILESS_MAIN(TestTrayLauncher)
#include "tst_traylauncher.moc"
