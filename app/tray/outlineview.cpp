// SPDX-License-Identifier: MIT
#include "outlineview.h"

#include "callmodel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QTreeView>

namespace liaison {

namespace {

/// Containers so deep are unfolded at first.
constexpr int unfoldedDepth = 1;

constexpr int nameWidth = 150;

} // namespace

OutlineView::OutlineView(const QString &name, QWidget *parent)
    : QStackedWidget(parent)
    , m_model(this)
    , m_tree(new QTreeView(this))
    , m_why(new QLabel(this))
{
    m_tree->setModel(&m_model);
    m_tree->setAccessibleName(name);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(0, nameWidth);
    auto *copy = new QAction(tr("Copy"), m_tree);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &OutlineView::copySelected);
    m_tree->addAction(copy);
    m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);

    m_why->setAlignment(Qt::AlignCenter);
    m_why->setWordWrap(true);
    m_why->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_why, &QLabel::linkActivated, this, &OutlineView::showText);
    m_why->setForegroundRole(QPalette::PlaceholderText);
    addWidget(m_tree);
    addWidget(m_why);
    setNothing({});
}

void OutlineView::setText(const QByteArray &json)
{
    if (json.size() <= longestAtOnce) {
        m_text = json;
        showText();
        return;
    }
    setNothing(tr("It has %1. <a href=\"show\">Show it</a>").arg(sizeText(json.size())));
    m_text = json;
}

void OutlineView::showText()
{
    m_model.setText(m_text);
    m_tree->expandToDepth(unfoldedDepth - 1);
    setCurrentWidget(m_tree);
}

void OutlineView::setNothing(const QString &why)
{
    m_text.clear();
    m_model.setText({});
    m_why->setText(why);
    setCurrentWidget(m_why);
}

void OutlineView::copySelected() const
{
    const auto index = m_tree->currentIndex();
    if (index.isValid())
        QGuiApplication::clipboard()->setText(prettyJson(m_model.textOf(index)));
}

} // namespace liaison
