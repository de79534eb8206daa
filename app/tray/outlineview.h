// SPDX-License-Identifier: MIT
#pragma once

#include "outlinemodel.h"

#include <QByteArray>
#include <QWidget>

class QLabel;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace liaison {

/// A JSON text under a title, to be folded, and copied as a whole or in part. Where there is none, it says
/// why.
class OutlineView final : public QWidget {
    Q_OBJECT
public:
    explicit OutlineView(const QString &title, QWidget *parent = nullptr);

    void setText(const QByteArray &json);

    /// Shows a sentence in place of a text.
    void setNothing(const QString &why);

    const QByteArray &text() const { return m_text; }

private:
    void copySelected() const;

    OutlineModel m_model;
    QByteArray m_text;
    QStackedWidget *m_stack;
    QTreeView *m_tree;
    QLabel *m_why;
    QToolButton *m_copy;
};

/// A line above a view: its title, and a button that copies.
/// @param what is to be copied, for tool tip and accessible name
QToolButton *addTitleRow(QWidget *parent, const QString &title, const QString &what);

} // namespace liaison
