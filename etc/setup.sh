# shellcheck shell=bash
# What etc/try and Tests/run both need: the system's packages, a toolchain, and a place to build in.
# To be sourced. Sets `root`, the directory to build in.

# Says what is being done.
step() { printf '\n==> %s\n' "$*" >&2; }

# Ends with a message and an exit code of sysexits.h.
fail() {
    local code=$1
    shift
    printf '\n%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# Debian's packages that are missing: each argument is PACKAGE=TEST, where TEST is a command, or pc:NAME for pkg-config.
missing_packages() {
    local need package test
    for need in "$@"; do
        package=${need%%=*} test=${need#*=}
        case $test in
            pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${test#pc:}" || echo "$package" ;;
            py:*) python3 -c "import ${test#py:}" 2>/dev/null || echo "$package" ;;
            *) command -v "$test" >/dev/null || echo "$package" ;;
        esac
    done
}

# Installs what is missing, as root, through sudo, or not at all: then it says whom to ask for what.
install_packages() {
    local missing=() as=()
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    local wish="apt-get install ${missing[*]}"
    command -v apt-get >/dev/null || fail 69 "these packages, or what they are called here, are missing: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as=(sudo)
        else
            fail 69 "packages are missing, and only an administrator can install them. Ask one to run: $wish"
        fi
    fi
    step "Installing ${missing[*]}"
    "${as[@]}" apt-get -q update >&2 || true
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}" >&2 ||
        fail 69 "the packages could not be installed. Run this by hand to see why: $wish"
}

# What ekmd is built with.
# shellcheck disable=SC2034  # by those who source this
build_packages=(pkg-config=pkg-config git=git libssl-dev=pc:openssl libcurl4-openssl-dev=pc:libcurl libsystemd-dev=pc:libsystemd
    libsqlite3-dev=pc:sqlite3)

# Finds Swift 6.2 or later: in PATH, or where toolchains are commonly unpacked.
find_swift() {
    local folder version
    if ! command -v swift >/dev/null; then
        for folder in "${HOME:-/nonexistent}/.local/share/swiftly/bin" {/opt,/usr/local}/*/usr/bin /usr/libexec/swift/bin; do
            [ -x "$folder/swift" ] && PATH=$PATH:$folder && export PATH && break
        done
    fi
    command -v swift >/dev/null || fail 69 "there is no swift in PATH. Install Swift 6.3: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
    [ "$(printf '%s\n' 6.2 "${version:-0}" | sort -V | head -1)" = 6.2 ] ||
        fail 69 "Swift ${version:-of an unknown version} is too old: 6.3 is needed, see https://www.swift.org/install/linux/"
}

# A user without a home that can be written gets one in /tmp, the same every time.
find_home() {
    local home
    if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
        home=${TMPDIR:-/tmp}/ekmd-home-$(id -u)
        mkdir -m 700 "$home" 2>/dev/null || { [ -d "$home" ] && [ ! -L "$home" ] && [ -O "$home" ]; } ||
            fail 73 "$home, which would stand in for a home directory, belongs to somebody else"
        export HOME=$home
        unset XDG_CACHE_HOME
    fi
}

# Sets `root` to the checkout; or, where it cannot be written, to a copy of it in the user's cache.
find_root() {
    local checkout copy
    checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
    root=$checkout
    local scratch
    for scratch in "$checkout" "$checkout/.build" "$checkout/.build/repositories" "$checkout/Package.resolved"; do
        [ ! -e "$scratch" ] || [ -w "$scratch" ] || root=
    done
    [ -z "$root" ] || return 0
    copy=${XDG_CACHE_HOME:-$HOME/.cache}/ekmd/src-$(printf %s "$checkout" | cksum | cut -d ' ' -f 1)
    step "$checkout cannot be written by $(id -un): building a copy in $copy"
    mkdir -p "$copy"
    # Removed first, so that what left the checkout leaves the copy. Times are kept, so that only what changed is built again.
    find "$copy" -mindepth 1 -maxdepth 1 ! -name '.build*' ! -name Package.resolved -exec rm -rf {} +
    tar -C "$checkout" --exclude=./.git --exclude='./.build*' --exclude=./Package.resolved -cf - . | tar -C "$copy" -xf - --no-same-owner
    root=$copy
}

# Where git is set up, for the whole machine, to read GitHub from a local mirror, it still refuses to read what another
# user owns. The administrator who set that up trusts the mirror; so do we, for its repositories alone, while this runs.
trust_mirror() {
    local mirror
    mirror=$(git config --system --get-regexp '^url\..*\.insteadof$' 2>/dev/null |
        sed -n 's/^url\.\(\/.*\)\.insteadof https:\/\/github\.com\/$/\1/p' | head -1)
    [ -n "$mirror" ] && [ -d "$mirror" ] && [ ! -O "$mirror" ] && [ "$(stat -c %u "$mirror")" = 0 ] || return 0
    settings=$(mktemp "${TMPDIR:-/tmp}/ekmd-git-XXXXXX")
    {
        [ ! -f "$HOME/.gitconfig" ] || printf '[include]\n\tpath = %s\n' "$HOME/.gitconfig"
        echo '[safe]'
        find "$mirror" -mindepth 1 -maxdepth 3 -name '*.git' -user 0 -printf '\tdirectory = %p\n'
    } >"$settings"
    export GIT_CONFIG_GLOBAL=$settings
}

# Removes what this file made. For the EXIT trap.
clean_setup() { [ -z "${settings:-}" ] || rm -f "$settings"; }

# Runs a long command: on a terminal its own progress is seen, elsewhere only its end if it fails.
run_build() {
    if [ -t 2 ]; then
        "$@" >&2
    else
        local log
        log=$(mktemp "${TMPDIR:-/tmp}/ekmd-build-XXXXXX")
        if ! "$@" >"$log" 2>&1; then
            tail -n 60 "$log" >&2
            rm -f "$log"
            return 1
        fi
        rm -f "$log"
    fi
}

# Waits for other builds in the same directory, for those that share a cache of sources.
lock_root() {
    exec 9>"$root/.build.lock" || fail 73 "cannot write in $root"
    flock -n 9 || { step "Waiting for another build in $root" && flock 9; }
}

# All of the above.
prepare() {
    find_home
    install_packages "$@"
    find_swift
    find_root
    trap clean_setup EXIT
    trust_mirror
    lock_root
}
