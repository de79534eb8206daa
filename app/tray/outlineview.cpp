// SPDX-License-Identifier: MIT
#include "outlineview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace liaison {

namespace {

/// Containers so deep are unfolded at first.
constexpr int unfoldedDepth = 1;

constexpr int nameWidth = 150;

} // namespace

QToolButton *addTitleRow(QWidget *parent, const QString &title, const QString &what)
{
    auto *row = new QHBoxLayout;
    auto *label = new QLabel(title, parent);
    auto font = label->font();
    font.setBold(true);
    label->setFont(font);
    auto *copy = new QToolButton(parent);
    copy->setText(OutlineView::tr("Copy"));
    copy->setToolTip(what);
    copy->setAccessibleName(what);
    copy->setAutoRaise(true);
    row->addWidget(label);
    row->addStretch();
    row->addWidget(copy);
    qobject_cast<QVBoxLayout *>(parent->layout())->insertLayout(0, row);
    return copy;
}

OutlineView::OutlineView(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_model(this)
    , m_stack(new QStackedWidget(this))
    , m_tree(new QTreeView(m_stack))
    , m_why(new QLabel(m_stack))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);
    m_copy = addTitleRow(this, title, tr("Copy the whole: %1").arg(title.toLower()));
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(prettyJson(m_text)); });

    m_tree->setModel(&m_model);
    m_tree->setAccessibleName(title);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(0, nameWidth);
    m_tree->setTextElideMode(Qt::ElideRight);
    auto *copy = new QAction(tr("Copy"), m_tree);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &OutlineView::copySelected);
    m_tree->addAction(copy);
    m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);

    m_why->setAlignment(Qt::AlignCenter);
    m_why->setWordWrap(true);
    m_why->setForegroundRole(QPalette::PlaceholderText);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_why);
    setNothing({});
}

void OutlineView::setText(const QByteArray &json)
{
    m_text = json;
    m_model.setText(json);
    m_tree->expandToDepth(unfoldedDepth - 1);
    m_stack->setCurrentWidget(m_tree);
    m_copy->setEnabled(true);
}

void OutlineView::setNothing(const QString &why)
{
    m_text.clear();
    m_model.setText({});
    m_why->setText(why);
    m_stack->setCurrentWidget(m_why);
    m_copy->setEnabled(false);
}

void OutlineView::copySelected() const
{
    const auto index = m_tree->currentIndex();
    if (index.isValid())
        QGuiApplication::clipboard()->setText(prettyJson(m_model.textOf(index)));
}

} // namespace liaison
