// Every key of the store. Integers are big-endian, so that byte order is numeric order.
//
//   meta      'S'                                        StoreRecord
//             'N' org:u32 list:u32                       entries that are not revoked: i64
//             'M' org:u32 status:u32                     leads in a status: i64
//   config    'O' organization-id                        OrganizationRecord
//             'L' org:u32 list-id                        ListRecord
//             'W' org:u32 workflow-id                    WorkflowRecord
//             'S' org:u32 workflow-id 0x00 status-id     StatusRecord
//             'R' org:u32 role-id                        RoleRecord
//             'B' org:u32 binding-id                     BindingRecord
//             'G' org:u32 group-id                       GroupRecord
//             'P' org:u32 template-id                    TemplateRecord
//   leads     org:u32 lead-id                            LeadRecord
//   subjects  org:u32 subject                            SubjectRecord
//   entries   org:u32 revision:u64 ordinal:u32           EntryRecord
//   index     'L' org:u32 list:u32 revision:u64 ordinal:u32         entries of a list
//             'C' org:u32 subject 0x00 revision:u64 ordinal:u32     entries of a contact point that
//                                                                   its record names no more
//             'D' org:u32 lead-id 0x00 revision:u64 ordinal:u32     the same of a lead
//             'T' org:u32 status:u32 lead-id                        leads in a status
//             'A' org:u32 object 0x00 revision:u64                  audit records of an object
//   requests  org:u32 request-id                         RequestRecord
//   audit     revision:u64                               AuditRecord
//   chunks    org:u32 list:u32 version:u64 ordinal:u32   chunk, see storage/registry/chunk_codec.h
//   reviews   'O' org:u32 revision:u64                   OptOutRecord
//             'M' org:u32 way:u8 message-id 0x00 subject OptOutMessageRecord
//             'R' org:u32 revision:u64                   ReviewRecord
//             'P' org:u32 revision:u64                   reviews that are pending
//
//   subject   0x01 digits:u64                            phone number, E.164 without the plus
//             0x02 bytes                                 e-mail address, canonical
//             0x03 bytes                                 other address, canonical
//
// Ids and addresses never contain 0x00. Organization numbers start at 0, which is `global`.
#ifndef DNC_STORAGE_SCHEMA_KEYS_H_
#define DNC_STORAGE_SCHEMA_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc {

// Names an entry within its organization.
struct EntryId {
  uint64_t revision = 0;
  uint32_t ordinal = 0;
  friend bool operator==(const EntryId&, const EntryId&) = default;
};

// "{revision}-{ordinal}" in decimal, the last part of an entry's resource name, and back.
std::string FormatEntryId(EntryId id);
std::optional<EntryId> ParseEntryId(absl::string_view text);

namespace keys {

std::string Store();
std::string EntryCount(uint32_t org, uint32_t list);
std::string LeadCount(uint32_t org, uint32_t status);

std::string Organization(absl::string_view id);
std::string List(uint32_t org, absl::string_view list_id);
std::string Workflow(uint32_t org, absl::string_view workflow_id);
std::string Status(uint32_t org, absl::string_view workflow_id, absl::string_view status_id);
std::string Role(uint32_t org, absl::string_view role_id);
std::string Binding(uint32_t org, absl::string_view binding_id);
std::string Group(uint32_t org, absl::string_view group_id);

std::string Template(uint32_t org, absl::string_view template_id);

std::string Lead(uint32_t org, absl::string_view lead_id);
// The whole range of an organization's rows in leads, subjects, entries or requests.
std::string OrgPrefix(uint32_t org);
// The organization of such a row.
uint32_t OrgOfKey(absl::string_view key);

std::string PhoneSubject(uint32_t org, uint64_t digits);
// `kind` is 2 or 3, see the grammar.
std::string TextSubject(uint32_t org, uint8_t kind, absl::string_view text);

std::string Entry(uint32_t org, EntryId id);
EntryId EntryIdOfKey(absl::string_view key);  // the last 12 bytes of an entry or index key

std::string ListIndexPrefix(uint32_t org, uint32_t list);
// `subject_key` is a key of the family subjects.
std::string SubjectIndexPrefix(absl::string_view subject_key);
std::string LeadIndexPrefix(uint32_t org, absl::string_view lead_id);
std::string WithEntryId(std::string prefix, EntryId id);
std::string StatusIndexPrefix(uint32_t org, uint32_t status);
std::string StatusIndex(uint32_t org, uint32_t status, absl::string_view lead_id);

// `object` is a resource name without its organization: "leads/4711".
std::string AuditIndexPrefix(uint32_t org, absl::string_view object);
std::string AuditIndex(uint32_t org, absl::string_view object, int64_t revision);
int64_t RevisionOfAuditIndexKey(absl::string_view key);

std::string Request(uint32_t org, absl::string_view request_id);
std::string Audit(int64_t revision);
int64_t RevisionOfAuditKey(absl::string_view key);

std::string ChunkPrefix(uint32_t org, uint32_t list, int64_t version);
std::string ChunkListPrefix(uint32_t org, uint32_t list);
std::string Chunk(uint32_t org, uint32_t list, int64_t version, uint32_t ordinal);
// The version in a key of the family chunks.
int64_t VersionOfChunkKey(absl::string_view key);

// `way` is the number of OptOut's field for the way it arrived; `subject` a key of the family
// subjects, or empty.
std::string OptOutMessage(uint32_t org, uint8_t way, absl::string_view message_id,
                          absl::string_view subject_key);
std::string OptOutPrefix(uint32_t org);
std::string OptOut(uint32_t org, uint64_t revision);
std::string ReviewPrefix(uint32_t org);
std::string Review(uint32_t org, uint64_t revision);
std::string PendingReviewPrefix(uint32_t org);
std::string PendingReview(uint32_t org, uint64_t revision);
// The revision at the end of a key of opt-outs or reviews.
uint64_t RevisionOfReviewsKey(absl::string_view key);

// The first key after every key that starts with `prefix`; empty: there is none.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace keys
}  // namespace dnc

#endif  // DNC_STORAGE_SCHEMA_KEYS_H_
