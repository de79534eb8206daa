// SPDX-License-Identifier: MIT
#include "namespacemodel.h"

#include "jsontext.h"
#include "tooltip.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QPointer>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <utility>
#include <vector>

namespace liaison {

namespace {

const QByteArray overviewCommand = R"({"command": "run", "args": ["liaison.companion._overview:overview", )"
                                   R"("$companion.namespace"]})";

/// A traceback's last line says what went wrong.
QString reasonOf(const QByteArray &error)
{
    const auto lines = qtValue(error).toArray();
    return lines.isEmpty() ? QString::fromUtf8(error) : lines.last().toString().trimmed();
}

bool isIdentifier(const QString &name)
{
    static const QRegularExpression identifier(QStringLiteral("^[^\\W\\d]\\w*$"),
                                               QRegularExpression::UseUnicodePropertiesOption);
    return identifier.match(name).hasMatch();
}

} // namespace

struct NamespaceModel::Row {
    QString name;
    QString type;
    QString value;
};

struct NamespaceModel::Node {
    enum class Members { Unasked, Awaited, Known };

    Node *parent = nullptr;
    int row = 0;
    Row shown;
    Members members = Members::Unasked;
    std::vector<std::unique_ptr<Node>> children;

    bool isLeaf() const
    {
        return parent && parent->parent &&
               (shown.type == QLatin1String("method") || shown.type == QLatin1String("function"));
    }

