// SPDX-License-Identifier: MIT
#include <QDir>
#include <QFile>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <QtTest>

namespace {

const QString sourceFolder = QStringLiteral(LIAISON_TEST_SOURCE_DIR);

QString contentsOf(const QString &file)
{
    QFile source(sourceFolder + QLatin1Char('/') + file);
    return source.open(QIODevice::ReadOnly) ? QString::fromUtf8(source.readAll()) : QString();
}

QStringList includesOf(const QString &file)
{
    static const QRegularExpression include(QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"),
                                            QRegularExpression::MultilineOption);
    QStringList includes;
    auto matches = include.globalMatch(contentsOf(file));
    while (matches.hasNext())
        includes.append(matches.next().captured(1));
    return includes;
}

QStringList sourcesIn(const QString &folder)
{
    QStringList sources;
    for (const auto &name : QDir(sourceFolder + QLatin1Char('/') + folder)
                                .entryList({QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files))
        sources.append(folder + QLatin1Char('/') + name);
    return sources;
}

/// A row for each source file of the program, its module and its window.
void addSources()
{
    QTest::addColumn<QString>("file");
    for (const char *folder : {"core", "app", "app/tray", "python"}) {
        for (const auto &file : sourcesIn(QString::fromUtf8(folder)))
            QTest::newRow(qPrintable(file)) << file;
    }
}

/// The headers of Qt Widgets, which stand in a folder of their own; empty where that is not installed.
QStringList widgetHeaders()
{
    const auto headers = QLibraryInfo::path(QLibraryInfo::HeadersPath) + QStringLiteral("/QtWidgets");
    return QDir(headers).entryList(QDir::Files);
}

/// A file's includes within its folder, and theirs.
QSet<QString> reachedFrom(const QString &file)
{
    const auto folder = file.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/');
    QSet<QString> reached;
    QStringList waiting = {file};
    while (!waiting.isEmpty()) {
        for (const auto &include : includesOf(waiting.takeLast())) {
            if (reached.contains(include))
                continue;
            reached.insert(include);
            if (QFile::exists(sourceFolder + QLatin1Char('/') + folder + include))
                waiting.append(folder + include);
        }
    }
    return reached;
}

} // namespace

/// The arrows between the folders point one way: read off the includes.
class TestArchitecture : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void coreStandsAlone_data();
    void coreStandsAlone();
    void knowsNothingOfPython_data();
    void knowsNothingOfPython();
    void onlyTheTrayShowsWidgets_data();
    void onlyTheTrayShowsWidgets();
    void theTrayNeedsNoPython_data();
    void theTrayNeedsNoPython();
    void theCompanionKnowsNoSockets();
    void onlyMarkersWriteToStdout_data();
    void onlyMarkersWriteToStdout();
    void nothingWaitsOrGuessesItsSender_data();
    void nothingWaitsOrGuessesItsSender();
    void everySourceHasATest_data();
    void everySourceHasATest();
};

void TestArchitecture::coreStandsAlone_data()
{
    QTest::addColumn<QString>("file");
    for (const auto &file : sourcesIn(QStringLiteral("core")))
        QTest::newRow(qPrintable(file)) << file;
}

void TestArchitecture::coreStandsAlone()
{
    QFETCH(QString, file);
    for (const auto &include : includesOf(file)) {
        QVERIFY2(!include.contains(QLatin1String("..")), qPrintable(include));
        QVERIFY2(!include.startsWith(QLatin1String("app/")), qPrintable(include));
        QVERIFY2(!include.startsWith(QLatin1String("python/")), qPrintable(include));
        QVERIFY2(!QFile::exists(sourceFolder + QStringLiteral("/app/") + include), qPrintable(include));
        QVERIFY2(include != QLatin1String("pybind11/embed.h"), "the core holds no interpreter");
    }
}

void TestArchitecture::knowsNothingOfPython_data()
{
    QTest::addColumn<QString>("file");
    for (const char *name :
         {"address", "dispatcher", "frontendwatch", "jsontext", "markers", "message", "messagelog", "monitor",
          "reply", "signals", "transport", "websockettransport"}) {
        for (const char *ending : {"h", "cpp"})
            QTest::addRow("%s.%s", name, ending)
                << QStringLiteral("core/%1.%2").arg(QString::fromUtf8(name), QString::fromUtf8(ending));
    }
    QTest::newRow("mailbox.h") << "core/mailbox.h";
    QTest::newRow("textbuffer.h") << "core/textbuffer.h";
}

