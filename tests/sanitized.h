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

/// Whether it is built with any sanitizer that brings a heap of its own.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool isUnderSanitizer = true;
#else
inline constexpr bool isUnderSanitizer = false;
#endif

} // namespace liaison
