// SPDX-License-Identifier: MIT
#include "session.h"

#include "address.h"
#include "deadline.h"
#include "dispatcher.h"
#include "frontendwatch.h"
#include "jsontext.h"
#include "logging.h"
#include "markers.h"
#include "monitor.h"
#include "outputcapture.h"
#include "parentwatch.h"
#include "process.h"
#include "signals.h"
#include "signalwakeup.h"
#include "tls.h"
#include "version.h"
#include "watchdog.h"
#include "websockettransport.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QJsonArray>
#include <QTimer>

#include <algorithm>

namespace py = pybind11;

namespace liaison {

namespace {

/// A system call that is about to block may miss an interrupt; so often it is asked again.
constexpr int interruptInterval_ms = 50;

/// Counts the versions of the protocol; what is added without harm to old clients leaves it as it is.
constexpr int protocolVersion = 1;

/// @throws AddressError
QList<QHostAddress> addressesOf(const ServiceOptions &options)
{
    return servedAddresses(options.host, options.allowsRemote && !options.token.isEmpty());
}

EntranceOptions entranceOptions(const ServiceOptions &options)
{
    EntranceOptions entrance{options.limits, options.allowedOrigins, options.token, std::nullopt};
    if (!options.tlsCertificate.isEmpty())
        entrance.tls = tlsConfiguration(options.tlsCertificate, options.tlsKey);
    return entrance;
}

/// So many bytes of copies may wait for a client who watches: fewer than those for which it would be closed.
qint64 monitorLimit(const Limits &limits)
{
    constexpr qint64 usual = qint64(16) << 20;
    return std::max<qint64>(1, std::min(usual, limits.unread / 2));
}

/// As the options that set them are called; bytes, seconds, numbers.
QJsonObject limitsForm(const Limits &limits)
{
    return {{QStringLiteral("messageSize"), limits.messageSize},
            {QStringLiteral("connections"), limits.connections},
            {QStringLiteral("waiting"), limits.waiting},
            {QStringLiteral("unread"), limits.unread},
            {QStringLiteral("stallTime"), limits.stallTime_s},
            {QStringLiteral("handshakeTime"), limits.handshakeTime_s},
            {QStringLiteral("nesting"), limits.nesting}};
}

} // namespace

Session::Session(const ServiceOptions &options, const py::object &companion)
    : m_options(options)
    , m_addresses(options.addresses.isEmpty() ? addressesOf(options) : options.addresses)
    , m_companion(companion)
    , m_transport(onIo(new WebSocketTransport(entranceOptions(options))))
    , m_monitor(onIo(new Monitor(*m_transport, monitorLimit(options.limits))))
    , m_dispatcher(onIo(new Dispatcher(options.limits)))
    , m_watchdog(onIo(new Watchdog(
          [this](quint64 serial, StopReason reason) { return m_companion.stop(serial, reason); })))
{
    m_uptime.start();
    if (isPythonMainThread())
        watchSignals();
    setUpOutOfBand();
    connectAll();
    m_io.setObjectName(QStringLiteral("liaison-io"));
}

template <typename Object> Object *Session::onIo(Object *object)
{
    object->moveToThread(&m_io);
    connect(&m_io, &QThread::finished, object, &QObject::deleteLater);
    m_onIo.append(object);
    return object;
}

Session::~Session()
{
    // The thread takes them along, but one that never ran.
    if (!m_io.isFinished())
        qDeleteAll(m_onIo);
    if (m_options.ownsProcess) {
        // While Python finalises, a second signal must not end the process halfway: the handlers stay.
        for (auto *handler : {&m_onInterrupt, &m_onTerminate}) {
            if (*handler)
                (*handler)->release();
        }
        return;
    }
    delete m_signals;
    if (m_hasDeadline)
        disarmDeadline();
}

void Session::connectAll()
{
    // Within a thread, and where the receiver is thread-safe, a direct call; between threads only values
    // travel.
    connect(m_transport, &Transport::textReceived, m_dispatcher, &Dispatcher::onTextReceived,
            Qt::DirectConnection);
    connect(m_dispatcher, &Dispatcher::commandReceived, &m_companion, &Companion::collect,
            Qt::DirectConnection);
    connect(m_transport, &Transport::clientLeft, m_dispatcher, &Dispatcher::onClientLeft,
            Qt::DirectConnection);
    connect(m_transport, &Transport::clientLeft, m_monitor, &Monitor::onClientLeft, Qt::DirectConnection);
    connect(m_dispatcher, &Dispatcher::replied, m_transport, &Transport::send, Qt::DirectConnection);
    connect(&m_companion, &Companion::replied, m_transport, &Transport::postReply, Qt::DirectConnection);
    connect(&m_companion, &Companion::repliesComplete, m_transport, &Transport::flush, Qt::DirectConnection);
    connect(&m_companion, &Companion::itemReady, m_transport, &Transport::postItem, Qt::DirectConnection);
    connect(&m_companion, &Companion::timerWanted, m_watchdog, &Watchdog::startTimer);
    connect(&m_companion, &Companion::timerDone, m_watchdog, &Watchdog::forget);
    connect(&m_io, &QThread::started, m_transport, [this] {
        // Before it sleeps, the I/O thread has read all that there was: one wake-up for all the commands in
        // it. The transport, which looks for replies then, is connected later, so this comes first.
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, m_transport,
                [this] { m_companion.wake(); });
    });
    connect(m_dispatcher, &Dispatcher::commandReceived, m_transport, &Transport::expectReply,
            Qt::DirectConnection);
    connect(m_transport, &Transport::listening, this, &Session::onListening);
    connect(m_transport, &Transport::listenFailed, this, &Session::onListenFailed);
    connect(m_transport, &Transport::closed, &m_io, &QThread::quit, Qt::DirectConnection);
    watchFrontend();
    if (m_options.streamsOutput)
        captureOutput();
}

