// SPDX-License-Identifier: MIT
#include "companion.h"

#include "awaiting.h"
#include "backpressure.h"
#include "decoder.h"
#include "encoder.h"
#include "failure.h"
#include "gil.h"
#include "jsontext.h"
#include "owned.h"
#include "reply.h"
#include "target.h"

#include <QElapsedTimer>
#include <QScopeGuard>

#include <algorithm>
#include <cstring>

#include <unistd.h>

#if PY_VERSION_HEX < 0x03090000
// Python 3.8 has it under the name that it was tried out with.
#define PyObject_VectorcallDict _PyObject_FastCallDict
#endif

namespace py = pybind11;

namespace liaison {

namespace {

/// So many commands run under one acquisition of the GIL; then other Python threads get their chance.
constexpr int batchSize = 64;

/// So many batches run before the thread looks for other events.
constexpr int batchesAtOnce = 16;

/// So many commands are collected at the most before the first of them begins: then both threads have work.
constexpr std::size_t collectedAtMost = 16;

/// After so long, what was replied does not wait for the replies of further commands.
constexpr qint64 longestDelay_ns = 100'000;

/// How long the thread stays awake for the next command of a client that sends one after another.
constexpr std::chrono::microseconds awakeTime{100};

CallParts decodedCall(const Arguments &arguments)
{
    CallParts call;
    call.args.reserve(arguments.argsCount);
    if (!arguments.argsText.isNull()) {
        for (const auto item : loadedJson(arguments.argsText))
            call.args.append(py::reinterpret_borrow<py::object>(item));
    } else if (arguments.args) {
        for (const auto element : *arguments.args)
            call.args.append(decoded(element));
    }
    if (arguments.firstKeyword.isNull())
        return call;
    if (!arguments.kwargsText.isNull())
        call.kwargs = loadedJson(arguments.kwargsText);
    else
        call.kwargs = decoded(*arguments.kwargs);
    return call;
}

py::tuple packed(const QVarLengthArray<py::object, 8> &objects)
{
    py::tuple tuple(objects.size());
    for (qsizetype i = 0; i < objects.size(); ++i)
        tuple[std::size_t(i)] = objects[i];
    return tuple;
}

py::object attribute(const py::object &object, const py::object &name)
{
    return owned(PyObject_GetAttr(object.ptr(), name.ptr()));
}

/// Whether a function may ask for the frame that it is called from, as eval and exec do: those of builtins
/// and sys. Python code has a frame of its own, and other C functions have no need.
bool asksForFrame(const py::object &callee)
{
    if (!PyCFunction_Check(callee.ptr()))
        return false;
    PyObject *module = PyCFunction_GET_SELF(callee.ptr());
    if (!module || !PyModule_Check(module))
        return false;
    const char *name = PyModule_GetName(module);
    if (!name)
        PyErr_Clear();
    return name && (std::strcmp(name, "builtins") == 0 || std::strcmp(name, "sys") == 0);
}

/// What a reply with a short result takes, in bytes.
qsizetype replyRoom(const QByteArray &evt)
{
    return evt.size() + 160;
}

/// How often who waits for a slow client looks for interrupts.
constexpr std::chrono::milliseconds roomInterval{50};

/// What the reply to a command says that is interrupted before it began, or after it has returned.
QByteArray interruptedText(const QByteArray &evt)
{
    return errorText("KeyboardInterrupt", QStringLiteral("the command was interrupted"), evt);
}

QString timeoutReason(double timeout_s)
{
    return QStringLiteral("the command took longer than its timeout of %1 s").arg(timeout_s);
}

QByteArray finishedReply(Encoder &encoder, QByteArrayView tag, const QByteArray &evt)
{
    for (const QByteArrayView part : {replyTag, tag, replyEvt, QByteArrayView(evt), replyEnd})
        encoder.writeRaw(part);
    return encoder.take();
}

} // namespace

bool CallParts::hasKeyword(const char *name) const
{
    return kwargs && kwargs.contains(name);
}

py::object callTarget(Targets &targets, const py::object &namespaceDict, const py::object &target,
                      const CallParts &call, qsizetype skipped)
{
    const auto callee = targets.callee(namespaceDict, target);
    QVarLengthArray<py::object, 8> args;
    // vectorcall likes one place free in front of the arguments.
    QVarLengthArray<PyObject *, 9> pointers = {nullptr};
    for (auto i = skipped; i < call.args.size(); ++i) {
        args.append(targets.argument(namespaceDict, call.args[i], call.references));
        pointers.append(args.last().ptr());
    }
    py::object kwargs;
    if (call.kwargs) {
        kwargs = py::dict();
        for (const auto &[name, value] : py::reinterpret_borrow<py::dict>(call.kwargs)) {
            const auto keyword = targets.argument(namespaceDict, name, call.references);
            if (!PyUnicode_Check(keyword.ptr())) {
                raise(
                    PyExc_TypeError,
                    py::str("keyword {!r} stands for {!r}: keywords must be strings").format(name, keyword));
            }
            kwargs[keyword] = targets.argument(namespaceDict, value, call.references);
        }
    }
    if (asksForFrame(callee))
        return py::module_::import("liaison.companion._frame")
            .attr("call")(callee, packed(args), kwargs ? kwargs : py::object(py::dict()));
    PyObject *result = nullptr;
    // Here, since what lies above holds references, which may not be given up without the GIL.
    untilFinalised([&] {
        result =
            PyObject_VectorcallDict(callee.ptr(), pointers.data() + 1,
                                    std::size_t(args.size()) | PY_VECTORCALL_ARGUMENTS_OFFSET, kwargs.ptr());
    });
    return owned(result);
}

Companion::Companion(py::object python)
    : m_python(std::move(python))
    , m_targets(m_python.attr("_targets").cast<Targets *>())
    , m_namespaceName(interned("namespace"))
    , m_commandsName(interned("commands"))
    , m_link(std::make_shared<Link>(Link{this}))
    , m_interrupter([this] { cancelGivenUp(); })
{
    const auto base = py::module_::import("liaison.companion").attr("Companion");
    const auto direct = [&](Kind kind, const char *name, const char *methodName) {
        py::object method = m_python.attr("commands").attr("get")(name);
        if (!py::getattr(method, "__func__", py::none()).is(base.attr(methodName)))
            method = py::object();
        return Direct{kind, QString::fromLatin1(name), interned(name), std::move(method)};
    };
    m_direct = {direct(Kind::Run, "run", "call"), direct(Kind::Try, "try", "attempt"),
                direct(Kind::Init, "init", "initialize"), direct(Kind::Get, "get", "resolve")};
}

Companion::~Companion()
{
    m_link->companion = nullptr;
}

void Companion::enqueue(const Command &command)
{
    if (m_waiting.put(command))
        QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
}

void Companion::collect(const Command &command)
{
    m_collected.push_back(command);
    if (m_collected.size() >= collectedAtMost)
        wake();
}

void Companion::wake()
{
    if (m_collected.empty())
        return;
    if (m_waiting.putAll(m_collected))
        QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
    // What a closed box has left.
    for (const auto &command : m_collected)
        refuse(command);
    m_collected.clear();
}

void Companion::close()
{
    m_isClosed = true;
    for (const auto &command : m_waiting.close())
        refuse(command);
    Q_EMIT repliesComplete();
}

void Companion::refuse(const Command &command)
{
    Q_EMIT replied(command.client,
                   errorText("ConnectionAbortedError",
                             QStringLiteral("Liaison stops; this command was not run"), command.evt));
}

void Companion::setBackpressure(std::shared_ptr<Backpressure> backpressure)
{
    m_backpressure = std::move(backpressure);
}

bool Companion::interruptRunning()
{
    const quint64 serial = m_interrupter.running();
    m_interrupter.interruptAgain(serial);
    return serial != 0;
}

bool Companion::stop(quint64 serial, StopReason reason)
{
    if (reason == StopReason::Timeout && m_interrupter.running() == serial)
        m_timedOut = serial;
    if (m_interrupter.interrupt(serial))
        return true;
    if (auto pending = takePending(serial)) {
        giveUp(std::move(*pending), reason);
        return false;
    }
    // Between the one and the other it is neither: ask again.
    const std::scoped_lock lock(m_mutex);
    return m_running && m_running->serial == serial && !m_interrupter.hasInterrupted(serial);
}

QByteArray Companion::runningId() const
{
    const std::scoped_lock lock(m_mutex);
    return m_running ? idOf(m_running->evt) : QByteArray();
}

Companion::Found Companion::interrupt(ClientId client, const QByteArray &id)
{
    wake();
    const auto isMeant = [&](bool isOwn) {
        return [&id, client, isOwn](const auto &command) {
            return (command.client == client) == isOwn && (id.isNull() || idOf(command.evt) == id);
        };
    };
    for (const bool isOwn : {true, false}) {
        std::optional<Command> removed;
        {
            // A command is seen either waiting or running: takeNext() holds the lock too.
            const std::scoped_lock lock(m_mutex);
            if (m_running && isMeant(isOwn)(*m_running)) {
                m_interrupter.renew(m_running->serial);
                return {true, m_running->serial};
            }
            if (!id.isNull())
                removed = m_waiting.takeIf(isMeant(isOwn));
        }
        if (removed) {
            Q_EMIT replied(removed->client, interruptedText(removed->evt));
            Q_EMIT repliesComplete();
            return {true, 0};
        }
    }
    for (const bool isOwn : {true, false}) {
        if (auto pending = takePendingIf(isMeant(isOwn))) {
            giveUp(std::move(*pending), StopReason::Interrupt);
            return {true, 0};
        }
    }
    return {};
}

bool Companion::isPending(quint64 serial) const
{
    const std::scoped_lock lock(m_mutex);
    return m_pending.count(serial) > 0;
}

std::optional<Companion::Pending> Companion::takePending(quint64 serial)
{
    return takePendingIf([serial](const Pending &pending) { return pending.serial == serial; });
}

template <typename Predicate> std::optional<Companion::Pending> Companion::takePendingIf(Predicate isMeant)
{
    const std::scoped_lock lock(m_mutex);
    const auto found = std::find_if(m_pending.begin(), m_pending.end(),
                                    [&](const auto &entry) { return isMeant(entry.second); });
    if (found == m_pending.end())
        return std::nullopt;
    std::optional<Pending> pending(std::move(found->second));
    m_pending.erase(found);
    return pending;
}

/// Answers at once, whoever holds the GIL; the result's own end may come later.
void Companion::giveUp(Pending pending, StopReason reason)
{
    Q_EMIT replied(pending.client,
                   reason == StopReason::Timeout
                       ? errorText("TimeoutError", timeoutReason(pending.options.timeout_s), pending.evt)
                       : interruptedText(pending.evt));
    Q_EMIT repliesComplete();
    {
        const std::scoped_lock lock(m_mutex);
        m_givenUp.push_back(std::move(pending));
    }
    // Between two bytecodes of what runs, or when the thread is idle: whichever comes first.
    m_interrupter.wakeHandler();
    QMetaObject::invokeMethod(
        this,
        [this] {
            untilFinalised([this] {
                const py::gil_scoped_acquire gil;
                cancelGivenUp();
            });
        },
        Qt::QueuedConnection);
}

void Companion::cancelGivenUp()
{
    std::vector<Pending> givenUp;
    {
        const std::scoped_lock lock(m_mutex);
        givenUp.swap(m_givenUp);
    }
    for (const auto &pending : givenUp) {
        try {
            if (pending.cancel)
                pending.cancel();
        } catch (py::error_already_set &error) {
            error.discard_as_unraisable("cancelling a result");
        }
    }
}

void Companion::runWaiting()
{
    // In an event loop of this Qt that a command runs: the next one waits for its end.
    if (m_running)
        return;
    untilFinalised([this] {
        for (int i = 0; i < batchesAtOnce; ++i) {
            runArrivedStream();
            // The GIL is for others between two batches.
            if (runBatch() && !isStreamWaiting() && !m_waiting.lookFor(awakeTime))
                return;
        }
        // What else this thread has to do comes first.
        QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
    });
}

/// The next command, if there is one, runs from now on.
bool Companion::takeNext(std::optional<Command> &next)
{
    const std::scoped_lock lock(m_mutex);
    next = m_waiting.take();
    m_running = next ? &*next : nullptr;
    return next.has_value();
}

/// Answers whether those were all that waited.
bool Companion::runBatch()
{
    QElapsedTimer sinceReplies;
    sinceReplies.start();
    const py::gil_scoped_acquire gil;
    for (int i = 0; i < batchSize; ++i) {
        std::optional<Command> command;
        if (!takeNext(command)) {
            Q_EMIT idle();
            Q_EMIT repliesComplete();
            return true;
        }
        run(*command);
        // A child that the command forked has come back from it: there is nothing for it to do here.
        if (forkGeneration() != m_generation)
            _exit(0);
        if (sinceReplies.nsecsElapsed() > longestDelay_ns) {
            Q_EMIT repliesComplete();
            sinceReplies.start();
        }
    }
    Q_EMIT repliesComplete();
    return false;
}

void Companion::run(const Command &command)
{
    Pending pending{
        command.serial, command.client, command.evt, command.options, command.place, false, false, {}, {}};
    begin(command);
    if (command.options.timeout_s > 0)
        Q_EMIT timerWanted(command.serial, command.options.timeout_s);
    answer(pending, [&] {
        auto call = decodedCall(*command.arguments);
        call.references = command.options.references;
        const auto method = this->method(command.name);
        auto kind = kindOf(method);
        if (!isPlain(kind, call))
            kind = Kind::Other;
        pending.isTry = kind == Kind::Try;
        const auto result = execute(kind, method, call);
        if (kind == Kind::Init)
            finish(pending, result);
        else
            deliver(pending, result);
    });
}

/// Does what ends with the reply, or replies with what went wrong; then the command has ended.
template <typename Work> void Companion::answer(const Pending &pending, Work work)
{
    try {
        work();
    } catch (py::error_already_set &error) {
        // What is written now is the reply: no interrupt is meant for that.
        end();
        reply(pending, error);
    } catch (const std::exception &error) {
        end();
        reply(pending, error);
    }
    end();
}

/// For a command that m_running names already.
void Companion::begin(const Command &command)
{
    m_interrupter.begin(command.serial);
    m_outputOf = command.serial;
    Q_EMIT commandBegun(command.client, command.evt);
}

/// What the command that runs has written goes out in front of its reply; only once.
void Companion::endOutput(quint64 serial)
{
    if (serial != 0 && m_outputOf.compare_exchange_strong(serial, 0))
        Q_EMIT commandEnding();
}

void Companion::end()
{
    m_interrupter.end();
    endOutput(m_outputOf);
    const std::scoped_lock lock(m_mutex);
    m_running = nullptr;
}

/// What a call has returned goes out, at once or when it has arrived, whole or in items.
void Companion::deliver(const Pending &pending, const py::object &result)
{
    if (!pending.options.streams) {
        if (arrivesLater(result))
            awaitResult(pending, result);
        else
            finish(pending, result);
        return;
    }
    if (PyIter_Check(result.ptr()))
        stream(pending, result);
    else if (py::hasattr(py::type::handle_of(result), "__anext__") || arrivesLater(result))
        awaitResult(pending, result);
    else
        raise(PyExc_TypeError, py::str("\"stream\" needs an iterator or an async iterator as result, not {}")
                                   .format(py::type::of(result).attr("__name__")));
}

py::object Companion::method(const QString &name)
{
    const auto commands = attribute(m_python, m_commandsName);
    py::object key;
    for (const auto &direct : m_direct) {
        if (direct.name == name)
            key = direct.key;
    }
    if (!key)
        key = py::str(name.toStdString());
    if (PyDict_CheckExact(commands.ptr())) {
        if (auto method = itemOf(commands, key))
            return method;
    } else if (commands.contains(key)) {
        return commands[key];
    }
    py::list names;
    for (const auto known : commands)
        names.append(py::str(known));
    names.attr("sort")();
    raise(
        PyExc_ValueError,
        py::str("unknown command \"{}\": expected one of {}").format(key, py::str(", ").attr("join")(names)));
}

Companion::Kind Companion::kindOf(const py::object &method) const
{
    for (const auto &direct : m_direct) {
        if (direct.method && method.is(direct.method))
            return direct.kind;
    }
    return Kind::Other;
}

/// Whether the command's own parameters come as the leading positional arguments. Where they do not, Python's
/// own binding shall sort it out, or say what is wrong.
bool Companion::isPlain(Kind kind, const CallParts &call)
{
    switch (kind) {
    case Kind::Run:
    case Kind::Try:
        return call.args.empty() == call.hasKeyword("fcn");
    case Kind::Init:
        return call.args.size() >= 2 && PyUnicode_Check(call.args[0].ptr()) && !call.hasKeyword("name") &&
               !call.hasKeyword("cls");
    case Kind::Get:
        return call.args.size() == 1 && !call.kwargs;
    case Kind::Other:
        break;
    }
    return true;
}

py::object Companion::execute(Kind kind, const py::object &method, const CallParts &call)
{
    if (kind == Kind::Other)
        return owned(PyObject_Call(method.ptr(), packed(call.args).ptr(), call.kwargs.ptr()));
    const auto namespaceDict = attribute(m_python, m_namespaceName);
    if (kind == Kind::Get)
        return m_targets->resolve(namespaceDict, call.args[0]);
    if (kind == Kind::Init) {
        const auto object = callTarget(*m_targets, namespaceDict, call.args[1], call, 2);
        namespaceDict[call.args[0]] = object;
        return call.args[0];
    }
    if (!call.args.empty())
        return callTarget(*m_targets, namespaceDict, call.args[0], call, 1);
    CallParts rest{{}, call.kwargs.attr("copy")(), call.references};
    const py::object target = rest.kwargs.attr("pop")("fcn");
    return callTarget(*m_targets, namespaceDict, target, rest);
}

void Companion::finish(const Pending &pending, const py::object &result)
{
    write(pending, true, result);
}

void Companion::fail(const Pending &pending, py::handle exception)
{
    write(pending, false, tracebackLines(exception), exception);
}

/// The reply to "try" is a response that says how it went; any other failure is an error reply.
void Companion::write(const Pending &pending, bool success, py::handle value, py::handle exception)
{
    const bool isResponse = success || pending.isTry;
    Encoder encoder(isResponse ? responseStart : errorStart, replyRoom(pending.evt));
    if (pending.isTry)
        encoder.writeRaw(success ? "{\"success\": true, \"result\": " : "{\"success\": false, \"result\": ");
    encoder.write(value);
    if (pending.isTry)
        encoder.writeRaw("}");
    if (!isResponse) {
        encoder.writeRaw(replyException);
        encoder.write(exceptionForm(exception));
    }
    endOutput(pending.serial);
    Q_EMIT replied(pending.client, finishedReply(encoder, isResponse ? "response" : "error", pending.evt));
    if (pending.options.timeout_s > 0)
        Q_EMIT timerDone(pending.serial);
}

void Companion::reply(Pending pending, py::error_already_set &error)
{
    try {
        py::object exception = exceptionOf(error);
        if (m_interrupter.hasInterrupted(pending.serial) && error.matches(PyExc_KeyboardInterrupt)) {
            // Who asked for that is told so, whatever the command was.
            pending.isTry = false;
            py::module_::import("liaison._orphans")
                .attr("forget")(py::getattr(exception, "__traceback__", py::none()));
            if (m_timedOut == pending.serial) {
                const auto trace = py::getattr(exception, "__traceback__");
                exception = py::reinterpret_borrow<py::object>(PyExc_TimeoutError)(
                    timeoutReason(pending.options.timeout_s).toStdString());
                exception.attr("__traceback__") = trace;
            }
        }
        fail(pending, exception);
    } catch (const std::exception &worse) {
        // Not even the traceback could be written: still there is a reply.
        reply(pending, worse);
    }
}

/// The last resort, which needs no Python.
void Companion::reply(const Pending &pending, const std::exception &error)
{
    const auto reason = QString::fromUtf8(error.what());
    if (pending.isTry)
        Q_EMIT replied(
            pending.client,
            responseText("{\"success\": false, \"result\": [" +
                             quotedJson(QStringLiteral("RuntimeError: ") + reason + QLatin1Char('\n')) + "]}",
                         pending.evt));
    else
        Q_EMIT replied(pending.client, errorText("RuntimeError", reason, pending.evt));
}

void Companion::awaitResult(Pending pending, const py::object &result)
{
    // An interrupt is for the code that was called, not for the code that waits for its result.
    if (m_interrupter.running() == pending.serial)
        m_interrupter.end();
    pending.sendsItems = pending.options.streams && py::hasattr(py::type::handle_of(result), "__anext__");
    {
        const std::scoped_lock lock(m_mutex);
        m_pending.emplace(pending.serial, pending);
    }
    py::object cancel;
    try {
        cancel = watched(pending, result);
    } catch (py::error_already_set &error) {
        if (takePending(pending.serial))
            throw;
        // It was answered already: this is nobody's failure any more.
        error.discard_as_unraisable("waiting for a result");
        return;
    }
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_pending.find(pending.serial);
        if (found != m_pending.end()) {
            found->second.cancel = cancel;
            return;
        }
    }
    try {
        // It has arrived already, or was given up: in vain, then, but no harm.
        cancel();
    } catch (const py::error_already_set &) {
        // What is done cannot be cancelled, and says so.
    }
}

