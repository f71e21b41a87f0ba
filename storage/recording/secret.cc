#include "storage/recording/secret.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "storage/base/status_macros.h"
#include "storage/recording/recording_keys.h"

namespace dnc {
namespace {

constexpr size_t kKeyBytes = 32;
// Persisted, as it were: with another one no record is found any more.
constexpr absl::string_view kSipKeyName = "records of checks: SipHash-2-4";

absl::Status Failed(absl::string_view doing, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(doing, " ", path, ": ", std::strerror(errno)));
}

absl::Status WriteAll(int file, absl::string_view text, const std::string& path) {
  const ssize_t written = ::write(file, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) return Failed("writing", path);
  return ::fsync(file) == 0 ? absl::OkStatus() : Failed("syncing", path);
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
  if (directory < 0) return Failed("opening", parent);
  const bool synced = ::fsync(directory) == 0;
  const absl::Status failed = Failed("syncing", parent);
  ::close(directory);
  return synced ? absl::OkStatus() : failed;
}

// Under another name first: a kill leaves no half of it.
absl::StatusOr<std::string> Create(const std::string& path) {
  std::array<unsigned char, kKeyBytes> random{};
  if (RAND_bytes(random.data(), kKeyBytes) != 1) {
    return absl::UnavailableError("the system has no random numbers for the secret of the records");
  }
  const std::string key(random.begin(), random.end());
  const std::string draft = absl::StrCat(path, ".new");
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Failed("creating", draft);
  const absl::Status written =
      WriteAll(file, absl::StrCat(absl::BytesToHexString(key), "\n"), draft);
  ::close(file);
  DNC_RETURN_IF_ERROR(written);
  if (::rename(draft.c_str(), path.c_str()) != 0) return Failed("naming", path);
  DNC_RETURN_IF_ERROR(SyncDirectoryOf(path));
  return key;
}

using DigestBytes = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

// SHA-256 of one piece after the other.
DigestBytes DigestOf(absl::Span<const unsigned char> first, absl::string_view second) {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  DigestBytes digest{};
  EVP_DigestInit_ex(context.get(), kSha256, nullptr);
  EVP_DigestUpdate(context.get(), first.data(), first.size());
  EVP_DigestUpdate(context.get(), second.data(), second.size());
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return digest;
}

bool IsKey(absl::string_view text) {
  if (text.size() != 2 * kKeyBytes) return false;
  for (const char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Secret> Secret::Open(const std::string& path, bool may_create) {
  std::ifstream file(path);
  if (file.is_open()) {
    std::stringstream text;
    text << file.rdbuf();
    const std::string line(absl::StripTrailingAsciiWhitespace(text.str()));
    if (IsKey(line)) return Secret(absl::HexStringToBytes(line));
    return absl::DataLossError(absl::StrCat(
        path, " is no secret of records (64 hexadecimal digits); restore it from a backup"));
  }
  if (::access(path.c_str(), F_OK) == 0) return Failed("reading", path);
  if (!may_create) {
    return absl::DataLossError(absl::StrCat(
        path,
        " is missing, and without it the records cannot be searched for a contact point; "
        "restore it from a backup, or move the directory of the records away to begin anew"));
  }
  DNC_ASSIGN_OR_RETURN(const std::string key, Create(path));
  return Secret(key);
}

Secret::Secret(absl::string_view key) {
  const std::string hashed = key.size() > kBlockBytes ? Sha256(key) : std::string(key);
  inner_.fill(0x36);
  outer_.fill(0x5c);
  for (size_t i = 0; i < hashed.size(); ++i) {
    inner_[i] = static_cast<unsigned char>(inner_[i] ^ static_cast<unsigned char>(hashed[i]));
    outer_[i] = static_cast<unsigned char>(outer_[i] ^ static_cast<unsigned char>(hashed[i]));
  }
  const std::string derived = Digest(kSipKeyName);
  static_assert(sizeof(sip_key_) == kContactHashBytes);
  std::memcpy(sip_key_.data(), derived.data(), sizeof(sip_key_));
}

bool ContactHash::IsIn(const storage::v1::RecordedDecision& record) const {
  const std::string short_hash = recording_keys::Number64(code);
  return std::any_of(record.contact_hashes().begin(), record.contact_hashes().end(),
                     [&](const std::string& hash) { return hash == short_hash || hash == digest; });
}

// RFC 2104. OpenSSL's own HMAC looks its parts up by name each time, which costs more than hashing.
std::string Secret::Digest(absl::string_view subject) const {
  const DigestBytes within = DigestOf(inner_, subject);
  const DigestBytes digest =
      DigestOf(outer_, {reinterpret_cast<const char*>(within.data()), within.size()});
  return std::string(reinterpret_cast<const char*>(digest.data()), kContactHashBytes);
}

std::string Sha256(absl::string_view bytes) {
  const DigestBytes digest = DigestOf({}, bytes);
  return std::string(digest.begin(), digest.end());
}

}  // namespace dnc
