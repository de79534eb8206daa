// SPDX-License-Identifier: MIT
#include "callfilter.h"

#include "callmodel.h"

#include <QHash>

#include <algorithm>
#include <string_view>

namespace liaison {

namespace {

/// So much of a message and of its answer is searched.
constexpr qsizetype searchedBytes = qsizetype(16) << 10;

/// How long calls may be out of order; for so many of them, a millisecond longer.
constexpr int shortestWait_ms = 100;
constexpr int rowsForEach_ms = 30;

bool contains(const QByteArray &text, const QByteArray &wanted)
{
    const std::string_view searched(text.constData(), std::size_t(std::min(text.size(), searchedBytes)));
    return searched.find(std::string_view(wanted.constData(), std::size_t(wanted.size()))) != searched.npos;
}

double durationOf(const Call &call)
{
    return call.state == CallState::Running ? currentTime() - call.time_s : call.duration_s;
}

/// Numbers that are in the order of texts.
template <typename TextOf> std::vector<double> ranksOf(const CallModel &calls, TextOf textOf)
{
    QHash<QString, double> ranks;
    for (int row = 0; row < calls.rowCount(); ++row)
        ranks.insert(textOf(calls.call(row)), 0);
    auto texts = ranks.keys();
    std::sort(texts.begin(), texts.end());
    for (qsizetype i = 0; i < texts.size(); ++i)
        ranks[texts[i]] = double(i);
    std::vector<double> keys;
    keys.reserve(std::size_t(calls.rowCount()));
    for (int row = 0; row < calls.rowCount(); ++row)
        keys.push_back(ranks.value(textOf(calls.call(row))));
    return keys;
}

template <typename NumberOf> std::vector<double> numbersOf(const CallModel &calls, NumberOf numberOf)
{
    std::vector<double> keys;
    keys.reserve(std::size_t(calls.rowCount()));
    for (int row = 0; row < calls.rowCount(); ++row)
        keys.push_back(double(numberOf(calls.call(row))));
    return keys;
}

std::vector<double> plainKeysFor(const CallModel &calls, int column)
{
    switch (column) {
    case CallModel::Client:
        return numbersOf(calls, [](const Call &call) { return call.client; });
    case CallModel::Command:
        return ranksOf(calls, [](const Call &call) { return call.command; });
    case CallModel::Target:
        return ranksOf(calls, [](const Call &call) { return call.target; });
    case CallModel::State:
        return ranksOf(calls,
                       [](const Call &call) { return QString::number(int(call.state)) + call.errorType; });
    case CallModel::Duration:
        // What began first has run the longest.
        return numbersOf(calls, [](const Call &call) {
            return call.state == CallState::Running ? -call.time_s : call.duration_s;
        });
    case CallModel::Size:
        return numbersOf(calls, [](const Call &call) { return call.answer.size(); });
    default:
        return numbersOf(calls, [](const Call &call) { return call.number; });
    }
}

} // namespace

CallFilter::CallFilter(CallModel &calls, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_calls(calls)
    , m_orderTimer(this)
{
    setSourceModel(&calls);
    CallFilter::sort(CallModel::Time, Qt::DescendingOrder);
    m_orderTimer.setSingleShot(true);
    connect(&m_orderTimer, &QTimer::timeout, this, &CallFilter::arrange);
    connect(&calls, &QAbstractItemModel::rowsInserted, this, &CallFilter::onCallsChanged);
    connect(&calls, &QAbstractItemModel::dataChanged, this, &CallFilter::onCallsChanged);
    connect(&calls, &QAbstractItemModel::layoutChanged, this, &CallFilter::arrange);
}

void CallFilter::sort(int column, Qt::SortOrder order)
{
    m_orderTimer.stop();
    const bool isByTime = column == CallModel::Time;
    setDynamicSortFilter(isByTime);
    m_calls.setDropsInBulk(!isByTime);
    m_keys = keysFor(column, order);
    QSortFilterProxyModel::sort(column, order);
    m_keys.clear();
}

/// Builds all rows anew, where invalidateFilter() would put them in and take them out one by one.
void CallFilter::arrange()
{
    m_keys = keysFor(sortColumn(), sortOrder());
    invalidate();
    // It is done when somebody asks.
    [[maybe_unused]] const int count = rowCount();
    m_keys.clear();
}

void CallFilter::onCallsChanged()
{
    if (!dynamicSortFilter() && !m_orderTimer.isActive())
        m_orderTimer.start(std::max(shortestWait_ms, m_calls.rowCount() / rowsForEach_ms));
}

void CallFilter::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    m_utf8 = text.toUtf8();
    arrange();
}

void CallFilter::setErrorsOnly(bool isOn)
{
    if (isOn == m_errorsOnly)
        return;
    m_errorsOnly = isOn;
    arrange();
}

void CallFilter::setSlowerThan(double seconds)
{
    if (seconds == m_slowerThan_s)
        return;
    m_slowerThan_s = seconds;
    arrange();
}

const Call &CallFilter::callAt(const QModelIndex &index) const
{
    return m_calls.call(mapToSource(index).row());
}

bool CallFilter::filterAcceptsRow(int row, const QModelIndex &) const
{
    const auto &call = m_calls.call(row);
    if (m_errorsOnly && call.state != CallState::Failed)
        return false;
    if (m_slowerThan_s > 0 && durationOf(call) <= m_slowerThan_s)
        return false;
    return m_text.isEmpty() || hasText(call);
}

bool CallFilter::hasText(const Call &call) const
{
    return call.command.contains(m_text, Qt::CaseInsensitive) ||
           call.target.contains(m_text, Qt::CaseInsensitive) ||
           call.errorType.contains(m_text, Qt::CaseInsensitive) || contains(call.message, m_utf8) ||
           contains(call.answer, m_utf8);
}

/// What calls are put in order by, in the order of the rows of all: comparing them themselves takes five
/// times as long.
std::vector<double> CallFilter::keysFor(int column, Qt::SortOrder order) const
{
    auto keys = plainKeysFor(m_calls, column);
    const auto [least, greatest] = std::minmax_element(keys.begin(), keys.end());
    if (least == greatest || m_calls.runningCount() == 0)
        return keys;
    // Those that run come first.
    const auto offset = (*greatest - *least + 1) * (order == Qt::AscendingOrder ? -1 : 1);
    for (int row = 0; row < m_calls.rowCount(); ++row) {
        if (m_calls.call(row).state == CallState::Running)
            keys[std::size_t(row)] += offset;
    }
    return keys;
}

bool CallFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    if (!m_keys.empty()) {
        const auto a = m_keys[std::size_t(left.row())];
        const auto b = m_keys[std::size_t(right.row())];
        return a < b || (a == b && left.row() < right.row());
    }
    // One by one they are put in order by time alone.
    const bool isRunning = m_calls.call(left.row()).state == CallState::Running;
    if (isRunning != (m_calls.call(right.row()).state == CallState::Running))
        return isRunning == (sortOrder() == Qt::AscendingOrder);
    return left.row() < right.row();
}

} // namespace liaison
