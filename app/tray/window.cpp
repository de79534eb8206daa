// SPDX-License-Identifier: MIT
#include "window.h"

#include "callsview.h"
#include "commandedit.h"
#include "consoleview.h"
#include "detailview.h"
#include "jsontext.h"
#include "latencyplot.h"
#include "outputview.h"
#include "statusline.h"
#include "trafficfile.h"
#include "watched.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QFileDialog>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPointer>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace liaison {

namespace {

/// So often the namespace is asked for, if something may have changed it.
constexpr int refreshInterval_ms = 1500;

constexpr int activityInterval_ms = 400;

/// For so long an error is shown.
constexpr qint64 errorTime_ms = 5000;

constexpr int margin = 4;

/// A view under its title.
QWidget *titled(const QString &title, QWidget *view)
{
    auto *box = new QGroupBox(title);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addWidget(view);
    return box;
}

QSplitter *split(Qt::Orientation orientation, std::initializer_list<std::pair<QWidget *, int>> parts)
{
    auto *splitter = new QSplitter(orientation);
    splitter->setChildrenCollapsible(false);
    QList<int> sizes;
    for (const auto &[part, size] : parts) {
        splitter->addWidget(part);
        splitter->setStretchFactor(splitter->count() - 1, size);
        sizes.append(size);
    }
    splitter->setSizes(sizes);
    return splitter;
}

} // namespace

Window::Window(Watched &watched)
    : m_watched(watched)
    , m_calls(this)
    , m_namespace([this](const QByteArray &command,
                         const Answered &answered) { m_watched.connection().ask(command, answered); },
                  this)
    , m_callsView(new CallsView(m_calls))
    , m_detail(new DetailView)
    , m_namespaceStack(new QStackedWidget)
    , m_tree(new QTreeView(m_namespaceStack))
    , m_plot(new LatencyPlot)
    , m_output(new OutputView)
    , m_console(new ConsoleView(watched.connection()))
    , m_status(new StatusLine(this))
{
    setWindowTitle(QStringLiteral("Liaison"));
    setWindowIcon(activityIcon(Activity::Idle));
    makeViews();
    makeActions();
    connectAll();
    readSettings();
    onStateChanged();
}

Window::~Window()
{
    writeSettings();
}

void Window::makeViews()
{
    m_tree->setModel(&m_namespace);
    m_tree->setObjectName(QStringLiteral("namespace"));
    m_tree->setAccessibleName(tr("Namespace"));
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->header()->resizeSection(0, 120);
    m_tree->header()->resizeSection(1, 130);
    m_output->setAccessibleName(tr("Output"));
    auto *none = new QLabel(tr("It is shown while a Liaison is watched."), m_namespaceStack);
    none->setAlignment(Qt::AlignCenter);
    none->setWordWrap(true);
    none->setForegroundRole(QPalette::PlaceholderText);
    m_namespaceStack->addWidget(none);
    m_namespaceStack->addWidget(m_tree);
    auto *side = split(Qt::Vertical, {{titled(tr("Namespace"), m_namespaceStack), 300},
                                      {titled(tr("Latency"), m_plot), 150}});
    auto *middle = split(Qt::Vertical, {{titled(tr("Calls"), m_callsView), 290}, {m_detail, 200}});
    auto *top = split(Qt::Horizontal, {{middle, 860}, {side, 420}});
    auto *bottom = split(Qt::Horizontal,
                         {{titled(tr("Output"), m_output), 600}, {titled(tr("Console"), m_console), 660}});
    auto *all = split(Qt::Vertical, {{top, 520}, {bottom, 200}});
    m_splitters = {all, top, bottom, middle, side, m_detail};
    all->setContentsMargins(margin, margin, margin, margin);
    setCentralWidget(all);
    setStatusBar(m_status);
}

QAction *Window::addAction(QMenu *menu, const QString &text, const QKeySequence &keys)
{
    auto *action = menu->addAction(text);
    action->setShortcut(keys);
    return action;
}

