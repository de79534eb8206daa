// SPDX-License-Identifier: MIT
#pragma once

#include "ask.h"

#include <QAbstractItemModel>
#include <QList>
#include <QStringList>

#include <memory>

namespace liaison {

/// The names that clients can point to, and what a name's object has, as far as it was unfolded. Asks the
/// server when told to, never by itself; rows of what stays are the same rows after it has answered.
class NamespaceModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { NameColumn, TypeColumn, ValueColumn, ColumnCount };

    explicit NamespaceModel(Ask ask, QObject *parent = nullptr);
    ~NamespaceModel() override;

    /// Asks for the names, unless an answer is awaited, and for what changed objects have that are unfolded.
    void refresh();
    /// Forgets all; answers that are still to come count no more. For when the connection ends.
    void clear();

    QString target(const QModelIndex &index) const; ///< what points to a row: "obj.attr"
    QStringList targets() const;                    ///< of all rows

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void failed(const QString &sentence);

private:
    struct Node;
    struct Row;

    static QList<Row> rowsOf(const QByteArray &json, bool areMembers);

    Node *nodeOf(const QModelIndex &index) const;
    void askMembers(const QModelIndex &index);
    void onNames(bool isSuccess, const QByteArray &json);
    void onMembers(const QModelIndex &index, bool isSuccess, const QByteArray &json);
    void merge(const QModelIndex &parent, const QList<Row> &rows);
    void removeOthers(const QModelIndex &parent, const QList<Row> &rows);
    void move(const QModelIndex &parent, int from, int to);
    void insert(const QModelIndex &parent, int first, const QList<Row> &rows);
    void update(const QModelIndex &index, const Row &row);

    Ask m_ask;
    std::unique_ptr<Node> m_root;
    int m_generation = 0;
    bool m_isAwaiting = false;
};

} // namespace liaison