void Session::captureOutput()
{
    m_output = std::make_unique<OutputCapture>(m_transport->backpressure());
    m_output->moveToThread(&m_io);
    connect(&m_io, &QThread::started, m_output.get(), &OutputCapture::start);
    connect(&m_io, &QThread::finished, m_output.get(), &OutputCapture::stop, Qt::DirectConnection);
    connect(m_output.get(), &OutputCapture::outputReady, m_transport, &Transport::postItem,
            Qt::DirectConnection);
    connect(&m_companion, &Companion::commandBegun, m_output.get(), &OutputCapture::begin,
            Qt::DirectConnection);
    connect(&m_companion, &Companion::commandEnding, m_output.get(), &OutputCapture::end,
            Qt::DirectConnection);
}

void Session::watchFrontend()
{
    const auto gone = [this] {
        qCInfo(lcLiaison) << "the frontend is gone";
        stopByForce();
    };
    if (m_options.exitsWithParent) {
        m_parentWatch = onIo(new ParentWatch(m_options.parent));
        connect(m_parentWatch, &ParentWatch::parentGone, m_transport, gone);
    }
    if (m_options.stays)
        return;
    auto *watch = onIo(new FrontendWatch);
    // Who merely watches is no frontend.
    const auto count = [this, watch] {
        watch->setClientCount(m_transport->clientCount() - m_monitor->watcherCount());
    };
    connect(m_transport, &Transport::clientJoined, watch, count);
    connect(m_transport, &Transport::clientLeft, watch, count);
    connect(m_monitor, &Monitor::watchersChanged, watch, count);
    connect(watch, &FrontendWatch::frontendGone, m_transport, gone);
}

void Session::setUpOutOfBand()
{
    m_companion.setBackpressure(m_transport->backpressure());
    const auto sys = py::module_::import("sys");
    const auto python = QString::fromStdString(py::str(sys.attr("version")));
    m_facts = {
        {QStringLiteral("versions"),
         QJsonObject{{QStringLiteral("liaison"), QLatin1String(versionText)},
                     {QStringLiteral("protocol"), protocolVersion},
                     {QStringLiteral("python"), python.section(QLatin1Char(' '), 0, 0)},
                     {QStringLiteral("qt"), QLatin1String(qVersion())}}},
        {QStringLiteral("limits"), limitsForm(m_options.limits)},
        {QStringLiteral("executable"), QString::fromStdString(py::str(sys.attr("executable")))},
        {QStringLiteral("features"),
         QJsonArray{QStringLiteral("interrupt"), QStringLiteral("timeout"), QStringLiteral("futures"),
                    QStringLiteral("stream"), QStringLiteral("echo"), QStringLiteral("references"),
                    QStringLiteral("describe"), QStringLiteral("exception"), QStringLiteral("stream-output"),
                    QStringLiteral("token"), QStringLiteral("tls"), QStringLiteral("monitor")}},
    };
    m_dispatcher->setOutOfBand(
        {[this](ClientId client, const QByteArray &id) {
             const auto found = m_companion.interrupt(client, id);
             if (found.running)
                 m_watchdog->stop(found.running, StopReason::Interrupt);
             return found.isAny;
         },
         [this] { return info(); },
         [this](Refusal refusal, const QString &line) { m_transport->refusals().note(refusal, line); },
         [this](ClientId client, bool isWatching) { m_monitor->watch(client, isWatching); }});
}

