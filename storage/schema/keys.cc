#include "storage/schema/keys.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace dnc {
namespace {

template <typename T>
void AppendBigEndian(T value, std::string* out) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

uint64_t ReadBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string Tagged(char tag, uint32_t org) {
  std::string key(1, tag);
  AppendBigEndian(org, &key);
  return key;
}

}  // namespace

std::string FormatEntryId(EntryId id) { return absl::StrCat(id.revision, "-", id.ordinal); }

std::optional<EntryId> ParseEntryId(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('-', 1));
  EntryId id;
  if (!absl::SimpleAtoi(parts.first, &id.revision) ||
      !absl::SimpleAtoi(parts.second, &id.ordinal) || FormatEntryId(id) != text) {
    return std::nullopt;
  }
  return id;
}

namespace keys {

std::string Store() { return "S"; }

std::string EntryCount(uint32_t org, uint32_t list) {
  std::string key = Tagged('N', org);
  AppendBigEndian(list, &key);
  return key;
}

std::string LeadCount(uint32_t org, uint32_t status) {
  std::string key = Tagged('M', org);
  AppendBigEndian(status, &key);
  return key;
}

std::string Organization(absl::string_view id) { return absl::StrCat("O", id); }

std::string List(uint32_t org, absl::string_view list_id) {
  return absl::StrCat(Tagged('L', org), list_id);
}

std::string Workflow(uint32_t org, absl::string_view workflow_id) {
  return absl::StrCat(Tagged('W', org), workflow_id);
}

std::string Status(uint32_t org, absl::string_view workflow_id, absl::string_view status_id) {
  return absl::StrCat(Tagged('S', org), workflow_id, absl::string_view("\0", 1), status_id);
}

std::string Role(uint32_t org, absl::string_view role_id) {
  return absl::StrCat(Tagged('R', org), role_id);
}

std::string Binding(uint32_t org, absl::string_view binding_id) {
  return absl::StrCat(Tagged('B', org), binding_id);
}

std::string Group(uint32_t org, absl::string_view group_id) {
  return absl::StrCat(Tagged('G', org), group_id);
}

std::string Template(uint32_t org, absl::string_view template_id) {
  return absl::StrCat(Tagged('P', org), template_id);
}

std::string OrgPrefix(uint32_t org) {
  std::string key;
  AppendBigEndian(org, &key);
  return key;
}

uint32_t OrgOfKey(absl::string_view key) {
  return static_cast<uint32_t>(ReadBigEndian(key.substr(0, sizeof(uint32_t))));
}

std::string Lead(uint32_t org, absl::string_view lead_id) {
  return absl::StrCat(OrgPrefix(org), lead_id);
}

std::string PhoneSubject(uint32_t org, uint64_t digits) {
  std::string key = OrgPrefix(org);
  key.push_back('\x01');
  AppendBigEndian(digits, &key);
  return key;
}

std::string TextSubject(uint32_t org, uint8_t kind, absl::string_view text) {
  std::string key = OrgPrefix(org);
  key.push_back(static_cast<char>(kind));
  absl::StrAppend(&key, text);
  return key;
}

std::string WithEntryId(std::string prefix, EntryId id) {
  AppendBigEndian(id.revision, &prefix);
  AppendBigEndian(id.ordinal, &prefix);
  return prefix;
}

std::string Entry(uint32_t org, EntryId id) { return WithEntryId(OrgPrefix(org), id); }

EntryId EntryIdOfKey(absl::string_view key) {
  const absl::string_view tail = key.substr(key.size() - 12);
  return {ReadBigEndian(tail.substr(0, 8)), static_cast<uint32_t>(ReadBigEndian(tail.substr(8)))};
}

std::string ListIndexPrefix(uint32_t org, uint32_t list) {
  std::string key = Tagged('L', org);
  AppendBigEndian(list, &key);
  return key;
}

std::string SubjectIndexPrefix(absl::string_view subject_key) {
  return absl::StrCat("C", subject_key, absl::string_view("\0", 1));
}

std::string LeadIndexPrefix(uint32_t org, absl::string_view lead_id) {
  return absl::StrCat(Tagged('D', org), lead_id, absl::string_view("\0", 1));
}

std::string StatusIndexPrefix(uint32_t org, uint32_t status) {
  std::string key = Tagged('T', org);
  AppendBigEndian(status, &key);
  return key;
}

std::string StatusIndex(uint32_t org, uint32_t status, absl::string_view lead_id) {
  return absl::StrCat(StatusIndexPrefix(org, status), lead_id);
}

std::string AuditIndexPrefix(uint32_t org, absl::string_view object) {
  std::string key = Tagged('A', org);
  absl::StrAppend(&key, object, absl::string_view("\0", 1));
  return key;
}

std::string AuditIndex(uint32_t org, absl::string_view object, int64_t revision) {
  std::string key = AuditIndexPrefix(org, object);
  AppendBigEndian(static_cast<uint64_t>(revision), &key);
  return key;
}

int64_t RevisionOfAuditIndexKey(absl::string_view key) {
  return static_cast<int64_t>(ReadBigEndian(key.substr(key.size() - 8)));
}

std::string Request(uint32_t org, absl::string_view request_id) {
  return absl::StrCat(OrgPrefix(org), request_id);
}

std::string Audit(int64_t revision) {
  std::string key;
  AppendBigEndian(static_cast<uint64_t>(revision), &key);
  return key;
}

int64_t RevisionOfAuditKey(absl::string_view key) {
  return static_cast<int64_t>(ReadBigEndian(key));
}

std::string ChunkListPrefix(uint32_t org, uint32_t list) {
  std::string key = OrgPrefix(org);
  AppendBigEndian(list, &key);
  return key;
}

std::string ChunkPrefix(uint32_t org, uint32_t list, int64_t version) {
  std::string key = ChunkListPrefix(org, list);
  AppendBigEndian(static_cast<uint64_t>(version), &key);
  return key;
}

std::string Chunk(uint32_t org, uint32_t list, int64_t version, uint32_t ordinal) {
  std::string key = ChunkPrefix(org, list, version);
  AppendBigEndian(ordinal, &key);
  return key;
}

int64_t VersionOfChunkKey(absl::string_view key) {
  return static_cast<int64_t>(ReadBigEndian(key.substr(8, 8)));
}

std::string OptOutMessage(uint32_t org, uint8_t way, absl::string_view message_id,
                          absl::string_view subject_key) {
  std::string key = Tagged('M', org);
  key.push_back(static_cast<char>(way));
  absl::StrAppend(&key, message_id, absl::string_view("\0", 1), subject_key);
  return key;
}

std::string OptOutPrefix(uint32_t org) { return Tagged('O', org); }

std::string OptOut(uint32_t org, uint64_t revision) {
  std::string key = OptOutPrefix(org);
  AppendBigEndian(revision, &key);
  return key;
}

std::string ReviewPrefix(uint32_t org) { return Tagged('R', org); }

std::string Review(uint32_t org, uint64_t revision) {
  std::string key = ReviewPrefix(org);
  AppendBigEndian(revision, &key);
  return key;
}

std::string PendingReviewPrefix(uint32_t org) { return Tagged('P', org); }

std::string PendingReview(uint32_t org, uint64_t revision) {
  std::string key = PendingReviewPrefix(org);
  AppendBigEndian(revision, &key);
  return key;
}

uint64_t RevisionOfReviewsKey(absl::string_view key) {
  return ReadBigEndian(key.substr(key.size() - 8));
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace keys
}  // namespace dnc
