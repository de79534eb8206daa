// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace liaison {

/// Where Qt's plugins lie if Liaison carries a Qt of its own: beside the file that holds this function. Empty
/// if it carries none.
QString carriedPlugins();

/// Makes Qt look for plugins there and nowhere else, unless the folder is empty text. To be called before the
/// first plugin is needed.
///
/// A Qt that was carried here lies in a process with Python packages and environments that may bring another
/// one; their variables and their qt.conf name plugins which are none for this one.
void usePlugins(const QString &folder);

} // namespace liaison
