#include "storage/rocksdb/rocks_reader.h"

#include <rocksdb/iterator.h>
#include <rocksdb/slice.h>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/rocksdb/engine.h"

namespace dnc {
namespace {

absl::Status ReadError(const rocksdb::Status& status, Family family) {
  const std::string message = absl::StrCat(
      "reading family ", kFamilyNames[static_cast<size_t>(family)], ": ", status.ToString());
  if (!status.IsCorruption()) return absl::UnavailableError(message);
  return absl::DataLossError(
      absl::StrCat(message, "; the files are damaged: restore the directory from a backup"));
}

}  // namespace

absl::StatusOr<bool> RocksReader::Get(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  if (handle(family) == nullptr) return false;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = db_->Get(Options(), handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return ReadError(status, family);
  DNC_RETURN_IF_ERROR(on_value(ToView(value)));
  return true;
}

absl::Status RocksReader::Scan(
    Family family, absl::string_view lower, absl::string_view upper,
    absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const {
  if (handle(family) == nullptr) return absl::OkStatus();
  rocksdb::ReadOptions options = Options();
  const rocksdb::Slice bound = ToSlice(upper);
  if (!upper.empty()) options.iterate_upper_bound = &bound;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handle(family)));
  for (it->Seek(ToSlice(lower)); it->Valid(); it->Next()) {
    if (!on_row(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
  }
  return it->status().ok() ? absl::OkStatus() : ReadError(it->status(), family);
}

std::shared_ptr<const StoreReader> RocksReader::ForScans() const {
  return std::make_shared<RocksReader>(db_, handles_, snapshot_, Cache::kLeave);
}

rocksdb::ReadOptions RocksReader::Options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_.get();
  options.fill_cache = cache_ == Cache::kFill;
  return options;
}

}  // namespace dnc