    void renumber()
    {
        for (int i = 0; const auto &child : children)
            child->row = i++;
    }
};

NamespaceModel::NamespaceModel(Ask ask, QObject *parent)
    : QAbstractItemModel(parent)
    , m_ask(std::move(ask))
    , m_root(std::make_unique<Node>())
{
}

NamespaceModel::~NamespaceModel() = default;

void NamespaceModel::clear()
{
    beginResetModel();
    ++m_generation;
    m_isAwaiting = false;
    m_root = std::make_unique<Node>();
    endResetModel();
}

void NamespaceModel::refresh()
{
    if (m_isAwaiting)
        return;
    m_isAwaiting = true;
    m_ask(overviewCommand,
          [self = QPointer(this), generation = m_generation](bool isSuccess, const QByteArray &json) {
              if (self && self->m_generation == generation)
                  self->onNames(isSuccess, json);
          });
}

void NamespaceModel::onNames(bool isSuccess, const QByteArray &json)
{
    m_isAwaiting = false;
    if (!isSuccess)
        Q_EMIT failed(tr("The namespace could not be read: %1").arg(reasonOf(json)));
    else if (!qtValue(json).isArray())
        Q_EMIT failed(tr("The namespace could not be read: the answer must be an array of names"));
    else
        merge({}, rowsOf(json, false));
}

void NamespaceModel::askMembers(const QModelIndex &index)
{
    nodeOf(index)->members = Node::Members::Awaited;
    // Not valid any more once the row, or the whole model, is gone.
    const QPersistentModelIndex asked(index);
    m_ask("{\"command\": \"describe\", \"args\": [" + quotedJson(target(index)) + "]}",
          [self = QPointer(this), asked](bool isSuccess, const QByteArray &json) {
              if (self && asked.isValid())
                  self->onMembers(asked, isSuccess, json);
          });
}

void NamespaceModel::onMembers(const QModelIndex &index, bool isSuccess, const QByteArray &json)
{
    nodeOf(index)->members = Node::Members::Known;
    const auto members = qtValue(json)[QLatin1String("members")];
    if (isSuccess && members.isArray()) {
        merge(index, rowsOf(compactJson(members), true));
        return;
    }
    const auto reason = isSuccess ? tr("the answer must be an object with \"members\"") : reasonOf(json);
    const auto sentence = tr("%1 could not be described: %2").arg(target(index), reason);
    merge(index, {});
    Q_EMIT failed(sentence);
}

/// Each name once: a row is known by it.
QList<NamespaceModel::Row> NamespaceModel::rowsOf(const QByteArray &json, bool areMembers)
{
    QList<Row> rows;
    QSet<QString> names;
    for (const auto &value : qtValue(json).toArray()) {
        const auto name = value[QLatin1String("name")].toString();
        if (names.contains(name))
            continue;
        names.insert(name);
        rows.append({name, value[areMembers ? QLatin1String("kind") : QLatin1String("type")].toString(),
                     value[QLatin1String("repr")].toString()});
    }
    return rows;
}

void NamespaceModel::merge(const QModelIndex &parent, const QList<Row> &rows)
{
    auto *const node = nodeOf(parent);
    removeOthers(parent, rows);
    QHash<QString, const Node *> present;
    for (const auto &child : node->children)
        present.insert(child->shown.name, child.get());
    for (qsizetype i = 0; i < rows.size();) {
        const auto *child = present.value(rows[i].name);
        if (!child) {
            auto end = i + 1;
            while (end < rows.size() && !present.contains(rows[end].name))
                ++end;
            insert(parent, int(i), rows.sliced(i, end - i));
            i = end;
            continue;
        }
        if (child->row != i)
            move(parent, child->row, int(i));
        update(index(int(i), 0, parent), rows[i]);
        ++i;
    }
}

void NamespaceModel::removeOthers(const QModelIndex &parent, const QList<Row> &rows)
{
    QSet<QString> staying;
    for (const auto &row : rows)
        staying.insert(row.name);
    auto &children = nodeOf(parent)->children;
    const auto goes = [&](int row) { return !staying.contains(children[std::size_t(row)]->shown.name); };
    for (int last = int(children.size()) - 1; last >= 0; --last) {
        if (!goes(last))
            continue;
        int first = last;
        while (first > 0 && goes(first - 1))
            --first;
        beginRemoveRows(parent, first, last);
        children.erase(children.begin() + first, children.begin() + last + 1);
        nodeOf(parent)->renumber();
        endRemoveRows();
        last = first;
    }
}

/// @param to a row above the other
void NamespaceModel::move(const QModelIndex &parent, int from, int to)
{
    auto &children = nodeOf(parent)->children;
    beginMoveRows(parent, from, from, parent, to);
    std::rotate(children.begin() + to, children.begin() + from, children.begin() + from + 1);
    nodeOf(parent)->renumber();
    endMoveRows();
}

void NamespaceModel::insert(const QModelIndex &parent, int first, const QList<Row> &rows)
{
    auto *const node = nodeOf(parent);
    std::vector<std::unique_ptr<Node>> added;
    for (const auto &row : rows)
        added.push_back(std::make_unique<Node>(Node{node, 0, row, Node::Members::Unasked, {}}));
    beginInsertRows(parent, first, first + int(rows.size()) - 1);
    node->children.insert(node->children.begin() + first, std::make_move_iterator(added.begin()),
                          std::make_move_iterator(added.end()));
    node->renumber();
    endInsertRows();
}

void NamespaceModel::update(const QModelIndex &index, const Row &row)
{
    auto *const node = nodeOf(index);
    if (node->shown.type == row.type && node->shown.value == row.value)
        return;
    node->shown = row;
    Q_EMIT dataChanged(index.siblingAtColumn(TypeColumn), index.siblingAtColumn(ValueColumn));
    if (node->members == Node::Members::Known)
        askMembers(index);
}

NamespaceModel::Node *NamespaceModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QString NamespaceModel::target(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const auto *node = nodeOf(index);
    const auto &name = node->shown.name;
    if (node->parent->parent)
        return target(index.parent()) + QLatin1Char('.') + name;
    // No name that a target may start with, but one still that was stored.
    return isIdentifier(name)
               ? name
               : QStringLiteral("companion.namespace[%1]").arg(QString::fromUtf8(quotedJson(name)));
}

QStringList NamespaceModel::targets() const
{
    QStringList targets;
    QModelIndexList waiting = {QModelIndex()};
    while (!waiting.isEmpty()) {
        const auto parent = waiting.takeLast();
        for (int row = 0; row < rowCount(parent); ++row) {
            waiting.append(index(row, 0, parent));
            targets.append(target(waiting.last()));
        }
    }
    return targets;
}

QModelIndex NamespaceModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[std::size_t(row)].get());
}

QModelIndex NamespaceModel::parent(const QModelIndex &index) const
{
    auto *const parent = index.isValid() ? nodeOf(index)->parent : nullptr;
    return parent && parent->parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int NamespaceModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int NamespaceModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool NamespaceModel::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return false;
    const auto *node = nodeOf(parent);
    const bool isUnknown = parent.isValid() && !node->isLeaf() && node->members != Node::Members::Known;
    return isUnknown || !node->children.empty();
}

bool NamespaceModel::canFetchMore(const QModelIndex &parent) const
{
    const auto *node = nodeOf(parent);
    return parent.isValid() && parent.column() == 0 && !node->isLeaf() &&
           node->members == Node::Members::Unasked;
}

void NamespaceModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        askMembers(parent);
}

QVariant NamespaceModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const auto &shown = nodeOf(index)->shown;
    const auto &text = index.column() == NameColumn   ? shown.name
                       : index.column() == TypeColumn ? shown.type
                                                      : shown.value;
    return role == Qt::DisplayRole ? text : text.isEmpty() ? QString() : plainToolTip(text);
}

QVariant NamespaceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Name") : section == TypeColumn ? tr("Type") : tr("Value");
}

} // namespace liaison
