// SPDX-License-Identifier: MIT
#include "server.h"

#include "markers.h"

#include <QRegularExpression>

#include <utility>

#include <unistd.h>

namespace liaison {

namespace {

/// It promises to end within two seconds.
constexpr int patience_ms = 4000;

/// Either marker, at the start of what was written.
const QRegularExpression &markerForm()
{
    static const QRegularExpression form(QStringLiteral("^(%1|%2)@(\\S*:\\d+)\\n?")
                                             .arg(QLatin1String(startMarker), QLatin1String(stopMarker)));
    return form;
}

} // namespace

Server::Server(QString program, QStringList arguments, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments))
    , m_process(this)
    , m_output(STDOUT_FILENO, this)
    , m_errors(STDERR_FILENO, this)
    , m_killTimer(this)
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.setInputChannelMode(QProcess::ForwardedInputChannel);
    connect(&m_process, &QProcess::finished, this, &Server::onFinished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            onFinished(-1, QProcess::CrashExit);
    });
    connect(&m_output, &Passthrough::passed, this, &Server::onOutput);
    connect(&m_errors, &Passthrough::passed, this,
            [this](const QByteArray &chunk) { Q_EMIT printed(true, chunk); });
    m_killTimer.setSingleShot(true);
    m_killTimer.setInterval(patience_ms);
    connect(&m_killTimer, &QTimer::timeout, &m_process, &QProcess::kill);
}

Server::~Server()
{
    m_process.disconnect(this);
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(patience_ms))
        m_process.kill();
    m_output.drain();
}

void Server::start()
{
    if (m_state != State::Stopped)
        return;
    const int output = m_output.open();
    const int errors = m_errors.open();
    m_process.setChildProcessModifier([output, errors] {
        ::dup2(output, STDOUT_FILENO);
        ::dup2(errors, STDERR_FILENO);
    });
    setState(State::Starting);
    m_process.start(m_program, m_arguments);
    m_output.closeWriteEnd();
    m_errors.closeWriteEnd();
}

void Server::stop()
{
    if (m_state == State::Stopped || m_state == State::Stopping)
        return;
    setState(State::Stopping);
    m_process.terminate();
    m_killTimer.start();
}

void Server::restart()
{
    if (m_state == State::Stopped) {
        start();
        return;
    }
    m_startsAgain = true;
    stop();
}

void Server::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

/// A marker is one write, and so one chunk, unless Python prints right behind it.
void Server::onOutput(const QByteArray &chunk)
{
    const auto text = QString::fromUtf8(chunk);
    const auto marker = markerForm().match(text);
    if (!marker.hasMatch()) {
        Q_EMIT printed(false, chunk);
        return;
    }
    const auto rest = chunk.sliced(marker.captured(0).toUtf8().size());
    if (marker.captured(1) == QLatin1String(startMarker) && m_state == State::Starting) {
        m_hasServed = true;
        setState(State::Serving);
        Q_EMIT serving(marker.captured(2));
    }
    if (!rest.isEmpty())
        onOutput(rest);
}

void Server::onFinished(int exitCode, QProcess::ExitStatus status)
{
    m_killTimer.stop();
    m_output.drain();
    m_errors.drain();
    const bool wasAsked = m_state == State::Stopping;
    setState(State::Stopped);
    Q_EMIT ended(status == QProcess::NormalExit ? exitCode : -1, wasAsked);
    if (std::exchange(m_startsAgain, false))
        start();
}

} // namespace liaison
