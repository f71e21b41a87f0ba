// One state of the gateway as reads see it: everything in it belongs to one revision.
#ifndef DNC_SERVER_STATE_VIEW_H_
#define DNC_SERVER_STATE_VIEW_H_

#include <cstdint>
#include <memory>
#include <string>

#include "server/catalog/catalog.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Immutable.
struct View {
  int64_t revision = 0;
  bool writable = true;  // false: the store cannot write, so nothing may be allowed
  std::string problem;   // why it cannot
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<const StoreReader> reader;
  // A superset of the keys in the family subjects at this revision.
  std::shared_ptr<const SubjectTable> subjects;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_VIEW_H_
