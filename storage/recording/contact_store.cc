#include "storage/recording/contact_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"
#include "storage/recording/recording_keys.h"

namespace dnc {
namespace {

using storage::v1::RecordedContact;

constexpr RecordingFamily kContacts = RecordingFamily::kContacts;
constexpr size_t kMostRetired = 10'000;  // keys, at once
constexpr int kMostRounds = 100;
constexpr size_t kOrgBytes = 5;  // a letter and the organization's number
constexpr size_t kTimeBytes = 8;

absl::Status CorruptContact() {
  return absl::DataLossError(
      "a record of a contact cannot be read; restore the directory `recording`");
}

// The keys under which it is found, but that of its id.
std::vector<std::string> IndexKeys(const ContactRow& row) {
  const std::string at = recording_keys::ContactAt(row.time, row.record.contact().contact_id());
  std::vector<std::string> keys = {
      absl::StrCat(recording_keys::ContactHashPrefix(row.org, row.record.contact_hash()), at)};
  if (!row.lead.empty()) {
    keys.push_back(absl::StrCat(recording_keys::ContactLeadPrefix(row.org, row.lead), at));
  }
  if (!row.record.contact().violations().empty()) {
    keys.push_back(absl::StrCat(recording_keys::ViolationPrefix(row.org), at));
  }
  return keys;
}

std::string MainKey(uint32_t org, UnixMicros time, absl::string_view contact_id) {
  return absl::StrCat(recording_keys::ContactPrefix(org),
                      recording_keys::ContactAt(time, contact_id));
}

// The id of a lead's resource name.
std::string LeadIdOf(const std::string& name) {
  const size_t at = name.rfind('/');
  return at == std::string::npos ? name : name.substr(at + 1);
}

}  // namespace

absl::StatusOr<std::optional<RecordedContact>> ContactStore::Find(
    uint32_t org, absl::string_view contact_id) const {
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> time,
                       store_->Get(kContacts, recording_keys::ContactById(org, contact_id)));
  if (!time.has_value()) return std::optional<RecordedContact>();
  const auto micros = static_cast<UnixMicros>(recording_keys::ReadNumber(*time));
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                       store_->Get(kContacts, MainKey(org, micros, contact_id)));
  if (!bytes.has_value()) return std::optional<RecordedContact>();  // retired meanwhile
  RecordedContact record;
  if (!record.ParseFromString(*bytes)) return CorruptContact();
  return std::optional<RecordedContact>(std::move(record));
}

absl::Status ContactStore::Add(const std::vector<ContactRow>& rows) {
  if (rows.empty()) return absl::OkStatus();
  RecordingBatch batch;
  for (const ContactRow& row : rows) {
    const std::string& id = row.record.contact().contact_id();
    batch.Add(kContacts, recording_keys::ContactById(row.org, id),
              recording_keys::ContactTime(row.time));
    batch.Add(kContacts, MainKey(row.org, row.time, id), row.record.SerializeAsString());
    for (std::string& key : IndexKeys(row)) batch.Add(kContacts, std::move(key), "");
  }
  return store_->Write(batch, /*synced=*/true);
}

absl::StatusOr<std::string> ContactStore::ScanDown(
    uint32_t org, const ContactRange& range, absl::string_view below, int* budget,
    absl::FunctionRef<bool(const RecordedContact&)> on_row) const {
  const bool is_index = range.prefix != recording_keys::ContactPrefix(org);
  const std::string lower =
      absl::StrCat(range.prefix, recording_keys::ContactTime(range.start_time));
  std::string upper = absl::StrCat(range.prefix, recording_keys::ContactTime(range.end_time));
  if (!below.empty()) upper = std::min(upper, std::string(below));
  std::string next;
  if (upper <= lower) return next;
  absl::Status error;
  DNC_RETURN_IF_ERROR(store_->ScanDown(
      kContacts, lower, upper, [&](absl::string_view key, absl::string_view value) {
        RecordedContact record;
        std::optional<std::string> found;
        if (is_index) {
          const std::string main =
              absl::StrCat(recording_keys::ContactPrefix(org), key.substr(range.prefix.size()));
          absl::StatusOr<std::optional<std::string>> stored = store_->Get(kContacts, main);
          if (!stored.ok()) error = stored.status();
          if (!stored.ok() || !stored->has_value()) return stored.ok();  // retired meanwhile
          found = *std::move(stored);
          value = *found;
        }
        if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
          error = CorruptContact();
          return false;
        }
        if (on_row(record) && --*budget > 0) return true;
        next = std::string(key);
        return false;
      }));
  if (!error.ok()) return error;
  return next;
}

absl::Status ContactStore::Retire(UnixMicros now) {
  const std::string oldest =
      recording_keys::ContactTime(std::max<UnixMicros>(0, now - retention_micros_));
  std::string next = "C";
  for (int round = 0; round < kMostRounds && !next.empty(); ++round) {
    DNC_RETURN_IF_ERROR(RetireSome(oldest, &next));
  }
  return absl::OkStatus();
}

absl::Status ContactStore::RetireSome(absl::string_view oldest, std::string* next) {
  RecordingBatch batch;
  // Of each organization the oldest, which come first.
  while (!next->empty() && batch.deletes().size() < kMostRetired) {
    const std::string begin = std::exchange(*next, "");
    DNC_RETURN_IF_ERROR(
        store_->ScanUp(kContacts, begin, "D", [&](absl::string_view key, absl::string_view value) {
          if (key.substr(kOrgBytes, kTimeBytes) >= oldest) {
            *next = absl::StrCat(key.substr(0, kOrgBytes), std::string(kTimeBytes + 1, '\xff'));
            return false;
          }
          ContactRow row;
          row.org = static_cast<uint32_t>(recording_keys::ReadNumber(key.substr(1, 4)));
          row.time = static_cast<UnixMicros>(
              recording_keys::ReadNumber(key.substr(kOrgBytes, kTimeBytes)));
          batch.Delete(kContacts, std::string(key));
          batch.Delete(kContacts,
                       recording_keys::ContactById(row.org, key.substr(kOrgBytes + kTimeBytes)));
          // One that cannot be read must go as well; what is left of its keys finds nothing.
          if (row.record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
            row.lead = LeadIdOf(row.record.contact().lead());
            for (std::string& index : IndexKeys(row)) batch.Delete(kContacts, std::move(index));
          }
          if (batch.deletes().size() < kMostRetired) return true;
          *next = absl::StrCat(key, std::string(1, '\0'));
          return false;
        }));
  }
  return batch.deletes().empty() ? absl::OkStatus() : store_->Write(batch, /*synced=*/false);
}

}  // namespace dnc
