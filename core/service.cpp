// SPDX-License-Identifier: MIT
#include "service.h"

#include "backpressure.h"
#include "logging.h"
#include "plugins.h"
#include "session.h"

#include <QCoreApplication>
#include <QScopeGuard>

#include <clocale>

namespace py = pybind11;

namespace liaison {

void Service::run(const py::object &companion)
{
    if (m_isRunning.exchange(true))
        throw ServiceError(QStringLiteral("it is being served already"));
    const auto ended = qScopeGuard([this] { m_isRunning = false; });
    ensureApplication();
    Session session(m_options, companion);
    {
        const std::scoped_lock lock(m_mutex);
        m_session = &session;
    }
    QObject::connect(&session, &Session::started, &session, [this](quint16 port) { m_port = port; });
    const auto end = [&] {
        // Who holds this lock may wait for nothing that needs the GIL.
        const std::scoped_lock lock(m_mutex);
        m_session = nullptr;
        m_port = 0;
    };
    QObject::connect(&session, &Session::ending, &session, end);
    try {
        session.run();
    } catch (...) {
        end();
        throw;
    }
    end();
}

void Service::stop()
{
    const std::scoped_lock lock(m_mutex);
    if (m_session)
        m_session->stop();
}

void Service::push(const QByteArray &text, std::chrono::milliseconds patience)
{
    std::shared_ptr<Backpressure> backpressure;
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_session)
            return;
        m_session->push(text);
        backpressure = m_session->backpressure();
    }
    backpressure->waitForRoom(everyClient, patience);
}

QByteArrayList Service::messages() const
{
    const std::scoped_lock lock(m_mutex);
    return m_session ? m_session->messages() : QByteArrayList();
}

void ensureApplication()
{
    static int count = 1;
    static char name[] = "liaison";
    static char *arguments[] = {name, nullptr};
    ensureApplication(count, arguments);
}

void ensureApplication(int &argc, char **argv)
{
    if (QCoreApplication::instance())
        return;
    // Qt asks the environment for every part of the locale and complains of some; Python has all but LC_CTYPE
    // at "C", and C code under Python reads numbers by that.
    const QByteArray locale = std::setlocale(LC_ALL, nullptr);
    const auto previous =
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    usePlugins(carriedPlugins());
    // Never deleted: Qt's own threads may outlive what made them, and user code may have come to rely on it.
    new QCoreApplication(argc, argv);
    qInstallMessageHandler(previous);
    std::setlocale(LC_ALL, locale.constData());
}

} // namespace liaison
