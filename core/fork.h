// SPDX-License-Identifier: MIT
#pragma once

namespace liaison {

/// How many forks lie between the process that asked first and this one. What was made at another count
/// belongs to a parent: its threads are not here, its sockets must not be touched. Costs no system call.
int forkGeneration();

} // namespace liaison
