// SPDX-License-Identifier: MIT
#include "plugins.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <dlfcn.h>

namespace liaison {

QString carriedPlugins()
{
    Dl_info info;
    if (!::dladdr(reinterpret_cast<void *>(&carriedPlugins), &info))
        return {};
    const QDir folder(
        QFileInfo(QFile::decodeName(info.dli_fname)).absoluteDir().filePath(QStringLiteral("_qt")));
    return folder.exists() ? folder.path() : QString();
}

void usePlugins(const QString &folder)
{
    if (!folder.isEmpty())
        QCoreApplication::setLibraryPaths({folder});
}

} // namespace liaison