QJsonObject Session::info() const
{
    constexpr double ms = 1000;
    auto info = m_facts;
    const auto running = m_companion.runningId();
    info.insert(QStringLiteral("pid"), QCoreApplication::applicationPid());
    info.insert(QStringLiteral("clients"), m_transport->clientCount());
    info.insert(QStringLiteral("queued"), qint64(m_companion.waitingCount()));
    info.insert(QStringLiteral("running"), running.isNull() ? QJsonValue() : qtValue(running));
    info.insert(QStringLiteral("uptime"), double(m_uptime.elapsed()) / ms);
    info.insert(QStringLiteral("memory"), residentMemory());
    info.insert(QStringLiteral("refused"), m_transport->refusals().counts());
    return info;
}

void Session::watchSignals()
{
    // Python sees handlers of its own kind, so that code which takes and restores them restores these. Above
    // them lies the C handler, which does not wait for Python.
    m_onInterrupt.emplace(SIGINT, [] { SignalWatcher::notify(SIGINT); });
    m_onTerminate.emplace(SIGTERM, [] { SignalWatcher::notify(SIGTERM); });
    m_wakeup = std::make_unique<SignalWakeup>();
    m_signals = new SignalWatcher;
    acceptInterrupts();
    m_signals->moveToThread(&m_io);
    if (m_signals->isInstalled())
        connect(&m_companion, &Companion::idle, this, &Session::keepSignals, Qt::DirectConnection);
    connect(m_signals, &SignalWatcher::received, m_transport, [this](int number) {
        if (number == ParentWatch::deathSignal()) {
            if (m_parentWatch)
                m_parentWatch->check();
            return;
        }
        qCInfo(lcLiaison) << "signal" << number;
        stopByForce();
    });
}

void Session::keepSignals()
{
    // Code that was run may have taken the handlers and given them back to Python, which looks only while it
    // runs.
    const auto keep = [](int number, std::optional<PythonSignalHandler> &handler) {
        if (!SignalWatcher::hasHandler(number) && handler->reclaim())
            SignalWatcher::takeHandler(number);
    };
    try {
        m_wakeup->keep();
        keep(SIGINT, m_onInterrupt);
        keep(SIGTERM, m_onTerminate);
        // One that came in between waits for Python to look.
        if (PyErr_CheckSignals() < 0)
            throw py::error_already_set();
    } catch (py::error_already_set &error) {
        error.discard_as_unraisable("keeping the signal handlers");
    }
}

void Session::run()
{
    m_io.start();
    QMetaObject::invokeMethod(
        m_transport, [this] { m_transport->listen(m_addresses, m_options.port); }, Qt::QueuedConnection);
    {
        const py::gil_scoped_release idle;
        m_loop.exec();
    }
    m_companion.close();
    m_companion.abandonPending();
    Q_EMIT ending();
    const py::gil_scoped_release idle;
    finishIo();
    if (m_options.ownsProcess)
        armDeadline(m_failure.isEmpty() ? 0 : 1);
    else
        writeStopMarker(m_marker);
    if (!m_failure.isEmpty())
        throw ServiceError(m_failure);
}

void Session::finishIo()
{
    // The signals' socket is read on the I/O thread for as long as there is one, and ends on this one.
    if (m_signals)
        QMetaObject::invokeMethod(
            m_signals, [this, home = thread()] { m_signals->moveToThread(home); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(m_transport, &WebSocketTransport::close, Qt::QueuedConnection);
    m_io.wait();
    m_output.reset();
}

void Session::onListening(quint16 port)
{
    if (m_stopping)
        return;
    const auto asGiven = m_options.port && !m_options.address.isEmpty() ? m_options.address
                                                                        : addressText({m_options.host, port});
    Q_EMIT started(port);
    m_marker = asGiven.toUtf8();
    if (const int error = writeStartMarker(m_marker, m_options.newlines ? "\n" : "")) {
        m_failure =
            QStringLiteral("cannot write the start marker to standard output: ") + qt_error_string(error);
        m_loop.quit();
    }
}

void Session::onListenFailed(const QString &reason)
{
    m_failure = QStringLiteral("cannot listen on ") + reason;
    m_loop.quit();
}

void Session::stop()
{
    if (m_stopping.exchange(true))
        return;
    QMetaObject::invokeMethod(m_transport, &WebSocketTransport::stopListening, Qt::QueuedConnection);
    m_companion.close();
    QMetaObject::invokeMethod(&m_loop, &QEventLoop::quit, Qt::QueuedConnection);
}

void Session::stopByForce()
{
    m_hasDeadline = true;
    armDeadline();
    stop();
    auto *again = new QTimer(m_transport);
    connect(again, &QTimer::timeout, m_transport, [this] { m_companion.interruptRunning(); });
    again->start(interruptInterval_ms);
    m_companion.interruptRunning();
}

std::shared_ptr<Backpressure> Session::backpressure() const
{
    return m_transport->backpressure();
}

void Session::push(const QByteArray &text)
{
    m_transport->post(everyClient, text);
}

QByteArrayList Session::messages() const
{
    return m_dispatcher->messages().messages();
}

} // namespace liaison
