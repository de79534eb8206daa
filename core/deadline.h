// SPDX-License-Identifier: MIT
#pragma once

namespace liaison {

/// Ends the process, whatever Python does, unless it ends by itself in time: 1.5 s after this call the stop
/// marker is written and the process exits with the code. From any thread; a second call changes nothing.
void armDeadline(int exitCode = 0);

/// The process need not end any more. From any thread.
void disarmDeadline();

} // namespace liaison
