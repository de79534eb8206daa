// SPDX-License-Identifier: MIT
#pragma once

#include <QLineEdit>
#include <QStringList>
#include <QStringListModel>

class QCompleter;

namespace liaison {

/// Where a person types commands. Remembers them (Up and Down), and completes the word at the cursor: the
/// first one to a command, others to targets.
class CommandEdit final : public QLineEdit {
    Q_OBJECT
public:
    static constexpr qsizetype longestHistory = 1000;

    explicit CommandEdit(QWidget *parent = nullptr);

    /// What the first word may become.
    void setCommands(const QStringList &commands);
    /// What other words may become, such as "obj" and "obj.attr".
    void setTargets(const QStringList &targets);

    QStringList history() const { return m_history; } ///< oldest first
    void setHistory(const QStringList &history);

Q_SIGNALS:
    void submitted(const QString &text);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void submit();
    void remember(const QString &text);
    void showHistory(qsizetype place);
    qsizetype wordStart() const;
    void offerCompletions();
    void complete(const QString &completion);
    bool isOffering() const;

    QStringListModel m_commands;
    QStringListModel m_targets;
    QCompleter *m_completer; ///< a child
    QStringList m_history;
    qsizetype m_place = 0; ///< in the history; its size stands for the draft
    QString m_draft;       ///< what was typed before the history was looked through
};

} // namespace liaison
