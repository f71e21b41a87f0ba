#include "storage/audit/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "storage/base/logging.h"

namespace dnc {
namespace {

constexpr size_t kBlockBytes = 64;

// There is no way on without hashes; this comes of a broken installation or of no memory.
[[noreturn]] void Fail() {
  spdlog::critical("OpenSSL has no SHA-256");
  std::abort();
}

const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // for ever
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// The key's block with each byte changed, as RFC 2104 has it.
std::array<char, kBlockBytes> Pad(absl::string_view key, unsigned char with) {
  std::array<char, kBlockBytes> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ with);
  return block;
}

}  // namespace

std::string Sha256(std::initializer_list<absl::string_view> pieces) {
  static thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestInit_ex2(context.get(), Algorithm(), nullptr) != 1) Fail();
  for (const absl::string_view piece : pieces) {
    if (EVP_DigestUpdate(context.get(), piece.data(), piece.size()) != 1) Fail();
  }
  std::string hash(kSha256Bytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(hash.data());
  if (EVP_DigestFinal_ex(context.get(), out, nullptr) != 1) Fail();
  return hash;
}

std::string HmacSha256(absl::string_view key, absl::string_view bytes) {
  if (key.size() > kBlockBytes) return HmacSha256(Sha256({key}), bytes);
  const std::array<char, kBlockBytes> inner = Pad(key, 0x36);
  const std::array<char, kBlockBytes> outer = Pad(key, 0x5c);
  return Sha256({{outer.data(), outer.size()}, Sha256({{inner.data(), inner.size()}, bytes})});
}

}  // namespace dnc
