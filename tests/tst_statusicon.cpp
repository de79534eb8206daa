// SPDX-License-Identifier: MIT
#include "statusicon.h"

#include <QImage>
#include <QSignalSpy>
#include <QtTest>

using namespace liaison;

/// The icon tells activities apart.
class TestStatusIcon : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void activitiesLookDifferent();
    void showsAnActivity();
    void asksForTheWindow();
};

void TestStatusIcon::activitiesLookDifferent()
{
    for (const int size : {16, 22, 64}) {
        QList<QImage> images;
        for (const auto activity : {Activity::Idle, Activity::Busy, Activity::Error}) {
            const auto image = activityIcon(activity).pixmap(size).toImage();
            QCOMPARE(image.width(), size);
            QVERIFY(!images.contains(image));
            images.append(image);
            // Not by colour alone.
            const auto grey = image.convertToFormat(QImage::Format_Grayscale8);
            QVERIFY(grey.pixelColor(size / 2, size / 4) != grey.pixelColor(0, 0));
        }
    }
}

void TestStatusIcon::showsAnActivity()
{
    StatusIcon icon;
    icon.setActivity(Activity::Error, QStringLiteral("a command has failed"));
    QVERIFY(icon.activity() == Activity::Error);
    QCOMPARE(icon.toolTip(), QStringLiteral("Liaison: a command has failed"));
}

void TestStatusIcon::asksForTheWindow()
{
    StatusIcon icon;
    const QSignalSpy wanted(&icon, &StatusIcon::windowWanted);
    Q_EMIT icon.activated(QSystemTrayIcon::Trigger);
    Q_EMIT icon.activated(QSystemTrayIcon::Context);
    QCOMPARE(wanted.count(), 1);
}

QTEST_MAIN(TestStatusIcon)
#include "tst_statusicon.moc"
