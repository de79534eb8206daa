// SPDX-License-Identifier: MIT
#include "bindings.h"

#include "access.h"
#include "address.h"
#include "companion.h"
#include "encoder.h"
#include "failure.h"
#include "gil.h"
#include "logging.h"
#include "markers.h"
#include "process.h"
#include "service.h"
#include "target.h"

#include <pybind11/eval.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace py = pybind11;

namespace liaison {

namespace {

/// Text as it is, in UTF-8; anything else as JSON, an object with at least an empty "evt".
QByteArray pushText(py::handle message)
{
    if (PyUnicode_Check(message.ptr())) {
        Py_ssize_t length = 0;
        const char *text = PyUnicode_AsUTF8AndSize(message.ptr(), &length);
        if (!text)
            throw py::error_already_set();
        return {text, length};
    }
    Encoder encoder;
    encoder.ensureEvt();
    encoder.write(message);
    return encoder.take();
}

py::list textList(const QByteArrayList &texts)
{
    py::list list;
    for (const auto &text : texts)
        list.append(py::reinterpret_steal<py::object>(
            PyUnicode_DecodeUTF8(text.constData(), text.size(), "replace")));
    return list;
}

/// Evaluating text that is interrupted leaves a note, for which Python sends SIGINT to itself at its end,
/// since 3.12 also after sys.exit(). Commands are interrupted for other reasons: the next evaluation takes it
/// back.
void forgetInterruptedEvaluation()
{
    py::eval("None", py::dict());
}

void run(Service &service, const py::object &companion)
{
    try {
        service.run(companion);
        forgetInterruptedEvaluation();
    } catch (const ServiceError &error) {
        PyErr_SetString(PyExc_OSError, error.what());
        throw py::error_already_set();
    } catch (const AddressError &error) {
        PyErr_SetString(PyExc_OSError, error.what());
        throw py::error_already_set();
    } catch (const AccessError &error) {
        PyErr_SetString(PyExc_OSError, error.what());
        throw py::error_already_set();
    }
}

/// Options by the names that WebsocketLiaison gives them; what is None stays as it is.
std::unique_ptr<Service> newService(const std::string &host, quint16 port, const py::kwargs &given)
{
    ServiceOptions options;
    options.host = QString::fromStdString(host);
    options.port = port;
    const auto with = [&](const char *name, auto use) {
        if (given.contains(name) && !given[name].is_none())
            use(py::object(given[name]));
    };
    auto &limits = options.limits;
    const auto positive = [&](const char *name, auto &target) {
        with(name, [&](const py::object &value) {
            target = value.cast<std::decay_t<decltype(target)>>();
            if (!(target > 0))
                throw py::value_error(std::string(name) + " must be a positive number, not " +
                                      std::string(py::repr(value)));
        });
    };
    positive("max_message_size", limits.messageSize);
    positive("max_connections", limits.connections);
    positive("max_waiting", limits.waiting);
    positive("max_unread", limits.unread);
    positive("stall_time", limits.stallTime_s);
    positive("handshake_time", limits.handshakeTime_s);
    positive("max_nesting", limits.nesting);
    const auto text = [](const py::handle &value) { return QString::fromStdString(py::str(value)); };
    with("allow_origins", [&](const py::object &origins) {
        for (const auto origin : origins)
            options.allowedOrigins.append(text(origin));
    });
    with("token", [&](const py::object &token) {
        options.token = text(token).toUtf8();
        try {
            checkToken(options.token, QStringLiteral("token"));
        } catch (const AccessError &error) {
            throw py::value_error(error.what());
        }
    });
    with("allow_remote", [&](const py::object &allows) { options.allowsRemote = allows.cast<bool>(); });
    with("tls_certificate", [&](const py::object &path) { options.tlsCertificate = text(path); });
    with("tls_key", [&](const py::object &path) { options.tlsKey = text(path); });
    return std::make_unique<Service>(options);
}

CallParts callParts(const py::sequence &args, const py::dict &kwargs)
{
    CallParts call;
    for (const auto item : args)
        call.args.append(py::reinterpret_borrow<py::object>(item));
    if (!kwargs.empty())
        call.kwargs = kwargs;
    return call;
}

} // namespace

void defineCore(py::module_ &module)
{
    module.doc() = "The extension module: Liaison's core.";

    py::class_<Targets>(module, "Targets", "Finds what targets point to.")
        .def(py::init<>())
        .def("resolve", &Targets::resolve, py::arg("namespace"), py::arg("target"))
        .def(
            "call",
            [](Targets &targets, const py::object &namespaceDict, const py::object &target,
               const py::sequence &args, const py::dict &kwargs) {
                return callTarget(targets, namespaceDict, target, callParts(args, kwargs));
            },
            py::arg("namespace"), py::arg("target"), py::arg("args"), py::arg("kwargs"));

    py::class_<Service>(module, "Service", "Serves a companion.")
        .def(py::init(&newService), py::arg("host"), py::arg("port"))
        .def("run", &run, py::arg("companion"))
        .def("stop", &Service::stop)
        .def(
            "push",
            [](Service &service, py::handle message, double timeout_s) {
                const auto text = pushText(message);
                const auto patience =
                    std::chrono::milliseconds(int(std::clamp(timeout_s, 0.0, 3600.0) * 1000));
                const GilRelease meanwhile;
                service.push(text, patience);
            },
            py::arg("message"), py::arg("timeout") = 1.0)
        .def("messages", [](const Service &service) { return textList(service.messages()); })
        .def_property_readonly("host",
                               [](const Service &service) { return service.options().host.toStdString(); })
        .def_property_readonly("port", &Service::port)
        .def_property_readonly("alive", &Service::isAlive);

    module.def(
        "main",
        [](const py::list &argv) {
            QStringList arguments;
            for (const auto argument : argv)
                arguments.append(QString::fromStdString(py::str(argument)));
            return runModule(arguments);
        },
        py::arg("argv"), "Serve as the command line says; answers the process's exit code.");
    module.def("attribute_or_item", &attributeOrItem, py::arg("value"), py::arg("name"));
    module.def(
        "traceback_lines", [](py::handle exception) { return tracebackLines(exception); },
        py::arg("exception"));
    module.def(
        "encode",
        [](py::handle value) {
            Encoder encoder;
            encoder.write(value);
            const auto text = encoder.take();
            return py::reinterpret_steal<py::object>(
                PyUnicode_DecodeUTF8(text.constData(), text.size(), nullptr));
        },
        py::arg("value"), "A value as the JSON that clients get of it.");
}

int serve(const Options &options)
{
    try {
        const auto service = py::cast(std::make_unique<Service>(options.service));
        const auto liaison = py::module_::import("liaison.websocket").attr("WebsocketLiaison");
        liaison(py::arg("_service") = service).attr("start")();
        return 0;
    } catch (py::error_already_set &error) {
        // One line: what could not be done. Its traceback would tell of Liaison's insides.
        complain(QString::fromStdString(py::str(error.value())));
        return 1;
    }
}

int runModule(const QStringList &arguments)
{
    prepareProcess();
    setUpLogging(false);
    ensureApplication();
    try {
        const auto options = parseOptions(arguments, Program::Module);
        if (!options.output.isNull()) {
            std::fputs(options.output.toUtf8().constData(), stdout);
            std::fflush(stdout);
            return 0;
        }
        setUpLogging(options.verbose);
        Py_AtExit(writeStopMarkers);
        // It has been taken from the environment; Python keeps a copy.
        py::module_::import("os").attr("environ").attr("pop")(tokenVariable, py::none());
        return serve(options);
    } catch (const AccessError &error) {
        complain(QString::fromUtf8(error.what()));
        return 1;
    } catch (const UsageError &error) {
        complain(QString::fromUtf8(error.what()));
        return 2;
    }
}

} // namespace liaison
