// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

namespace liaison {

inline constexpr const char *startMarker = "LIAISON:CONNECTED";
inline constexpr const char *stopMarker = "LIAISON:DISCONNECTED";

/// What --constants and python -m liaison.constants print, without a newline.
inline constexpr const char *constantsText =
    R"({"START_MARKER": "LIAISON:CONNECTED", "STOP_MARKER": "LIAISON:DISCONNECTED"})";

/// Writes the start marker to stdout, in one write; the stop marker of this address is due from now on.
/// @param address behind the marker's "@"
/// @param end "" or a newline
/// @return 0, or the error (errno) for which it could not be written, a full disk for one; then no stop
/// marker is due
int writeStartMarker(const QByteArray &address, const QByteArray &end);

/// Writes the stop marker of an address if it is due, in one write. From any thread: of several calls one
/// writes. A child that was forked off owes none. Nobody who reads stdout for a while is no reason to wait:
/// then there is none.
void writeStopMarker(const QByteArray &address);

/// The same for all addresses whose stop markers are due.
void writeStopMarkers();

/// Where markers are written from now on; at first that is standard output. Thread-safe.
void setMarkerDescriptor(int descriptor);

} // namespace liaison
