// SPDX-License-Identifier: MIT
#include "outlinemodel.h"

#include "jsontext.h"
#include "textbuffer.h"
#include "tooltip.h"
#include "utf8.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace liaison {

namespace {

constexpr std::size_t longestShown = 300;   ///< bytes of a name or value
constexpr std::size_t longestPreview = 120; ///< bytes of a container

/// Deeper lines are indented no further: the blanks alone would make a deeply nested text grow without
/// bounds.
constexpr qsizetype deepestIndented = 32;

const QChar ellipsis(0x2026);

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

QString textOf(std::string_view utf8)
{
    return liaison::textOf(QByteArrayView(utf8.data(), qsizetype(utf8.size())));
}

/// A text's beginning, no character of it cut in two.
QString shortened(std::string_view utf8, std::size_t longest)
{
    if (utf8.size() <= longest)
        return textOf(utf8);
    while (longest > 0 && (utf8[longest] & 0xC0) == 0x80)
        --longest;
    return textOf(utf8.substr(0, longest)) + ellipsis;
}

std::optional<JsonOutline> scannedIfJson(std::string_view text)
{
    try {
        return scanJson(text);
    } catch (const JsonFault &) {
        return {};
    }
}

bool isContainer(std::string_view value)
{
    return value.starts_with('{') || value.starts_with('[');
}

/// Such as `[120] 0.5, 0.25, …`.
QString summaryOf(std::string_view container, qsizetype childCount)
{
    const auto count = QString::number(childCount);
    const auto preview = shortened(container.substr(1, container.size() - 2), longestPreview).simplified();
    const auto summary = container.front() == '[' ? QLatin1Char('[') + count + QLatin1Char(']')
                                                  : QLatin1Char('{') + count + QLatin1Char('}');
    return preview.isEmpty() ? summary : summary + QLatin1Char(' ') + preview;
}

std::size_t endOfString(std::string_view text, std::size_t start)
{
    auto end = start + 1;
    while (text[end] != '"')
        end += text[end] == '\\' ? 2 : 1;
    return end + 1;
}

/// Puts the white space between the characters and strings of JSON.
class PrettyPrinter {
public:
    explicit PrettyPrinter(qsizetype size)
        : m_pretty({}, size)
    {
    }

    /// @param token a string, or one character outside strings
    void add(std::string_view token)
    {
        const char c = token.front();
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            return;
        const bool closes = c == ']' || c == '}';
        m_depth -= closes;
        if (closes ? !m_isOpened : m_startsLine)
            startLine();
        m_pretty.append(QByteArrayView(token.data(), qsizetype(token.size())));
        if (c == ':')
            m_pretty.append(' ');
        m_isOpened = c == '[' || c == '{';
        m_depth += m_isOpened;
        m_startsLine = m_isOpened || c == ',';
    }

    QByteArray take() { return m_pretty.take(); }

private:
    void startLine()
    {
        static const QByteArray blanks(2 * deepestIndented, ' ');
        m_pretty.append('\n');
        m_pretty.append(QByteArrayView(blanks).first(2 * std::min(m_depth, deepestIndented)));
    }

    TextBuffer m_pretty;
    qsizetype m_depth = 0;
    bool m_isOpened = false;   ///< whether a bracket came last
    bool m_startsLine = false; ///< whether a bracket or a comma did
};

} // namespace

struct OutlineModel::Node {
    struct Children {
        JsonChildren unread;
        std::vector<Node *> nodes;
    };

    Node *parent;
    std::string_view name; ///< with its quotes; empty for an element
    std::string_view value;
    qsizetype childCount;
    int row;
    std::unique_ptr<Children> children; ///< null while nobody asked for them

    qsizetype madeCount() const { return children ? qsizetype(children->nodes.size()) : 0; }
};

OutlineModel::OutlineModel(QObject *parent)
    : QAbstractItemModel(parent)
{
    setText({});
}

OutlineModel::~OutlineModel() = default;

void OutlineModel::setText(const QByteArray &json)
{
    beginResetModel();
    m_nodes.clear();
    m_text = json;
    const auto scanned = scannedIfJson(viewOf(m_text));
    m_isJson = scanned.has_value();
    const auto outline = scanned.value_or(JsonOutline{viewOf(m_text), false, 0});
    auto *const root = newNode(nullptr, {}, outline.value, outline.childCount);
    if (outline.childCount == 0 && !m_text.isEmpty()) {
        root->childCount = 1;
        root->children = std::make_unique<Node::Children>(Node::Children{JsonChildren("[]"), {}});
        root->children->nodes.push_back(newNode(root, {}, outline.value, 0));
    }
    endResetModel();
}

