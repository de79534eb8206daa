// SPDX-License-Identifier: MIT
#include "callmodel.h"

#include "palettecolors.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace liaison {

namespace {

/// Rows that changed and lie so close together are said to have changed together.
constexpr int closeRows = 8;

bool isRunning(const Call &call)
{
    return call.state == CallState::Running;
}

QString stateText(const Call &call)
{
    switch (call.state) {
    case CallState::Running:
        return CallModel::tr("running");
    case CallState::Done:
        return CallModel::tr("done");
    case CallState::Failed:
        return call.errorType.isEmpty() ? CallModel::tr("error") : call.errorType;
    case CallState::Pushed:
        return CallModel::tr("pushed");
    case CallState::Unknown:
        return CallModel::tr("not seen");
    }
    return {};
}

} // namespace

CallModel::CallModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void CallModel::apply(const CallBatch &batch)
{
    finish(batch.ended);
    append(batch.begun);
    drop(excess());
}

void CallModel::append(const QList<Call> &calls)
{
    if (calls.isEmpty())
        return;
    const auto first = rowCount();
    beginInsertRows({}, first, first + int(calls.size()) - 1);
    for (const auto &call : calls) {
        m_bytes += call.bytes();
        m_running += isRunning(call) ? 1 : 0;
        m_calls.push_back(call);
    }
    endInsertRows();
}

/// How many of the oldest have to leave; the latest stays, however long it is.
std::size_t CallModel::excess() const
{
    auto bytes = m_bytes;
    std::size_t count = 0;
    while (count + 1 < m_calls.size() && (m_calls.size() - count > mostCalls || bytes > mostBytes))
        bytes -= m_calls[count++].bytes();
    return count;
}

void CallModel::setDropsInBulk(bool isOn)
{
    m_dropsInBulk = isOn;
    if (!isOn)
        drop(excess());
}

void CallModel::drop(std::size_t count)
{
    if (count == 0)
        return;
    if (m_dropsInBulk) {
        dropInBulk(count);
        return;
    }
    beginRemoveRows({}, 0, int(count) - 1);
    takeOut(count);
    endRemoveRows();
}

void CallModel::dropInBulk(std::size_t count)
{
    constexpr int part = 4;
    const bool isTime =
        m_calls.size() > mostCalls + mostCalls / part || m_bytes > mostBytes + mostBytes / part;
    if (!isTime)
        return;
    Q_EMIT layoutAboutToBeChanged();
    takeOut(count);
    for (const auto &old : persistentIndexList())
        changePersistentIndex(old, index(old.row() - int(count), old.column()));
    Q_EMIT layoutChanged();
}

void CallModel::takeOut(std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        m_bytes -= m_calls.front().bytes();
        m_running -= isRunning(m_calls.front()) ? 1 : 0;
        m_calls.pop_front();
    }
}

void CallModel::finish(const QList<CallEnd> &ends)
{
    std::vector<int> rows;
    for (const auto &end : ends) {
        const auto row = rowOf(end.number);
        if (!row)
            continue;
        auto &call = m_calls[std::size_t(*row)];
        m_running -= isRunning(call) ? 1 : 0;
        m_bytes += end.answer.size() - call.answer.size();
        call.state = end.state;
        call.duration_s = end.state == CallState::Unknown ? 0 : end.time_s - call.time_s;
        call.errorType = end.errorType;
        call.answer = end.answer;
        rows.push_back(*row);
    }
    std::sort(rows.begin(), rows.end());
    for (auto first = rows.begin(); first != rows.end();) {
        auto last = first;
        while (last + 1 != rows.end() && *(last + 1) - *last <= closeRows)
            ++last;
        Q_EMIT dataChanged(index(*first, 0), index(*last, ColumnCount - 1));
        first = last + 1;
    }
}

void CallModel::clear()
{
    beginResetModel();
    // Those that run are still to be answered, and numbers follow one another.
    m_calls.erase(m_calls.begin(), std::find_if(m_calls.begin(), m_calls.end(), isRunning));
    m_bytes = 0;
    for (const auto &call : m_calls)
        m_bytes += call.bytes();
    endResetModel();
}

