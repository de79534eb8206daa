// SPDX-License-Identifier: MIT
#include "arguments.h"

#include <QtTest>

#include <thread>
#include <vector>

using namespace liaison;

/// Arguments are fresh, whatever their memory was before.
class TestArguments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void areFresh_data();
    void areFresh();
    void passBetweenThreads();
};

void TestArguments::areFresh_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("after small ones") << 10;
    QTest::newRow("after large ones") << (1 << 20);
}

void TestArguments::areFresh()
{
    QFETCH(int, size);
    simdjson::dom::parser parser;
    const auto text = '[' + QByteArray("1,").repeated(size) + "1]";
    for (int i = 0; i < 5; ++i) {
        const auto arguments = newArguments(size);
        QVERIFY(arguments);
        QVERIFY(!arguments->args && !arguments->kwargs);
        QVERIFY(arguments->argsText.isNull() && arguments->kwargsText.isNull());
        QVERIFY(arguments->firstKeyword.isNull());
        QCOMPARE(arguments->argsCount, qsizetype(0));
        simdjson::dom::element root;
        QCOMPARE(parser.parse_into_document(arguments->document, text.constData(), std::size_t(text.size()))
                     .get(root),
                 simdjson::SUCCESS);
        arguments->args = root.get_array().value_unsafe();
        arguments->argsText = "[]";
        arguments->kwargsText = "{}";
        arguments->firstKeyword = QStringLiteral("a");
        arguments->argsCount = 5;
    }
}

void TestArguments::passBetweenThreads()
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            std::vector<QExplicitlySharedDataPointer<Arguments>> held;
            for (int j = 0; j < 1000; ++j) {
                held.push_back(newArguments(100));
                if (held.size() > 300)
                    held.clear();
            }
        });
    for (auto &thread : threads)
        thread.join();
    QVERIFY(newArguments(100) != newArguments(100));
}

QTEST_GUILESS_MAIN(TestArguments)
#include "tst_arguments.moc"
