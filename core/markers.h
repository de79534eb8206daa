// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

namespace liaison {

inline constexpr const char *startMarker = "LIAISON:CONNECTED";
inline constexpr const char *stopMarker = "LIAISON:DISCONNECTED";

/// What --constants and python -m liaison.constants print, without a newline.
inline constexpr const char *constantsText =
    R"({"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"})";

/// Writes the start marker to stdout, in one write; the stop marker is due from now on.
/// @param address behind the marker's "@"
/// @param end "" or a newline
void writeStartMarker(const QByteArray &address, const QByteArray &end);

/// Writes the stop marker if one is due, in one write. From any thread: of several calls one writes. A child
/// that was forked off owes none.
void writeStopMarker();

} // namespace liaison
