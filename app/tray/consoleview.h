// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <QWidget>

class QPlainTextEdit;

namespace liaison {

class CommandEdit;
class Connection;

/// Sends commands that a person types, and shows what is answered.
class ConsoleView final : public QWidget {
    Q_OBJECT
public:
    /// @param connection must outlive it
    explicit ConsoleView(Connection &connection, QWidget *parent = nullptr);

    CommandEdit &edit() { return *m_edit; }

    /// All that was typed and answered.
    QString transcript() const;

private:
    void send(const QString &typed);
    void showAnswer(quint64 number, bool isSuccess, const QByteArray &json);
    void append(const QString &text, bool isError);

    Connection &m_connection;
    QPlainTextEdit *m_transcript;
    CommandEdit *m_edit;
    quint64 m_lastNumber = 0;
};

} // namespace liaison
