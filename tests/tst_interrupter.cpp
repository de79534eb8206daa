// SPDX-License-Identifier: MIT
#include "interrupter.h"

#include "pythontest.h"

#include <thread>

namespace py = pybind11;

using namespace liaison;

/// KeyboardInterrupt hits the command that it is meant for, and no other.
class TestInterrupter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hits_data();
    void hits();
    void hitsAgainWhenAskedAnew();
    void doesNothingOnAnotherThread();
};

void TestInterrupter::hits_data()
{
    QTest::addColumn<quint64>("running");
    QTest::addColumn<quint64>("interrupted");
    QTest::addColumn<QString>("error");
    QTest::newRow("the one that runs") << quint64(5) << quint64(5) << "KeyboardInterrupt";
    QTest::newRow("not the next") << quint64(6) << quint64(5) << QString();
    QTest::newRow("nothing when none runs") << quint64(0) << quint64(5) << QString();
    QTest::newRow("nothing when none is meant") << quint64(5) << quint64(0) << QString();
    QTest::newRow("nothing when there is none at all") << quint64(0) << quint64(0) << QString();
}

void TestInterrupter::hits()
{
    QFETCH(quint64, running);
    QFETCH(quint64, interrupted);
    QFETCH(QString, error);
    Interrupter interrupter;
    if (running)
        interrupter.begin(running);
    QCOMPARE(interrupter.running(), running);
    const auto run = [] { py::exec("for i in range(10000): pass"); };
    QCOMPARE(raised([&] {
                 interrupter.interrupt(interrupted);
                 run();
             }),
             error);
    interrupter.end();
    QCOMPARE(interrupter.running(), quint64(0));
    // It was asked for once.
    interrupter.begin(interrupted);
    QVERIFY(raised(run).isNull());
}

void TestInterrupter::hitsAgainWhenAskedAnew()
{
    Interrupter interrupter;
    interrupter.begin(5);
    const auto run = [] { py::exec("for i in range(10000): pass"); };
    const auto interrupt = [&] {
        interrupter.interrupt(5);
        run();
    };
    QCOMPARE(raised(interrupt), QStringLiteral("KeyboardInterrupt"));
    QVERIFY(!interrupter.interrupt(5));
    QVERIFY(raised(interrupt).isNull());
    interrupter.renew(6);
    QVERIFY(raised(interrupt).isNull());
    interrupter.renew(5);
    QVERIFY(interrupter.hasInterrupted(5));
    QCOMPARE(raised(interrupt), QStringLiteral("KeyboardInterrupt"));
}

void TestInterrupter::doesNothingOnAnotherThread()
{
    bool raisedNothing = false;
    {
        const py::gil_scoped_release idle;
        std::thread thread([&] {
            const py::gil_scoped_acquire gil;
            Interrupter interrupter;
            interrupter.begin(1);
            interrupter.interrupt(1);
            raisedNothing = raised([] { py::exec("for i in range(10000): pass"); }).isNull();
        });
        thread.join();
    }
    QVERIFY(raisedNothing);
    QVERIFY(raised([] { py::exec("for i in range(10000): pass"); }).isNull());
}

LIAISON_PYTHON_TEST_MAIN(TestInterrupter)
#include "tst_interrupter.moc"
