// SPDX-License-Identifier: MIT
#pragma once

namespace liaison {

/// How many forks lie between the process that asked first and this one. What was made at another count
/// belongs to a parent: its threads are not here, its sockets must not be touched. Costs no system call.
int forkGeneration();

/// A descriptor that a child which is forked off must not keep open: the port of a server that has ended
/// would stay taken. Thread-safe. More than a thousand at a time are not looked after.
void closeInChildren(int descriptor);
void keepInChildren(int descriptor);

} // namespace liaison
