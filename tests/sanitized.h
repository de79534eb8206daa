// SPDX-License-Identifier: MIT
#pragma once

namespace liaison {

/// Whether the test is built with ThreadSanitizer, under which some things cannot be tested: it keeps signals
/// back until a thread enters a call that blocks, and its own call stack holds 65,536 functions.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool isUnderThreadSanitizer = true;
#else
inline constexpr bool isUnderThreadSanitizer = false;
#endif

} // namespace liaison
