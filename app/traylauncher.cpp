// SPDX-License-Identifier: MIT
#include "traylauncher.h"

#include <QByteArrayList>
#include <QDir>
#include <QFile>

#include <vector>

#include <unistd.h>

namespace liaison {

QString becomeTray(const QStringList &arguments, const QString &folder)
{
    const QDir here(folder);
    // Where it is installed, and where it is built.
    for (const auto &place : {QStringLiteral("liaison-tray"), QStringLiteral("tray/liaison-tray")}) {
        QByteArrayList words = {QFile::encodeName(here.filePath(place))};
        for (const auto &argument : arguments.sliced(1)) {
            if (argument != QLatin1String("--tray"))
                words.append(argument.toLocal8Bit());
        }
        std::vector<char *> argv;
        for (auto &word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        ::execv(argv.front(), argv.data());
    }
    return QStringLiteral(
               "--tray needs the program liaison-tray beside this one, in \"%1\": it comes with the "
               "package liaison-tray, or is built where Qt Widgets is installed, unless "
               "LIAISON_BUILD_TRAY is off")
        .arg(here.absolutePath());
}

} // namespace liaison
