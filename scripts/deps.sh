# shellcheck shell=bash
# Installs what is missing. Sourced, not run; needs lib.sh.

# Version of buf, the linter of protocol buffers.
readonly BUF_VERSION=v1.47.2

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

# find_buf: prints the path of buf, building it with go where it is not there; fails where it cannot.
find_buf() {
  local dir="$DNC_CACHE/tools/buf-$BUF_VERSION"
  if [ ! -x "$dir/buf" ] && command -v go >/dev/null; then
    say "building buf $BUF_VERSION with go install (once, a few minutes)" >&2
    mkdir -p "$dir"
    GOBIN="$dir" go install "github.com/bufbuild/buf/cmd/buf@$BUF_VERSION" >&2 ||
      warn "go install could not build buf $BUF_VERSION"
  fi
  if [ -x "$dir/buf" ]; then
    printf '%s\n' "$dir/buf"
  else
    command -v buf
  fi
}
