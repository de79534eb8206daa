// SPDX-License-Identifier: MIT
#pragma once

#include "callfilter.h"
#include "callmodel.h"

#include <QByteArray>
#include <QTimer>
#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace liaison {

/// The table of calls with the filter above it.
class CallsView final : public QWidget {
    Q_OBJECT
public:
    explicit CallsView(CallModel &calls, QWidget *parent = nullptr);

    CallFilter &filter() { return m_filter; }

    /// The call that is selected; null without one.
    const Call *selected() const;

    void focusFilter();

    /// Widths and order of the columns, to be remembered.
    QByteArray state() const;
    void restoreState(const QByteArray &state);

Q_SIGNALS:
    void selectionChanged();
    void stopRequested(const liaison::Call &call);

private:
    QWidget *makeFilterRow();
    void makeTable();
    void makeHint();
    void showCount();

    CallModel &m_calls;
    CallFilter m_filter;
    QLineEdit *m_text;
    QCheckBox *m_errorsOnly;
    QDoubleSpinBox *m_slowerThan;
    QLabel *m_count;
    QLabel *m_hint; ///< in place of rows
    QTableView *m_table;
    QTimer m_textTimer; ///< while somebody types
};

} // namespace liaison
