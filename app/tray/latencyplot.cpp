// SPDX-License-Identifier: MIT
#include "latencyplot.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace liaison {

namespace {

constexpr double shortest_ms = 0.001;
constexpr double longest_ms = 1e7;
constexpr qint64 minutes = LatencyPlot::span_s / 60;

/// Seconds without calls, behind which no line leads on.
constexpr qint64 longestGap_s = 10;

qint64 secondOf(qint64 time_ms)
{
    // Rounded down, also of what is below zero.
    return time_ms >= 0 ? time_ms / 1000 : -((999 - time_ms) / 1000);
}

QString duration(double ms)
{
    const auto number = [](double value) { return QString::number(value, 'g', 3); };
    if (ms < 1)
        return number(ms * 1000) + QStringLiteral(" µs");
    // No exponents: 999.5 would be written as 1e+03.
    if (ms < 999.5)
        return number(ms) + QStringLiteral(" ms");
    return ms < 999'500 ? number(ms / 1000) + QStringLiteral(" s")
                        : QString::number(std::round(ms / 1000), 'f', 0) + QStringLiteral(" s");
}

QColor mixed(const QColor &over, const QColor &under, float share)
{
    const auto channel = [share](float a, float b) { return share * a + (1 - share) * b; };
    return QColor::fromRgbF(channel(over.redF(), under.redF()), channel(over.greenF(), under.greenF()),
                            channel(over.blueF(), under.blueF()));
}

} // namespace

/// Where things are drawn at the moment.
struct LatencyPlot::Frame {
    QRectF area;
    double end_s = 0; ///< at the right
    int lowest = 0;   ///< powers of ten in milliseconds, at the bottom and the top
    int highest = 1;

    double x(double time_s) const { return area.right() - (end_s - time_s) / double(span_s) * area.width(); }
    double y(double latency_ms) const
    {
        return area.bottom() - (std::log10(latency_ms) - lowest) / (highest - lowest) * area.height();
    }
};

LatencyPlot::LatencyPlot(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Latency of calls over the last five minutes"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_moving.setInterval(1000);
    connect(&m_moving, &QTimer::timeout, this, [this] {
        forgetOld();
        update();
    });
}

QSize LatencyPlot::minimumSizeHint() const
{
    return {fontMetrics().horizontalAdvance(QStringLiteral("100 ms −5 min now")) * 3 / 2,
            fontMetrics().height() * 4};
}

void LatencyPlot::add(qint64 time_ms, double latency_ms)
{
    if (m_seconds.empty() || time_ms > m_newest_ms) {
        m_newest_ms = time_ms;
        m_sinceNewest.start();
    }
    const auto shown_ms = latency_ms > shortest_ms ? std::min(latency_ms, longest_ms) : shortest_ms;
    auto &second = m_seconds[secondOf(time_ms)];
    second.sum_ms += shown_ms;
    second.longest_ms = std::max(second.longest_ms, shown_ms);
    ++second.count;
    forgetOld();
    update();
}

void LatencyPlot::clear()
{
    m_seconds.clear();
    update();
}

qint64 LatencyPlot::now_ms() const
{
    return m_newest_ms + (m_sinceNewest.isValid() ? m_sinceNewest.elapsed() : 0);
}

void LatencyPlot::forgetOld()
{
    m_seconds.erase(m_seconds.begin(), m_seconds.upper_bound(secondOf(now_ms()) - span_s));
}

void LatencyPlot::showEvent(QShowEvent *event)
{
    m_moving.start();
    QWidget::showEvent(event);
}

void LatencyPlot::hideEvent(QHideEvent *event)
{
    m_moving.stop();
    QWidget::hideEvent(event);
}

LatencyPlot::Frame LatencyPlot::frame() const
{
    Frame frame;
    double least = longest_ms;
    double most = shortest_ms;
    for (const auto &[number, second] : m_seconds) {
        least = std::min(least, second.mean_ms());
        most = std::max(most, second.longest_ms);
    }
    frame.lowest = int(std::floor(std::log10(least)));
    frame.highest = std::max(frame.lowest + 1, int(std::ceil(std::log10(most))));
    frame.end_s = double(secondOf(now_ms()) + 1);
    const auto metrics = fontMetrics();
    double labelWidth = 0;
    for (int power = frame.lowest; power <= frame.highest; ++power)
        labelWidth = std::max(labelWidth, double(metrics.horizontalAdvance(duration(std::pow(10, power)))));
    const double gap = metrics.height() / 3.0;
    frame.area = QRectF(rect()).adjusted(labelWidth + 2 * gap, metrics.height() / 2.0 + gap / 2, -1.5 * gap,
                                         -metrics.height() - gap);
    return frame;
}

