// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>

namespace liaison {

/// What has become of a call.
enum class CallState : quint8 {
    Running, ///< or waiting: there is no answer yet
    Done,
    Failed,
    Pushed,  ///< no call, but a message that Python sent by itself
    Unknown, ///< the answer was not seen: copies were lost, or the server is gone
};

/// One command of a client and what was answered. A value.
struct Call {
    quint64 number = 0; ///< counts calls, from 1 on
    ClientId client = everyClient;
    double time_s = 0; ///< since 1970 (UTC)
    double duration_s = 0;
    CallState state = CallState::Running;
    QString command;    ///< "run"; empty where the message was no command
    QString target;     ///< what its target argument says
    QString errorType;  ///< of a failed one: "ValueError"
    QByteArray id;      ///< JSON, as idOf() has it
    QByteArray message; ///< as received
    QByteArray answer;  ///< as sent; empty before that

    qint64 bytes() const { return message.size() + answer.size(); }
};

/// The end of a call that was begun in an earlier batch.
struct CallEnd {
    quint64 number = 0;
    double time_s = 0;
    CallState state = CallState::Done;
    QString errorType;
    QByteArray answer;
};

/// What came to standard output or standard error.
struct OutputPiece {
    bool isError = false;
    QByteArray text; ///< UTF-8, cut anywhere
};

/// What has happened since the batch before.
struct CallBatch {
    QList<Call> begun; ///< of consecutive numbers
    QList<CallEnd> ended;
    QList<OutputPiece> output;
    qint64 lost = 0;  ///< copies that were not sent
    qint64 bytes = 0; ///< of all of its texts

    bool isEmpty() const { return begun.isEmpty() && ended.isEmpty() && output.isEmpty() && lost == 0; }
};

} // namespace liaison

Q_DECLARE_METATYPE(liaison::CallBatch)
