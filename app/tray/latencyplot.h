// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <map>

namespace liaison {

/// How long calls took over the last five minutes: for each second the mean, and a line up to the longest, on
/// a logarithmic scale. Moves on by itself while it is visible.
class LatencyPlot final : public QWidget {
    Q_OBJECT
public:
    static constexpr qint64 span_s = 300;

    explicit LatencyPlot(QWidget *parent = nullptr);

    /// @param time_ms when the call ended, by a clock that goes on evenly from wherever it started
    /// @param latency_ms how long it took; what is no positive number counts as the shortest that is shown
    void add(qint64 time_ms, double latency_ms);
    void clear();

    qsizetype secondCount() const
    {
        return qsizetype(m_seconds.size());
    } ///< those with calls, which it keeps

    QSize sizeHint() const override { return {320, 120}; }
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Second {
        double sum_ms = 0;
        double longest_ms = 0;
        qint64 count = 0;

        double mean_ms() const { return sum_ms / double(count); }
    };
    struct Frame;

    qint64 now_ms() const;
    void forgetOld();
    Frame frame() const;
    void drawGrid(QPainter &painter, const Frame &frame) const;
    void drawSeconds(QPainter &painter, const Frame &frame) const;
    QString described(const QPoint &position) const;

    std::map<qint64, Second> m_seconds; ///< by their number
    qint64 m_newest_ms = 0;
    QElapsedTimer m_sinceNewest;
    QTimer m_moving;
};

} // namespace liaison
