// One import of a file into a list: parses and judges the whole file first, then changes the list.
#ifndef DNC_SERVER_HANDLER_IMPORT_SESSION_H_
#define DNC_SERVER_HANDLER_IMPORT_SESSION_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "dnc/v1/registry.pb.h"
#include "server/handler/entry_spool.h"
#include "server/handler/import_area_codes.h"
#include "server/handler/import_date.h"
#include "server/handler/import_stop.h"
#include "server/handler/preparer.h"
#include "server/handler/registry_versions.h"
#include "server/registry/list_parser.h"
#include "storage/log/mutation_log.h"
#include "storage/registry/change_sorter.h"
#include "storage/registry/import_memory.h"
#include "storage/registry/number_collector.h"
#include "storage/registry/number_set.h"
#include "storage/registry/spill_file.h"
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
  ImportMemory* memory = nullptr;
  int64_t kept_versions = 2;                      // of a registry, the active one included
  std::string temp_dir;                           // for spilled rows
  const ImportStop* stop = &ImportStop::Never();  // asked before each part of the change
};

// Takes rejected rows, in the order of the file. After an error it is called no more, and the
// import ends with that error.
using RejectSink = std::function<absl::Status(std::vector<v1::RejectedRow>)>;

// Hears, now and then, how much of the list is written: numbers of a registry's new version, rows
// of an internal list; of how many at the most. After an error the import ends with it.
using BuildListener = std::function<absl::Status(int64_t written, int64_t most)>;

// One thread at a time. Blocks on disk and log.
class ImportSession : private ListRowSink {
 public:
  // How many rejected rows are kept before they are handed out: a piece of a file may hold half a
  // million.
  static constexpr size_t kMostRejectedHeld = 1000;

  // LIST_NOT_FOUND, IMPORT_IN_PROGRESS, INVALID_ARGUMENT for the config. `on_rejected` is called by
  // Feed and Finish, which hand out all that they rejected before they return.
  static absl::StatusOr<std::unique_ptr<ImportSession>> Create(const ImportContext& context,
                                                               const v1::ImportConfig& config,
                                                               const Principal& caller,
                                                               RejectSink on_rejected,
                                                               BuildListener on_built);
  ~ImportSession() override;

  // The next piece of the file, which is taken: other bytes, whose memory may be used again, are
  // left in its place. FILE_UNREADABLE, maybe of an earlier piece, since the next ones are taken
  // while one is read.
  absl::Status Feed(std::string* piece);
  // Reads one of the pieces that Feed took and did not get to; false: there is none. To be called
  // while no further piece is there: the client may wait for what is said of the last one.
  absl::StatusOr<bool> FeedNext();
  // Judges the file and changes the list. FILE_ROWS_REJECTED, FILE_UNREADABLE, VERSION_TOO_OLD,
  // REGISTRY_WOULD_SHRINK and the log's errors.
  absl::StatusOr<v1::ImportSummary> Finish();

  int64_t rows() const { return summary_.rows(); }

 private:
  ImportSession(const ImportContext& context, v1::ImportConfig config, Principal caller,
                RejectSink on_rejected, BuildListener on_built)
      : context_(context),
        config_(std::move(config)),
        caller_(std::move(caller)),
        on_rejected_(std::move(on_rejected)),
        on_built_(std::move(on_built)) {}
  absl::Status Init();
  absl::Status CheckConfig(const View& view);
  // For temporary files, which lie on the store's disk.
  SpillRoom Room() const;

  void OnRow(const ListRow& row) override;
  void OnReject(const RejectedRow& row) override;
  void OnNumbers(absl::Span<const uint64_t> numbers, uint64_t first_line) override;
  void OnAreaCode(absl::string_view code) override { area_codes_.AddCode(code); }
  void AddRejected(v1::RejectedRow row);
  void HandOutRejected();
  void RefuseRow(const ListRow& row, absl::string_view cause, absl::string_view message);
  absl::Status TakeForRegistry(const ListRow& row);
  absl::Status TakeForInternal(const ListRow& row);

