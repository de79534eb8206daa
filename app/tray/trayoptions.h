// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QSslCertificate>
#include <QString>
#include <QStringList>

#include <stdexcept>

namespace liaison {

/// A command line that cannot be followed; what() is one sentence for the user.
class TrayUsageError : public std::runtime_error {
public:
    explicit TrayUsageError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// What the command line asks for.
struct TrayOptions {
    QString attachTo;      ///< the address of a Liaison that runs; empty: a child is started
    QString program;       ///< of the child
    QStringList arguments; ///< of the child
    QByteArray token;      ///< that is to be shown; empty: none
    bool usesTls = false;
    QList<QSslCertificate> authorities; ///< to be trusted
    bool stays = false;                 ///< whether the child outlives its frontend
    QString output;                     ///< to be written instead: the help; null otherwise
};

/// Reads a command line: of the options of `liaison`, which are the child's, those that concern its clients
/// are looked at.
/// @param arguments with the program's name in front
/// @throws TrayUsageError
TrayOptions parseTrayOptions(const QStringList &arguments);

/// The executable `liaison`, beside this one or, in a build tree, above it.
QString liaisonProgram();

} // namespace liaison
