// SPDX-License-Identifier: MIT
#include "watched.h"

#include "address.h"
#include "trayoptions.h"

namespace liaison {

Watched::Watched(const TrayOptions &options, QObject *parent)
    : QObject(parent)
    , m_peer{{}, options.token, options.authorities}
    , m_connection(this)
{
    m_peer.url.setScheme(options.usesTls ? QStringLiteral("wss") : QStringLiteral("ws"));
    connect(&m_connection, &Connection::opened, this,
            [this] { setState(State::Watching, tr("watching %1").arg(m_address)); });
    connect(&m_connection, &Connection::closed, this, [this](const QString &reason) {
        if (m_server && m_server->state() != Server::State::Serving)
            return;
        setState(State::Connecting, tr("connecting to %1: %2").arg(m_address, reason));
    });
    if (!options.attachTo.isEmpty()) {
        m_address = options.attachTo;
        return;
    }
    m_server = std::make_unique<Server>(options.program, options.arguments);
    connect(m_server.get(), &Server::serving, this, &Watched::connectTo);
    connect(m_server.get(), &Server::stateChanged, this, &Watched::onServerState);
    connect(m_server.get(), &Server::ended, this, &Watched::onServerEnded);
}

void Watched::begin()
{
    if (m_server)
        m_server->start();
    else
        connectTo(m_address);
}

void Watched::connectTo(const QString &address)
{
    m_address = address;
    const auto parsed = parseAddress(address);
    m_peer.url.setHost(parsed.host);
    m_peer.url.setPort(parsed.port);
    setState(State::Connecting, tr("connecting to %1").arg(address));
    m_connection.open(m_peer);
}

void Watched::onServerState()
{
    if (m_server->state() == Server::State::Starting)
        setState(State::Connecting, tr("starting"));
    if (m_server->state() == Server::State::Stopping)
        setState(State::Connecting, tr("stopping"));
}

void Watched::onServerEnded(int exitCode, bool wasAsked)
{
    m_connection.close();
    if (wasAsked || exitCode == 0)
        setState(State::Stopped, tr("stopped"));
    else if (exitCode < 0)
        setState(State::Failed, tr("Liaison has crashed"));
    else
        setState(State::Failed, tr("Liaison ended with exit code %1").arg(exitCode));
}

void Watched::setState(State state, const QString &text)
{
    m_state = state;
    m_text = text;
    Q_EMIT stateChanged();
}

} // namespace liaison
