// SPDX-License-Identifier: MIT
#pragma once

#include "signals.h"
#include "statusicon.h"
#include "trayoptions.h"
#include "watched.h"
#include "window.h"

#include <QMenu>
#include <QObject>

namespace liaison {

/// The program as a whole: what is watched, the window, the icon, and how they end. Where the desktop has no
/// tray, the window stands in for the icon.
class TrayProgram final : public QObject {
    Q_OBJECT
public:
    explicit TrayProgram(const TrayOptions &options);

    /// Starts the child or attaches, and shows what there is to see.
    void begin();

    Window &window() { return m_window; }
    Watched &watched() { return m_watched; }

    /// Ends the child, which writes its stop marker, and then this program.
    void quit();

Q_SIGNALS:
    void finished(int exitCode);

private:
    void onServerEnded(int exitCode, bool wasAsked);
    void onWindowClosed();
    void showWindow();
    void makeMenu();

    Watched m_watched;
    Window m_window;
    StatusIcon m_icon;
    QMenu m_menu;
    SignalWatcher m_signals;
    bool m_hasTray;
    bool m_isQuitting = false;
};

} // namespace liaison