  absl::Status JudgeRows() const;
  // A registry's next version, written aside.
  struct BuiltVersion {
    VersionSummary summary;
    Subscription subscription;
    std::string chunk_digest;
    std::shared_ptr<const NumberSet> numbers;
    bool replaces_damage = false;  // the active version cannot be read whole
    bool changes_undated = false;  // of a change list: nobody knows the date of what it changes
  };
  absl::Status FinishRegistry();
  absl::StatusOr<BuiltVersion> BuildNext(const CatalogList& list, VersionMode mode,
                                         int64_t version);
  // The new version has `most` numbers at the most.
  absl::StatusOr<VersionSummary> Build(VersionMode mode, BlockSource* previous, int64_t most,
                                       ChunkSink& sink);
  VersionProgress BuildProgress(int64_t most) const;
  // What an active version that cannot be read whole means for the import.
  absl::Status JudgeDamage(const CatalogList& list, VersionMode mode, const absl::Status& damage,
                           uint64_t new_count);
  absl::Status Activate(const BuiltVersion& built, int64_t version, bool is_change);
  // Whether the file is the whole list or changes it. INVALID_FIELD, REGISTRY_HAS_NO_VERSION.
  absl::StatusOr<VersionMode> ModeFor(const CatalogList& list) const;
  // Whether the version built says anything that the active one does not.
  bool IsNews(const CatalogList& list, VersionMode mode, const BuiltVersion& built) const;
  void Summarize(const VersionSummary& built, VersionMode mode);
  absl::Status BuildAndActivate(const CatalogList& list, VersionMode mode, const VersionId& id);
  absl::Status CleanUp(const VersionId& id);
  absl::Status FinishInternal();
  absl::Status AddSpooled();
  // DATA_LOSS where not each row of the spool was counted.
  absl::Status CheckAllCounted() const;
  // A dry run's part in its place.
  absl::Status JudgeSpooled();
  // Tells how many rows are done.
  absl::Status TellAdded();
  // A mutation on its way through the log. Waited for before it is destroyed.
  struct Proposed {
    storage::v1::Mutation mutation;  // to propose it again, where the log had no place for it
    absl::Notification done;
    absl::StatusOr<Outcome> result;
  };
  // Whether one that the log had no place for is proposed again.
  enum class Repeat { kYes, kNo };
  // Parts of an import, in their order.
  using Flight = std::deque<std::unique_ptr<Proposed>>;
  // Up to a part of the spooled entries; none at their end.
  absl::StatusOr<storage::v1::ImportEntries> ReadPart();
  absl::Status ProposeParts(Flight* flight);
  // Waits for the first one, and counts what it added.
  absl::Status LandPart(Flight* flight, Repeat repeat = Repeat::kYes);
  absl::Status CountAdded(const Outcome& outcome);
  // The reason to stop.
  absl::StatusOr<std::unique_ptr<Proposed>> Propose(storage::v1::Mutation mutation);
  // The log's errors, and the reason to stop. Waits a while for a place in a full queue.
  absl::StatusOr<Outcome> Await(std::unique_ptr<Proposed> proposed, Repeat repeat = Repeat::kYes);

  const ImportContext context_;
  const v1::ImportConfig config_;
  const Principal caller_;
  const RejectSink on_rejected_;
  const BuildListener on_built_;
  std::string organization_;
  std::string list_id_;
  uint32_t organization_number_ = 0;
  bool locked_ = false;
  bool is_registry_ = false;
  UnixMicros max_age_ = 0;  // registries; 0: none
  ContentDate date_;        // registries

  std::unique_ptr<ListParser> parser_;
  std::unique_ptr<NumberCollector> numbers_;  // registries
  std::optional<ChangeSorter> changes_;       // change lists, which have both operations and times
  SeenAreaCodes area_codes_;
  std::optional<EntrySpool> spool_;  // internal lists
  absl::Status row_error_;
  int64_t first_bad_line_ = 0;
  int64_t told_added_ = 0;  // rows, to whom waits
  bool has_deletes_ = false;
  absl::Status activation_;                // of a registry's new version
  std::vector<v1::RejectedRow> rejected_;  // not handed out yet
  v1::ImportSummary summary_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_IMPORT_SESSION_H_
