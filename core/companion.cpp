// SPDX-License-Identifier: MIT
#include "companion.h"

#include "awaiting.h"
#include "decoder.h"
#include "encoder.h"
#include "failure.h"
#include "owned.h"
#include "reply.h"
#include "target.h"

#include <QElapsedTimer>
#include <QScopeGuard>

#include <cstring>

#include <unistd.h>

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

py::object interned(const char *text)
{
    return py::reinterpret_steal<py::object>(PyUnicode_InternFromString(text));
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
        args.append(targets.argument(namespaceDict, call.args[i]));
        pointers.append(args.last().ptr());
    }
    py::object kwargs;
    if (call.kwargs) {
        kwargs = py::dict();
        for (const auto &[name, value] : py::reinterpret_borrow<py::dict>(call.kwargs)) {
            const auto keyword = targets.argument(namespaceDict, name);
            if (!PyUnicode_Check(keyword.ptr())) {
                raise(
                    PyExc_TypeError,
                    py::str("keyword {!r} stands for {!r}: keywords must be strings").format(name, keyword));
            }
            kwargs[keyword] = targets.argument(namespaceDict, value);
        }
    }
    if (asksForFrame(callee))
        return py::module_::import("liaison.companion._frame")
            .attr("call")(callee, packed(args), kwargs ? kwargs : py::object(py::dict()));
    PyObject *result =
        PyObject_VectorcallDict(callee.ptr(), pointers.data() + 1,
                                std::size_t(args.size()) | PY_VECTORCALL_ARGUMENTS_OFFSET, kwargs.ptr());
    return owned(result);
}

Companion::Companion(py::object python)
    : m_python(std::move(python))
    , m_targets(m_python.attr("_targets").cast<Targets *>())
    , m_namespaceName(interned("namespace"))
    , m_commandsName(interned("commands"))
    , m_link(std::make_shared<Link>(Link{this}))
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
    if (!m_collected.empty() && m_waiting.putAll(m_collected))
        QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
}

void Companion::close()
{
    for (const auto &command : m_waiting.close())
        Q_EMIT replied(command.client,
                       errorText("ConnectionAbortedError",
                                 QStringLiteral("Liaison stops; this command was not run"), command.evt));
    Q_EMIT repliesComplete();
}

bool Companion::interruptRunning()
{
    const quint64 serial = m_interrupter.running();
    m_interrupter.interrupt(serial);
    return serial != 0;
}

void Companion::runWaiting()
{
    for (int i = 0; i < batchesAtOnce; ++i) {
        // The GIL is for others between two batches.
        if (runBatch() && !m_waiting.lookFor(awakeTime))
            return;
    }
    // What else this thread has to do comes first.
    QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
}

/// Answers whether those were all that waited.
bool Companion::runBatch()
{
    QElapsedTimer sinceReplies;
    sinceReplies.start();
    const py::gil_scoped_acquire gil;
    for (int i = 0; i < batchSize; ++i) {
        const auto command = m_waiting.take();
        if (!command) {
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
    Pending pending{command.client, command.evt, false};
    m_interrupter.begin(command.serial);
    try {
        const auto call = decodedCall(*command.arguments);
        const auto method = this->method(command.name);
        auto kind = kindOf(method);
        if (!isPlain(kind, call))
            kind = Kind::Other;
        pending.isTry = kind == Kind::Try;
        const auto result = execute(kind, method, call);
        if (kind != Kind::Init && arrivesLater(result))
            awaitResult(command.serial, pending, result);
        else
            finish(pending, result);
    } catch (py::error_already_set &error) {
        // What is written now is the reply: no interrupt is meant for that.
        m_interrupter.end();
        reply(pending, error);
    } catch (const std::exception &error) {
        m_interrupter.end();
        reply(pending, error);
    }
    m_interrupter.end();
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
        if (PyObject *method = PyDict_GetItemWithError(commands.ptr(), key.ptr()))
            return py::reinterpret_borrow<py::object>(method);
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
    CallParts rest{{}, call.kwargs.attr("copy")()};
    const py::object target = rest.kwargs.attr("pop")("fcn");
    return callTarget(*m_targets, namespaceDict, target, rest);
}

void Companion::finish(const Pending &pending, const py::object &result)
{
    write(pending, true, result);
}

void Companion::fail(const Pending &pending, const py::list &traceback)
{
    write(pending, false, traceback);
}

/// The reply to "try" is a response that says how it went; any other failure is an error reply.
void Companion::write(const Pending &pending, bool success, py::handle value)
{
    const bool isResponse = success || pending.isTry;
    Encoder encoder(isResponse ? responseStart : errorStart, replyRoom(pending.evt));
    if (pending.isTry)
        encoder.writeRaw(success ? "{\"success\": true, \"result\": " : "{\"success\": false, \"result\": ");
    encoder.write(value);
    if (pending.isTry)
        encoder.writeRaw("}");
    Q_EMIT replied(pending.client, finishedReply(encoder, isResponse ? "response" : "error", pending.evt));
}

void Companion::reply(const Pending &pending, py::error_already_set &error)
{
    try {
        fail(pending, tracebackLines(error));
    } catch (const std::exception &worse) {
        // Not even the traceback could be written: still there is a reply.
        reply(pending, worse);
    }
}

void Companion::reply(const Pending &pending, const std::exception &error)
{
    Q_EMIT replied(pending.client, errorText("RuntimeError", QString::fromUtf8(error.what()), pending.evt));
}

void Companion::awaitResult(quint64 serial, const Pending &pending, const py::object &result)
{
    m_pending.emplace(serial, pending);
    try {
        // May be called at once, or later from any Python thread.
        watch(result,
              py::cpp_function([link = m_link, serial](const py::object &value, const py::object &exception) {
                  if (link->companion)
                      link->companion->onArrived(serial, value, exception);
              }));
    } catch (...) {
        m_pending.erase(serial);
        throw;
    }
}

void Companion::onArrived(quint64 serial, const py::object &result, const py::object &exception)
{
    const auto found = m_pending.find(serial);
    if (found == m_pending.end())
        return;
    const auto pending = std::move(found->second);
    m_pending.erase(found);
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
            fail(pending, tracebackLines(exception));
        else if (arrivesLater(result))
            awaitResult(serial, pending, result);
        else
            finish(pending, result);
    } catch (py::error_already_set &error) {
        reply(pending, error);
    } catch (const std::exception &error) {
        reply(pending, error);
    }
}

void Companion::abandonPending()
{
    m_link->companion = nullptr;
    for (const auto &[serial, pending] : std::exchange(m_pending, {}))
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
