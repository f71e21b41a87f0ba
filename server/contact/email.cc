#include "server/contact/email.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/contact/text.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// RFC 5321 section 4.5.3.1 and, for labels, RFC 1035 section 2.3.4. All in bytes.
constexpr size_t kMaxAddress = 254;
constexpr size_t kMaxLocal = 64;
constexpr size_t kMaxDomain = 253;
constexpr size_t kMaxLabel = 63;
// With a display name, quotes and percent signs around the address.
constexpr size_t kMaxInput = 2000;

absl::Status RefuseEmail(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("e-mail address \"", MaskForMessage(text), "\" ", why));
}

bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// atext of RFC 5322 section 3.2.3, with the non-ASCII characters that RFC 6532 adds.
bool IsAtomChar(char c) {
  constexpr absl::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return IsAlnum(c) || !absl::ascii_isascii(static_cast<unsigned char>(c)) ||
         absl::StrContains(kMarks, c);
}

absl::StatusOr<std::string> DecodePercent(absl::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out.push_back(text[at]);
      continue;
    }
    const absl::string_view code = text.substr(at + 1, 2);
    const auto is_hex = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
    if (code.size() != 2 || !std::all_of(code.begin(), code.end(), is_hex)) {
      return RefuseEmail(text, "has a % without two hexadecimal digits in its mailto: form");
    }
    out += absl::HexStringToBytes(code);
    at += 2;
  }
  return out;
}

// What stands outside of double quotes.
std::string Unquoted(absl::string_view text) {
  std::string out;
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      out.push_back(text[at]);
    }
  }
  return out;
}

// The name before <address> must not be a further address, which would be lost. The same address
// once more is what mail programs write where they know no name.
absl::Status CheckDisplayName(absl::string_view name, absl::string_view address,
                              absl::string_view text) {
  const std::string bare = Unquoted(name);
  const bool further = bare.find_first_of("<>") != std::string::npos ||
                       (absl::StrContains(bare, '@') &&
                        !absl::EqualsIgnoreCase(TrimSpace(bare), TrimSpace(address)));
  if (!further) return absl::OkStatus();
  return RefuseEmail(text, "holds more than one address; give one at a time");
}

// The address inside "Name <address>" and "mailto:address?subject=…".
absl::StatusOr<std::string> Unwrap(absl::string_view text) {
  text = TrimSpace(text);
  if (absl::EndsWith(text, ">")) {
    const size_t open = text.rfind('<');
    if (open == absl::string_view::npos) return RefuseEmail(text, "has a > without its <");
    const absl::string_view address = text.substr(open + 1, text.size() - open - 2);
    DNC_RETURN_IF_ERROR(CheckDisplayName(text.substr(0, open), address, text));
    text = TrimSpace(address);
  }
  constexpr absl::string_view kScheme = "mailto:";
  if (!absl::StartsWithIgnoreCase(text, kScheme)) return std::string(text);
  text.remove_prefix(kScheme.size());
  return DecodePercent(text.substr(0, text.find('?')));
}

// The local part without quotes and escapes (RFC 5321 section 4.1.2, Quoted-string).
absl::StatusOr<std::string> Unquote(absl::string_view local, absl::string_view address) {
  if (local.size() < 2 || local.back() != '"') return RefuseEmail(address, "has an unclosed quote");
  local = local.substr(1, local.size() - 2);
  std::string out;
  for (size_t at = 0; at < local.size(); ++at) {
    if (local[at] == '"')
      return RefuseEmail(address, "has a bare quote within a quoted local part");
    if (local[at] == '\\' && ++at == local.size())
      return RefuseEmail(address, "has an unclosed quote");
    out.push_back(local[at]);
  }
  return out;
}

bool NeedsQuotes(absl::string_view local) {
  if (local.front() == '.' || local.back() == '.' || absl::StrContains(local, "..")) return true;
  return !std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || IsAtomChar(c); });
}

