// One state of the gateway as reads see it: everything in it belongs to one revision.
#ifndef DNC_SERVER_STATE_VIEW_H_
#define DNC_SERVER_STATE_VIEW_H_

#include <cstdint>
#include <memory>
#include <string>

#include "server/catalog/catalog.h"
#include "server/state/record_cache.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Immutable.
struct View {
  int64_t revision = 0;
  bool writable = true;  // false: the store cannot write, so nothing may be allowed
  std::string problem;   // why it cannot
  std::shared_ptr<const Catalog> catalog;
  // The store and what memory has of it. Only for those who hold the view.
  std::shared_ptr<const StoreReader> reader;
  // A superset of the keys in the family subjects at this revision; those of `global`, which every
  // check asks for and few stores have many of, apart. Only for those who hold the view.
  const SubjectFilter* subjects = nullptr;
  const SubjectFilter* global_subjects = nullptr;
  RecordCache* records = nullptr;  // what `reader` asks first; readers find and offer

  const SubjectFilter& SubjectsOf(uint32_t organization) const {
    return organization == kGlobalNumber ? *global_subjects : *subjects;
  }
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_VIEW_H_
