#include "server/state/entry_ids.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "dnc/storage/v1/record.pb.h"
#include "server/state/txn.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

bool IsBefore(EntryId a, EntryId b) {
  return a.revision != b.revision ? a.revision < b.revision : a.ordinal < b.ordinal;
}

template <typename Entries>
void TakeIds(const Entries& entries, EntryId first, std::vector<EntryId>* ids) {
  for (const storage::v1::EntrySummary& entry : entries) {
    const EntryId id{entry.revision(), entry.ordinal()};
    if (!IsBefore(id, first)) ids->push_back(id);
  }
}

// Those that the record names, from `first` on, ascending.
absl::StatusOr<std::vector<EntryId>> IdsInRecord(const StoreReader& reader, Family family,
                                                 const std::string& key, EntryId first) {
  std::vector<EntryId> ids;
  const auto take = [&](absl::string_view bytes) {
    const auto size = static_cast<int>(bytes.size());
    if (family == Family::kSubjects) {
      storage::v1::SubjectRecord subject;
      if (!subject.ParseFromArray(bytes.data(), size)) return CorruptRecord(family);
      TakeIds(subject.entries(), first, &ids);
    } else {
      storage::v1::LeadRecord lead;
      // One without a state would pass for one without entries.
      if (!lead.ParseFromArray(bytes.data(), size) || !lead.has_state()) {
        return CorruptRecord(family);
      }
      TakeIds(lead.state().entries(), first, &ids);
    }
    return absl::OkStatus();
  };
  DNC_RETURN_IF_ERROR(reader.Get(family, key, take).status());
  std::sort(ids.begin(), ids.end(), IsBefore);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

EntryOwner EntryOwner::Subject(const std::string& subject_key) {
  return {Family::kSubjects, subject_key, keys::SubjectIndexPrefix(subject_key)};
}

EntryOwner EntryOwner::Lead(uint32_t organization, absl::string_view lead_id) {
  return {Family::kLeads, keys::Lead(organization, lead_id),
          keys::LeadIndexPrefix(organization, lead_id)};
}

absl::Status EntryOwner::ForEachEntry(const StoreReader& reader, EntryId first,
                                      absl::FunctionRef<bool(EntryId)> on_entry) const {
  DNC_ASSIGN_OR_RETURN(const std::vector<EntryId> in_record,
                       IdsInRecord(reader, family_, key_, first));
  auto next = in_record.begin();
  bool more = true;
  // Those of the record that come before `id`; with it, where both name it.
  const auto visit_until = [&](EntryId id) {
    for (; more && next != in_record.end() && IsBefore(*next, id); ++next) more = on_entry(*next);
    if (next != in_record.end() && *next == id) ++next;
  };
  DNC_RETURN_IF_ERROR(reader.Scan(Family::kIndex, keys::WithEntryId(index_prefix_, first),
                                  keys::PrefixEnd(index_prefix_),
                                  [&](absl::string_view key, absl::string_view) {
                                    const EntryId id = keys::EntryIdOfKey(key);
                                    visit_until(id);
                                    more = more && on_entry(id);
                                    return more;
                                  }));
  for (; more && next != in_record.end(); ++next) more = on_entry(*next);
  return absl::OkStatus();
}

}  // namespace dnc
