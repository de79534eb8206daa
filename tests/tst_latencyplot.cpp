// SPDX-License-Identifier: MIT
#include "latencyplot.h"

#include <QHelpEvent>
#include <QImage>
#include <QToolTip>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace liaison;

namespace {

constexpr qint64 start_ms = 1'000'000'000'000;

/// Colours that are told apart from every mixture of the others.
QPalette palette()
{
    QPalette palette;
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::Text, Qt::black);
    palette.setColor(QPalette::Highlight, QColor(255, 0, 0));
    return palette;
}

QImage rendered(LatencyPlot &plot, qreal ratio = 1)
{
    QImage image(plot.size() * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::white);
    plot.render(&image);
    return image;
}

bool isMarked(QRgb pixel)
{
    return qRed(pixel) > 200 && qGreen(pixel) < 190;
}

/// The smallest rectangle around what calls have drawn.
QRect marks(const QImage &image)
{
    QRect around;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (isMarked(image.pixel(x, y)))
                around |= QRect(x, y, 1, 1);
        }
    }
    return around;
}

/// Pixels on an image's edge that something was drawn on.
int inkOnTheEdge(const QImage &image)
{
    int ink = 0;
    for (int x = 0; x < image.width(); ++x)
        ink += (image.pixel(x, 0) != qRgb(255, 255, 255)) +
               (image.pixel(x, image.height() - 1) != qRgb(255, 255, 255));
    for (int y = 0; y < image.height(); ++y)
        ink += (image.pixel(0, y) != qRgb(255, 255, 255)) +
               (image.pixel(image.width() - 1, y) != qRgb(255, 255, 255));
    return ink;
}

} // namespace

/// The plot is looked at as an image, as people do.
class TestLatencyPlot : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysThatThereIsNothing();
    void newCallsAreAtTheRight();
    void longerCallsAreHigher();
    void everySecondHasItsPlace();
    void oldCallsLeave();
    void memoryIsBounded();
    void takesAnyNumber_data();
    void takesAnyNumber();
    void nothingIsCut_data();
    void nothingIsCut();
    void staysSharp();
    void tellsValuesUnderTheMouse();
};

void TestLatencyPlot::saysThatThereIsNothing()
{
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(plot.sizeHint());
    QCOMPARE(plot.size(), QSize(320, 120));
    const auto empty = rendered(plot);
    QVERIFY(marks(empty).isEmpty());
    QImage blank(empty.size(), empty.format());
    blank.fill(Qt::white);
    QVERIFY(empty != blank);
    QCOMPARE(inkOnTheEdge(empty), 0);
    plot.add(start_ms, 5);
    QVERIFY(!marks(rendered(plot)).isEmpty());
    plot.clear();
    QCOMPARE(rendered(plot), empty);
    QVERIFY(!plot.accessibleName().isEmpty());
}

