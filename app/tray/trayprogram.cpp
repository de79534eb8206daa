// SPDX-License-Identifier: MIT
#include "trayprogram.h"

#include <csignal>

namespace liaison {

TrayProgram::TrayProgram(const TrayOptions &options)
    : m_watched(options)
    , m_window(m_watched)
    , m_hasTray(QSystemTrayIcon::isSystemTrayAvailable())
{
    m_window.setHidesOnClose(m_hasTray);
    connect(&m_window, &Window::quitWanted, this, &TrayProgram::quit);
    connect(&m_window, &Window::closed, this, &TrayProgram::onWindowClosed);
    connect(&m_window, &Window::activityChanged, &m_icon, &StatusIcon::setActivity);
    connect(&m_icon, &StatusIcon::windowWanted, this, &TrayProgram::showWindow);
    connect(&m_signals, &SignalWatcher::received, this, [this](int number) {
        if (number == SIGTERM || number == SIGINT)
            quit();
    });
    if (auto *server = m_watched.server())
        connect(server, &Server::ended, this, &TrayProgram::onServerEnded);
    makeMenu();
}

void TrayProgram::makeMenu()
{
    connect(m_menu.addAction(tr("&Show Window")), &QAction::triggered, this, &TrayProgram::showWindow);
    m_menu.addSeparator();
    m_menu.addActions(m_window.serverActions());
    m_menu.addSeparator();
    connect(m_menu.addAction(tr("&Quit")), &QAction::triggered, this, &TrayProgram::quit);
    m_icon.setContextMenu(&m_menu);
}

void TrayProgram::begin()
{
    m_watched.begin();
    if (m_hasTray)
        m_icon.show();
    m_window.show();
}

void TrayProgram::showWindow()
{
    m_window.show();
    m_window.setWindowState(m_window.windowState() & ~Qt::WindowMinimized);
    m_window.raise();
    m_window.activateWindow();
}

void TrayProgram::quit()
{
    m_isQuitting = true;
    auto *server = m_watched.server();
    if (!server || server->state() == Server::State::Stopped)
        Q_EMIT finished(0);
    else
        server->stop();
}

void TrayProgram::onServerEnded(int exitCode, bool wasAsked)
{
    const auto code = exitCode < 0 ? 1 : exitCode;
    if (m_isQuitting)
        Q_EMIT finished(code);
    else if (!m_watched.server()->hasServed())
        Q_EMIT finished(code);
    else if (!wasAsked && !m_window.isVisible())
        // Its frontend is gone, or had it end: nothing is left that anybody sees.
        Q_EMIT finished(code);
}

void TrayProgram::onWindowClosed()
{
    const auto *server = m_watched.server();
    const bool isOver = server && server->state() == Server::State::Stopped;
    if (!m_hasTray || isOver)
        quit();
}

} // namespace liaison
