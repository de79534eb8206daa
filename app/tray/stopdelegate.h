// SPDX-License-Identifier: MIT
#pragma once

#include <QStyledItemDelegate>

namespace liaison {

/// Shows a button that stops a call beside the state of one that runs.
class StopDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit StopDelegate(QObject *parent = nullptr)
        : QStyledItemDelegate(parent)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

Q_SIGNALS:
    void stopClicked(const QModelIndex &index);

protected:
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                     const QModelIndex &index) override;

private:
    static QRect buttonRect(const QStyleOptionViewItem &option);

    QPersistentModelIndex m_pressed;
};

} // namespace liaison
