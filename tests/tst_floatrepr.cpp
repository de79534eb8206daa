// SPDX-License-Identifier: MIT
#include "floatrepr.h"

#include "pythontest.h"

#include <QRandomGenerator>

#include <array>
#include <bit>
#include <cmath>

namespace py = pybind11;

using namespace liaison;

namespace {

QByteArray floatRepr(double value)
{
    std::array<char, longestFloatRepr> text{};
    const auto size = writeFloatRepr(value, text.data());
    return {text.data(), size};
}

/// Doubles from every corner, always the same.
QList<double> manyDoubles()
{
    QList<double> doubles = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             0.1,
                             1e-4,
                             1e-5,
                             9.999e-5,
                             0.00010000000000000002,
                             1e15,
                             1e16,
                             9999999999999998.0,
                             12345678901234567.0,
                             1e22,
                             1e23,
                             5e-324,
                             2.2250738585072014e-308,
                             1.7976931348623157e308,
                             -1.7976931348623157e308,
                             1e100,
                             1e-100,
                             123456.789,
                             0.30000000000000004,
                             9007199254740993.0};
    QRandomGenerator random(20240607);
    while (doubles.size() < 3000) {
        const auto number = std::bit_cast<double>(random.generate64());
        if (std::isfinite(number))
            doubles.append(number);
    }
    while (doubles.size() < 6000) {
        const double mantissa = random.generateDouble() * 2 - 1;
        doubles.append(mantissa * std::pow(10.0, random.bounded(-8, 20)));
    }
    while (doubles.size() < 7000)
        doubles.append(double(qint64(random.generate64() >> random.bounded(1, 64))));
    while (doubles.size() < 8000)
        doubles.append(double(random.bounded(-100'000, 100'000)) / 1000);
    return doubles;
}

} // namespace

/// Floats are written as Python writes them.
class TestFloatRepr : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isPythons();
};

void TestFloatRepr::isPythons()
{
    for (const double value : manyDoubles())
        QCOMPARE(QString::fromUtf8(floatRepr(value)), pythonRepr(py::float_(value)));
}

LIAISON_PYTHON_TEST_MAIN(TestFloatRepr)
#include "tst_floatrepr.moc"
