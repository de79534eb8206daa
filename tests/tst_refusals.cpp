// SPDX-License-Identifier: MIT
#include "refusals.h"

#include "logging.h"

#include <QtTest>

using namespace liaison;

/// What was turned away is counted, and told to the log.
class TestRefusals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void counts();
};

void TestRefusals::counts()
{
    setUpLogging(true);
    Refusals refusals;
    const auto before = refusals.counts();
    QCOMPARE(before.size(), qsizetype(Refusal::Count));
    for (const auto &count : before)
        QCOMPARE(count.toInt(-1), 0);
    refusals.note(Refusal::Origin, QStringLiteral("a"));
    refusals.note(Refusal::Stalled, QStringLiteral("b"));
    refusals.note(Refusal::Stalled, QStringLiteral("c"));
    const auto after = refusals.counts();
    QCOMPARE(after.value(QLatin1String("origin")).toInt(), 1);
    QCOMPARE(after.value(QLatin1String("stalled")).toInt(), 2);
    QCOMPARE(after.value(QLatin1String("token")).toInt(), 0);
}

QTEST_GUILESS_MAIN(TestRefusals)
#include "tst_refusals.moc"
