// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QSortFilterProxyModel>
#include <QString>
#include <QTimer>

#include <vector>

namespace liaison {

class CallModel;
struct Call;

/// The calls that a person looks for, in the order of a column; those that run come first in any order. By
/// time they are always in order. By another column, where new ones belong in many places at a time, they are
/// put there now and then: at once, where there are few calls, every few seconds of 100,000.
class CallFilter final : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit CallFilter(CallModel &calls, QObject *parent = nullptr);

    /// What must be shown: text in the command, the target or the error's type, whatever its case, or in the
    /// message or its answer; failed calls only; calls that took, or have run for, longer than so many
    /// seconds.
    void setText(const QString &text);
    void setErrorsOnly(bool isOn);
    void setSlowerThan(double seconds);

    const QString &text() const { return m_text; }

    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    /// The call in a row of this model.
    const Call &callAt(const QModelIndex &index) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    void onCallsChanged();
    void arrange();
    std::vector<double> keysFor(int column, Qt::SortOrder order) const;
    bool hasText(const Call &call) const;

    CallModel &m_calls;
    QString m_text;
    QByteArray m_utf8;
    bool m_errorsOnly = false;
    double m_slowerThan_s = 0;
    QTimer m_orderTimer;        ///< while they may be out of order
    std::vector<double> m_keys; ///< of all calls, while they are put in order
};

} // namespace liaison
