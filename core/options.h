// SPDX-License-Identifier: MIT
#pragma once

#include "service.h"

#include <QString>
#include <QStringList>

#include <stdexcept>

namespace liaison {

/// A command line that cannot be followed; what() is one sentence for the user.
class UsageError : public std::runtime_error {
public:
    explicit UsageError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// Which of the two programs reads the command line: the executable, which chooses an interpreter, or the
/// module, which runs in one.
enum class Program { Executable, Module };

/// What a command line asks for.
struct Options {
    ServiceOptions service;
    QString python; ///< --python PATH; empty without it
    bool verbose = false;
    QString output; ///< to be written to stdout instead of serving: help, version, constants; null otherwise
};

/// Reads a command line. A QCoreApplication must exist.
/// @param arguments with the program's name in front
/// @throws UsageError
Options parseOptions(const QStringList &arguments, Program program);

/// "65536", "64K", "256M", "1G" in bytes.
/// @throws UsageError where it is none, 0, or beyond what a WebSocket message may have
qint64 parseSize(const QString &text);

} // namespace liaison