void TestLatencyPlot::newCallsAreAtTheRight()
{
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(320, 120);
    plot.add(start_ms, 5);
    const auto newest = marks(rendered(plot));
    QVERIFY2(newest.left() > 300, qPrintable(QString::number(newest.left())));
    plot.add(start_ms + 290'000, 5);
    const auto both = marks(rendered(plot));
    QVERIFY2(both.left() < 100 && both.right() > 300, qPrintable(QString::number(both.left())));
}

void TestLatencyPlot::longerCallsAreHigher()
{
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(320, 120);
    for (int second = 0; second < 100; ++second)
        plot.add(start_ms + second * 1000, second < 50 ? 1.0 : 1000.0);
    const auto image = rendered(plot);
    const auto all = marks(image);
    const auto early = marks(image.copy(0, 0, all.center().x() - 10, image.height()));
    const auto late = marks(image.copy(all.center().x() + 10, 0, image.width(), image.height()));
    QVERIFY2(late.bottom() + 50 < early.top(), qPrintable(QString::number(late.bottom())));
}

void TestLatencyPlot::everySecondHasItsPlace()
{
    LatencyPlot plot;
    plot.add(start_ms, 1);
    plot.add(start_ms + 999, 2);
    QCOMPARE(plot.secondCount(), 1);
    plot.add(start_ms + 1000, 3);
    QCOMPARE(plot.secondCount(), 2);
    // Answers need not come in order.
    plot.add(start_ms - 1, 4);
    QCOMPARE(plot.secondCount(), 3);
}

void TestLatencyPlot::oldCallsLeave()
{
    LatencyPlot plot;
    plot.add(start_ms, 1);
    plot.add(start_ms + 299'000, 1);
    QCOMPARE(plot.secondCount(), 2);
    plot.add(start_ms + 300'000, 1);
    QCOMPARE(plot.secondCount(), 2);
    plot.add(start_ms, 1);
    QCOMPARE(plot.secondCount(), 2);
    plot.add(start_ms + 3'600'000, 1);
    QCOMPARE(plot.secondCount(), 1);
}

void TestLatencyPlot::memoryIsBounded()
{
    LatencyPlot plot;
    for (int i = 0; i < 1'000'000; ++i)
        plot.add(start_ms + i * 7, i % 100);
    QCOMPARE(plot.secondCount(), LatencyPlot::span_s);
}

void TestLatencyPlot::takesAnyNumber_data()
{
    QTest::addColumn<double>("latency_ms");
    QTest::newRow("none") << 0.0;
    QTest::newRow("below zero") << -5.0;
    QTest::newRow("not a number") << std::nan("");
    QTest::newRow("infinite") << std::numeric_limits<double>::infinity();
    QTest::newRow("below everything") << -std::numeric_limits<double>::infinity();
    QTest::newRow("tiny") << 1e-300;
    QTest::newRow("huge") << 1e300;
    QTest::newRow("a power of ten") << 10.0;
}

void TestLatencyPlot::takesAnyNumber()
{
    QFETCH(double, latency_ms);
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(320, 120);
    plot.add(start_ms, latency_ms);
    const auto image = rendered(plot);
    QVERIFY(!marks(image).isEmpty());
    QCOMPARE(inkOnTheEdge(image), 0);
}

void TestLatencyPlot::nothingIsCut_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("shortest_ms");
    QTest::addColumn<double>("longest_ms");
    QTest::newRow("small") << QSize(260, 120) << 0.5 << 80.0;
    QTest::newRow("small, with every power of ten") << QSize(260, 120) << 0.001 << 1e6;
    QTest::newRow("its own size") << QSize(320, 120) << 100.0 << 100.0;
    QTest::newRow("large") << QSize(900, 400) << 0.02 << 20'000.0;
}

void TestLatencyPlot::nothingIsCut()
{
    QFETCH(QSize, size);
    QFETCH(double, shortest_ms);
    QFETCH(double, longest_ms);
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(size);
    for (int second = 0; second < 300; ++second)
        plot.add(start_ms + second * 1000, second % 2 ? shortest_ms : longest_ms);
    QCOMPARE(inkOnTheEdge(rendered(plot)), 0);
    QVERIFY(plot.minimumSizeHint().width() <= 260 && plot.minimumSizeHint().height() <= 120);
}

void TestLatencyPlot::staysSharp()
{
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(320, 120);
    for (int second = 0; second < 300; second += 30)
        plot.add(start_ms + second * 1000, 5 + second);
    const auto normal = marks(rendered(plot, 1));
    const auto dense = marks(rendered(plot, 2));
    QVERIFY(std::abs(dense.left() - 2 * normal.left()) <= 4);
    QVERIFY(std::abs(dense.top() - 2 * normal.top()) <= 4);
}

void TestLatencyPlot::tellsValuesUnderTheMouse()
{
    LatencyPlot plot;
    plot.setPalette(palette());
    plot.resize(320, 120);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    const auto textAt = [&plot](const QPoint &position) {
        QHelpEvent event(QEvent::ToolTip, position, plot.mapToGlobal(position));
        QApplication::sendEvent(&plot, &event);
        return event.isAccepted() ? QToolTip::text() : QString();
    };
    QCOMPARE(textAt({160, 50}), QString());
    plot.add(start_ms, 0.5);
    plot.add(start_ms, 1.5);
    plot.add(start_ms, 4000);
    const auto place = marks(rendered(plot)).center();
    static const QRegularExpression expected(
        QStringLiteral("^3 calls \\d+ s ago: 1.33 s in the mean, 4 s the longest$"));
    QVERIFY2(textAt(place).contains(expected), qPrintable(textAt(place)));
    QCOMPARE(textAt({100, 50}), QString());
}

QTEST_MAIN(TestLatencyPlot)
#include "tst_latencyplot.moc"
