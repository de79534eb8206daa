// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace liaison {

/// To be called first in a process that is Liaison's own. Opens /dev/null in place of standard input, output
/// and error where those are closed, lest something else become them; and keeps Ctrl-C waiting until
/// acceptInterrupts().
void prepareProcess();

/// Gives memory back to the system that the heap holds and nobody uses. Thread-safe; takes milliseconds where
/// that is much.
void releaseFreeMemory();

/// The bytes of memory that this process has of its own and shares; 0 where the system does not tell.
qint64 residentMemory();

/// A SIGINT that has waited comes now: its handlers are in place. For the calling thread.
void acceptInterrupts();

} // namespace liaison
