// SPDX-License-Identifier: MIT
#include "arrays.h"

#include "floatrepr.h"

#include <QFloat16>
#include <QScopeGuard>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace liaison {

namespace {

using Writer = void (*)(TextBuffer &text, const char *item);

template <typename Number, bool swapped> Number loaded(const char *item)
{
    std::array<char, sizeof(Number)> bytes;
    std::memcpy(bytes.data(), item, bytes.size());
    if constexpr (swapped)
        std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<Number>(bytes);
}

template <typename Number, bool swapped> void writeNumber(TextBuffer &text, const char *item)
{
    const auto number = loaded<Number, swapped>(item);
    if constexpr (std::is_integral_v<Number>)
        text.appendInteger(number);
    else
        appendFloat(text, double(number));
}

void writeBoolean(TextBuffer &text, const char *item)
{
    text.append(*item ? QByteArrayView("true") : QByteArrayView("false"));
}

/// The writer for the one of several types that has the size; null without one.
template <bool swapped, typename... Numbers> Writer writerOfSize(Py_ssize_t size)
{
    Writer writer = nullptr;
    ((writer = sizeof(Numbers) == std::size_t(size) ? writeNumber<Numbers, swapped> : writer), ...);
    return writer;
}

template <bool swapped> Writer writerFor(char kind, Py_ssize_t size)
{
    constexpr std::string_view signedKinds = "bhilqn";
    constexpr std::string_view unsignedKinds = "BHILQN";
    constexpr std::string_view floatKinds = "efd";
    if (kind == '?' && size == 1)
        return writeBoolean;
    if (signedKinds.find(kind) != signedKinds.npos)
        return writerOfSize<swapped, std::int8_t, std::int16_t, std::int32_t, std::int64_t>(size);
    if (unsignedKinds.find(kind) != unsignedKinds.npos)
        return writerOfSize<swapped, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(size);
    if (floatKinds.find(kind) != floatKinds.npos)
        return writerOfSize<swapped, qfloat16, float, double>(size);
    return nullptr;
}

/// What writes one item of a format; null for all but numbers. Source of the format: the module struct of
/// Python, and PEP 3118.
Writer writerFor(std::string_view format, Py_ssize_t size)
{
    bool swapped = false;
    if (!format.empty() && std::string_view("@=<>!").find(format.front()) != std::string_view::npos) {
        const bool isBig = format.front() == '>' || format.front() == '!';
        const bool isLittle = format.front() == '<';
        swapped = std::endian::native == std::endian::little ? isBig : isLittle;
        format.remove_prefix(1);
    }
    if (format.size() != 1)
        return nullptr;
    return swapped ? writerFor<true>(format.front(), size) : writerFor<false>(format.front(), size);
}

/// Bytes from one item of a dimension to the next. Whose memory is in C order may leave them out.
std::vector<Py_ssize_t> stridesOf(const Py_buffer &view)
{
    std::vector<Py_ssize_t> strides(std::size_t(view.ndim), view.itemsize);
    if (view.strides)
        std::copy_n(view.strides, view.ndim, strides.begin());
    else
        for (auto i = strides.size(); i-- > 1;)
            strides[i - 1] = strides[i] * view.shape[i];
    return strides;
}

struct Shape {
    const Py_ssize_t *items; ///< in each dimension
    const Py_ssize_t *strides;
    int dimensions;
};

void writeDimensions(TextBuffer &text, Shape shape, Writer writer, const char *start)
{
    if (shape.dimensions == 0) {
        writer(text, start);
        return;
    }
    const Shape inner = {shape.items + 1, shape.strides + 1, shape.dimensions - 1};
    text.append('[');
    for (Py_ssize_t i = 0; i < *shape.items; ++i) {
        if (i > 0)
            text.append(", ");
        writeDimensions(text, inner, writer, start + i * *shape.strides);
    }
    text.append(']');
}

} // namespace

bool writeNumbers(TextBuffer &text, pybind11::handle array)
{
    Py_buffer view = {};
    if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_RECORDS_RO) < 0) {
        PyErr_Clear();
        return false;
    }
    const auto release = qScopeGuard([&view] { PyBuffer_Release(&view); });
    const Writer writer = writerFor(view.format ? view.format : "B", view.itemsize);
    if (!writer)
        return false;
    const auto strides = stridesOf(view);
    writeDimensions(text, {view.shape, strides.data(), view.ndim}, writer,
                    static_cast<const char *>(view.buf));
    return true;
}

} // namespace liaison
