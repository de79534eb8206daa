// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"

#include <pybind11/pybind11.h>

#include <QByteArray>
#include <QByteArrayView>

#include <unordered_set>
#include <vector>

namespace liaison {

/// Writes Python objects as strict JSON in UTF-8, by the rules of the protocol's "Values, Python to JSON":
/// what Python's json writes for its own types, with ", " and ": " between them; null for what JSON has no
/// number for; and a text for everything that JSON has no form for. Needs the GIL. Every function throws
/// pybind11::error_already_set for what cannot be written; then what the encoder holds is of no use.
class Encoder {
public:
    /// @param start text in front of what will be written
    /// @param room bytes to begin with; what does not fit costs a copy
    explicit Encoder(QByteArrayView start = {}, qsizetype room = 256)
        : m_text(start, room)
    {
    }

    /// Makes the outermost object end with "evt": {} if it has no member of that name.
    void ensureEvt() { m_ensuresEvt = true; }

    void write(pybind11::handle value);

    /// JSON as it stands.
    void writeRaw(QByteArrayView json) { m_text.append(json); }

    /// The text; the encoder is spent.
    QByteArray take() { return m_text.take(); }

private:
    class Nesting;
    class Members;
    class Elements;

    void writeInteger(pybind11::handle value);
    void writeString(pybind11::handle value);
    void writeList(pybind11::handle list);
    void writeTuple(pybind11::handle tuple);
    void writeIterable(pybind11::handle iterable);
    void writeElements(pybind11::handle iterable);
    void writeDict(pybind11::handle dict);
    void writeItems(pybind11::handle pairs);
    void writeName(pybind11::handle key);
    void writeText(QByteArrayView text);
    void writeOther(pybind11::handle value);
    bool writeRegisteredForm(pybind11::handle value);
    bool writeOwnForm(pybind11::handle value);
    bool writeReference(pybind11::handle value);
    bool writeBytes(pybind11::handle value);
    bool writeDataclass(pybind11::handle value);
    bool writeNumpy(pybind11::handle value);
    void writeItem(pybind11::handle array, const pybind11::object &dtype);
    void writeNumpyScalar(pybind11::handle value, const pybind11::object &numpy);
    bool writePandas(pybind11::handle value);

    bool isOpen(PyObject *container) const;

    TextBuffer m_text;
    std::vector<PyObject *> m_open;             ///< the containers that what is written now lies in
    std::unordered_set<PyObject *> m_openBelow; ///< those of them that lie deep
    pybind11::object m_forms; ///< the module with the forms that were registered, once somebody did
    bool m_ensuresEvt = false;
    int m_depth = 0; ///< of brackets written and not closed
};

} // namespace liaison