OutlineModel::Node *OutlineModel::newNode(Node *parent, std::string_view name, std::string_view value,
                                          qsizetype childCount)
{
    const auto count = std::min<qsizetype>(childCount, std::numeric_limits<int>::max());
    return &m_nodes.emplace_back(
        Node{parent, name, value, count, parent ? int(parent->madeCount()) : 0, nullptr});
}

OutlineModel::Node *OutlineModel::nodeOf(const QModelIndex &index) const
{
    const auto *node =
        index.isValid() ? static_cast<const Node *>(index.constInternalPointer()) : &m_nodes.front();
    return const_cast<Node *>(node);
}

QByteArray OutlineModel::textOf(const QModelIndex &index) const
{
    const auto value = nodeOf(index)->value;
    return {value.data(), qsizetype(value.size())};
}

QModelIndex OutlineModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children->nodes[std::size_t(row)]);
}

QModelIndex OutlineModel::parent(const QModelIndex &index) const
{
    auto *const parent = nodeOf(index)->parent;
    return parent && parent->parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int OutlineModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->madeCount());
}

int OutlineModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool OutlineModel::hasChildren(const QModelIndex &parent) const
{
    return parent.column() <= 0 && nodeOf(parent)->childCount > 0;
}

bool OutlineModel::canFetchMore(const QModelIndex &parent) const
{
    const auto *node = nodeOf(parent);
    return parent.column() <= 0 && node->madeCount() < node->childCount;
}

void OutlineModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    auto *const node = nodeOf(parent);
    if (!node->children)
        node->children = std::make_unique<Node::Children>(Node::Children{JsonChildren(node->value), {}});
    auto &[unread, nodes] = *node->children;
    const auto first = node->madeCount();
    const auto end = std::min(first + chunkSize, node->childCount);
    beginInsertRows(parent, int(first), int(end - 1));
    while (node->madeCount() < end) {
        const auto child = unread.next();
        nodes.push_back(newNode(node, child->name, child->value, child->childCount));
    }
    endInsertRows();
}

/// A view asks for more rows of its root only. One that draws the last row of another wants the next ones,
/// too.
void OutlineModel::askForMoreBehind(const QModelIndex &index) const
{
    const auto above = index.parent();
    if (!above.isValid() || index.row() + 1 < rowCount(above) || !canFetchMore(above))
        return;
    auto *const model = const_cast<OutlineModel *>(this);
    const QPersistentModelIndex asked(above);
    const auto made = rowCount(above);
    QMetaObject::invokeMethod(
        model,
        [model, asked, made] {
            if (asked.isValid() && model->rowCount(asked) == made)
                model->fetchMore(asked);
        },
        Qt::QueuedConnection);
}

QVariant OutlineModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto *node = nodeOf(index);
    const bool isString = m_isJson && node->value.starts_with('"');
    if (role == FullTextRole)
        return isString ? unquotedJson(node->value) : liaison::textOf(textOf(index));
    if (role == Qt::ToolTipRole && index.column() == ValueColumn) {
        // A character may be written as six, and two units make one.
        constexpr std::size_t longest = 24'000;
        return plainToolTip(isString && node->value.size() <= longest ? unquotedJson(node->value)
                                                                      : shortened(node->value, longest));
    }
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == ValueColumn) {
        askForMoreBehind(index);
        if (m_isJson && isContainer(node->value))
            return summaryOf(node->value, node->childCount);
        const auto text = shortened(node->value, longestShown);
        return isString && text.endsWith(ellipsis) ? text + QLatin1Char('"') : text;
    }
    if (!node->name.empty())
        return node->name.size() > longestShown ? shortened(node->name, longestShown)
                                                : unquotedJson(node->name);
    const bool isAlone = node->value.data() == node->parent->value.data();
    return isAlone ? QVariant() : QVariant(node->row);
}

QVariant OutlineModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Name") : tr("Value");
}

QString prettyJson(const QByteArray &json)
{
    const auto outline = scannedIfJson(viewOf(json));
    if (!outline)
        return textOf(viewOf(json));
    const auto text = outline->value;
    PrettyPrinter printer(json.size() * 2);
    for (std::size_t i = 0; i < text.size();) {
        const auto end = text[i] == '"' ? endOfString(text, i) : i + 1;
        printer.add(text.substr(i, end - i));
        i = end;
    }
    return textOf(viewOf(printer.take()));
}

} // namespace liaison
