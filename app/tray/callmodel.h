// SPDX-License-Identifier: MIT
#pragma once

#include "call.h"

#include <QAbstractTableModel>

#include <deque>
#include <optional>

namespace liaison {

/// The latest calls as a table, oldest first: so many, and so many bytes of their messages and answers at the
/// most; older ones leave.
class CallModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Client, Command, Target, State, Duration, Size, ColumnCount };

    static constexpr std::size_t mostCalls = 100'000;
    static constexpr qint64 mostBytes = qint64(256) << 20;

    explicit CallModel(QObject *parent = nullptr);

    void apply(const CallBatch &batch);
    void clear();

    /// Whether the oldest leave many at a time, with layoutChanged(): a view in which they lie scattered is
    /// then made anew once, where it would take them out one by one. Until then there may be a quarter more.
    void setDropsInBulk(bool isOn);

    /// The time that has passed for calls that run: they are shown anew.
    void showElapsed();

    /// The call in a row, which must be one of the model's.
    const Call &call(int row) const { return m_calls[std::size_t(row)]; }

    /// The row of a call; nothing when it has left.
    std::optional<int> rowOf(quint64 number) const;

    /// The call that has run, or waited, the longest; null without one.
    const Call *oldestRunning() const;

    qsizetype runningCount() const { return m_running; }
    qint64 bytes() const { return m_bytes; }

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void append(const QList<Call> &calls);
    void finish(const QList<CallEnd> &ends);
    void drop(std::size_t count);
    void dropInBulk(std::size_t count);
    void takeOut(std::size_t count);
    std::size_t excess() const;
    QString text(const Call &call, int column) const;
    QVariant toolTip(const Call &call, int column) const;

    std::deque<Call> m_calls; ///< of consecutive numbers
    qsizetype m_running = 0;
    qint64 m_bytes = 0;
    bool m_dropsInBulk = false;
};

/// Seconds as a person reads them: "1.24 ms".
QString durationText(double seconds);

/// Bytes as a person reads them: "1.2 kB".
QString sizeText(qint64 bytes);

/// The time of the day, in the local time zone, to the millisecond.
QString timeText(double time_s);

/// Seconds since 1970 (UTC).
double currentTime();

} // namespace liaison