void Window::makeActions()
{
    auto *file = menuBar()->addMenu(tr("&File"));
    auto *save = addAction(file, tr("&Save Traffic…"), QKeySequence::Save);
    connect(save, &QAction::triggered, this, &Window::save);
    file->addSeparator();
    auto *quit = addAction(file, tr("&Quit"), QKeySequence(tr("Ctrl+Q")));
    connect(quit, &QAction::triggered, this, &Window::quitWanted);

    auto *server = menuBar()->addMenu(tr("&Server"));
    m_start = addAction(server, tr("&Start"), QKeySequence(tr("Ctrl+T")));
    m_stop = addAction(server, tr("S&top"), {});
    m_restart = addAction(server, tr("&Restart"), QKeySequence(tr("Ctrl+R")));

    auto *calls = menuBar()->addMenu(tr("&Calls"));
    m_stopCall = addAction(calls, tr("&Stop Call"), QKeySequence(tr("Ctrl+.")));
    connect(m_stopCall, &QAction::triggered, this, &Window::stopSelected);
    auto *clear = addAction(calls, tr("&Clear"), QKeySequence(tr("Ctrl+Shift+K")));
    connect(clear, &QAction::triggered, &m_calls, &CallModel::clear);

    auto *go = menuBar()->addMenu(tr("&Go"));
    connect(addAction(go, tr("&Filter"), QKeySequence::Find), &QAction::triggered, m_callsView,
            &CallsView::focusFilter);
    connect(addAction(go, tr("&Console"), QKeySequence(tr("Ctrl+L"))), &QAction::triggered, this,
            [this] { m_console->edit().setFocus(Qt::ShortcutFocusReason); });
    connect(addAction(go, tr("&Namespace"), QKeySequence(tr("Ctrl+N"))), &QAction::triggered, this,
            [this] { m_tree->setFocus(Qt::ShortcutFocusReason); });
    connect(addAction(go, tr("&Refresh Namespace"), QKeySequence::Refresh), &QAction::triggered, &m_namespace,
            &NamespaceModel::refresh);

    auto *bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
    bar->addActions({m_start, m_stop, m_restart});
    bar->addSeparator();
    bar->addActions({m_stopCall, clear, save});
    m_stopCall->setEnabled(false);
}

void Window::connectAll()
{
    auto &connection = m_watched.connection();
    connect(&connection, &Connection::batchReady, this, &Window::onBatch);
    connect(&connection, &Connection::opened, this, &Window::onOpened);
    connect(&connection, &Connection::closed, this, [this] {
        m_namespace.clear();
        m_namespaceStack->setCurrentIndex(0);
    });
    connect(&connection, &Connection::informed, m_status, &StatusLine::showInfo);
    connect(&m_watched, &Watched::stateChanged, this, &Window::onStateChanged);
    if (auto *server = m_watched.server()) {
        connect(m_start, &QAction::triggered, server, &Server::start);
        connect(m_stop, &QAction::triggered, server, &Server::stop);
        connect(m_restart, &QAction::triggered, server, &Server::restart);
        connect(server, &Server::printed, m_output, &OutputView::add);
    }
    connect(m_callsView, &CallsView::selectionChanged, this, &Window::showDetail);
    connect(m_callsView, &CallsView::stopRequested, this, &Window::stopCall);
    connect(&m_namespace, &NamespaceModel::failed, this,
            [this](const QString &sentence) { m_status->showMessage(sentence, int(errorTime_ms)); });
    const auto targets = [this] { m_console->edit().setTargets(m_namespace.targets()); };
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_namespace, signal, this, targets);
    m_refreshTimer.setInterval(refreshInterval_ms);
    connect(&m_refreshTimer, &QTimer::timeout, this, [this] {
        if (m_watched.connection().isOpen() && std::exchange(m_isNamespaceOld, false))
            m_namespace.refresh();
    });
    m_refreshTimer.start();
    m_activityTimer.setInterval(activityInterval_ms);
    connect(&m_activityTimer, &QTimer::timeout, this, &Window::showActivity);
    m_activityTimer.start();
}

void Window::onBatch(const CallBatch &batch)
{
    constexpr double ms = 1000;
    qsizetype count = 0;
    const auto ended = [&](double time_s, double duration_s, CallState state) {
        if (state == CallState::Failed)
            m_sinceError.start();
        if (state != CallState::Done && state != CallState::Failed)
            return;
        ++count;
        m_plot->add(qint64(time_s * ms), duration_s * ms);
    };
    for (const auto &end : batch.ended) {
        if (const auto row = m_calls.rowOf(end.number))
            ended(end.time_s, end.time_s - m_calls.call(*row).time_s, end.state);
    }
    for (const auto &call : batch.begun)
        ended(call.time_s + call.duration_s, call.duration_s, call.state);
    m_calls.apply(batch);
    m_status->countEnded(count);
    m_isNamespaceOld = m_isNamespaceOld || count > 0;
    m_hadCalls = true;
    // The output of a child comes through its pipes.
    if (!m_watched.server()) {
        for (const auto &piece : batch.output)
            m_output->add(piece.isError, piece.text);
    }
    if (batch.lost > 0)
        m_status->showMessage(tr("%L1 messages were not shown: too many at a time").arg(batch.lost),
                              int(errorTime_ms));
    if (const auto *call = m_callsView->selected())
        m_detail->show(*call);
    m_stopCall->setEnabled(m_calls.runningCount() > 0);
    m_watched.connection().takeBatch();
}