std::string Quote(absl::string_view local) {
  std::string out = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

absl::StatusOr<std::string> CanonicalLocal(absl::string_view given, absl::string_view address) {
  const std::string local = DropInvisible(given);
  std::string bare = local;
  if (absl::StartsWith(local, "\"")) {
    DNC_ASSIGN_OR_RETURN(bare, Unquote(local, address));
  } else {
    if (HasWhiteSpace(local)) return RefuseEmail(address, "has white space before the @");
    const auto bad =
        std::find_if(local.begin(), local.end(), [](char c) { return c != '.' && !IsAtomChar(c); });
    if (bad != local.end()) {
      return RefuseEmail(address, absl::StrCat("has the character '", absl::CHexEscape({&*bad, 1}),
                                               "' before the @, which needs quotes"));
    }
  }
  if (bare.empty()) return RefuseEmail(address, "has nothing before the @");
  DNC_ASSIGN_OR_RETURN(const std::string folded, FoldCase(bare));
  std::string canonical = NeedsQuotes(folded) ? Quote(folded) : folded;
  if (canonical.size() > kMaxLocal)
    return RefuseEmail(address, "has more than 64 bytes before the @");
  return canonical;
}

// A host name of at least two labels of letters, digits and inner hyphens (RFC 1123 section 2.1).
absl::Status CheckHostName(absl::string_view domain, absl::string_view address) {
  if (domain.size() > kMaxDomain)
    return RefuseEmail(address, "has a domain of more than 253 bytes");
  const std::vector<absl::string_view> labels = absl::StrSplit(domain, '.');
  if (labels.size() < 2)
    return RefuseEmail(address, "has a domain without a dot; write it in full");
  for (const absl::string_view label : labels) {
    if (label.empty()) return RefuseEmail(address, "has an empty label in its domain");
    if (label.size() > kMaxLabel)
      return RefuseEmail(address, "has a domain label of over 63 bytes");
    const auto is_host_char = [](char c) { return c == '-' || IsAlnum(c); };
    if (label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), is_host_char)) {
      return RefuseEmail(address,
                         "has a domain that is no host name: letters, digits, inner hyphens");
    }
  }
  // No top-level domain starts with a digit: this is an IP address without its brackets.
  if (absl::ascii_isdigit(static_cast<unsigned char>(labels.back().front()))) {
    return RefuseEmail(address, "has an IP address for a domain; only names are taken");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ToALabels(const std::string& domain, absl::string_view address) {
  uint8_t* found = nullptr;
  const int result = idn2_lookup_u8(reinterpret_cast<const uint8_t*>(domain.c_str()), &found,
                                    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<uint8_t, decltype(&idn2_free)> owned(found, &idn2_free);
  if (result != IDN2_OK) {
    return RefuseEmail(address, absl::StrCat("has a domain that is not an internationalised name: ",
                                             idn2_strerror(result)));
  }
  return std::string(reinterpret_cast<const char*>(found));
}

absl::StatusOr<std::string> CanonicalDomain(absl::string_view text, absl::string_view address) {
  if (absl::StartsWith(text, "[")) {
    return RefuseEmail(address, "has a domain literal ([…]); only domain names are taken");
  }
  std::string domain = absl::AsciiStrToLower(text);
  const bool plain = std::all_of(domain.begin(), domain.end(), [](char c) {
    return absl::ascii_isascii(static_cast<unsigned char>(c));
  });
  if (!plain || absl::StrContains(domain, "xn--")) {
    DNC_ASSIGN_OR_RETURN(domain, ToALabels(domain, address));
    absl::AsciiStrToLower(&domain);
  }
  domain = std::string(absl::StripSuffix(domain, "."));
  DNC_RETURN_IF_ERROR(CheckHostName(domain, address));
  return domain;
}

}  // namespace

absl::StatusOr<std::string> NormalizeEmail(absl::string_view text) {
  if (text.size() > kMaxInput) return RefuseEmail(text, "is longer than any e-mail address");
  DNC_RETURN_IF_ERROR(CheckUtf8(text, "e-mail address"));
  DNC_ASSIGN_OR_RETURN(const std::string address, Unwrap(text));
  DNC_RETURN_IF_ERROR(CheckUtf8(address, "e-mail address"));
  if (address.empty()) return absl::InvalidArgumentError("e-mail address is empty");
  if (HasControl(address)) return RefuseEmail(address, "holds a control character");
  const size_t at = address.rfind('@');
  if (at == std::string::npos) return RefuseEmail(address, "has no @");
  DNC_ASSIGN_OR_RETURN(const std::string local, CanonicalLocal(address.substr(0, at), address));
  DNC_ASSIGN_OR_RETURN(const std::string domain, CanonicalDomain(address.substr(at + 1), address));
  std::string canonical = absl::StrCat(local, "@", domain);
  if (canonical.size() > kMaxAddress) return RefuseEmail(address, "is longer than 254 bytes");
  return canonical;
}

}  // namespace dnc
