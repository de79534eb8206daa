// SPDX-License-Identifier: MIT
#pragma once

#include <QIcon>
#include <QSystemTrayIcon>

namespace liaison {

/// What the icon in the system tray shows.
enum class Activity { Idle, Busy, Error };

/// Liaison's mark in the colour of an activity; of several sizes.
QIcon activityIcon(Activity activity);

/// The icon in the system tray. A click asks for the window, the menu is its owner's.
class StatusIcon final : public QSystemTrayIcon {
    Q_OBJECT
public:
    explicit StatusIcon(QObject *parent = nullptr);

    void setActivity(Activity activity, const QString &text);
    Activity activity() const { return m_activity; }

Q_SIGNALS:
    void windowWanted();

private:
    Activity m_activity = Activity::Idle;
};

} // namespace liaison
