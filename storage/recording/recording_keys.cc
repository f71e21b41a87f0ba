#include "storage/recording/recording_keys.h"

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

constexpr size_t kIdBytes = 16;  // of a decision without its index

template <typename T>
void AppendBigEndian(T value, std::string* out) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

// Eight digits, the first in the highest byte: a digit a byte, then all of them become letters at
// once. Every check writes its id.
uint64_t HexDigits(uint32_t word) {
  constexpr uint64_t kEach = 0x0101010101010101;
  uint64_t digits = word;
  digits = (digits & 0xffff0000) << 16 | (digits & 0xffff);
  digits = (digits & 0x0000ff000000ff00) << 8 | (digits & 0x000000ff000000ff);
  digits = (digits & 0x00f000f000f000f0) << 4 | (digits & 0x000f000f000f000f);
  const uint64_t letters = (digits + 6 * kEach) >> 4 & kEach;  // of the digits from ten on
  return digits + '0' * kEach + ('a' - '0' - 10) * letters;
}

std::string Tagged(char tag, uint32_t org) {
  std::string key(1, tag);
  AppendBigEndian(org, &key);
  return key;
}

}  // namespace

DecisionText::DecisionText(const DecisionId& id) {
  const std::array<uint32_t, 4> words = {static_cast<uint32_t>(id.time >> 32),
                                         static_cast<uint32_t>(id.time), id.random, id.number};
  char* out = digits_.data();
  for (const uint32_t word : words) {
    const uint64_t big_endian = __builtin_bswap64(HexDigits(word));
    std::memcpy(out, &big_endian, sizeof(big_endian));
    out += sizeof(big_endian);
  }
}

std::string FormatDecisionId(const DecisionId& id) {
  const DecisionText digits(id);
  return id.index == 0 ? std::string(digits.view())
                       : absl::StrCat(digits.view(), "-", id.index - 1);
}

std::optional<DecisionId> ParseDecisionId(absl::string_view text) {
  constexpr size_t kDigits = 2 * kIdBytes;
  for (size_t i = 0; i < kDigits; ++i) {
    const bool digit = i < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    if (!digit) return std::nullopt;
  }
  const std::string bytes = absl::HexStringToBytes(text.substr(0, kDigits));
  DecisionId id = recording_keys::DecisionOf(absl::StrCat(bytes, std::string(4, '\0')));
  uint32_t index = 0;
  if (text.size() > kDigits) {
    if (text[kDigits] != '-' || !absl::SimpleAtoi(text.substr(kDigits + 1), &index)) {
      return std::nullopt;
    }
    id.index = index + 1;
  }
  if (FormatDecisionId(id) != text) return std::nullopt;
  return id;
}

