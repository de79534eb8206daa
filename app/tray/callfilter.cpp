// SPDX-License-Identifier: MIT
#include "callfilter.h"

#include "callmodel.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace liaison {

namespace {

/// So much of a message and of its answer is searched.
constexpr qsizetype searchedBytes = qsizetype(16) << 10;

bool contains(const QByteArray &text, const QByteArray &wanted)
{
    const std::string_view searched(text.constData(), std::size_t(std::min(text.size(), searchedBytes)));
    return searched.find(std::string_view(wanted.constData(), std::size_t(wanted.size()))) != searched.npos;
}

double durationOf(const Call &call)
{
    return call.state == CallState::Running ? currentTime() - call.time_s : call.duration_s;
}

} // namespace

CallFilter::CallFilter(CallModel &calls, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_calls(calls)
{
    setSourceModel(&calls);
    sort(CallModel::Time, Qt::DescendingOrder);
}

// Each of these may turn many rows on or off: invalidate() builds the rows anew, where invalidateFilter()
// would put them in and take them out one by one.

void CallFilter::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    m_utf8 = text.toUtf8();
    invalidate();
}

void CallFilter::setErrorsOnly(bool isOn)
{
    if (isOn == m_errorsOnly)
        return;
    m_errorsOnly = isOn;
    invalidate();
}

void CallFilter::setSlowerThan(double seconds)
{
    if (seconds == m_slowerThan_s)
        return;
    m_slowerThan_s = seconds;
    invalidate();
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

bool CallFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const auto &a = m_calls.call(left.row());
    const auto &b = m_calls.call(right.row());
    const bool isRunning = a.state == CallState::Running;
    if (isRunning != (b.state == CallState::Running))
        return isRunning == (sortOrder() == Qt::AscendingOrder);
    switch (left.column()) {
    case CallModel::Client:
        return a.client < b.client;
    case CallModel::Command:
        return a.command < b.command;
    case CallModel::Target:
        return a.target < b.target;
    case CallModel::State:
        return std::tie(a.state, a.errorType) < std::tie(b.state, b.errorType);
    case CallModel::Duration:
        // What began first has run the longest.
        return isRunning ? a.time_s > b.time_s : a.duration_s < b.duration_s;
    case CallModel::Size:
        return a.answer.size() < b.answer.size();
    default:
        return a.number < b.number;
    }
}

} // namespace liaison
