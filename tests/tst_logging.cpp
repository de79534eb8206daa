// SPDX-License-Identifier: MIT
#include "logging.h"

#include "childprocess.h"

#include <QRegularExpression>
#include <QtTest>

using namespace liaison;

/// stderr is silent unless a log was asked for or something could not be done.
class TestLogging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void logs_data();
    void logs();
    void complaintsAreOneLine();
};

void TestLogging::logs_data()
{
    QTest::addColumn<bool>("verbose");
    QTest::addColumn<int>("lines");
    QTest::newRow("silent") << false << 0;
    QTest::newRow("verbose") << true << 4;
}

void TestLogging::logs()
{
    QFETCH(bool, verbose);
    QFETCH(int, lines);
    const auto child = runInChild([&] {
        setUpLogging(verbose);
        qCDebug(lcLiaison) << "a detail";
        qCInfo(lcLiaison) << "a fact";
        qCWarning(lcLiaison) << "a warning";
        qWarning("another's warning");
    });
    QCOMPARE(child.output, QByteArray());
    QCOMPARE(child.errors.count('\n'), lines);
    if (verbose) {
        static const QRegularExpression form(QStringLiteral(
            "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3} liaison: a detail\n.* liaison: a fact\n"));
        QVERIFY2(QString::fromUtf8(child.errors).contains(form), child.errors.constData());
    }
}

void TestLogging::complaintsAreOneLine()
{
    const auto child = runInChild([] {
        setUpLogging(false);
        complain(QString::fromUtf8("port 1 is taken: é"));
    });
    QCOMPARE(child.errors, QByteArray("liaison: port 1 is taken: é\n"));
    QCOMPARE(child.output, QByteArray());
}

QTEST_GUILESS_MAIN(TestLogging)
#include "tst_logging.moc"
