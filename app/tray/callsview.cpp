// SPDX-License-Identifier: MIT
#include "callsview.h"

#include "stopdelegate.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

#include <array>

namespace liaison {

namespace {

/// How long after the last key a text is looked for.
constexpr int typingTime_ms = 150;

/// Widths in characters.
constexpr std::array<int, CallModel::ColumnCount> widths = {13, 7, 10, 34, 22, 11, 10};

constexpr double ms = 1000;
constexpr double longestDuration_ms = 1e7;

} // namespace

CallsView::CallsView(CallModel &calls, QWidget *parent)
    : QWidget(parent)
    , m_calls(calls)
    , m_filter(calls)
    , m_text(new QLineEdit(this))
    , m_errorsOnly(new QCheckBox(tr("&Errors only"), this))
    , m_slowerThan(new QDoubleSpinBox(this))
    , m_count(new QLabel(this))
    , m_hint(new QLabel(this))
    , m_table(new QTableView(this))
    , m_textTimer(this)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(makeFilterRow());
    makeTable();
    makeHint();
    layout->addWidget(m_table);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_filter, signal, this, &CallsView::showCount);
    connect(&m_filter, &QAbstractItemModel::layoutChanged, this, [this] {
        showCount();
        // What was selected may be filtered out.
        Q_EMIT selectionChanged();
    });
    connect(&m_filter, &QAbstractItemModel::modelReset, this, &CallsView::showCount);
    showCount();
}

QWidget *CallsView::makeFilterRow()
{
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    m_text->setPlaceholderText(tr("Filter: command, target, error, text of message or answer"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter by text"));
    m_textTimer.setSingleShot(true);
    m_textTimer.setInterval(typingTime_ms);
    connect(m_text, &QLineEdit::textChanged, &m_textTimer, qOverload<>(&QTimer::start));
    connect(&m_textTimer, &QTimer::timeout, this, [this] { m_filter.setText(m_text->text()); });
    connect(m_errorsOnly, &QCheckBox::toggled, &m_filter, &CallFilter::setErrorsOnly);
    m_slowerThan->setRange(0, longestDuration_ms);
    m_slowerThan->setDecimals(1);
    m_slowerThan->setSuffix(tr(" ms"));
    m_slowerThan->setSpecialValueText(tr("any duration"));
    m_slowerThan->setKeyboardTracking(false);
    m_slowerThan->setAccessibleName(tr("Slower than"));
    connect(m_slowerThan, &QDoubleSpinBox::valueChanged, this,
            [this](double value) { m_filter.setSlowerThan(value / ms); });
    auto *label = new QLabel(tr("S&lower than"), row);
    label->setBuddy(m_slowerThan);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_errorsOnly);
    layout->addWidget(label);
    layout->addWidget(m_slowerThan);
    layout->addWidget(m_count);
    return row;
}

void CallsView::makeTable()
{
    m_table->setModel(&m_filter);
    m_table->setAccessibleName(tr("Calls"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(CallModel::Time, Qt::DescendingOrder);
    auto *vertical = m_table->verticalHeader();
    vertical->hide();
    vertical->setSectionResizeMode(QHeaderView::Fixed);
    vertical->setDefaultSectionSize(m_table->fontMetrics().height() + 6);
    auto *horizontal = m_table->horizontalHeader();
    horizontal->setHighlightSections(false);
    horizontal->setSectionsMovable(true);
    horizontal->setSectionResizeMode(CallModel::Target, QHeaderView::Stretch);
    const int character = m_table->fontMetrics().horizontalAdvance(QLatin1Char('0'));
    for (int column = 0; column < CallModel::ColumnCount; ++column)
        horizontal->resizeSection(column, widths[std::size_t(column)] * character);
    auto *stop = new StopDelegate(m_table);
    m_table->setItemDelegateForColumn(CallModel::State, stop);
    connect(stop, &StopDelegate::stopClicked, this,
            [this](const QModelIndex &index) { Q_EMIT stopRequested(m_filter.callAt(index)); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &CallsView::selectionChanged);
}

void CallsView::makeHint()
{
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto *layout = new QVBoxLayout(m_table->viewport());
    layout->addWidget(m_hint, 0, Qt::AlignCenter);
}

const Call *CallsView::selected() const
{
    const auto rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : &m_filter.callAt(rows.first());
}

void CallsView::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void CallsView::showCount()
{
    const auto shown = m_filter.rowCount();
    const auto all = m_calls.rowCount();
    const auto number = [](int count) { return QStringLiteral("%L1").arg(count); };
    m_hint->setVisible(shown == 0);
    m_hint->setText(all == 0 ? tr("Calls appear here as frontends make them.")
                             : tr("No call passes the filter."));
    m_count->setText(shown == all ? tr("%1 calls").arg(number(all))
                                  : tr("%1 of %2 calls").arg(number(shown), number(all)));
}

QByteArray CallsView::state() const
{
    return m_table->horizontalHeader()->saveState();
}

void CallsView::restoreState(const QByteArray &state)
{
    m_table->horizontalHeader()->restoreState(state);
}

} // namespace liaison
