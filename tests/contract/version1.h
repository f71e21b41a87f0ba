// Stores as the release before the audit chain wrote them.
#ifndef DNC_TESTS_CONTRACT_VERSION1_H_
#define DNC_TESTS_CONTRACT_VERSION1_H_

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "dnc/storage/v1/record.pb.h"
#include "storage/audit/chain.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"

namespace dnc::version1 {

inline constexpr char kNewFamily[] = "reviews";

inline bool HasNewFamily(const std::string& dir) {
  std::vector<std::string> names;
  EXPECT_TRUE(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), dir, &names).ok());
  return std::find(names.begin(), names.end(), kNewFamily) != names.end();
}

// An audit record without what that release did not write.
inline std::string AuditOf(absl::string_view stored) {
  storage::v1::AuditRecord record;
  EXPECT_TRUE(record.ParseFromString(std::string(SplitStoredAudit(stored, true).content)));
  record.clear_objects();
  record.clear_entries_added();
  record.clear_hash();
  record.mutable_mutation()->clear_allow_reconsent();
  record.mutable_mutation()->clear_principal_is_administrator();
  record.mutable_mutation()->clear_salt();
  return record.SerializeAsString();
}

// Takes out of a closed store of version 2 what version 1 did not have: the family, the counts, the
// chain, what each mutation changed, and the index of that.
inline void TakeBack(const std::string& dir) {
  {
    StoreOptions options;
    options.dir = dir;
    const auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    WriteSet writes;
    const auto rewrite = [&](Family family, auto change) {
      const absl::Status scanned = (*store)->Latest().Scan(
          family, "", "", [&](absl::string_view key, absl::string_view value) {
            change(std::string(key), value);
            return true;
          });
      ASSERT_TRUE(scanned.ok()) << scanned;
    };
    rewrite(Family::kMeta, [&](const std::string& key, absl::string_view value) {
      if (key[0] == 'M') writes.Delete(Family::kMeta, key);
      if (key != keys::Store()) return;
      storage::v1::StoreRecord record;
      ASSERT_TRUE(record.ParseFromString(std::string(value)));
      record.set_schema_version(1);
      record.clear_audit_chain();
      writes.Put(Family::kMeta, key, record.SerializeAsString());
    });
    rewrite(Family::kIndex, [&](const std::string& key, absl::string_view) {
      if (key[0] == 'A') writes.Delete(Family::kIndex, key);
    });
    rewrite(Family::kAudit, [&](const std::string& key, absl::string_view value) {
      writes.Put(Family::kAudit, key, AuditOf(value));
    });
    ASSERT_TRUE((*store)->Commit(writes, Durability::kSynced).ok());
  }
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), dir, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), dir, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == kNewFamily) {
      EXPECT_TRUE(db->DropColumnFamily(handles[i]).ok());
    }
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handles[i]).ok());
  }
  EXPECT_TRUE(db->Close().ok());
}

}  // namespace dnc::version1

#endif  // DNC_TESTS_CONTRACT_VERSION1_H_
