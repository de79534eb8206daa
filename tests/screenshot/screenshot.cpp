// SPDX-License-Identifier: MIT
// screenshot FOLDER: pictures of the debugging window in its main states, with a real child and what a
// frontend of an experiment might ask of it.

#include "callsview.h"
#include "commandedit.h"
#include "trayoptions.h"
#include "watched.h"
#include "window.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPalette>
#include <QSettings>
#include <QStyleFactory>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>

#include <cstdio>
#include <functional>

using namespace liaison;

namespace {

constexpr QSize windowSize(1280, 800);

QPalette darkPalette()
{
    QPalette palette(QColor(0x35, 0x35, 0x35), QColor(0x2b, 0x2b, 0x2b));
    palette.setColor(QPalette::Base, QColor(0x1e, 0x1e, 0x1e));
    palette.setColor(QPalette::AlternateBase, QColor(0x26, 0x26, 0x26));
    palette.setColor(QPalette::Highlight, QColor(0x2a, 0x6f, 0xb5));
    palette.setColor(QPalette::ToolTipBase, QColor(0x35, 0x35, 0x35));
    palette.setColor(QPalette::ToolTipText, Qt::white);
    palette.setColor(QPalette::PlaceholderText, QColor(0x9a, 0x9a, 0x9a));
    return palette;
}

/// Takes the pictures, one step after another; each waits until what it shows is there.
class Photographer final : public QObject {
    Q_OBJECT
public:
    explicit Photographer(const QString &folder)
        : m_folder(folder)
    {
        TrayOptions options;
        options.program = QStringLiteral(LIAISON_TEST_EXECUTABLE);
        options.arguments = QStringList{QStringLiteral("localhost:0")};
        m_watched = std::make_unique<Watched>(options);
        m_window = std::make_unique<Window>(*m_watched);
        m_window->resize(windowSize);
        m_window->show();
        m_timer.setInterval(lookInterval_ms);
        connect(&m_timer, &QTimer::timeout, this, &Photographer::look);
        m_watched->begin();
        makeSteps();
        m_timer.start();
    }

private:
    struct Step {
        std::function<void()> act;
        std::function<bool()> isReady;
        QString picture; ///< the name of the file; empty: none
    };

    static constexpr int lookInterval_ms = 50;
    /// What follows by itself: the namespace, the plot, the rate.
    static constexpr int looksMore = 80;
    static constexpr int mostLooks = 400;

    QTableView *table() const { return m_window->findChild<CallsView *>()->findChild<QTableView *>(); }

    void type(const QString &text)
    {
        auto *edit = m_window->findChild<CommandEdit *>();
        Q_EMIT edit->submitted(text);
    }

    bool hasRow(int column, const QString &text) const
    {
        const auto *model = table()->model();
        return model->rowCount() > 0 &&
               !model->match(model->index(0, column), Qt::DisplayRole, text, 1).isEmpty();
    }

    void selectRow(int column, const QString &text) const
    {
        const auto *model = table()->model();
        const auto found = model->match(model->index(0, column), Qt::DisplayRole, text, 1);
        if (found.isEmpty())
            return;
        table()->selectRow(found.first().row());
    }

    /// What the frontend of an experiment might ask.
    void work()
    {
        for (int i = 0; i < 40; ++i)
            m_toType.append(QStringLiteral("run math:hypot 3 %1").arg(i));
        for (const char *typed :
             {"exists psychopy_extra", "run builtins:print \"Session begins\"", "init rng random:Random 7",
              "init trials collections:deque [1,2,3] maxlen=50", "run rng.gauss 0 1",
              "store participant {\"id\":\"P-017\",\"age\":34}",
              "run statistics:quantiles [0.598,0.670,0.686,0.287,0.911] n=4", "get participant['age']",
              "run time:sleep 0.12", "run statistics:correlation [1,2,3,4] [2.1,3.9,6.2,8.1]",
              "run builtins:print \"Block 1 of 4\"", "run json:loads \"{'broken'\"", "try math:sqrt -1",
              "run sys:stderr.write \"Frame dropped\\n\"",
              "run statistics:NormalDist.from_samples [0.5,0.7,0.6]"})
            m_toType.append(QString::fromUtf8(typed));
    }

    void unfold(const QString &name) const
    {
        auto *tree = m_window->findChild<QTreeView *>(QStringLiteral("namespace"));
        const auto found = tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, name);
        if (!found.isEmpty())
            tree->expand(found.first());
    }

    void makeSteps()
    {
        const auto always = [] { return true; };
        m_steps = {
            {[] {}, [this] { return m_watched->state() == Watched::State::Watching; },
             QStringLiteral("tray-idle")},
            {[this] { work(); },
             [this] {
                 return hasRow(CallModel::Target, QStringLiteral("statistics:NormalDist.from_samples"));
             },
             {}},
            {[this] {
                 unfold(QStringLiteral("rng"));
                 type(QStringLiteral("run time:sleep 60"));
                 selectRow(CallModel::State, QStringLiteral("JSONDecodeError"));
             },
             [this] { return hasRow(CallModel::State, QStringLiteral("running")); }, QStringLiteral("tray")},
            {[this] {
                 QApplication::setPalette(darkPalette());
                 selectRow(CallModel::Target, QStringLiteral("statistics:quantiles"));
             },
             always, QStringLiteral("tray-dark")},
            {[this] {
                 QApplication::setPalette(m_light);
                 m_window->findChild<CallsView *>()->findChild<QLineEdit *>()->setText(
                     QStringLiteral("statistics"));
                 m_watched->server()->stop();
             },
             [this] { return m_watched->state() == Watched::State::Stopped; },
             QStringLiteral("tray-stopped")},
        };
    }

    void look()
    {
        auto &step = m_steps[m_step];
        if (std::exchange(m_isNew, false))
            step.act();
        if (++m_looks > mostLooks) {
            std::fprintf(stderr, "step %zu does not come to its end\n", m_step);
            QApplication::exit(1);
            return;
        }
        if (!m_toType.isEmpty()) {
            type(m_toType.takeFirst());
            return;
        }
        if (!step.isReady() || ++m_readyLooks < looksMore)
            return;
        if (!step.picture.isEmpty()) {
            const auto path = QDir(m_folder).filePath(step.picture + QStringLiteral(".png"));
            m_window->grab().save(path);
            std::printf("%s\n", qPrintable(path));
        }
        m_isNew = true;
        m_looks = m_readyLooks = 0;
        if (++m_step == m_steps.size())
            QApplication::exit(0);
    }

    QString m_folder;
    QPalette m_light = QApplication::palette();
    std::unique_ptr<Watched> m_watched;
    std::unique_ptr<Window> m_window;
    std::vector<Step> m_steps;
    QStringList m_toType; ///< one at each look
    std::size_t m_step = 0;
    bool m_isNew = true;
    int m_looks = 0;
    int m_readyLooks = 0;
    QTimer m_timer;
};

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    const auto arguments = QApplication::arguments();
    if (arguments.size() != 2) {
        std::fputs("Usage: screenshot FOLDER\n", stderr);
        return 2;
    }
    const Photographer photographer(arguments.at(1));
    return QApplication::exec();
}

#include "screenshot.moc"