py::object Companion::watched(const Pending &pending, const py::object &result)
{
    // Each may be called at once, or later from any Python thread.
    const py::cpp_function done(
        [link = m_link, serial = pending.serial](const py::object &value, const py::object &exception) {
            if (link->companion)
                link->companion->onArrived(serial, value, exception);
        });
    if (!pending.sendsItems)
        return watch(result, done);
    const py::cpp_function send([link = m_link, pending](const py::object &item) {
        return link->companion && link->companion->isPending(pending.serial) &&
               link->companion->sendItem(pending, item);
    });
    const py::cpp_function hasRoom([link = m_link, client = pending.client] {
        return !link->companion || link->companion->hasRoom(client, std::chrono::milliseconds(0));
    });
    return watchItems(result, send, hasRoom, done);
}

void Companion::onArrived(quint64 serial, const py::object &result, const py::object &exception)
{
    const auto pending = takePending(serial);
    if (!pending)
        return;
    // Written on the thread where it arrived, so that no running command delays it.
    {
        const std::scoped_lock lock(m_arrivedMutex);
        ++m_arriving;
    }
    const auto complete = qScopeGuard([this] {
        Q_EMIT repliesComplete();
        const std::scoped_lock lock(m_arrivedMutex);
        --m_arriving;
        m_arrived.notify_all();
    });
    try {
        if (!exception.is_none())
            fail(*pending, exception);
        else if (pending->sendsItems)
            finish(*pending, result);
        else if (pending->options.streams && PyIter_Check(result.ptr()))
            streamLater(*pending, result);
        else
            deliver(*pending, result);
    } catch (py::error_already_set &error) {
        reply(*pending, error);
    } catch (const std::exception &error) {
        reply(*pending, error);
    }
}

