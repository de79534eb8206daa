// SPDX-License-Identifier: MIT
#pragma once

#include "watcher.h"

#include <QProcess>
#include <QRegularExpression>
#include <QString>
#include <QStringList>
#include <QtTest>

namespace liaison {

/// A headless Liaison that runs while this lives; a real one.
class LiaisonProcess {
public:
    explicit LiaisonProcess(const QStringList &options = {})
    {
        m_process.start(QStringLiteral(LIAISON_TEST_EXECUTABLE),
                        options + QStringList{QStringLiteral("localhost:0")});
        QByteArray output;
        static const QRegularExpression marker(QStringLiteral("^LIAISON:CONNECTED@(localhost:\\d+)"));
        while (m_process.waitForReadyRead()) {
            output += m_process.readAllStandardOutput();
            const auto found = marker.match(QString::fromUtf8(output));
            if (!found.hasMatch())
                continue;
            m_address = found.captured(1);
            return;
        }
        qFatal("Liaison does not start: %s", m_process.readAllStandardError().constData());
    }

    ~LiaisonProcess()
    {
        m_process.terminate();
        m_process.waitForFinished();
    }

    LiaisonProcess(const LiaisonProcess &) = delete;
    LiaisonProcess &operator=(const LiaisonProcess &) = delete;

    const QString &address() const { return m_address; }
    Peer peer() const { return {QUrl(QStringLiteral("ws://") + m_address), {}, {}}; }
    qint64 processId() const { return m_process.processId(); }

private:
    QProcess m_process;
    QString m_address;
};

} // namespace liaison
