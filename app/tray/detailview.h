// SPDX-License-Identifier: MIT
#pragma once

#include "call.h"

#include <QSplitter>

class QPlainTextEdit;
class QTabWidget;
class QToolButton;

namespace liaison {

class OutlineView;

/// The message, the answer and the traceback of a call.
class DetailView final : public QSplitter {
    Q_OBJECT
public:
    explicit DetailView(QWidget *parent = nullptr);

    /// Shows a call; what is shown already is left as it is, unfolded as it is.
    void show(const Call &call);
    void showNone();

    /// The traceback that is shown, empty without one.
    QString traceback() const;

private:
    QToolButton *addCopyButton(QTabWidget *tabs);
    void showAnswer(const Call &call);
    void showWhatCanBeCopied();
    static QString textOf(const QTabWidget *tabs);

    QTabWidget *m_left;
    QTabWidget *m_right;
    OutlineView *m_message;
    OutlineView *m_answer;
    QPlainTextEdit *m_traceback;
    QToolButton *m_copyLeft;
    QToolButton *m_copyRight;
    quint64 m_number = 0; ///< of the call that is shown; 0: none
    CallState m_state = CallState::Running;
};

/// The lines of an error reply's traceback; empty where it is no error reply.
QString tracebackOf(const QByteArray &answer);

} // namespace liaison
