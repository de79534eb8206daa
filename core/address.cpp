// SPDX-License-Identifier: MIT
#include "address.h"

#include <QHostInfo>
#include <QNetworkInterface>
#include <QRegularExpression>

#include <algorithm>

namespace liaison {

Address parseAddress(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral(R"(^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:\[\]/@]+)):(\d{1,5})\z)"));
    const auto match = form.match(text);
    const int port = match.captured(3).toInt();
    if (!match.hasMatch() || port > 65535)
        throw AddressError(
            QStringLiteral("the address must be host:port with a port from 0 to 65535, such as "
                           "localhost:8001 or [::1]:8001, not \"%1\"")
                .arg(text));
    if (match.hasCaptured(1) && QHostAddress(match.captured(1)).protocol() != QAbstractSocket::IPv6Protocol)
        throw AddressError(
            QStringLiteral("\"%1\" in brackets must be an IPv6 address").arg(match.captured(1)));
    return {match.captured(1) + match.captured(2), quint16(port)};
}

QString addressText(const Address &address)
{
    const auto form =
        address.host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2");
    return form.arg(address.host).arg(address.port);
}

bool areLoopback(const QList<QHostAddress> &addresses)
{
    return std::all_of(addresses.begin(), addresses.end(),
                       [](const QHostAddress &address) { return address.isLoopback(); });
}

QList<QHostAddress> servedAddresses(const QString &host, bool allowRemote)
{
    const QHostAddress literal(host);
    if (!literal.isNull() && literal.isLoopback())
        return {literal};
    const bool isLocalhost = host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0;
    QList<QHostAddress> addresses;
    if (isLocalhost)
        addresses = {QHostAddress::LocalHost, QHostAddress::LocalHostIPv6};
    else if (!literal.isNull())
        addresses = {literal};
    else
        addresses = QHostInfo::fromName(host).addresses();
    if (addresses.isEmpty())
        throw AddressError(QStringLiteral("the host \"%1\" is not known here").arg(host));
    if (!allowRemote && !areLoopback(addresses))
        throw AddressError(
            QStringLiteral("\"%1\" can be reached from other machines: Liaison runs any Python that it is "
                           "told to, so that needs --allow-remote and a token; localhost needs neither")
                .arg(host));
    const auto present = QNetworkInterface::allAddresses();
    if (addresses.size() > 1)
        addresses.removeIf([&](const QHostAddress &address) {
            return address.protocol() == QAbstractSocket::IPv6Protocol && !present.contains(address);
        });
    return addresses;
}

} // namespace liaison
