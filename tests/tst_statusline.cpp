// SPDX-License-Identifier: MIT
#include "statusline.h"

#include <QJsonDocument>
#include <QLabel>
#include <QtTest>

using namespace liaison;

/// The line says what info answers.
class TestStatusLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsInfo();
    void showsNoInfo();

private:
    static QString text(const StatusLine &line, const char *name);
};

QString TestStatusLine::text(const StatusLine &line, const char *name)
{
    for (const auto *label : line.findChildren<QLabel *>()) {
        if (label->accessibleName() == QLatin1String(name))
            return label->text();
    }
    return {};
}

void TestStatusLine::showsInfo()
{
    StatusLine line;
    line.showState(QStringLiteral("watching localhost:8001"));
    const auto info = QJsonDocument::fromJson(R"({"versions": {"python": "3.11.2"}, "clients": 3, "queued": 7,
        "memory": 52000000, "executable": "/usr/bin/python3"})")
                          .object();
    line.showInfo(info);
    QCOMPARE(text(line, "State"), QStringLiteral("watching localhost:8001"));
    QCOMPARE(text(line, "Python"), QStringLiteral("Python 3.11.2"));
    QCOMPARE(text(line, "Clients"), QStringLiteral("2 clients"));
    QCOMPARE(text(line, "Queue"), QStringLiteral("7 waiting"));
    QCOMPARE(text(line, "Memory"), QStringLiteral("52.0 MB"));
    QCOMPARE(text(line, "Commands per second"), QStringLiteral("0/s"));
    QTest::qWait(100);
    line.countEnded(1'000'000);
    line.showInfo(info);
    QVERIFY(text(line, "Commands per second") != QStringLiteral("0/s"));
}

void TestStatusLine::showsNoInfo()
{
    StatusLine line;
    line.show();
    line.showInfo({{QStringLiteral("clients"), 2}});
    QCOMPARE(text(line, "Clients"), QStringLiteral("1 client"));
    line.showNoInfo();
    for (const auto *label : line.findChildren<QLabel *>())
        QCOMPARE(label->isHidden(), label->accessibleName() != QStringLiteral("State"));
}

QTEST_MAIN(TestStatusLine)
#include "tst_statusline.moc"
