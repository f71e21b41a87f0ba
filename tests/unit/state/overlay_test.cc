#include "server/state/overlay.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

// A committed state in memory.
class FakeReader : public StoreReader {
 public:
  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    if (key == "broken") return absl::DataLossError("a damaged block");
    const auto it = rows.find({family, std::string(key)});
    if (it == rows.end()) return false;
    const absl::Status status = on_value(it->second);
    if (!status.ok()) return status;
    return true;
  }
  absl::Status Scan(Family, absl::string_view, absl::string_view,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)>) const override {
    return absl::UnimplementedError("not used");
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return nullptr; }

  std::map<std::pair<Family, std::string>, std::string> rows = {{{Family::kLeads, "a"}, "base"}};
};

std::string Get(const Overlay& overlay, Family family, const std::string& key) {
  const absl::StatusOr<std::optional<std::string>> value = overlay.Get(family, key);
  EXPECT_TRUE(value.ok()) << value.status();
  return value->value_or("absent");
}

TEST(OverlayTest, ShowsWhatIsBelow) {
  const FakeReader base;
  const Overlay overlay(&base);
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "base");
  EXPECT_EQ(Get(overlay, Family::kLeads, "b"), "absent");
  EXPECT_EQ(Get(overlay, Family::kEntries, "a"), "absent");
}

TEST(OverlayTest, OwnChangesCoverWhatIsBelow) {
  const FakeReader base;
  Overlay overlay(&base);
  overlay.Put(Family::kLeads, "a", "changed");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "changed");
  overlay.Delete(Family::kLeads, "a");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "absent");
  overlay.Put(Family::kLeads, "a", "");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "") << "empty is not absent";
}

TEST(OverlayTest, StackShowsTheTopmost) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "batch");
  Overlay mutation(&batch);
  Overlay row(&mutation);
  EXPECT_EQ(Get(row, Family::kLeads, "a"), "base");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "batch");
  mutation.Delete(Family::kLeads, "b");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "absent");
  row.Put(Family::kLeads, "b", "row");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "row");
  EXPECT_EQ(Get(mutation, Family::kLeads, "b"), "absent");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "batch");
}

TEST(OverlayTest, MergedChangesWin) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "batch");
  batch.Put(Family::kLeads, "c", "batch");
  Overlay mutation(&batch);
  mutation.Delete(Family::kLeads, "a");
  mutation.Put(Family::kLeads, "b", "mutation");
  std::move(mutation).MergeInto(&batch);
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "absent");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "mutation");
  EXPECT_EQ(Get(batch, Family::kLeads, "c"), "batch");
}

TEST(OverlayTest, DroppedChangesLeaveNothing) {
  const FakeReader base;
  Overlay batch(&base);
  {
    Overlay refused(&batch);
    refused.Put(Family::kLeads, "a", "refused");
  }
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "base");
  EXPECT_TRUE(batch.changes().empty());
}

TEST(OverlayTest, WritesEachKeyOnceInOrder) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "1");
  batch.Put(Family::kIndex, "a", "");
  batch.Put(Family::kLeads, "b", "2");
  batch.Delete(Family::kEntries, "e");
  batch.Put(Family::kLeads, "a", "3");
  WriteSet writes;
  batch.AppendTo(&writes);
  std::vector<std::string> written;
  for (const WriteSet::Change& change : writes.changes()) {
    written.push_back(absl::StrCat(static_cast<int>(change.family), " ", change.key, " ",
                                   change.value.value_or("deleted")));
  }
  EXPECT_EQ(written, (std::vector<std::string>{"2 a 3", "2 b 2", "4 e deleted", "5 a "}));
}

// What waits for its commit covers what is committed, the newest first, whether the store has it
// already or not.
TEST(OverlayTest, PendingBatchesCoverWhatIsCommitted) {
  const FakeReader base;
  auto first = std::make_shared<Overlay>(&base);
  first->Put(Family::kLeads, "a", "first");
  first->Put(Family::kLeads, "b", "first");
  auto second = std::make_shared<Overlay>(&base);
  second->Put(Family::kLeads, "b", "second");
  second->Delete(Family::kLeads, "c");
  const PendingReader pending({first, second}, &base);
  Overlay batch(&pending);
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "first");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "second");
  EXPECT_EQ(Get(batch, Family::kLeads, "c"), "absent");
  EXPECT_EQ(Get(batch, Family::kEntries, "a"), "absent");
  EXPECT_TRUE(absl::IsDataLoss(batch.Get(Family::kLeads, "broken").status()));
  first->Delete(Family::kLeads, "a");
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "absent") << "deleted there, whatever is beneath";
}

TEST(OverlayTest, ReadErrorIsPassedOn) {
  const FakeReader base;
  Overlay batch(&base);
  const Overlay mutation(&batch);
  EXPECT_TRUE(absl::IsDataLoss(mutation.Get(Family::kLeads, "broken").status()));
}

}  // namespace
}  // namespace dnc
