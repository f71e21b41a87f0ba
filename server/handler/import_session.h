// One import of a file into a list: parses and judges the whole file first, then changes the list.
#ifndef DNC_SERVER_HANDLER_IMPORT_SESSION_H_
#define DNC_SERVER_HANDLER_IMPORT_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "dnc/v1/registry.pb.h"
#include "server/handler/entry_spool.h"
#include "server/handler/preparer.h"
#include "server/handler/registry_versions.h"
#include "server/registry/list_parser.h"
#include "storage/log/mutation_log.h"
#include "storage/registry/external_sorter.h"
#include "storage/registry/version_builder.h"

namespace dnc {

// The lists that are being imported into: one import a list at a time, and few in all, since each
// has a thread and sorts in memory of its own. Thread-safe.
class ImportLocks {
 public:
  static constexpr size_t kMostImports = 8;

  // IMPORT_IN_PROGRESS, OVERLOADED.
  absl::Status TryLock(const std::string& list);
  void Unlock(const std::string& list);

 private:
  absl::Mutex mu_;
  std::set<std::string> locked_ ABSL_GUARDED_BY(mu_);
};

// What imports work with; all of it outlives them.
struct ImportContext {
  StateMachine* state = nullptr;
  MutationLog* log = nullptr;
  Store* store = nullptr;
  const Preparer* preparer = nullptr;
  const Clock* clock = nullptr;
  ImportLocks* locks = nullptr;
  std::string temp_dir;  // for spilled rows
};

// One thread at a time. Blocks on disk and log.
class ImportSession : private ListRowSink {
 public:
  // LIST_NOT_FOUND, IMPORT_IN_PROGRESS, INVALID_ARGUMENT for the config.
  static absl::StatusOr<std::unique_ptr<ImportSession>> Create(const ImportContext& context,
                                                               const v1::ImportConfig& config,
                                                               const Principal& caller);
  ~ImportSession() override;

  // The next piece of the file. FILE_UNREADABLE.
  absl::Status Feed(absl::string_view bytes);
  // Judges the file and changes the list. FILE_ROWS_REJECTED, FILE_UNREADABLE, VERSION_TOO_OLD,
  // REGISTRY_WOULD_SHRINK and the log's errors.
  absl::StatusOr<v1::ImportSummary> Finish();

  int64_t rows() const { return summary_.rows(); }
  // Rows rejected since the last call.
  std::vector<v1::RejectedRow> TakeRejected() { return std::exchange(rejected_, {}); }

 private:
  ImportSession(const ImportContext& context, v1::ImportConfig config, Principal caller)
      : context_(context), config_(std::move(config)), caller_(std::move(caller)) {}
  absl::Status Init();
  absl::Status CheckConfig(const View& view);
  absl::Status SetAsOfTime();

  void OnRow(const ListRow& row) override;
  void OnReject(const RejectedRow& row) override;
  void RefuseRow(const ListRow& row, absl::string_view cause, absl::string_view message);
  absl::Status TakeForRegistry(const ListRow& row);
  absl::Status TakeForInternal(const ListRow& row);

  absl::Status JudgeRows() const;
  absl::Status FinishRegistry();
  absl::StatusOr<VersionSummary> BuildNumbers(const CatalogList& list, const StoreReader& reader,
                                              VersionMode mode, int64_t version,
                                              std::shared_ptr<const NumberSet>* numbers);
  absl::Status Activate(const CatalogList& list, const VersionSummary& built, int64_t version,
                        bool is_change);
  // Whether the file is the whole list or changes it. INVALID_FIELD, REGISTRY_HAS_NO_VERSION.
  absl::StatusOr<VersionMode> ModeFor(const CatalogList& list) const;
  // Whether the version built says anything that the active one does not.
  bool IsNews(const CatalogList& list, const VersionSummary& built) const;
  void Summarize(const VersionSummary& built, VersionMode mode);
  absl::Status BuildAndActivate(const CatalogList& list, VersionMode mode, const VersionId& id);
  absl::Status CleanUp(const VersionId& id);
  absl::Status FinishInternal();
  absl::Status AddEntries(storage::v1::ImportEntries part);
  absl::StatusOr<Outcome> ProposeAndWait(storage::v1::Mutation mutation);

  const ImportContext context_;
  const v1::ImportConfig config_;
  const Principal caller_;
  std::string organization_;
  std::string list_id_;
  uint32_t organization_number_ = 0;
  bool locked_ = false;
  bool is_registry_ = false;
  bool as_of_given_ = false;
  UnixMicros as_of_ = 0;

  std::unique_ptr<ListParser> parser_;
  std::optional<ExternalSorter> sorter_;  // registries
  std::optional<EntrySpool> spool_;       // internal lists
  absl::Status row_error_;
  int64_t first_bad_line_ = 0;
  bool has_deletes_ = false;
  std::vector<v1::RejectedRow> rejected_;
  v1::ImportSummary summary_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_IMPORT_SESSION_H_