void LatencyPlot::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().base());
    if (m_seconds.empty()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("No calls in the last five minutes"));
        return;
    }
    const auto shown = frame();
    drawGrid(painter, shown);
    drawSeconds(painter, shown);
}

void LatencyPlot::drawGrid(QPainter &painter, const Frame &frame) const
{
    const auto text = palette().color(QPalette::Text);
    const auto base = palette().color(QPalette::Base);
    const auto height = double(fontMetrics().height());
    const double gap = height / 3;
    const auto line = [&](QPointF from, QPointF to) {
        painter.setPen(QPen(mixed(text, base, 0.18F), 1));
        painter.drawLine(from, to);
        painter.setPen(mixed(text, base, 0.75F));
    };
    const int powers = frame.highest - frame.lowest;
    const int step = std::max(1, int(std::ceil(powers * height * 1.1 / std::max(1.0, frame.area.height()))));
    for (int power = frame.lowest; power <= frame.highest; power += step) {
        const auto y = std::round(frame.y(std::pow(10, power))) + 0.5;
        line({frame.area.left(), y}, {frame.area.right(), y});
        painter.drawText(QRectF(0, y - height / 2, frame.area.left() - gap, height),
                         Qt::AlignRight | Qt::AlignVCenter, duration(std::pow(10, power)));
    }
    for (qint64 minute = 0; minute <= minutes; ++minute) {
        const auto x = std::round(frame.x(frame.end_s - double(minute) * 60)) + 0.5;
        line({x, frame.area.top()}, {x, frame.area.bottom()});
    }
    const QRectF labels(frame.area.left() - gap, frame.area.bottom() + gap / 2, frame.area.width() + 2 * gap,
                        height);
    painter.drawText(labels, Qt::AlignLeft, tr("−%1 min").arg(minutes));
    painter.drawText(labels, Qt::AlignRight, tr("now"));
}

void LatencyPlot::drawSeconds(QPainter &painter, const Frame &frame) const
{
    const auto base = palette().color(QPalette::Base);
    const auto highlight = palette().color(QPalette::Highlight);
    painter.setClipRect(frame.area.adjusted(-3, -3, 3, 3));
    const double width = std::max(1.5, frame.area.width() / double(span_s) * 0.8);
    QPainterPath longest;
    QPainterPath mean;
    QPainterPath dots;
    qint64 last = 0;
    for (const auto &[number, second] : m_seconds) {
        const QPointF point(frame.x(double(number) + 0.5), frame.y(second.mean_ms()));
        longest.moveTo(point);
        longest.lineTo(point.x(), frame.y(second.longest_ms));
        if (mean.elementCount() > 0 && number - last <= longestGap_s) {
            mean.lineTo(point);
        } else {
            mean.moveTo(point);
            // A line of one point is none.
            dots.addEllipse(point, 1.5, 1.5);
        }
        last = number;
    }
    painter.setPen(QPen(mixed(highlight, base, 0.45F), width, Qt::SolidLine, Qt::FlatCap));
    painter.drawPath(longest);
    painter.setPen(QPen(highlight, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(mean);
    painter.fillPath(dots, highlight);
}

bool LatencyPlot::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const auto text = described(help->pos());
    if (text.isEmpty()) {
        QToolTip::hideText();
        event->ignore();
    } else {
        QToolTip::showText(help->globalPos(), text, this);
    }
    return true;
}

/// The second that is nearest to a place, if one is near.
QString LatencyPlot::described(const QPoint &position) const
{
    if (m_seconds.empty())
        return {};
    constexpr double reach = 8;
    const auto shown = frame();
    const auto distance = [&](const auto &entry) {
        return std::abs(shown.x(double(entry.first) + 0.5) - position.x());
    };
    const auto nearest =
        std::min_element(m_seconds.begin(), m_seconds.end(),
                         [&](const auto &a, const auto &b) { return distance(a) < distance(b); });
    if (distance(*nearest) > reach)
        return {};
    const auto &[number, second] = *nearest;
    const auto calls = second.count == 1 ? tr("1 call") : tr("%1 calls").arg(second.count);
    return tr("%1 %2 s ago: %3 in the mean, %4 the longest")
        .arg(calls)
        .arg(secondOf(now_ms()) - number)
        .arg(duration(second.mean_ms()), duration(second.longest_ms));
}

} // namespace liaison
