// SPDX-License-Identifier: MIT
#pragma once

#include "outlinemodel.h"

#include <QByteArray>
#include <QStackedWidget>

class QLabel;
class QTreeView;

namespace liaison {

/// A JSON text, to be folded, and copied as a whole or in part. Where there is none, it says why. One that
/// takes a while to read is shown when it is asked for.
class OutlineView final : public QStackedWidget {
    Q_OBJECT
public:
    /// Bytes of the longest text that is shown at once.
    static constexpr qsizetype longestAtOnce = qsizetype(2) << 20;

    /// @param name for those who do not see it
    explicit OutlineView(const QString &name, QWidget *parent = nullptr);

    void setText(const QByteArray &json);

    /// Shows a sentence in place of a text.
    void setNothing(const QString &why);

    const QByteArray &text() const { return m_text; }

private:
    void showText();
    void copySelected() const;

    OutlineModel m_model;
    QByteArray m_text;
    QTreeView *m_tree;
    QLabel *m_why;
};

} // namespace liaison