/// An iterator that has arrived elsewhere: its items are made on this object's thread, where an interrupt
/// reaches the code that makes them. Until then it waits as one that has not arrived.
void Companion::streamLater(Pending pending, const py::object &iterator)
{
    pending.iterator = iterator;
    {
        const std::scoped_lock lock(m_mutex);
        m_arrivedStreams.push_back(pending.serial);
        m_pending.insert_or_assign(pending.serial, std::move(pending));
    }
    QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
}

bool Companion::isStreamWaiting() const
{
    const std::scoped_lock lock(m_mutex);
    return !m_arrivedStreams.empty();
}

void Companion::runArrivedStream()
{
    quint64 serial = 0;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_arrivedStreams.empty())
            return;
        serial = m_arrivedStreams.front();
        m_arrivedStreams.pop_front();
    }
    const py::gil_scoped_acquire gil;
    Command command;
    std::optional<Pending> pending;
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_pending.find(serial);
        if (found == m_pending.end())
            return;
        pending = std::move(found->second);
        m_pending.erase(found);
        command.client = pending->client;
        command.serial = serial;
        command.evt = pending->evt;
        m_running = &command;
    }
    begin(command);
    answer(*pending, [&] { stream(*pending, pending->iterator); });
    Q_EMIT repliesComplete();
}

