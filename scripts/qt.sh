# SPDX-License-Identifier: MIT
# The Qt that wheels carry; source it after common.sh.
#
# Wheels could take along the distribution's Qt, but that needs ICU, GLib, Kerberos, libproxy and what those need: five
# times the size, and libraries that are in the same process a second time. So Qt's Core and Network are built from the
# distribution's own source package without them, and its library WebSockets, which needs nothing else, goes beside.

QT_PACKAGES=(dpkg-dev libssl-dev libqt6websockets6 xz-utils)

# qt_version: the version of the source package that the installed qt6-base-dev was made from.
qt_version() {
    dpkg-query -W -f '${source:Version}' qt6-base-dev
}

# qt_source FOLDER: unpacks that source package there, with the distribution's patches.
qt_source() {
    local folder=$1 lists=$1.apt file
    [ -d "$folder" ] && return
    rm -rf "$lists"
    mkdir -p "$lists/sources" "$lists/lists/partial" "$lists/cache" "$lists/package"
    # The sources come from where the packages come from.
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$lists/sources/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$file" ] || sed -n 's/^deb\(-src\)\? /deb-src /p' "$file" >"$lists/sources/$(basename "$file" .list).list"
    done
    local apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$PWD/$lists/sources"
        -o "Dir::State::Lists=$PWD/$lists/lists" -o "Dir::Cache=$PWD/$lists/cache" -o APT::Sandbox::User=root)
    "${apt[@]}" update
    (cd "$lists/package" && "${apt[@]}" source --download-only "qt6-base=$(qt_version)")
    dpkg-source --no-check -x "$lists"/package/qt6-base_*.dsc "$folder.part" >"$lists/log"
    mv "$folder.part" "$folder"
}

# build_qt FOLDER: makes FOLDER/lib and FOLDER/plugins, if it has not been done.
build_qt() {
    local folder=$1
    [ ! -f "$folder/.built" ] || return 0
    say "Building Qt $(qt_version) for wheels in $folder; this takes a while, once (log: $folder.log)"
    qt_source "$folder-source" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
    local without=(brotli concurrent dbus glib gssapi gui icu libproxy sql testlib xml zstd
        system_doubleconversion system_libb2 system_pcre2 system_zlib)
    local feature features=()
    for feature in "${without[@]}"; do
        features+=("-DFEATURE_$feature=OFF")
    done
    # Without -fno-gnu-unique, templates' static data would be one with those of another Qt in the process.
    {
        cmake -S "$folder-source" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
            -DCMAKE_CXX_FLAGS="-fno-gnu-unique -fstack-protector-strong -D_FORTIFY_SOURCE=2" \
            -DCMAKE_SHARED_LINKER_FLAGS="-Wl,-z,relro,-z,now" \
            -DQT_HOST_PATH=/usr -DQT_HOST_PATH_CMAKE_DIR="/usr/lib/$(gcc -print-multiarch)/cmake" \
            -DQT_FORCE_FIND_TOOLS=ON -DQT_BUILD_TESTS=OFF -DQT_BUILD_EXAMPLES=OFF -DINPUT_openssl=linked \
            "${features[@]}" &&
            cmake --build "$folder" --target Core Network QTlsBackendOpenSSLPlugin
    } >>"$folder.log" 2>&1 || { tail -n 50 "$folder.log" >&2; exit 1; }
    touch "$folder/.built"
}
