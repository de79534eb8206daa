// SPDX-License-Identifier: MIT
#include "companion.h"

#include "arguments.h"
#include "awaiting.h"
#include "decoder.h"
#include "encoder.h"
#include "failure.h"
#include "reply.h"
#include "target.h"

#include <unistd.h>

namespace py = pybind11;

namespace liaison {

namespace {

/// So many commands run under one acquisition of the GIL; then other Python threads get their chance.
constexpr int batchSize = 64;

CallParts decodedCall(const Arguments &arguments)
{
    CallParts call;
    call.args.reserve(std::size_t(arguments.argsCount));
    if (!arguments.argsText.isNull()) {
        for (const auto item : loadedJson(arguments.argsText))
            call.args.push_back(py::reinterpret_borrow<py::object>(item));
    } else if (arguments.args) {
        for (const auto element : *arguments.args)
            call.args.push_back(decoded(element));
    }
    if (!arguments.kwargsText.isNull())
        call.kwargs = loadedJson(arguments.kwargsText);
    else if (arguments.kwargs)
        call.kwargs = decoded(*arguments.kwargs);
    return call;
}

py::tuple packed(const std::vector<py::object> &objects)
{
    py::tuple tuple(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i)
        tuple[i] = objects[i];
    return tuple;
}

py::object attribute(const py::object &object, const py::object &name)
{
    PyObject *value = PyObject_GetAttr(object.ptr(), name.ptr());
    if (!value)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(value);
}

py::object interned(const char *text)
{
    return py::reinterpret_steal<py::object>(PyUnicode_InternFromString(text));
}

} // namespace

py::object callTarget(Targets &targets, const py::object &namespaceDict, const py::object &target,
                      const CallParts &call, std::size_t skipped)
{
    const auto callee = targets.callee(namespaceDict, target);
    std::vector<py::object> args;
    // vectorcall likes one place free in front of the arguments.
    std::vector<PyObject *> pointers = {nullptr};
    args.reserve(call.args.size());
    pointers.reserve(call.args.size() + 1);
    for (std::size_t i = skipped; i < call.args.size(); ++i) {
        args.push_back(targets.argument(namespaceDict, call.args[i]));
        pointers.push_back(args.back().ptr());
    }
    py::object kwargs;
    if (PyDict_GET_SIZE(call.kwargs.ptr()) > 0) {
        kwargs = py::dict();
        for (const auto &[name, value] : call.kwargs)
            kwargs[targets.argument(namespaceDict, name)] = targets.argument(namespaceDict, value);
    }
    PyObject *result = PyObject_VectorcallDict(callee.ptr(), pointers.data() + 1,
                                               args.size() | PY_VECTORCALL_ARGUMENTS_OFFSET, kwargs.ptr());
    if (!result)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(result);
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
        return Direct{kind, std::move(method)};
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

void Companion::close()
{
    for (const auto &command : m_waiting.close())
        Q_EMIT replied(command.client,
                       errorText("ConnectionAbortedError", QStringLiteral("Liaison stops; this command was not run"),
                                 command.evt));
}

bool Companion::interruptRunning()
{
    const quint64 serial = m_interrupter.running();
    m_interrupter.interrupt(serial);
    return serial != 0;
}

void Companion::runWaiting()
{
    const py::gil_scoped_acquire gil;
    for (int i = 0; i < batchSize; ++i) {
        const auto command = m_waiting.take();
        if (!command)
            return;
        run(*command);
        // A child that the command forked has come back from it: there is nothing for it to do here.
        if (forkGeneration() != m_generation)
            _exit(0);
    }
    QMetaObject::invokeMethod(this, &Companion::runWaiting, Qt::QueuedConnection);
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
        reply(pending, error);
    } catch (const std::exception &error) {
        Q_EMIT replied(command.client, errorText("RuntimeError", QString::fromUtf8(error.what()), command.evt));
    }
    m_interrupter.end();
}

py::object Companion::method(const QString &name)
{
    const auto commands = attribute(m_python, m_commandsName);
    const py::str key(name.toStdString());
    if (commands.contains(key))
        return commands[key];
    py::list names;
    for (const auto known : commands)
        names.append(py::str(known));
    names.attr("sort")();
    PyErr_SetObject(
        PyExc_ValueError,
        py::str("unknown command \"{}\": expected one of {}").format(key, py::str(", ").attr("join")(names)).ptr());
    throw py::error_already_set();
}

Companion::Kind Companion::kindOf(const py::object &method) const
{
    for (const auto &direct : m_direct) {
        if (direct.method && method.is(direct.method))
            return direct.kind;
    }
    return Kind::Other;
}

/// Whether the command's own parameters come as the leading positional arguments. Where they do not, Python's own
/// binding shall sort it out, or say what is wrong.
bool Companion::isPlain(Kind kind, const CallParts &call)
{
    const auto hasKeyword = [&](const char *name) { return call.kwargs.contains(name); };
    switch (kind) {
    case Kind::Run:
    case Kind::Try:
        return call.args.empty() == hasKeyword("fcn");
    case Kind::Init:
        return call.args.size() >= 2 && PyUnicode_Check(call.args[0].ptr()) && !hasKeyword("name")
            && !hasKeyword("cls");
    case Kind::Get:
        return call.args.size() == 1 && call.kwargs.empty();
    case Kind::Other:
        break;
    }
    return true;
}

py::object Companion::execute(Kind kind, const py::object &method, const CallParts &call)
{
    if (kind == Kind::Other)
        return method(*packed(call.args), **call.kwargs);
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
    Encoder encoder(responseStart);
    if (pending.isTry)
        encoder.writeRaw("{\"success\": true, \"result\": ");
    encoder.write(result);
    if (pending.isTry)
        encoder.writeRaw("}");
    encoder.writeRaw(replyEnd("response", pending.evt));
    Q_EMIT replied(pending.client, encoder.take());
}

void Companion::fail(const Pending &pending, const py::list &traceback)
{
    Encoder encoder(pending.isTry ? responseStart : errorStart);
    if (pending.isTry)
        encoder.writeRaw("{\"success\": false, \"result\": ");
    encoder.write(traceback);
    if (pending.isTry)
        encoder.writeRaw("}");
    encoder.writeRaw(replyEnd(pending.isTry ? "response" : "error", pending.evt));
    Q_EMIT replied(pending.client, encoder.take());
}

void Companion::reply(const Pending &pending, py::error_already_set &error)
{
    fail(pending, tracebackLines(error));
}

void Companion::awaitResult(quint64 serial, const Pending &pending, const py::object &result)
{
    m_pending.emplace(serial, pending);
    try {
        // May be called at once, or later from any Python thread.
        watch(result, py::cpp_function([link = m_link, serial](const py::object &value, const py::object &exception) {
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
        Q_EMIT replied(pending.client, errorText("RuntimeError", QString::fromUtf8(error.what()), pending.evt));
    }
}

void Companion::abandonPending()
{
    for (const auto &[serial, pending] : std::exchange(m_pending, {}))
        Q_EMIT replied(pending.client,
                       errorText("ConnectionAbortedError",
                                 QStringLiteral("Liaison stops; the result of this command has not arrived"),
                                 pending.evt));
}

} // namespace liaison
