// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace liaison {

/// Names one connection for as long as it lasts; never used twice in a process.
using ClientId = quint64;

/// As a receiver: every connected client, each with a copy.
inline constexpr ClientId everyClient = 0;

} // namespace liaison