void Window::onOpened()
{
    m_namespaceStack->setCurrentWidget(m_tree);
    m_namespace.refresh();
    m_watched.connection().ask(R"({"command": "run", "args": ["builtins:sorted", "$companion.commands"]})",
                               [this](bool isSuccess, const QByteArray &json) {
                                   QStringList names;
                                   if (isSuccess) {
                                       for (const auto name :
                                            jsonElements({json.constData(), std::size_t(json.size())}))
                                           names.append(unquotedJson(name));
                                   }
                                   m_console->edit().setCommands(names);
                               });
}

void Window::onStateChanged()
{
    const auto *server = m_watched.server();
    const auto state = server ? server->state() : Server::State::Stopped;
    m_start->setEnabled(server && state == Server::State::Stopped);
    m_stop->setEnabled(state == Server::State::Serving || state == Server::State::Starting);
    m_restart->setEnabled(server && state != Server::State::Stopping);
    m_status->showState(m_watched.stateText());
    if (m_watched.state() != Watched::State::Watching)
        m_status->showNoInfo();
    const auto address = m_watched.address();
    setWindowTitle(address.isEmpty() ? QStringLiteral("Liaison") : tr("%1 – Liaison").arg(address));
    showActivity();
}

void Window::showActivity()
{
    m_calls.showElapsed();
    auto activity = Activity::Idle;
    auto text = m_watched.stateText();
    const bool isBusy = std::exchange(m_hadCalls, false) || m_calls.runningCount() > 0;
    if (m_watched.state() == Watched::State::Failed ||
        (m_sinceError.isValid() && !m_sinceError.hasExpired(errorTime_ms)))
        activity = Activity::Error;
    else if (isBusy)
        activity = Activity::Busy;
    if (activity == Activity::Error && m_watched.state() != Watched::State::Failed)
        text = tr("a command has failed");
    m_activity = activity;
    Q_EMIT activityChanged(activity, text);
}

void Window::showDetail()
{
    if (const auto *call = m_callsView->selected())
        m_detail->show(*call);
    else
        m_detail->showNone();
}

void Window::stopCall(const Call &call)
{
    m_watched.connection().ask("{\"command\": \"interrupt\", \"args\": [" + call.id + "]}",
                               [this](bool isSuccess, const QByteArray &json) {
                                   if (!isSuccess || json != "true")
                                       m_status->showMessage(tr("that call does not run any more"),
                                                             int(errorTime_ms));
                               });
}

/// The one that is selected, if it runs; otherwise the one that has run the longest.
void Window::stopSelected()
{
    const auto *call = m_callsView->selected();
    if (!call || call->state != CallState::Running)
        call = m_calls.oldestRunning();
    if (call)
        stopCall(*call);
}

void Window::save()
{
    const auto path = QFileDialog::getSaveFileName(this, tr("Save Traffic"), QStringLiteral("traffic.jsonl"),
                                                   tr("JSON lines (*.jsonl)"));
    if (path.isEmpty())
        return;
    saveTo(path);
}

void Window::saveTo(const QString &path)
{
    QList<Call> calls;
    calls.reserve(m_calls.rowCount());
    for (int row = 0; row < m_calls.rowCount(); ++row)
        calls.append(m_calls.call(row));
    m_status->showMessage(tr("saving %L1 calls …").arg(calls.size()));
    // Values, and so another thread's as well.
    QThreadPool::globalInstance()->start([self = QPointer(this), calls, path] {
        const auto fault = saveTraffic(calls, path);
        const auto said = fault.isNull() ? tr("%L1 calls are in %2").arg(calls.size()).arg(path)
                                         : tr("%1 cannot be written: %2").arg(path, fault);
        QMetaObject::invokeMethod(QCoreApplication::instance(), [self, said] {
            if (self)
                self->m_status->showMessage(said, int(errorTime_ms));
        });
    });
}

void Window::closeEvent(QCloseEvent *event)
{
    writeSettings();
    event->accept();
    if (m_hidesOnClose)
        hide();
    Q_EMIT closed();
}

void Window::readSettings()
{
    const QSettings settings;
    constexpr QSize usual(1280, 800);
    if (!restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray()))
        resize(usual);
    m_callsView->restoreState(settings.value(QStringLiteral("columns")).toByteArray());
    for (qsizetype i = 0; i < m_splitters.size(); ++i)
        m_splitters[i]->restoreState(settings.value(QStringLiteral("splitter%1").arg(i)).toByteArray());
    m_console->edit().setHistory(settings.value(QStringLiteral("history")).toStringList());
}

void Window::writeSettings() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("geometry"), saveGeometry());
    settings.setValue(QStringLiteral("columns"), m_callsView->state());
    for (qsizetype i = 0; i < m_splitters.size(); ++i)
        settings.setValue(QStringLiteral("splitter%1").arg(i), m_splitters[i]->saveState());
    settings.setValue(QStringLiteral("history"), m_console->edit().history());
}

} // namespace liaison
