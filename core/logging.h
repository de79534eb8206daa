// SPDX-License-Identifier: MIT
#pragma once

#include <QLoggingCategory>
#include <QString>

namespace liaison {

/// The log that --verbose shows.
Q_DECLARE_LOGGING_CATEGORY(lcLiaison)

/// Makes stderr silent, or, when verbose, the place of Liaison's log. For a process that is Liaison's own: it
/// takes Qt's message handler for good. Call it before the first QObject, since Qt itself has things to say.
void setUpLogging(bool verbose);

/// One line on stderr about what the program could not do.
void complain(const QString &sentence);

/// Where the log and complaints are written from now on; at first that is standard error. Thread-safe.
void setLogDescriptor(int descriptor);

} // namespace liaison
