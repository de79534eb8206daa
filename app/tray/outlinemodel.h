// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractItemModel>
#include <QByteArray>
#include <QString>

#include <deque>
#include <memory>
#include <string_view>

namespace liaison {

/// A JSON text as a tree: a row for each element or member of the outermost value, or one row where that has
/// none or the text is no JSON. Everything is shown as it was written: keys in their order and twice if they
/// are, every digit. Rows are made when a view asks for them, so that a text of any length shows at once.
class OutlineModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { NameColumn, ValueColumn, ColumnCount };
    enum Role {
        FullTextRole = Qt::UserRole, ///< a QString: what a string stands for, the JSON of all else
    };

    /// Rows that are made at a time.
    static constexpr qsizetype chunkSize = 4096;

    explicit OutlineModel(QObject *parent = nullptr);
    ~OutlineModel() override;

    void setText(const QByteArray &json);

    /// What a row shows, as it was written; the whole text for an invalid index.
    QByteArray textOf(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Node;

    Node *nodeOf(const QModelIndex &index) const;
    Node *newNode(Node *parent, std::string_view name, std::string_view value, qsizetype childCount);
    void askForMoreBehind(const QModelIndex &index) const;

    QByteArray m_text;
    std::deque<Node> m_nodes; ///< the first is the root
    bool m_isJson = false;
};

/// JSON with a line for each element and member, indented by two blanks and otherwise as it was written; text
/// that is no JSON as it is.
QString prettyJson(const QByteArray &json);

} // namespace liaison
