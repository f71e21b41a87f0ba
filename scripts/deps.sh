# shellcheck shell=bash
# Installs what is missing. Sourced, not run; needs lib.sh.

# Version of buf, the linter of protocol buffers, where there is none in the PATH.
readonly BUF_VERSION=1.47.2
# shellcheck disable=SC2034  # for those who source this file
readonly BUF_HOW="install buf itself, or Go 1.22 or newer to build it, or npm to fetch it"

# packages_of GROUP…: the packages of scripts/packages-GROUP.txt.
packages_of() {
  local group
  for group in "$@"; do
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$DNC_ROOT/scripts/packages-$group.txt"
  done
}

# missing_packages PACKAGE…: those that are not installed.
missing_packages() {
  local installed
  installed="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sort -u || true)"
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# ensure_packages GROUP…: installs what is missing of these groups; quick where nothing is.
ensure_packages() {
  local -a wanted missing
  mapfile -t wanted < <(packages_of "$@")
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "$EXIT_MISSING" "this is no Debian system (no dpkg-query, no apt-get). Install the like of" \
      "these Debian 12 packages and run cmake yourself (CONTRIBUTING.md): ${wanted[*]}"
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  [ "${#missing[@]}" -eq 0 ] && return 0
  install_packages "${missing[@]}"
}

install_packages() {
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "$EXIT_MISSING" "packages are missing and there is no sudo." \
      "Run as root: apt-get install --no-install-recommends $*"
    as_root=(sudo)
  fi
  say "installing Debian packages: $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
    warn "apt-get update failed; trying with the lists that are here"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    die "$EXIT_MISSING" "apt-get could not install: $*"
}

# have_go: whether there is a Go that can build buf: 1.22 or newer.
have_go() {
  local version
  version="$(go env GOVERSION 2>/dev/null)" || return 1
  [[ "$version" =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 22 ]
}

# build_buf DIR, fetch_buf DIR: put $BUF_VERSION at DIR/buf.
build_buf() {
  say "building buf v$BUF_VERSION with go install (once, a few minutes)" >&2
  GOBIN="$1" go install "github.com/bufbuild/buf/cmd/buf@v$BUF_VERSION" >&2 ||
    { warn "go install could not build buf v$BUF_VERSION"; return 1; }
}
fetch_buf() {
  say "installing npm's @bufbuild/buf $BUF_VERSION (once)" >&2
  npm install --prefix "$1" --no-save --no-audit --no-fund "@bufbuild/buf@$BUF_VERSION" >&2 ||
    { warn "npm could not install @bufbuild/buf $BUF_VERSION"; return 1; }
  ln -sf node_modules/.bin/buf "$1/buf"
}

# find_buf: prints the path of buf: of the PATH, else of the cache, else made by Go, else by npm.
# Fails where there is none of them; BUF_HOW says what to install.
find_buf() {
  local dir="$DNC_CACHE/tools/buf-$BUF_VERSION"
  if command -v buf; then return; fi
  if [ ! -x "$dir/buf" ]; then
    mkdir -p "$dir"
    { have_go && build_buf "$dir"; } || { command -v npm >/dev/null && fetch_buf "$dir"; } || return 1
  fi
  "$dir/buf" --version >/dev/null || { warn "$dir/buf does not run; remove $dir"; return 1; }
  printf '%s\n' "$dir/buf"
}