void CallModel::showElapsed()
{
    constexpr qsizetype mostShown = 200;
    auto left = std::min(m_running, mostShown);
    for (auto row = int(m_calls.size()) - 1; row >= 0 && left > 0; --row) {
        if (!isRunning(call(row)))
            continue;
        --left;
        Q_EMIT dataChanged(index(row, Duration), index(row, Duration), {Qt::DisplayRole});
    }
}

const Call *CallModel::oldestRunning() const
{
    const auto found = std::find_if(m_calls.begin(), m_calls.end(), isRunning);
    return found == m_calls.end() ? nullptr : &*found;
}

std::optional<int> CallModel::rowOf(quint64 number) const
{
    if (m_calls.empty() || number < m_calls.front().number || number > m_calls.back().number)
        return std::nullopt;
    return int(number - m_calls.front().number);
}

/// Sorting asks for millions of them.
QModelIndex CallModel::index(int row, int column, const QModelIndex &parent) const
{
    const bool isThere = row >= 0 && std::size_t(row) < m_calls.size() && column >= 0 &&
                         column < ColumnCount && !parent.isValid();
    return isThere ? createIndex(row, column) : QModelIndex();
}

int CallModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_calls.size());
}

int CallModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CallModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto &shown = call(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, index.column());
    case Qt::ToolTipRole:
        return toolTip(shown, index.column());
    case Qt::ForegroundRole:
        return shown.state == CallState::Failed ? QVariant(errorColor()) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Duration || index.column() == Size || index.column() == Client
                   ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                   : QVariant();
    default:
        return {};
    }
}

QString CallModel::text(const Call &call, int column) const
{
    switch (column) {
    case Time:
        return timeText(call.time_s);
    case Client:
        return call.client == everyClient ? tr("all") : QString::number(call.client);
    case Command:
        return call.state == CallState::Pushed ? tr("(push)")
               : call.command.isEmpty()        ? tr("(no command)")
                                               : call.command;
    case Target:
        return call.target;
    case State:
        return stateText(call);
    case Duration:
        return call.state == CallState::Running ? durationText(std::max(0.0, currentTime() - call.time_s))
               : call.state == CallState::Pushed || call.state == CallState::Unknown
                   ? QString()
                   : durationText(call.duration_s);
    case Size:
        return call.answer.isEmpty() ? QString() : sizeText(call.answer.size());
    default:
        return {};
    }
}

QVariant CallModel::toolTip(const Call &call, int column) const
{
    if (column == Size)
        return tr("message: %1, answer: %2")
            .arg(sizeText(call.message.size()),
                 call.answer.isEmpty() ? tr("none") : sizeText(call.answer.size()));
    if (column == Target)
        return call.target;
    if (column == State && call.state == CallState::Unknown)
        return tr("The server goes on without waiting for this window, and this answer was not shown to it.");
    return {};
}

QVariant CallModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Duration || section == Size || section == Client
                   ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                   : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    const std::array<QString, ColumnCount> titles = {tr("Time"),  tr("Client"),   tr("Command"), tr("Target"),
                                                     tr("State"), tr("Duration"), tr("Size")};
    return role == Qt::DisplayRole ? QVariant(titles[std::size_t(section)]) : QVariant();
}

QString durationText(double seconds)
{
    constexpr double thousand = 1000;
    constexpr double minute = 60;
    constexpr int digits = 3;
    const auto number = [](double value) {
        // Three digits that count, also of 100 and more.
        return value >= 100 ? QString::number(value, 'f', 0) : QString::number(value, 'g', digits);
    };
    if (seconds < 1 / thousand)
        return CallModel::tr("%1 µs").arg(number(std::max(0.0, seconds) * thousand * thousand));
    if (seconds < 1)
        return CallModel::tr("%1 ms").arg(number(seconds * thousand));
    if (seconds < minute)
        return CallModel::tr("%1 s").arg(number(seconds));
    return CallModel::tr("%1 min %2 s").arg(int(seconds / minute)).arg(int(seconds) % int(minute));
}

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString timeText(double time_s)
{
    constexpr double ms = 1000;
    return QDateTime::fromMSecsSinceEpoch(qint64(time_s * ms)).toString(QStringLiteral("HH:mm:ss.zzz"));
}

double currentTime()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace liaison
