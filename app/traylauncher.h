// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

namespace liaison {

/// Has the program liaison-tray take the place of this one, so that whoever launched this one has its
/// signals, pipes and exit code. Comes back only where there is none.
/// @param arguments with the program's name in front; all but --tray are handed on
/// @param folder where this program is
/// @return what is missing, in a sentence for the user
QString becomeTray(const QStringList &arguments, const QString &folder);

} // namespace liaison
