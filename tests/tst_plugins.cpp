// SPDX-License-Identifier: MIT
#include "plugins.h"

#include <QDir>
#include <QtTest>

/// Of an executable that lies beside no plugins, and then does.
class TestPlugins : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void noFolderIsNone();
    void theFolderBesideTheProgramIsFound();
    void withoutAFolderNothingChanges();
    void onlyTheFolderIsSearched();
};

void TestPlugins::noFolderIsNone()
{
    QCOMPARE(liaison::carriedPlugins(), QString());
}

void TestPlugins::theFolderBesideTheProgramIsFound()
{
    const QDir beside(QCoreApplication::applicationDirPath());
    QVERIFY(beside.mkdir(QStringLiteral("_qt")));
    const auto found = liaison::carriedPlugins();
    QVERIFY(beside.rmdir(QStringLiteral("_qt")));
    QCOMPARE(found, beside.filePath(QStringLiteral("_qt")));
}

void TestPlugins::withoutAFolderNothingChanges()
{
    const auto before = QCoreApplication::libraryPaths();
    liaison::usePlugins({});
    QCOMPARE(QCoreApplication::libraryPaths(), before);
}

void TestPlugins::onlyTheFolderIsSearched()
{
    const auto folder = QDir::tempPath();
    liaison::usePlugins(folder);
    QCOMPARE(QCoreApplication::libraryPaths(), QStringList{folder});
}

QTEST_GUILESS_MAIN(TestPlugins)

#include "tst_plugins.moc"