namespace recording_keys {

std::string State() { return "S"; }

std::string Bucket(uint64_t bucket) { return Number64(bucket); }

uint64_t BucketOf(absl::string_view key) { return ReadNumber(key.substr(0, kBucketBytes)); }

bool IsOfPages(absl::string_view key) {
  return key.size() > kBucketBytes && key[kBucketBytes] == 'P';
}

std::string Page(uint64_t bucket, const PageKey& page) {
  std::string key = Bucket(bucket);
  key.push_back('P');
  AppendBigEndian(page.page, &key);
  AppendBigEndian(page.part, &key);
  return key;
}

PageKey PageOf(absl::string_view key) {
  const absl::string_view page = key.substr(kBucketBytes + 1);
  return {static_cast<uint32_t>(ReadNumber(page.substr(0, 4))),
          static_cast<uint16_t>(ReadNumber(page.substr(4)))};
}

std::string RunPrefix(uint64_t bucket) { return absl::StrCat(Bucket(bucket), "R"); }

std::string Run(uint64_t bucket, uint32_t run) {
  std::string key = RunPrefix(bucket);
  AppendBigEndian(run, &key);
  return key;
}

std::string Chunk(uint64_t bucket, uint16_t partition, uint32_t run) {
  std::string key = absl::StrCat(Bucket(bucket), "X");
  AppendBigEndian(partition, &key);
  AppendBigEndian(run, &key);
  return key;
}

uint32_t RunOf(absl::string_view key) {
  return static_cast<uint32_t>(ReadNumber(key.substr(key.size() - sizeof(uint32_t))));
}

std::string DecisionPrefix(uint32_t org) { return Tagged('D', org); }

std::string HashPrefix(uint32_t org, absl::string_view hash) {
  return absl::StrCat(Tagged('H', org), hash);
}

std::string LeadPrefix(uint32_t org, absl::string_view lead_id) {
  return absl::StrCat(Tagged('L', org), lead_id, std::string(1, '\0'));
}

std::string BlockPrefix(uint32_t org, uint8_t channel) {
  std::string key = Tagged('B', org);
  AppendBigEndian(channel, &key);
  return key;
}

std::string Decision(const DecisionId& id) {
  std::string key;
  AppendBigEndian(id.time, &key);
  AppendBigEndian(id.random, &key);
  AppendBigEndian(id.number, &key);
  AppendBigEndian(id.index, &key);
  return key;
}

DecisionId DecisionOf(absl::string_view key) {
  const absl::string_view id = key.substr(key.size() - kDecisionBytes);
  return {ReadNumber(id.substr(0, 8)), static_cast<uint32_t>(ReadNumber(id.substr(8, 4))),
          static_cast<uint32_t>(ReadNumber(id.substr(12, 4))),
          static_cast<uint32_t>(ReadNumber(id.substr(16, 4)))};
}

std::string Gap(UnixMicros end_time, uint32_t ordinal) {
  std::string key = ContactTime(end_time);
  AppendBigEndian(ordinal, &key);
  return key;
}

std::string CounterKey(const Counter& counter) {
  std::string key = CounterHour(counter.hour);
  AppendBigEndian(counter.org, &key);
  AppendBigEndian(counter.channel, &key);
  AppendBigEndian(counter.verdict, &key);
  AppendBigEndian(counter.reason, &key);
  return absl::StrCat(key, counter.campaign);
}

Counter CounterOf(absl::string_view key) {
  Counter counter;
  counter.hour = static_cast<uint32_t>(ReadNumber(key.substr(0, 4)));
  counter.org = static_cast<uint32_t>(ReadNumber(key.substr(4, 4)));
  counter.channel = static_cast<uint8_t>(key[8]);
  counter.verdict = static_cast<uint8_t>(key[9]);
  counter.reason = static_cast<uint8_t>(key[10]);
  counter.campaign = std::string(key.substr(11));
  return counter;
}

std::string CounterHour(uint32_t hour) {
  std::string key;
  AppendBigEndian(hour, &key);
  return key;
}

std::string ContactById(uint32_t org, absl::string_view contact_id) {
  return absl::StrCat(Tagged('I', org), contact_id);
}

std::string ContactPrefix(uint32_t org) { return Tagged('C', org); }

std::string ContactHashPrefix(uint32_t org, absl::string_view hash) {
  return absl::StrCat(Tagged('H', org), hash);
}

std::string ContactLeadPrefix(uint32_t org, absl::string_view lead_id) {
  return absl::StrCat(Tagged('L', org), lead_id, std::string(1, '\0'));
}

std::string ViolationPrefix(uint32_t org) { return Tagged('V', org); }

std::string ContactAt(UnixMicros time, absl::string_view contact_id) {
  return absl::StrCat(ContactTime(time), contact_id);
}

std::string ContactTime(UnixMicros time) { return Number64(static_cast<uint64_t>(time)); }

std::string Number64(uint64_t value) {
  std::string bytes;
  AppendBigEndian(value, &bytes);
  return bytes;
}

uint64_t ReadNumber(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace recording_keys
}  // namespace dnc
