# SPDX-License-Identifier: MIT
# What the scripts share; source it. Sets ROOT and goes there.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# The distribution's own interpreter: the one that python3-dev belongs to.
SYSTEM_PYTHON=/usr/bin/python3

BUILD_PACKAGES=(
    ca-certificates
    ccache
    cmake
    g++
    libsimdjson-dev
    ninja-build
    pybind11-dev
    python3-dev
    qt6-base-dev
    qt6-websockets-dev
)

say() {
    printf '%s\n' "$*" >&2
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "This needs root, or sudo: $*"
        exit 1
    fi
}

# require PACKAGE...: installs with apt-get what is missing, after saying so.
require() {
    local missing=() package
    if ! command -v dpkg-query >/dev/null; then
        say "No Debian or Ubuntu here: please see to it that these packages, or their like, are installed: $*"
        return
    fi
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qx "installed $package" <<<"$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing with apt-get: ${missing[*]}"
    as_root apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# What configure and build are about.
PRESET=release

# configure [CMAKE_OPTION...]: prepares build/PRESET, unless it was prepared with the same options before.
configure() {
    local folder=build/$PRESET stamp=build/$PRESET/.configured wanted
    wanted="$* $(cat CMakePresets.json | cksum)"
    if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "Preparing the build in $folder"
        cmake --preset "$PRESET" -DPython_EXECUTABLE="$SYSTEM_PYTHON" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" \
            >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
        printf '%s' "$wanted" >"$stamp"
    fi
}

# build [TARGET...]: builds what is not up to date, and shows progress while it does.
build() {
    if ! ninja -C "build/$PRESET" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
        say "Building in build/$PRESET"
        cmake --build "build/$PRESET" --target "${@:-all}" >&2
    fi
}

# build_fuzzers: with clang, which may have its runtime in a package of its own.
build_fuzzers() {
    local PRESET=fuzz version
    require clang
    if ! clang++ -fsanitize=fuzzer,address -xc - -o /dev/null <<<'int LLVMFuzzerTestOneInput() { return 0; }' 2>/dev/null; then
        version=$(clang++ -dumpversion)
        require "libclang-rt-${version%%.*}-dev"
    fi
    configure
    build fuzzers
}

# require_tools: what the build needs, and Python environments and npm besides.
require_tools() {
    local packages=("${BUILD_PACKAGES[@]}" python3-venv)
    command -v npm >/dev/null || packages+=(npm)
    require "${packages[@]}"
}

# python_environment FOLDER REQUIREMENTS [PYTHON]: a virtual environment, anew whenever what it asks for has changed.
python_environment() {
    cmp -s "$2" "$1/requirements.txt" && return
    say "Installing into $1: $(grep -v '^#' "$2" | tr '\n' ' ')"
    "${3:-$SYSTEM_PYTHON}" -m venv "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2" >&2
    cp "$2" "$1/requirements.txt"
}

# node_folder FOLDER PACKAGE_JSON: a folder with what an npm package.json asks for, Node itself included.
node_folder() {
    cmp -s "$2" "$1/package.json.installed" && return
    say "Installing into $1 what $2 asks for (npm)"
    mkdir -p "$1"
    cp "$2" "$1/package.json"
    npm install --prefix "$1" --no-package-lock --no-audit --no-fund --loglevel=error >&2
    cp "$2" "$1/package.json.installed"
}
