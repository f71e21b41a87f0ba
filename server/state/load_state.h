// Reads a store at start: what is held in memory, and whether the store is whole.
#ifndef DNC_SERVER_STATE_LOAD_STATE_H_
#define DNC_SERVER_STATE_LOAD_STATE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/state/record_cache.h"
#include "server/state/start_fill.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"

namespace dnc {

struct LoadedState {
  int64_t revision = 0;
  storage::v1::AuditChain audit_chain;
  std::shared_ptr<const Catalog> catalog;
  std::unique_ptr<SubjectFilter> filter;  // every organization's but `global`'s
  std::unique_ptr<SubjectFilter> global_filter;
  std::unique_ptr<RecordCache> cache;
  std::unique_ptr<StartFill> fill;  // of the three
};

struct StateOptions {
  size_t record_cache_bytes = 0;  // what may be kept of what checks read
  FillOptions fill;
};

// Writes what a new store has where `store` is empty. Errors: see StateMachine::Create.
absl::StatusOr<LoadedState> LoadState(Store* store, const StateOptions& options);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_LOAD_STATE_H_