void TestArchitecture::knowsNothingOfPython()
{
    QFETCH(QString, file);
    QVERIFY(!contentsOf(file).isEmpty());
    for (const auto &include : reachedFrom(file)) {
        QVERIFY2(!include.startsWith(QLatin1String("pybind11/")), qPrintable(include));
        QVERIFY2(include != QLatin1String("Python.h"), qPrintable(file));
    }
}

void TestArchitecture::onlyTheTrayShowsWidgets_data()
{
    addSources();
}

void TestArchitecture::onlyTheTrayShowsWidgets()
{
    QFETCH(QString, file);
    static const auto widgets = widgetHeaders();
    if (file.startsWith(QLatin1String("app/tray/")))
        return;
    for (const auto &include : includesOf(file)) {
        QVERIFY2(!widgets.contains(include), qPrintable(include));
        QVERIFY2(!include.startsWith(QLatin1String("QtWidgets")), qPrintable(include));
    }
}

void TestArchitecture::theTrayNeedsNoPython_data()
{
    QTest::addColumn<QString>("file");
    for (const auto &file : sourcesIn(QStringLiteral("app/tray")))
        QTest::newRow(qPrintable(file)) << file;
}

void TestArchitecture::theTrayNeedsNoPython()
{
    QFETCH(QString, file);
    QStringList waiting = {file};
    QSet<QString> reached;
    while (!waiting.isEmpty()) {
        for (const auto &include : includesOf(waiting.takeLast())) {
            QVERIFY2(!include.startsWith(QLatin1String("pybind11/")), qPrintable(include));
            QVERIFY2(include != QLatin1String("Python.h"), qPrintable(file));
            const auto core = QStringLiteral("core/") + include;
            if (!reached.contains(core) && QFile::exists(sourceFolder + QLatin1Char('/') + core))
                waiting.append(core);
            reached.insert(core);
        }
    }
}

void TestArchitecture::theCompanionKnowsNoSockets()
{
    for (const char *file : {"core/companion.h", "core/companion.cpp"}) {
        for (const auto &include : reachedFrom(QString::fromUtf8(file)))
            QVERIFY2(!include.contains(QLatin1String("Socket")) &&
                         !include.contains(QLatin1String("transport")),
                     qPrintable(include));
    }
}

void TestArchitecture::onlyMarkersWriteToStdout_data()
{
    coreStandsAlone_data();
}

void TestArchitecture::onlyMarkersWriteToStdout()
{
    QFETCH(QString, file);
    // One writes the markers; the other stands between what Python code writes and where that goes.
    if (file == QLatin1String("core/markers.cpp") || file == QLatin1String("core/outputcapture.cpp"))
        return;
    static const QRegularExpression writing(
        QStringLiteral("\\bstdout\\b|STDOUT_FILENO|\\bcout\\b|\\bputs\\s*\\(|\\bprintf\\s*\\("));
    static const QRegularExpression comment(QStringLiteral("//.*$"));
    for (auto line : contentsOf(file).split(QLatin1Char('\n'))) {
        line.remove(comment);
        // Help, version and constants are written instead of serving.
        const bool isOutput =
            file == QLatin1String("core/bindings.cpp") &&
            (line.contains(QLatin1String("options.output")) || line.contains(QLatin1String("fflush")));
        QVERIFY2(isOutput || !line.contains(writing), qPrintable(line));
    }
}

void TestArchitecture::nothingWaitsOrGuessesItsSender_data()
{
    addSources();
}

void TestArchitecture::nothingWaitsOrGuessesItsSender()
{
    QFETCH(QString, file);
    const auto contents = contentsOf(file);
    QVERIFY(contents.startsWith(QStringLiteral("// SPDX-License-Identifier: MIT\n")));
    QCOMPARE(contents.contains(QStringLiteral("#pragma once")), file.endsWith(QStringLiteral(".h")));
    for (const char *forbidden :
         {"BlockingQueuedConnection", "processEvents", "sender()", "sleep(", "sleep_for("})
        QVERIFY2(!contents.contains(QString::fromUtf8(forbidden)), forbidden);
}

void TestArchitecture::everySourceHasATest_data()
{
    QTest::addColumn<QString>("file");
    for (const char *folder : {"core", "app", "app/tray"}) {
        for (const auto &file : sourcesIn(QString::fromUtf8(folder))) {
            // The window's is run by the tests of the package, as users run it.
            if (file.endsWith(QLatin1String(".cpp")) && file != QLatin1String("app/tray/main.cpp"))
                QTest::newRow(qPrintable(file)) << file;
        }
    }
}

void TestArchitecture::everySourceHasATest()
{
    QFETCH(QString, file);
    const auto name = file.section(QLatin1Char('/'), -1);
    QVERIFY2(QFile::exists(sourceFolder + QStringLiteral("/tests/tst_") + name), qPrintable(file));
}

QTEST_GUILESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