void Companion::stream(const Pending &pending, const py::object &iterator)
{
    qint64 count = 0;
    bool isWanted = true;
    while (isWanted) {
        const auto item = py::reinterpret_steal<py::object>(PyIter_Next(iterator.ptr()));
        if (!item)
            break;
        isWanted = sendItem(pending, item);
        if (isWanted) {
            ++count;
            waitForRoom(pending.client);
        }
    }
    if (PyErr_Occurred())
        throw py::error_already_set();
    // A generator that nobody reads any more ends here, not when it is collected. Another iterator, a file
    // for one, may be in use.
    if (!isWanted && PyGen_Check(iterator.ptr()))
        iterator.attr("close")();
    finish(pending, py::int_(count));
}

/// Answers whether its client is there to receive it.
bool Companion::sendItem(const Pending &pending, py::handle item)
{
    if (m_backpressure && !m_backpressure->isConnected(pending.client))
        return false;
    if (m_isClosed)
        raise(PyExc_ConnectionAbortedError, "Liaison stops; this stream was not finished");
    Encoder encoder(itemStart, replyRoom(pending.evt));
    encoder.write(item);
    Q_EMIT itemReady(pending.client, finishedReply(encoder, "item", idOnly(pending.evt)));
    return true;
}

bool Companion::hasRoom(ClientId client, std::chrono::milliseconds patience) const
{
    return !m_backpressure || m_backpressure->waitForRoom(client, patience);
}

void Companion::waitForRoom(ClientId client) const
{
    while (!hasRoom(client, std::chrono::milliseconds(0)) && !m_isClosed) {
        {
            const py::gil_scoped_release meanwhile;
            if (hasRoom(client, roomInterval))
                return;
        }
        if (PyErr_CheckSignals() < 0)
            throw py::error_already_set();
    }
}

void Companion::abandonPending()
{
    m_link->companion = nullptr;
    std::map<quint64, Pending> abandoned;
    {
        const std::scoped_lock lock(m_mutex);
        abandoned.swap(m_pending);
    }
    for (const auto &[serial, pending] : abandoned)
        Q_EMIT replied(pending.client,
                       errorText("ConnectionAbortedError",
                                 QStringLiteral("Liaison stops; the result of this command has not arrived"),
                                 pending.evt));
    Q_EMIT repliesComplete();
    const py::gil_scoped_release meanwhile;
    std::unique_lock lock(m_arrivedMutex);
    m_arrived.wait(lock, [this] { return m_arriving == 0; });
}

} // namespace liaison
